"""Which request, plan and task a line or a span is about; ids drawn from a seed."""

from collections import deque
from dataclasses import dataclass, replace
from random import Random
from uuid import UUID

_RECENT = 200  # plans and tasks that later requests ask for again


@dataclass(frozen=True, slots=True)
class About:
    """The ids that are known; an empty one isn't."""

    correlation_id: str = ""
    plan_id: str = ""
    task_id: str = ""

    @property
    def ids(self) -> dict[str, str]:
        """The ids that are known, by name."""
        named = {"correlation_id": self.correlation_id, "plan_id": self.plan_id, "task_id": self.task_id}
        return {name: value for name, value in named.items() if value}


NOTHING = About()


class Ids:
    """New ids, and the recent ones of an environment; `rng` makes them the same for the same seed."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._plans: deque[About] = deque(maxlen=_RECENT)
        self._tasks: deque[About] = deque(maxlen=_RECENT)

    def request(self, method: str, route: str) -> About:
        """Return what a new request is about: a new plan, one that there is, a task that there is, or neither."""
        about = About(str(UUID(int=self._rng.getrandbits(128), version=4)))
        if (method, route) == ("POST", "/v1/plans"):
            about = replace(about, plan_id=f"plan-{self._rng.getrandbits(32):08x}")
            self._plans.append(about)
        elif route == "/v1/plans/:id" and self._plans:
            about = replace(about, plan_id=self._rng.choice(self._plans).plan_id)
        elif route == "/v1/tasks/:id" and self._tasks:
            task = self._rng.choice(self._tasks)
            about = replace(about, plan_id=task.plan_id, task_id=task.task_id)
        return about

    def task(self, request: About) -> About:
        """Return what a new task of a request is about."""
        about = replace(request, task_id=f"task-{self._rng.getrandbits(32):08x}")
        self._tasks.append(about)
        return about
