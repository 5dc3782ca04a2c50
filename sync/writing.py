"""Writing one dashboard, once: what the answer, or its absence, says of whether it was written."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sync import errors
from sync.plan import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.grafana.api import Write
    from sync.grafana.connect import Connection
    from sync.plan import Step

DONE = {State.CREATE: "created", State.UPDATE: "updated", State.MOVE: "moved", State.UNCHANGED: "unchanged"}
LOST = 3
"""Answers lost before the rest is not tried any more: with a timeout each, a thousand would take hours."""


@dataclass(frozen=True)
class Outcome:
    """What became of one dashboard: created, updated, moved, deleted, unchanged, refused, failed or not tried."""

    state: str
    generation: int | None = None
    reason: str = ""
    error: errors.DashSyncError | None = None


UNDER_WAY = Outcome("failed", reason="interrupted while it was under way; `dash-sync status` tells whether it is done")


def failed(error: errors.DashSyncError) -> Outcome:
    """Return an error as the outcome that it is: refused where it is Grafana's state that stands against it."""
    state = "refused" if isinstance(error, (errors.Conflict, errors.Refused)) else "failed"
    return Outcome(state, reason=error.what, error=error)


def noted(outcomes: dict[str, Outcome], uid: str, call: Callable[[], Outcome]) -> None:
    """Note what becomes of one thing, from the thread that does it.

    An interruption lets nobody wait for the answer: then what stands there must not be that it was not tried.
    """
    outcomes[uid] = UNDER_WAY
    outcomes[uid] = call()


@dataclass
class Writer:
    """Writes the dashboards of one run. Safe to use from several threads."""

    connection: Connection
    _lost: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, step: Step, prepared: Callable[[int], Write]) -> Outcome:
        """Write one dashboard as `prepared` makes it, given the generation that the write makes.

        An error is an outcome too. Nothing is tried any more once the server seems gone.
        """
        return self.attempt(lambda: self._written(step, prepared))

    def attempt(self, call: Callable[[], Outcome]) -> Outcome:
        """Return what a call makes, its error as an outcome; nothing is called any more once the server seems gone."""
        if self._lost >= LOST:
            return Outcome("not tried", reason="the server doesn't answer any more")
        try:
            return call()
        except errors.DashSyncError as error:
            gone = isinstance(error, (errors.Refusing, errors.Unauthorized))
            lost = isinstance(error, (errors.Unreachable, errors.TimedOut))
            with self._lock:
                self._lost += LOST if gone else int(lost)
            return failed(error)

    def _written(self, step: Step, prepared: Callable[[int], Write]) -> Outcome:
        write = prepared(step.generation)
        try:
            generation = self.connection.api.write(write)
        except errors.Refusing:
            raise
        except (errors.Unreachable, errors.TimedOut, errors.BrokenAnswer, errors.NotGrafana, errors.Failing) as error:
            generation = self._found_written(write, error)
        except errors.Conflict as error:
            generation = self._found_written(write, self._by_whom(step, error))
        except errors.Rejected as error:
            if error.status not in {409, 412}:
                raise
            generation = self._found_written(write, error)
        if step.live is not None and generation == step.live.generation:
            # The legacy API makes no version where the content is the same, and only replaces the message.
            generation = self.connection.api.write(prepared(generation))
            return Outcome(DONE[step.state], generation, step.reason)
        reason = step.reason
        if generation != step.generation:
            reason = (
                f"Grafana counts {generation} where {step.generation} was due, so status will call it changed there"
            )
        return Outcome(DONE[step.state], generation, reason)

    def _found_written(self, write: Write, error: errors.ServerError) -> int:
        """Look whether a write whose answer was lost was carried out: its message says so."""
        try:
            live = self.connection.api.live(write.uid)
        except errors.ServerError:
            raise error from None
        if live is None or live.message != write.message:
            raise error
        return live.generation

    def _by_whom(self, step: Step, error: errors.ServerError) -> errors.ServerError:
        """Return the conflict with who wrote and when; another error where nobody did."""
        where = {"server": error.server, "request": error.request, "subject": step.uid}
        try:
            newest = next(iter(self.connection.api.history(step.uid, limit=1)), None)
        except errors.ServerError:
            return error
        if newest is None or (step.live is not None and newest.number == step.live.generation):
            return errors.Rejected(f"{error.what} (though nobody has written it)", **where)
        said = f" ({newest.message!r})" if newest.message else ""
        return errors.Conflict(
            f"saved by {newest.author or 'somebody'} at {newest.at}{said} while this push ran", **where
        )
