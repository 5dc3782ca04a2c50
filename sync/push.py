"""Push: what differs is written, each dashboard only if nobody has written it since it was read."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sync import errors, git, plan, session, terminal
from sync.errors import DashSyncError
from sync.files import read
from sync.mark import new_push
from sync.plan import REFUSED, WRITES, State
from sync.planning import examine, select
from sync.report import Report, counted
from sync.writing import Outcome, Writer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sync.config import Config, Context
    from sync.files import Rendered
    from sync.git import Revision
    from sync.grafana.connect import Connection
    from sync.options import Common
    from sync.plan import Step

WRITTEN = frozenset({"created", "updated", "moved"})
NAMED = 5
STATES = ("created", "updated", "moved", "unchanged", "refused", "failed", "not tried")


@dataclass(frozen=True)
class Options:
    """What the command line of a push said."""

    message: str = ""
    force: Sequence[str] = ()
    adopt: Sequence[str] = ()
    allow_dirty: bool = False
    yes: bool = False


def push(config: Config, contexts: list[Context], directory: Path, run: Common, options: Options) -> Report:
    """Push to every context; raises Refused, Partial or the error of a server, with the report of what was done."""
    rendered = read(directory)
    files = select(rendered, run.select)
    for flag, uids in (("--force", options.force), ("--adopt", options.adopt)):
        if unknown := [uid for uid in uids if uid not in files]:
            what = f"{flag} names {unknown[0]!r}, which is no rendered dashboard's uid"
            raise DashSyncError(what, remedy="`dash-sync status` shows the uids.")
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
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.id = new_push(self.config.project)

    def run(self) -> Report:
        """Examine, ask, write, report."""
        connection = session.open_context(self.context, self.common)
        files = select(self.rendered, self.common.select)
        found = examine(connection, files, self.config.project, whole=False)
        steps = [plan.overruled(step, force=self.options.force, adopt=self.options.adopt) for step in found]
        for step in steps:
            generation = step.live.generation if step.live else None
            if step.state in REFUSED:
                self.outcomes[step.uid] = Outcome("refused", generation, f"{step.state}: {step.reason}")
            elif step.state is State.UNCHANGED:
                self.outcomes[step.uid] = Outcome("unchanged", generation)
        writes = [step for step in steps if step.state in WRITES]
        self._confirm(writes)
        try:
            self._write(connection, writes)
        except KeyboardInterrupt:
            raise errors.Interrupted("interrupted", report=self._report(steps, connection)) from None
        except DashSyncError as error:
            error.report = self._report(steps, connection)
            raise
        return self._concluded(steps, self._report(steps, connection))

    def _confirm(self, writes: Sequence[Step]) -> None:
        for step in writes:
            if step.overruled:
                terminal.require_yes(f"Overwrite {step.uid} ({step.reason})?", yes=self.options.yes)
        if self.context.confirm and writes:
            question = f"Write {counted(len(writes), 'dashboard')} to {self.context.name} ({self.context.url})?"
            terminal.require_yes(question, yes=self.options.yes)

    def _write(self, connection: Connection, writes: Sequence[Step]) -> None:
        if not writes:
            return
        project, text = self.config.project, self.options.message
        writer = Writer(connection, self.rendered, self.revision, project, self.id, text)
        writer.make_folders(writes)

        def one(step: Step) -> None:
            self.outcomes[step.uid] = writer.write(step)

        with terminal.progress(f"push to {self.context.name}", len(writes), shown=not self.common.quiet) as advance:
            for _ in connection.workers.map(one, writes):
                advance()

    def _report(self, steps: Sequence[Step], connection: Connection) -> Report:
        rows = [_row(step, self.outcomes.get(step.uid, Outcome("not tried")), self.rendered) for step in steps]
        counts = {state: sum(row["state"] == state for row in rows) for state in STATES}
        summary: dict[str, Any] = {state: number for state, number in counts.items() if number}
        wrote = any(counts[state] for state in WRITTEN)
        facts = {"context": self.context.name, "api": connection.api.name, "push": self.id if wrote else ""}
        return Report("push", {**summary, **facts}, rows)

    def _concluded(self, steps: Sequence[Step], report: Report) -> Report:
        """Return the report if all is well; raise it with the exit code that fits if not."""
        outcomes = [self.outcomes[step.uid] for step in steps]
        refused = [step for step in steps if self.outcomes[step.uid].state == "refused"]
        failed = [outcome for outcome in outcomes if outcome.state in {"failed", "not tried"}]
        if not refused and not failed:
            return report
        if any(outcome.state in WRITTEN for outcome in outcomes):
            said = [f"{len(refused)} refused" if refused else "", f"{len(failed)} failed" if failed else ""]
            what = " and ".join(filter(None, said)) + ", the others are written"
            raise errors.Partial(what, where=self.context.name, report=report)
        error = next((outcome.error for outcome in failed if outcome.error is not None), None)
        if error is not None:
            error.report = report
            raise error
        more = f" and {len(refused) - NAMED} more" if len(refused) > NAMED else ""
        what = f"nothing is written; refused: {', '.join(step.uid for step in refused[:NAMED])}{more}"
        raise errors.Refused(what, where=self.context.name, remedy=_remedy(refused), report=report)


def _row(step: Step, outcome: Outcome, rendered: Rendered) -> dict[str, Any]:
    place = rendered.dashboards[step.uid].place
    return {
        "state": outcome.state,
        "uid": step.uid,
        "place": place,
        "version": outcome.generation,
        "reason": outcome.reason,
    }


def _remedy(refused: Sequence[Step]) -> str:
    said = []
    if any(step.state not in {State.ANOTHERS, State.UNMANAGED} for step in refused):
        said.append("Take the change made in Grafana into the code, or overwrite it with --force UID.")
    if any(step.state in {State.ANOTHERS, State.UNMANAGED} for step in refused):
        said.append("Take the dashboard over with --adopt UID, or give yours another uid.")
    return " ".join(said)
