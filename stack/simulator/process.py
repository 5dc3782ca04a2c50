"""What every process exposes about itself: memory, CPU, descriptors, when it started; and its restarts."""

from random import Random

from stack.simulator.draws import wander
from stack.simulator.target import Target

DAY = 86400
GIB = 2**30
MIB = 2**20


class Process:
    """The resources of one target. It restarts about once a day, at a moment that seed, instance and day decide."""

    def __init__(self, target: Target, seed: str, *, memory_limit: float, cpu_limit: float, started: float) -> None:
        self.target, self.seed = target, f"{seed}/{target.job}/{target.instance}"
        self.memory_limit, self.cpu_limit = memory_limit, cpu_limit
        self.started = started
        self._noise = 0.0

    def due(self, now: float, dt: float) -> bool:
        """Whether the day's restart falls into the `dt` seconds before `now`."""
        day = now // DAY
        moment = day * DAY + Random(f"{self.seed}/{day:.0f}").uniform(0, DAY)
        return now - dt < moment <= now

    def restart(self, now: float) -> None:
        """Begin again: counters at 0, a new start time."""
        self.started = now
        self.target.forget()

    def step(self, rng: Random, dt: float, *, load: float, memory: float, files: float) -> None:
        """Spend `dt` seconds at `load` (share of the CPU limit) with `memory` (share of its limit) and open files."""
        target = self.target
        self._noise = wander(rng, self._noise, spread=0.008)
        cpu = min(0.99, max(0.01, load * (1 + self._noise) + 0.01))
        resident = memory * self.memory_limit * (1 + self._noise / 10)
        target.add("process_cpu_seconds_total", cpu * self.cpu_limit * dt)
        target.set("process_resident_memory_bytes", round(resident))
        target.set("process_start_time_seconds", round(self.started, 2))
        target.set("process_open_fds", round(files))
        target.set("process_max_fds", 65536)
        for name, value in {
            "memory_usage_bytes": round(resident * 0.96),
            "cpu_usage_percent": round(100 * cpu, 2),
            "memory_limit_bytes": self.memory_limit,
            "cpu_limit_cores": self.cpu_limit,
        }.items():
            if target.declares(name):
                target.set(name, value)
