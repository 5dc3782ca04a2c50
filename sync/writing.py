"""Writing one dashboard, once: what the answer, or its absence, says of whether it was written."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sync import errors, plan
from sync.grafana.api import Write
from sync.mark import Mark
from sync.plan import State
from sync.substitution import substituted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.files import Rendered
    from sync.git import Revision
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


@dataclass
class Writer:
    """Writes the dashboards of one push. Safe to use from several threads."""

    connection: Connection
    rendered: Rendered
    revision: Revision
    project: str
    push: str
    text: str
    _lost: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def make_folders(self, steps: Sequence[Step]) -> None:
        """Create the folders that are missing, parents before children (the order in which the files were read)."""
        needed: set[str] = set()
        for step in steps:
            uid = self.rendered.dashboards[step.uid].folder
            while uid and uid not in needed:
                needed.add(uid)
                uid = self.rendered.folders[uid].parent
        present = self.connection.api.folders() if needed else {}
        for uid, folder in self.rendered.folders.items():
            if uid in needed and uid not in present:
                self.connection.api.create_folder(folder)

    def write(self, step: Step) -> Outcome:
        """Write one dashboard; an error is an outcome too. Nothing is tried any more once the server seems gone."""
        if self._lost >= LOST:
            return Outcome("not tried", reason="the server doesn't answer any more")
        try:
            return self._written(step)
        except errors.DashSyncError as error:
            gone = isinstance(error, (errors.Refusing, errors.Unauthorized))
            lost = isinstance(error, (errors.Unreachable, errors.TimedOut))
            with self._lock:
                self._lost += LOST if gone else int(lost)
            state = "refused" if isinstance(error, errors.Conflict) else "failed"
            return Outcome(state, reason=error.what, error=error)

    def _written(self, step: Step) -> Outcome:
        write = self._prepared(step, step.generation)
        try:
            generation = self.connection.api.write(write)
        except errors.Refusing:
            raise
        except (errors.Unreachable, errors.TimedOut, errors.BrokenAnswer, errors.NotGrafana, errors.Failing) as error:
            generation = self._found_written(write, error)
        except errors.Conflict as error:
            generation = self._found_written(write, self._by_whom(step, error))
        if step.live is not None and generation == step.live.generation:
            # The legacy API makes no version where the content is the same, and only replaces the message.
            generation = self.connection.api.write(self._prepared(step, generation))
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

    def _prepared(self, step: Step, generation: int) -> Write:
        file = self.rendered.dashboards[step.uid]
        context = self.connection.context
        checksum, digest = (step.wanted.checksum, step.wanted.digest) if step.wanted else ("", "")
        mark = Mark(self.push, self.revision.commit, checksum, generation, self.revision.dirty, self.text)
        return Write(
            uid=step.uid,
            folder=file.folder,
            spec=substituted(file.spec(), context),
            version=file.version,
            message=mark.message(),
            live=step.live,
            source=file.source or file.path,
            digest=digest,
            manager=plan.owner(self.project),
            ui_edits=context.ui_edits == "allow",
        )
