"""What an environment did in one step, for those that only see its traffic: load balancer, Redis, nodes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Answers:
    """What one orchestrator did with its requests; `tasks` are those that it queued, by kind."""

    good: int = 0
    refused: int = 0
    failed: int = 0
    lookups: int = 0
    hits: int = 0
    tasks: tuple[int, ...] = ()

    @property
    def requests(self) -> int:
        """All requests that it answered."""
        return self.good + self.refused + self.failed


@dataclass(frozen=True)
class Activity:
    """One step: requests that `arrived`, how much of the peak that is (`load`), each orchestrator's answers, tasks."""

    arrived: int
    load: float
    answers: tuple[Answers, ...]
    finished: int
    waiting: int

    @property
    def queued(self) -> int:
        """Tasks queued by all orchestrators."""
        return sum(sum(each.tasks) for each in self.answers)

    @property
    def lookups(self) -> int:
        """Cache lookups of all orchestrators."""
        return sum(each.lookups for each in self.answers)

    @property
    def hits(self) -> int:
        """Cache lookups that found something."""
        return sum(each.hits for each in self.answers)
