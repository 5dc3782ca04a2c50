"""Push: what differs is written, each dashboard only if nobody has written it since it was read."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sync import errors, git, plan, session, terminal
from sync.errors import DashSyncError
from sync.files import read
from sync.grafana.api import Write
from sync.mark import Mark, new_push
from sync.plan import REFUSED, WRITES, State, Step
from sync.planning import examine, select
from sync.report import Report, counted
from sync.substitution import substituted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sync.config import Config, Context
    from sync.files import Rendered
    from sync.git import Revision
    from sync.grafana.connect import Connection
    from sync.options import Common

DONE = {State.CREATE: "created", State.UPDATE: "updated", State.MOVE: "moved", State.UNCHANGED: "unchanged"}
LOST = 3


@dataclass(frozen=True)
class Options:
    """What the command line of a push said."""

    message: str = ""
    force: Sequence[str] = ()
    adopt: Sequence[str] = ()
    allow_dirty: bool = False
    yes: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of one dashboard: created, updated, moved, unchanged, refused, failed or not tried."""

    state: str
    generation: int | None = None
    reason: str = ""
    error: DashSyncError | None = None


def push(config: Config, contexts: list[Context], directory: Path, run: Common, options: Options) -> Report:
    """Push to every context; raises Refused, Partial or the error of a server, with the report of what was done."""
    rendered = read(directory)
    files = select(rendered, run.select)
    for flag, uids in (("--force", options.force), ("--adopt", options.adopt)):
        if unknown := [uid for uid in uids if uid not in files]:
            raise DashSyncError(
                f"{flag} names {unknown[0]!r}, which is no rendered dashboard's uid",
                remedy="`dash-sync status` shows the uids.",
            )
    revision = git.revision(directory, config.path)
    _require_clean(revision, options, run)
    return session.each(contexts, lambda context: Push(config, context, rendered, revision, options, run).run())


def _require_clean(revision: Revision, options: Options, run: Common) -> None:
    if not revision.dirty:
        return
    more = ", …" if len(revision.changed) > 1 else ""
    changed = counted(len(revision.changed), "file")
    what = f"{changed} not as in commit {revision.commit}: {revision.changed[0]}{more}"
    if os.environ.get("CI", "").lower() not in {"", "0", "false"} and not options.allow_dirty:
        raise errors.DirtyTree(what)
    run.note(f"note: {what}; this push is marked as not recoverable from git")


@dataclass
class Push:
    """One push to one Grafana."""

    config: Config
    context: Context
    rendered: Rendered
    revision: Revision
    options: Options
    common: Common
    id: str = field(default_factory=new_push)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    lost: int = 0

    def run(self) -> Report:
        """Examine, ask, write, report."""
        connection = session.open_context(self.context, self.common)
        files = select(self.rendered, self.common.select)
        found = examine(connection, files, self.config.project, whole=False)
        steps = [plan.overruled(step, force=self.options.force, adopt=self.options.adopt) for step in found]
        for step in steps:
            if step.state in REFUSED:
                self.outcomes[step.uid] = Outcome("refused", _generation(step), f"{step.state}: {step.reason}")
            elif step.state is State.UNCHANGED:
                self.outcomes[step.uid] = Outcome("unchanged", _generation(step))
        writes = [step for step in steps if step.state in WRITES]
        self._confirm(writes)
        try:
            if writes:
                self._write_all(connection, writes)
        except KeyboardInterrupt:
            raise errors.Interrupted("interrupted", report=self._report(steps, connection)) from None
        return self._concluded(steps, self._report(steps, connection))

    def _confirm(self, writes: Sequence[Step]) -> None:
        overruled = [step for step in writes if step.reason.startswith(("forced", "adopted"))]
        for step in overruled:
            terminal.require_yes(f"Overwrite {step.uid} ({step.reason})?", yes=self.options.yes)
        if self.context.confirm and writes:
            terminal.require_yes(
                f"Write {counted(len(writes), 'dashboard')} to {self.context.name} ({self.context.url})?",
                yes=self.options.yes,
            )

    def _write_all(self, connection: Connection, writes: Sequence[Step]) -> None:
        self._make_folders(connection, writes)
        with terminal.progress(f"push to {self.context.name}", len(writes), shown=not self.common.quiet) as advance:
            for _ in connection.workers.map(lambda step: self._write(connection, step), writes):
                advance()

    def _make_folders(self, connection: Connection, writes: Sequence[Step]) -> None:
        """Create the folders that are missing, parents before children (the order in which the files were read)."""
        needed: set[str] = set()
        for step in writes:
            uid = step.wanted.folder if step.wanted else ""
            while uid and uid not in needed:
                needed.add(uid)
                uid = self.rendered.folders[uid].parent
        if not needed:
            return
        present = connection.api.folders()
        for uid, folder in self.rendered.folders.items():
            if uid in needed and uid not in present:
                connection.api.create_folder(folder)

    def _write(self, connection: Connection, step: Step) -> None:
        if self.lost >= LOST:
            self.outcomes[step.uid] = Outcome("not tried", reason="the server stopped answering")
            return
        try:
            self.outcomes[step.uid] = self._written(connection, step)
        except DashSyncError as error:
            fatal = isinstance(error, (errors.Refusing, errors.Unauthorized))
            self.lost += LOST if fatal else isinstance(error, (errors.Unreachable, errors.TimedOut))
            refused = isinstance(error, errors.Conflict)
            self.outcomes[step.uid] = Outcome("refused" if refused else "failed", reason=error.what, error=error)

    def _written(self, connection: Connection, step: Step) -> Outcome:
        write = self._prepared(step, step.generation)
        try:
            generation = connection.api.write(write)
        except (errors.Unreachable, errors.TimedOut, errors.BrokenAnswer, errors.Failing) as error:
            generation = self._found_written(connection, write, error)
        if step.live is not None and generation == step.live.generation:
            # The legacy API makes no version where the content is the same, and only replaces the message.
            live = replace(step.live, generation=generation, revision=str(generation))
            generation = connection.api.write(self._prepared(replace(step, live=live), generation))
            return Outcome(DONE[step.state], generation, step.reason)
        reason = step.reason
        if generation != step.generation:
            reason = (
                f"Grafana counts {generation} where {step.generation} was due, so status will call it changed there"
            )
        return Outcome(DONE[step.state], generation, reason)

    def _found_written(self, connection: Connection, write: Write, error: errors.ServerError) -> int:
        """Look whether a write whose answer was lost was carried out: its message says so."""
        if isinstance(error, errors.Refusing):
            raise error
        try:
            live = connection.api.live(write.uid)
        except errors.ServerError:
            raise error from None
        if live is None or live.message != write.message:
            raise error
        return live.generation

    def _prepared(self, step: Step, generation: int) -> Write:
        file = self.rendered.dashboards[step.uid]
        wanted = step.wanted
        mark = Mark(
            self.id,
            self.revision.commit,
            wanted.checksum if wanted else "",
            generation,
            self.revision.dirty,
            self.options.message,
        )
        return Write(
            uid=step.uid,
            title=file.title,
            folder=file.folder,
            spec=substituted(file.spec(), self.context),
            version=file.version,
            message=mark.message(),
            live=step.live,
            source=file.source or file.path,
            digest=wanted.digest if wanted else "",
            manager=plan.owner(self.config.project),
            ui_edits=self.context.ui_edits == "allow",
        )

    def _report(self, steps: Sequence[Step], connection: Connection) -> Report:
        rows = []
        counts: dict[str, int] = {}
        for step in steps:
            outcome = self.outcomes.get(step.uid, Outcome("not tried"))
            counts[outcome.state] = counts.get(outcome.state, 0) + 1
            rows.append(_row(step, outcome, self.rendered))
        order = ["created", "updated", "moved", "unchanged", "refused", "failed", "not tried"]
        summary: dict[str, Any] = {name: counts[name] for name in order if name in counts}
        wrote = any(counts.get(name) for name in ("created", "updated", "moved"))
        return Report(
            "push",
            {**summary, "context": self.context.name, "api": connection.api.name, "push": self.id if wrote else ""},
            rows,
        )

    def _concluded(self, steps: Sequence[Step], report: Report) -> Report:
        """Return the report if all is well; raise it with the exit code that fits if not."""
        outcomes = [self.outcomes[step.uid] for step in steps]
        refused = [step.uid for step in steps if self.outcomes[step.uid].state == "refused"]
        failed = [outcome for outcome in outcomes if outcome.state in {"failed", "not tried"}]
        written = any(outcome.state in {"created", "updated", "moved"} for outcome in outcomes)
        if not refused and not failed:
            return report
        if written:
            said = [f"{len(refused)} refused" if refused else "", f"{len(failed)} failed" if failed else ""]
            raise errors.Partial(
                " and ".join(filter(None, said)) + ", the others are written", where=self.context.name, report=report
            )
        error = next((outcome.error for outcome in failed if outcome.error is not None), None)
        if error is not None:
            error.report = report
            raise error
        raise errors.Refused(
            f"nothing is written; refused: {', '.join(refused)}",
            where=self.context.name,
            remedy=_remedy(steps, refused),
            report=report,
        )


def _generation(step: Step) -> int | None:
    return step.live.generation if step.live else None


def _row(step: Step, outcome: Outcome, rendered: Rendered) -> Mapping[str, Any]:
    place = rendered.dashboards[step.uid].place
    return {
        "state": outcome.state,
        "uid": step.uid,
        "place": place,
        "version": outcome.generation,
        "reason": outcome.reason,
    }


def _remedy(steps: Sequence[Step], refused: Sequence[str]) -> str:
    states = {step.state for step in steps if step.uid in refused}
    said = []
    if states & {State.CHANGED_IN_GRAFANA, State.CHANGED_IN_BOTH} or not states & REFUSED:
        said.append("Take the change made in Grafana into the code, or overwrite it with --force UID.")
    if states & {State.ANOTHERS, State.UNMANAGED}:
        said.append("Take a dashboard over with --adopt UID, or give yours another uid.")
    return " ".join(said)
