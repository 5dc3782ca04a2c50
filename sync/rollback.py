"""Rollback: a dashboard to an earlier version, or everything that one push wrote to what it was before.

An earlier state is written as a new version that says so; nothing of the history is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sync import errors, files, folders, library, plan, planning, prune, recovery, session, terminal
from sync.annotation import annotate
from sync.canonical import checksum
from sync.grafana.api import Content, Write
from sync.library_rollback import Panels, is_made, written_by
from sync.mark import NO_COMMIT, Mark, moved, new_push, parse
from sync.owned.back import Back, prefixed
from sync.plan import State, Step
from sync.report import Report, counted
from sync.writing import Outcome, Writer, noted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from sync.config import Config, Context
    from sync.grafana.api import Version
    from sync.grafana.connect import Connection
    from sync.options import Common
    from sync.plan import Live

HISTORY = 100
ROLLED = "rolled back"
NOWHERE = (
    "`dash-sync history` lists the pushes. What a push pruned can be restored where its copies are,"
    " deleted/CONTEXT/PUSH/; elsewhere take the files out of git again (`git checkout COMMIT -- rendered`) and push."
)
Jobs = list[tuple[str, "Callable[[], Outcome]"]]
CHANGED = frozenset({ROLLED, "deleted", "restored"})
REST = "Put back what the list calls not tried: `dash-sync rollback UID --to VERSION`."
STATES = (ROLLED, "restored", "deleted", "unchanged", "refused", "failed", "not tried")


@dataclass(frozen=True)
class Target:
    """A dashboard and the version that it goes back to: 0 where there was none, so that it is deleted."""

    live: Live
    number: int
    history: Sequence[Version]


@dataclass
class Rollback:
    """One rollback on one Grafana."""

    config: Config
    context: Context
    directory: Path
    common: Common
    yes: bool = False
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.id = new_push(self.config.project)

    def dashboard(self, uid: str, number: int | None) -> Report:
        """Put one dashboard back to a version, by default the one before the newest."""
        connection = session.open_context(self.context, self.common)
        if prefixed(uid):
            return self._thing(connection, uid, number)
        live = connection.api.live(uid)
        history = connection.api.history(uid, limit=HISTORY) if live else []
        live = planning.named(live, history)
        if live is not None:
            live = planning.proved(connection, [live], self.config.project).get(uid, live)
        if live is None or not history:
            raise errors.NotFound("there is no such dashboard", server=connection.http.server, subject=uid)
        self._require_ours(live, history)
        if number is None:
            if len(history) < 2:
                what = "it has no earlier version"
                raise errors.Refused(what, where=uid, remedy="To take it away, remove its module and `push --prune`.")
            number = history[1].number
        if number > live.generation:
            what = f"there is no version {number}: the newest is {live.generation}"
            raise errors.Refused(what, where=uid, remedy=f"`dash-sync history {uid}` lists them.")
        if number == live.generation:
            raise errors.Refused(f"version {number} is the newest", where=uid, remedy="Nothing is to be done.")
        if not plan.intact(live, self.config.project):
            question = f"Put {uid} back to version {number}, over what was saved {plan.saved_by(live)}?"
            terminal.require_yes(question, yes=self.yes)
        return self._carried_out(connection, [Target(live, number, history)], text=f"rollback to version {number}")

    def _thing(self, connection: Connection, uid: str, number: int | None) -> Report:
        """Put an alert rule or a data source back to what it was before the push that it carries."""
        back = self._back(connection)
        push = back.push_of(uid)
        if number is not None:
            what = "Grafana keeps no versions of it; it goes back to what it was before its last push"
            raise errors.Refused(what, where=uid, remedy="Leave --to VERSION away.")
        if push is None:
            raise errors.NotFound("there is no such thing of ours", server=connection.http.server, subject=uid)
        back.of_push(push, only=uid)
        return self._carried_out(connection, [], text=f"rollback of {push}", back=back)

    def _back(self, connection: Connection) -> Back:
        def copies(push: str) -> Path:
            return prune.folder_of_copies(self.config.root, self.context.name, push)

        known = files.read_if_any(self.directory)
        return Back(connection, known, self.directory, self.config.project, self.id, copies)

    def push(self, push: str) -> Report:
        """Put every dashboard of a push back to what it was before, and every alert rule and data source."""
        connection = session.open_context(self.context, self.common)
        targets = self._targets(connection, push)
        panels = written_by(connection, push, self.config.project)
        copies = self._copies(push)
        back = self._back(connection).of_push(push)
        held = targets or self.outcomes or panels or copies.dashboards or copies.library
        if not (held or back or back.refused):
            what = f"nothing in Grafana carries the push {push!r}, and no copies of what it deleted are on this machine"
            raise errors.DashSyncError(what, where=self.context.name, remedy=NOWHERE)
        text = f"rollback of {push}"
        return self._carried_out(connection, targets, text=text, copies=copies, panels=panels, back=back)

    def _targets(self, connection: Connection, push: str) -> list[Target]:
        """Find what the push wrote; what was written since then is refused, since that would be undone too."""
        ours, project = list(self._ours(connection)), self.config.project
        proofs = planning.proved(connection, ours, project)
        candidates = [live for one in ours if _may_hold(live := proofs.get(one.uid, one), push, project)]
        found = connection.workers.map(lambda live: connection.api.history(live.uid, limit=HISTORY), candidates)
        targets = []
        for unnamed, history in found:
            live = planning.named(unnamed, history) or unnamed
            place = next((index for index, version in enumerate(history) if _is_of(version, push)), None)
            if place is None:
                continue
            if history[place].number != live.generation or plan.forged(live):
                reason = f"it was written again since: saved {plan.saved_by(live)}"
                self.outcomes[live.uid] = Outcome("refused", live.generation, reason)
                continue
            before = history[place + 1].number if len(history) > place + 1 else live.generation - 1
            targets.append(Target(live, before, history))
        return targets

    def _ours(self, connection: Connection) -> Iterable[Live]:
        """Look at all that there is: what the push wrote may be in no file, and in no folder of the files, by now."""
        known = files.read_if_any(self.directory)
        project = self.config.project
        lives = connection.api.lives(known.dashboards.keys(), beside=lambda _uid, _folder: True)
        return [live for live in lives.values() if live.uid in known.dashboards or plan.owned(live, project)]

    def _copies(self, push: str) -> files.Rendered:
        """Return the copies of what the push deleted, where they are on this machine."""
        return files.read_if_any(prune.folder_of_copies(self.config.root, self.context.name, push))

    def _require_ours(self, live: Live, history: Sequence[Version]) -> None:
        marks = [mark for version in history if (mark := parse(version.message)) is not None]
        other = plan.another(live, self.config.project) or next(
            (said for mark in marks if (said := plan.another_project(mark, self.config.project))), ""
        )
        if other or not (marks or plan.owned(live, self.config.project)):
            what = f"it belongs to {other}" if other else "dash-sync never wrote it"
            raise errors.Refused(what, where=live.uid, remedy="Only what is this project's is rolled back.")

    def _carried_out(
        self,
        connection: Connection,
        targets: Sequence[Target],
        *,
        text: str,
        copies: files.Rendered | None = None,
        panels: Sequence[Live] = (),
        back: Back | None = None,
    ) -> Report:
        copies = copies or files.Rendered()
        back = self._back(connection) if back is None else back
        self.outcomes |= back.refused
        made = [*(target.live for target in targets if not target.number), *filter(is_made, panels)]
        number = len(targets) + len(copies.dashboards) + len(copies.library) + len(panels)
        self._confirm([*(live.uid for live in made), *back.made], number, back)
        writer = Writer(connection)
        before = self._panel_jobs(writer, copies, panels, text)
        after: Jobs = []
        jobs = [(target.live.uid, self._going_back(writer, target, text)) for target in targets if target.number]
        if made:
            copies_of = prune.folder_of_copies(self.config.root, self.context.name, self.id)
            deleter = prune.deleter(connection, copies_of)
            jobs += [(live.uid, _deleting(deleter, live)) for live in made if not live.uid.startswith(library.PREFIX)]
            after += [(live.uid, _deleting(deleter, live)) for live in made if live.uid.startswith(library.PREFIX)]
        used = [file.folder for file in copies.dashboards.values()]
        used += [panel.folder for panel in copies.library.values()]
        if used:
            folders.make(connection, copies.folders, used)
            jobs += [(uid, self._restoring(writer, file, text)) for uid, file in copies.dashboards.items()]
        try:
            for part in (before, jobs, after):
                for _ in connection.workers.map(lambda job: noted(self.outcomes, *job), part):
                    pass
            back.run(self.outcomes)
        except KeyboardInterrupt:
            for uid in (*(uid for uid, _ in (*before, *jobs, *after)), *back.uids):
                self.outcomes.setdefault(uid, Outcome("not tried"))
            raise terminal.interrupted(lambda: self._report(connection), remedy=REST) from None
        report = self._report(connection)
        annotate(connection, self.common, report, changed=CHANGED, project=self.config.project, message=text)
        return self._concluded(report)

    def _panel_jobs(self, writer: Writer, copies: files.Rendered, panels: Sequence[Live], text: str) -> Jobs:
        """Return what is done with library panels before the dashboards that show them."""
        work = Panels(writer.connection, self.config.project, self.id, self.directory, text)

        def back(live: Live) -> Callable[[], Outcome]:
            return lambda: _rolled(writer.attempt(lambda: work.back(live)))

        def restored(panel: files.LibraryFile) -> Callable[[], Outcome]:
            return lambda: writer.attempt(lambda: work.restored(panel))

        changed: Jobs = [(live.uid, back(live)) for live in panels if not is_made(live)]
        pruned: Jobs = [(library.PREFIX + uid, restored(panel)) for uid, panel in copies.library.items()]
        return [*changed, *pruned]

    def _confirm(self, made: Sequence[str], number: int, back: Back) -> None:
        if made:
            nouns = {"library panel" if uid.startswith(library.PREFIX) else "dashboard" for uid in made}
            noun = "thing" if back.made or len(nouns) > 1 else nouns.pop()
            names = ", ".join(made[:5]) + (" …" if len(made) > 5 else "")
            question = f"Delete {counted(len(made), noun)} that the push made, copies are kept: {names}?"
            terminal.require_yes(question, yes=self.yes)
        if self.context.confirm:
            where = f"{self.context.name} ({self.context.url})"
            more = f" and {counted(len(back), 'thing')} beside" if back else ""
            terminal.require_yes(f"Roll back {counted(number, 'dashboard')}{more} of {where}?", yes=self.yes)

    def _going_back(self, writer: Writer, target: Target, text: str) -> Callable[[], Outcome]:
        def back() -> Outcome:
            live = target.live
            content, mark, found = recovery.content_of(
                writer.connection, live.uid, target.number, target.history, self.directory
            )
            step = Step(live.uid, State.UPDATE, found or f"to version {target.number}", None, live)
            content = replace(content, folder=_folder_before(writer.connection, target))
            said = moved(live.folder, text) if content.folder != live.folder else text
            return _rolled(writer.write(step, self._write(content, mark, live, said)))

        return lambda: writer.attempt(back)

    def _restoring(self, writer: Writer, file: files.DashboardFile, text: str) -> Callable[[], Outcome]:
        content = Content(file.uid, file.spec(), file.version, file.folder)

        def restored() -> Outcome:
            if writer.connection.api.live(file.uid) is not None:
                return Outcome("refused", reason="the push deleted it, and it is there again")
            step = Step(file.uid, State.CREATE, f"from {file.path}")
            outcome = writer.write(step, self._write(content, None, None, text))
            return replace(outcome, state="restored") if outcome.state == "created" else outcome

        return lambda: writer.attempt(restored)

    def _write(self, content: Content, mark: Mark | None, live: Live | None, text: str) -> Callable[[int], Write]:
        """Return what makes the write once its generation is known; the mark says the commit that the content is of."""
        commit, dirty = (mark.commit, mark.dirty) if mark else (NO_COMMIT, False)
        form = checksum(content.spec)

        def prepared(generation: int) -> Write:
            return Write(
                uid=content.uid,
                folder=content.folder,
                spec=content.spec,
                version=content.version,
                message=Mark(self.id, commit, form, generation, dirty, text).message(),
                live=live,
                source="",
                digest="",
                manager=plan.owner(self.config.project),
                ui_edits=self.context.ui_edits == "allow",
            )

        return prepared

    def _report(self, connection: Connection) -> Report:
        rows: list[dict[str, Any]] = [
            {"state": outcome.state, "uid": uid, "version": outcome.generation, "reason": outcome.reason}
            for uid, outcome in sorted(self.outcomes.items())
        ]
        counts = {state: sum(row["state"] == state for row in rows) for state in STATES}
        wrote = any(counts[state] for state in CHANGED)
        facts = {"context": self.context.name, "api": connection.api.name, "push": self.id if wrote else ""}
        return Report("rollback", {**{state: number for state, number in counts.items() if number}, **facts}, rows)

    def _concluded(self, report: Report) -> Report:
        bad = [outcome for outcome in self.outcomes.values() if outcome.state not in CHANGED]
        if not bad:
            self.common.note("note: the code still says otherwise; the next push writes it again")
            return report
        if len(bad) < len(self.outcomes):
            what = f"{len(bad)} not rolled back, the others are"
            remedy = "Look at each that the list names: `dash-sync history UID`, `dash-sync rollback UID --to VERSION`."
            raise errors.Partial(what, where=self.context.name, remedy=remedy, report=report)
        error = next((outcome.error for outcome in bad if outcome.error is not None), None)
        if error is not None:
            error.report = report
            raise error
        raise errors.Refused(bad[0].reason, where=self.context.name, remedy="Nothing is written.", report=report)


def _may_hold(live: Live, push: str, project: str) -> bool:
    """Tell whether the push may have written it: what carries an older push wasn't written since (ids sort by time)."""
    return live.mark is None or not plan.intact(live, project) or live.mark.push >= push


def _is_of(version: Version, push: str) -> bool:
    mark = parse(version.message)
    return mark is not None and mark.push == push and mark.generation == version.number and mark.made_version


def _folder_before(connection: Connection, target: Target) -> str:
    """Return the folder of the version, where the API tells it and it is still there; else the one it is in."""
    now = target.live.folder
    version = next((version for version in target.history if version.number == target.number), None)
    folder = version.folder if version is not None and version.folder is not None else _noted_folder(target)
    if folder in {None, now}:
        return now
    return folder or "" if not folder or folder in connection.api.folders() else now


def _noted_folder(target: Target) -> str | None:
    """Return the folder before the first move that a later push notes: the legacy history keeps no folders."""
    later = sorted(
        (version for version in target.history if version.number > target.number), key=lambda one: one.number
    )
    marks = (mark for version in later if (mark := parse(version.message)) and mark.generation == version.number)
    return next((mark.moved_from for mark in marks if mark.moved_from is not None), None)


def _rolled(outcome: Outcome) -> Outcome:
    return replace(outcome, state=ROLLED) if outcome.state == "updated" else outcome


def _deleting(deleter: prune.Deleter, live: Live) -> Callable[[], Outcome]:
    return lambda: deleter.delete(Step(live.uid, State.DELETED_IN_CODE, "", None, live))
