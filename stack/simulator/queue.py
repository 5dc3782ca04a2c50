"""The task queue of one environment: tasks wait for a slot of an agent, run, and finish."""

import math
from dataclasses import dataclass, field

from stack.simulator.traffic import TASK_TYPES, TaskType


@dataclass
class Queue:
    """Tasks queued and not yet finished, by kind and by the orchestrator that queued them."""

    orchestrators: int
    unfinished: dict[str, list[int]] = field(init=False)
    _owed: dict[str, float] = field(init=False)  # parts of a task that steps before finished, by kind

    def __post_init__(self) -> None:
        self.unfinished = {kind.name: [0] * self.orchestrators for kind in TASK_TYPES}
        self._owed = dict.fromkeys(self.unfinished, 0.0)

    @property
    def waiting(self) -> int:
        """Tasks queued and not finished, of all kinds."""
        return sum(map(sum, self.unfinished.values()))

    def finish(self, kind: TaskType, queued: list[int], dt: float, *, slots: float, slower: float) -> list[int]:
        """Queue tasks (by orchestrator) and say how many of each orchestrator's tasks finished within `dt` seconds.

        With `slots` to spare a task only takes its own duration: what is unfinished decays towards what that keeps
        running. Without, slots free up at their own rate, and the rest waits. What isn't a whole task yet is kept for
        the next step: else a step of a second would finish none where few run.
        """
        mine = [before + new for before, new in zip(self.unfinished[kind.name], queued, strict=True)]
        total, duration = sum(mine), kind.median * math.exp(kind.sigma**2 / 2) * slower
        running = sum(queued) / dt * duration
        relaxed = running + (total - sum(queued) - running) * math.exp(-dt / duration)
        saturated = total - slots * dt / duration
        owed = self._owed[kind.name] + total - max(relaxed, saturated)
        done = max(0, min(total, math.floor(owed + 1e-9)))
        self._owed[kind.name] = min(1.0, owed - done)
        finished = _deal(done, mine, total)
        self.unfinished[kind.name] = [have - less for have, less in zip(mine, finished, strict=True)]
        return finished


def _deal(done: int, mine: list[int], total: int) -> list[int]:
    """`done` of `total` split in proportion to `mine`, never more than each has."""
    dealt, so_far, given = [], 0, 0
    for have in mine:
        so_far += have
        upto = done * so_far // total if total else 0
        dealt.append(upto - given)
        given = upto
    return dealt
