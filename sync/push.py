"""Push: what differs is written, each dashboard only if nobody has written it since it was read."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from sync import errors, folders, git, library, plan, planfile, prune, session, terminal
from sync.annotation import annotate
from sync.delivery import Delivery
from sync.errors import DashSyncError
from sync.files import read
from sync.mark import NO_COMMIT, new_push
from sync.owned import run as owned
from sync.plan import DRIFTED, REFUSED, WRITES, State, Step
from sync.planning import examine_all, is_dashboard, select
from sync.report import WRITTEN, Report, counted
from sync.writing import Outcome, Writer, noted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sync.config import Config, Context
    from sync.files import Rendered
    from sync.git import Revision
    from sync.grafana.connect import Connection
    from sync.options import Common
    from sync.planfile import Pins

NAMED = 5
AGAIN = "Push again: what is written already is skipped."
STATES = ("created", "updated", "moved", "deleted", "unchanged", "refused", "failed", "not tried")


@dataclass(frozen=True)
class Options:
    """What the command line of a push said."""

    message: str = ""
    force: Sequence[str] = ()
    adopt: Sequence[str] = ()
    allow_dirty: bool = False
    yes: bool = False
    prune: bool = False
    prune_limit: int | None = None
    plans: Mapping[str, Pins] | None = None
    alerts: bool = False
    datasources: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return what is pushed beside dashboards."""
        return tuple(name for name in owned.NAMES if getattr(self, name))


def push(config: Config, contexts: list[Context], directory: Path, run: Common, options: Options) -> Report:
    """Push to every context; raises Refused, Partial or the error of a server, with the report of what was done."""
    rendered = read(directory)
    known = {*select(rendered, run.select), *(library.PREFIX + uid for uid in rendered.library)}
    known |= {folders.PREFIX + uid for uid in rendered.folders}
    for flag, uids in (("--force", options.force), ("--adopt", options.adopt)):
        if unknown := [uid for uid in uids if uid not in known and not set(owned.named([uid])) & set(options.kinds)]:
            what = f"{flag} names {unknown[0]!r}, which is no rendered dashboard's uid"
            raise DashSyncError(what, remedy="`dash-sync status` shows the uids.")
    if options.plans is not None and (missing := [one.name for one in contexts if one.name not in options.plans]):
        raise DashSyncError(f"the plan says nothing of the context {missing[0]}", remedy=planfile.REMEDY)
    revision = git.revision(directory, config.path)
    _require_clean(revision, options)
    return session.each(contexts, lambda context: Push(config, context, rendered, revision, options, run).run())


def _require_clean(revision: Revision, options: Options) -> None:
    if revision.dirty and os.environ.get("CI", "").lower() not in {"", "0", "false"} and not options.allow_dirty:
        raise errors.DirtyTree(_not_in_git(revision))


def _not_in_git(revision: Revision) -> str:
    """Say why the files that are pushed can't be had from git again; "" where they can."""
    if revision.commit == NO_COMMIT:
        return revision.reason
    if not revision.dirty:
        return ""
    more = ", …" if len(revision.changed) > 1 else ""
    changed = counted(len(revision.changed), "file")
    return f"{changed} not as in commit {revision.commit}: {revision.changed[0]}{more}"


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
    owned: owned.Run = field(init=False)

    def __post_init__(self) -> None:
        self.id = new_push(self.config.project)

    def run(self) -> Report:
        """Examine, ask, write, report."""
        connection = session.open_context(self.context, self.common)
        pins = self.options.plans[self.context.name] if self.options.plans is not None else None
        pruning = self.options.prune if pins is None else pins.prune
        project, globs = self.config.project, self.common.select
        kinds = owned.named(pins.steps) if pins is not None else self.options.kinds
        self.owned = owned.look(connection, self.rendered, kinds, project, whole=pruning)
        found = examine_all(connection, self.rendered, globs, project, whole=pruning, everywhere=pruning, to_write=True)
        found += self.owned.steps
        self._require_known(found)
        steps = [plan.overruled(step, force=self.options.force, adopt=self.options.adopt) for step in found]
        if pins is not None:
            steps = self._require_as_planned(connection, pins, steps)
        if pruning:
            self._require_limit(connection, steps, found)
        steps = [self._settled(step) for step in steps]
        writes = [step for step in steps if step.state in WRITES]
        doomed = [step for step in steps if step.state is State.DELETED_IN_CODE]
        if writes and (what := _not_in_git(self.revision)):
            self.common.note(f"note: {what}; this push is marked as not recoverable from git")
        self._confirm(writes, doomed)
        if any(step.state is State.CREATE and step.uid.startswith("alert/") for step in writes):
            self.common.note(
                "note: Grafana evaluates these alerts from now on; where Prometheus does too, all are told twice"
            )
        try:
            self._write(connection, writes)
            self._prune(connection, doomed)
        except KeyboardInterrupt:
            raise terminal.interrupted(lambda: self._report(steps, connection), remedy=AGAIN) from None
        except DashSyncError as error:
            error.report = self._report(steps, connection)
            if any(outcome.state in WRITTEN for outcome in self.outcomes.values()):
                raise errors.Partial(str(error), remedy=f"{error.remedy}\n  {AGAIN}", report=error.report) from None
            raise
        report = self._report(steps, connection)
        revision, message = self.revision, self.options.message
        commit = "" if revision.commit == NO_COMMIT else revision.commit + ("+dirty" if revision.dirty else "")
        annotate(connection, self.common, report, changed=WRITTEN, project=project, commit=commit, message=message)
        return self._concluded(steps, report)

    def _require_known(self, found: Sequence[Step]) -> None:
        """Refuse a --force or --adopt of what is neither in the files nor there."""
        named = [uid for uid in (*self.options.force, *self.options.adopt) if owned.named([uid])]
        if unknown := [uid for uid in named if uid not in {step.uid for step in found}]:
            what = f"there is no {unknown[0]}, neither in the files nor in {self.context.name}"
            raise DashSyncError(what, remedy="`dash-sync status --alerts --datasources` shows the uids.")

    def _settled(self, step: Step) -> Step:
        """Note what becomes of a step that isn't carried out."""
        generation = step.live.generation if step.live else None
        if step.state is State.DELETED_IN_CODE:
            step = prune.checked(step, self.config.project)
        if step.state in REFUSED:
            self.outcomes[step.uid] = Outcome("refused", generation, f"{step.state}: {step.reason}")
        elif step.state is State.UNCHANGED:
            self.outcomes[step.uid] = Outcome("unchanged", generation)
        return step

    def _require_limit(self, connection: Connection, steps: Sequence[Step], found: Sequence[Step]) -> None:
        doomed = {step.uid for step in steps if step.state is State.DELETED_IN_CODE}
        kinds = [one.steps for one in self.owned.examined]
        others = {step.uid for lot in kinds for step in lot}
        try:
            for lot in ([step for step in found if step.uid not in others], *kinds):
                mine = [step for step in lot if step.uid in doomed]
                limit, said = self.options.prune_limit, self._counted(mine)
                prune.require_limit(len(mine), lot, self.config.project, limit=limit, said=said)
        except errors.Refused as error:
            error.where = self.context.name
            error.report = self._report(steps, connection)
            raise

    def _require_as_planned(self, connection: Connection, pins: Pins, found: Sequence[Step]) -> list[Step]:
        """Return the planned steps; raises Refused with the list of what moved since the plan was made."""
        if misplaced := pins.misplaced(self.context, connection.api.name, self.config.project):
            raise errors.Refused(misplaced, where=self.context.name, remedy=planfile.REMEDY)
        steps = [step for step in found if step.uid in pins.steps]
        moved = pins.moved(steps)
        if not moved:
            return steps
        there = {step.uid for step in steps}
        steps += [Step(uid, State(pins.steps[uid].state)) for uid in moved if uid not in there]
        self.outcomes |= {uid: Outcome("refused", reason=said) for uid, said in moved.items()}
        what = f"nothing is written; since the plan was made, moved: {_named(list(moved))}"
        report = self._report(steps, connection)
        raise errors.Refused(what, where=self.context.name, remedy=planfile.REMEDY, report=report)

    def _confirm(self, writes: Sequence[Step], doomed: Sequence[Step]) -> None:
        for step in writes:
            if step.overruled:
                question = (
                    f"Overwrite {step.uid} ({step.reason})?" if step.live else f"Make {step.uid} ({step.reason})?"
                )
                terminal.require_yes(question, yes=self.options.yes)
        if doomed:
            number = self._counted(doomed)
            question = f"Delete {number} from {self.context.name}: {_named([step.uid for step in doomed])}?"
            terminal.require_yes(question, yes=self.options.yes)
        if self.context.confirm and writes:
            question = f"Write {self._counted(writes)} to {self.context.name} ({self.context.url})?"
            terminal.require_yes(question, yes=self.options.yes)

    def _counted(self, steps: Sequence[Step]) -> str:
        nouns = ["library panel" if step.uid.startswith(library.PREFIX) else self.owned.noun(step) for step in steps]
        return " and ".join(counted(nouns.count(noun), noun) for noun in dict.fromkeys(nouns))

    def _write(self, connection: Connection, writes: Sequence[Step]) -> None:
        def also(*names: str) -> None:
            self.owned.write(
                names,
                writes,
                self.outcomes,
                advance,
                push=self.id,
                revision=self.revision,
                text=self.options.message,
                copies=self._copies,
            )

        if writes:
            delivery = Delivery(
                connection,
                self.rendered,
                self.revision,
                self.config.project,
                self.id,
                self.options.message,
                self.outcomes,
            )
            with terminal.progress(f"push to {self.context.name}", len(writes), shown=not self.common.quiet) as advance:
                also(owned.DATASOURCES)
                delivery.run(writes, advance)
                also(owned.ALERTS)

    def _prune(self, connection: Connection, doomed: Sequence[Step]) -> None:
        """Delete, but only when all else is as it should be: a new uid whose write failed must not lose the old one."""
        if not doomed:
            return
        if any(outcome.state in {"refused", "failed", "not tried"} for outcome in self.outcomes.values()):
            kept = Outcome("not tried", reason="nothing is pruned while something else is refused or fails")
            self.outcomes |= {step.uid: kept for step in doomed}
            return
        deleter = prune.deleter(connection, self._copies)
        writer = Writer(connection)

        def one(step: Step) -> None:
            noted(
                self.outcomes,
                step.uid,
                lambda: self.owned.delete(step, writer, self._copies) or deleter.delete(step),
            )

        dashboards = [step for step in doomed if is_dashboard(step)]
        others = [step for step in doomed if not is_dashboard(step)]
        with terminal.progress(f"prune {self.context.name}", len(doomed), shown=not self.common.quiet) as advance:
            # What shows a library panel goes first: Grafana keeps one that is shown.
            for _ in chain(connection.workers.map(one, dashboards), connection.workers.map(one, others)):
                advance()

    @property
    def _copies(self) -> Path:
        return prune.folder_of_copies(self.config.root, self.context.name, self.id)

    def _report(self, steps: Sequence[Step], connection: Connection) -> Report:
        rows = [self._row(step) for step in steps]
        counts = {state: sum(row["state"] == state for row in rows) for state in STATES}
        summary: dict[str, Any] = {state: number for state, number in counts.items() if number}
        wrote = any(counts[state] for state in WRITTEN)
        kept = str(self._copies) if self._copies.is_dir() else ""
        facts = {
            "context": self.context.name,
            "api": connection.api.name,
            "push": self.id if wrote else "",
            **({"copies": kept} if kept else {}),
        }
        return Report("push", {**summary, **facts}, rows)

    def _row(self, step: Step) -> dict[str, Any]:
        rendered, outcome = self.rendered, self.outcomes.get(step.uid, Outcome("not tried"))
        file = rendered.dashboards.get(step.uid) or rendered.library.get(step.uid.removeprefix(library.PREFIX))
        folder = rendered.folders.get(step.uid.removeprefix(folders.PREFIX))
        there = f"{folder.path}/" if folder else (step.live.folder if step.live else "") or "General"
        return {
            "state": outcome.state,
            "uid": step.uid,
            "place": file.place if file else self.owned.path(step) or there,
            "version": outcome.generation,
            "reason": outcome.reason,
        }

    def _concluded(self, steps: Sequence[Step], report: Report) -> Report:
        """Return the report if all is well; raise it with the exit code that fits if not."""
        outcomes = [self.outcomes[step.uid] for step in steps]
        refused = [step for step in steps if self.outcomes[step.uid].state == "refused"]
        failed = [outcome for outcome in outcomes if outcome.state in {"failed", "not tried"}]
        if not refused and not failed:
            return report
        error = next((outcome.error for outcome in failed if outcome.error is not None), None)
        if any(outcome.state in WRITTEN for outcome in outcomes):
            said = [f"{len(refused)} refused" if refused else "", f"{len(failed)} failed" if failed else ""]
            what = " and ".join(filter(None, said)) + ", the others are written"
            why = f"The first that failed: {error}\n  {error.remedy}" if error is not None else errors.Partial.remedy
            raise errors.Partial(what, where=self.context.name, remedy=why, report=report)
        if error is not None:
            error.report = report
            raise error
        what = f"nothing is written; refused: {_named([step.uid for step in refused])}"
        raise errors.Refused(what, where=self.context.name, remedy=_remedy(refused), report=report)


def _named(uids: Sequence[str]) -> str:
    more = f" and {len(uids) - NAMED} more" if len(uids) > NAMED else ""
    return ", ".join(uids[:NAMED]) + more


def _remedy(refused: Sequence[Step]) -> str:
    states = {step.state for step in refused}
    said = []
    if states & DRIFTED:
        said.append("Take the change made in Grafana into the code, or overwrite it with --force UID.")
    if State.DELETED_IN_GRAFANA in states:
        said.append("Make what was deleted anew with --force UID, or take it out of the code.")
    if states & {State.ANOTHERS, State.UNMANAGED}:
        said.append("Take the dashboard over with --adopt UID, or give yours another uid.")
    return " ".join(said)
