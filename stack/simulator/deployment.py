"""One environment at work: requests arrive, are balanced, queue tasks that agents run, and everything is measured."""

import math
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from stack.simulator import draws, traffic
from stack.simulator.agent import Agent
from stack.simulator.demand import Demand
from stack.simulator.effects import NONE, Effects
from stack.simulator.fleet import Environment
from stack.simulator.orchestrator import Orchestrator
from stack.simulator.queue import Queue
from stack.simulator.target import Target

# What `agent-loss` makes of the first agents of the first pool: two are gone, two aren't well.
_LOST = ("gone", "gone", "unhealthy", "degraded")
# Slots are kept for a kind of task in proportion to the time that its tasks take.
_WORK = {kind.name: kind.share * kind.median * math.exp(kind.sigma**2 / 2) for kind in traffic.TASK_TYPES}


class Deployment:
    """The processes of one environment. `step` moves all of them forward."""

    def __init__(self, environment: Environment, seed: str, *, started: float) -> None:
        self.environment, self.seed = environment, f"{seed}/{environment.name}"
        self.rng = Random(self.seed)
        self.demand = Demand(self.rng, peak=environment.peak)
        self.queue = Queue(environment.orchestrators)
        self.orchestrators = [
            Orchestrator(self._target("phoenix-orchestrator", f"orchestrator-{number}"), self.seed, started=started)
            for number in range(1, environment.orchestrators + 1)
        ]
        self.agents = [
            Agent(self._target("phoenix-agent", f"{pool}-{number}"), self.seed, pool=pool, started=started)
            for pool, size in environment.pools.items()
            for number in range(1, size + 1)
        ]

    def targets(self) -> Iterator[Target]:
        """Every target, in a fixed order."""
        yield from (orchestrator.target for orchestrator in self.orchestrators)
        yield from (agent.target for agent in self.agents)

    def step(self, now: float, dt: float, effects: Effects) -> None:
        """Live through the `dt` seconds before `now`."""
        effects = effects if self.environment.incidents else NONE
        self._keep_orchestrators(now, dt, effects)
        self._keep_agents(now, dt, effects)
        arrived = self.demand.arrivals(now, dt, factor=effects.demand)
        queued = self._serve(arrived, dt, effects)
        finished = self._run_tasks(queued, dt, effects)
        slots = sum(agent.slots for agent in self.agents) or 1
        for agent in self.agents:
            if agent.target.up:
                agent.work(self.rng, finished * agent.slots / slots, dt, effects)

    def _serve(self, arrived: int, dt: float, effects: Effects) -> list[list[int]]:
        """Share the requests among the orchestrators that are up; return the tasks that each queues, by kind."""
        up = [orchestrator.target.up for orchestrator in self.orchestrators]
        shares = draws.split(self.rng, arrived, [each / sum(up) for each in up]) if any(up) else [0] * len(up)
        return [
            orchestrator.answer(self.rng, share, dt, effects if number == 0 else replace(effects, leak=0))
            if orchestrator.target.up
            else [0] * len(traffic.TASK_TYPES)
            for number, (orchestrator, share) in enumerate(zip(self.orchestrators, shares, strict=True))
        ]

    def _run_tasks(self, queued: list[list[int]], dt: float, effects: Effects) -> int:
        slots, work = sum(agent.slots for agent in self.agents), sum(_WORK.values())
        total = 0
        for index, kind in enumerate(traffic.TASK_TYPES):
            new, mine = [each[index] for each in queued], slots * _WORK[kind.name] / work
            finished = self.queue.finish(kind, new, dt, slots=mine, slower=effects.latency**0.5)
            for orchestrator, count in zip(self.orchestrators, finished, strict=True):
                orchestrator.finish(self.rng, kind, count, effects)
            total += sum(finished)
        return total

    def _keep_orchestrators(self, now: float, dt: float, effects: Effects) -> None:
        for number, orchestrator in enumerate(self.orchestrators):
            up = not effects.backends_down
            returns = up and not orchestrator.target.up
            killed = number == 0 and orchestrator.leaked and not effects.leak
            orchestrator.target.up = up
            if returns or killed or orchestrator.process.due(now, dt):
                orchestrator.restart(now)
                for kind, unfinished in self.queue.unfinished.items():  # what it had queued, it queues again
                    orchestrator.target.add("tasks_queued_total", unfinished[number], task_type=kind)

    def _keep_agents(self, now: float, dt: float, effects: Effects) -> None:
        for number, agent in enumerate(self.agents):
            fate = _LOST[number] if effects.agents_lost and number < len(_LOST) else "healthy"
            up = fate != "gone"
            returns = up and not agent.target.up
            agent.target.up, agent.health = up, fate if up else agent.health
            if returns or agent.process.due(now, dt):
                agent.process.restart(now)

    def _target(self, job: str, name: str) -> Target:
        labels = {"cluster": self.environment.cluster, "environment": self.environment.name, "instance": name}
        return Target(job, labels)
