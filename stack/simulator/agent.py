"""An agent of a pool: runs the operations that tasks consist of."""

from random import Random

from stack.simulator import draws, traffic
from stack.simulator.effects import Effects
from stack.simulator.process import MIB, Process
from stack.simulator.target import Target

SLOTS = 8  # tasks that one healthy agent runs at a time
_CAPACITY = {"healthy": 1.0, "degraded": 0.5, "unhealthy": 0.0}


class Agent:
    """One agent and its process."""

    def __init__(self, target: Target, seed: str, *, pool: str, started: float) -> None:
        self.target, self.pool = target, pool
        self.process = Process(target, seed, memory_limit=1024 * MIB, cpu_limit=1, started=started)
        self.health = "healthy"

    @property
    def slots(self) -> float:
        """Tasks that it can run now."""
        return SLOTS * _CAPACITY[self.health] if self.target.up else 0.0

    def work(self, rng: Random, tasks: float, dt: float, effects: Effects) -> None:
        """Run the operations of `tasks` that finished within `dt` seconds."""
        failing = max(traffic.OPERATION_FAILURES, effects.task_failures * 0.8)
        failing = max(failing, 0.15) if self.health == "degraded" else failing
        busy = 0.0
        for operation in traffic.OPERATIONS:
            count = draws.poisson(rng, tasks * operation.each_task)
            failed = draws.some(rng, count, failing)
            self.target.add("operations_total", count, operation=operation.name)
            for reason, number in draws.dealt(rng, failed, traffic.OPERATION_REASONS):
                if number:  # a failure counter is exposed from its first failure on
                    self.target.add("operation_failures_total", number, operation=operation.name, reason=reason)
            median = operation.median * effects.task_latency
            durations = self.target.buckets("operation_duration_seconds", operation=operation.name)
            durations.observe(rng, count, median=median, sigma=operation.sigma)
            busy += count * operation.median
        load = min(0.97, 0.05 + busy / dt / SLOTS * 1.25)
        self.process.step(rng, dt, load=load, memory=0.38 + 0.2 * load, files=22 + 10 * load)
        self.target.set("threads_total", round(12 + SLOTS * load * 2))
        self.target.state("agent_health_status", self.health, agent=self.target.instance, pool=self.pool)
