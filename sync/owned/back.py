"""The way back of things beside dashboards: what one push wrote to what it was before it.

Grafana keeps no versions of them that its API gives back. What was there before is taken from the copy that the push
kept on this machine, else from git by the commit of the mark before, and only if it is what that mark's checksum says.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from sync import errors
from sync.mark import NO_COMMIT, Mark, parse
from sync.owned.deliver import Deliverer, before
from sync.owned.kind import CREATED, UNMARKED, Held, Job, Kind, Thing, checksum
from sync.owned.run import NAMES, PREFIXES, files, kinds
from sync.owned.verdict import is_owned, live_of
from sync.plan import State, Step
from sync.writing import Outcome, Writer, noted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sync.files import Rendered
    from sync.grafana.connect import Connection

NOT_HERE = "what was there before wasn't ours, and its copy is not on this machine"


@dataclass
class Way:
    """What goes back of one kind: things to write, and things to delete since the push made them."""

    kind: Kind
    jobs: list[tuple[Step, Job]] = field(default_factory=list)
    made: list[Held] = field(default_factory=list)


@dataclass
class Back:
    """The way back of what one push wrote; what can't go back is in `refused`, by uid."""

    connection: Connection
    rendered: Rendered
    directory: Path
    project: str
    id: str
    copies: Callable[[str], Path]
    ways: list[Way] = field(default_factory=list)
    refused: dict[str, Outcome] = field(default_factory=dict)
    _at: dict[str, dict[str, bytes]] = field(default_factory=dict)

    @property
    def made(self) -> list[str]:
        """Return what is to be deleted."""
        return [way.kind.prefix + held.uid for way in self.ways for held in way.made]

    @property
    def uids(self) -> list[str]:
        """Return all that goes back or is to be deleted."""
        return [*(step.uid for way in self.ways for step, _ in way.jobs), *self.made]

    def __len__(self) -> int:
        return sum(len(way.jobs) + len(way.made) for way in self.ways)

    def of_push(self, push: str, *, only: str = "") -> Back:
        """Find what the push wrote and deleted, of every kind that can be seen; `only` one thing, by its uid."""
        for kind in kinds(self.connection, self.rendered, NAMES):
            if only and not only.startswith(kind.prefix):
                continue
            with contextlib.suppress(errors.Forbidden, errors.NotFound):
                self._look(Way(kind), push, only.removeprefix(kind.prefix))
        return self

    def push_of(self, uid: str) -> str | None:
        """Return the push whose mark a thing of ours carries; None where there is no such thing."""
        for kind in kinds(self.connection, self.rendered, NAMES):
            if uid.startswith(kind.prefix):
                held = kind.held([uid.removeprefix(kind.prefix)]).get(uid.removeprefix(kind.prefix))
                if held is not None and held.mark is not None and is_owned(kind, held, self.project):
                    return held.mark.push
        return None

    def run(self, outcomes: dict[str, Outcome]) -> None:
        """Go back; what becomes of each thing is noted in `outcomes`."""
        writer = Writer(self.connection)
        for way in self.ways:
            deliverer = Deliverer(way.kind, writer, self.copies(self.id))
            try:
                deliverer.write(way.jobs, outcomes, lambda: None)
            finally:
                for step, _ in way.jobs:
                    outcome = outcomes.get(step.uid, Outcome("not tried"))
                    done = {"updated": "rolled back", "created": "restored"}.get(outcome.state, outcome.state)
                    outcomes[step.uid] = replace(outcome, state=done)
            for held in way.made:
                noted(outcomes, way.kind.prefix + held.uid, partial(deliverer.delete, held))

    def _look(self, way: Way, push: str, only: str) -> None:
        kind = way.kind
        copied = self._copied(kind, push)
        with contextlib.suppress(errors.DashSyncError):
            kind.wanted(files(self.rendered))  # so that what the server adds of its own is told from an edit
        for uid, held in kind.held(copied.keys()).items():
            mark = held.mark
            if only and uid != only:
                continue
            if mark is not None and mark.push == push and is_owned(kind, held, self.project):
                self._back(way, held, copied.pop(uid, None))
            elif uid in copied:
                copied.pop(uid)
                self._refuse(kind, uid, f"it was written again since, at {held.at}")
        for uid, thing in copied.items():
            if not only or uid == only:
                way.jobs.append(self._job(kind, thing, None, None, f"from {thing.path}"))
        self.ways.append(way)

    def _back(self, way: Way, held: Held, copy: Thing | None) -> None:
        kind, uid = way.kind, held.uid
        if not held.intact:
            self._refuse(kind, uid, f"it was written again since, at {held.at}")
        elif copy is not None:
            way.jobs.append(self._job(kind, copy, held, parse(held.before), f"from {copy.path}"))
        elif held.before == CREATED:
            way.made.append(held)
        elif (mark := parse(held.before)) is None:
            self._refuse(kind, uid, NOT_HERE if held.before == UNMARKED else "no mark tells what was there before")
        else:
            try:
                thing = self._from_git(kind, uid, mark)
            except errors.DashSyncError as error:
                self._refuse(kind, uid, error.what)
            else:
                way.jobs.append(self._job(kind, thing, held, mark, f"from commit {mark.commit}"))

    def _job(self, kind: Kind, thing: Thing, held: Held | None, was: Mark | None, reason: str) -> tuple[Step, Job]:
        live = live_of(kind, held) if held else None
        step = Step(kind.prefix + thing.uid, State.UPDATE if held else State.CREATE, reason, None, live)
        form = checksum(thing.uid, thing.content)
        same = was is not None and was.checksum == form
        commit, dirty = (was.commit, was.dirty) if was is not None and same else (NO_COMMIT, False)
        mark = Mark(self.id, commit, form, step.generation, dirty, "rollback")
        return step, Job(thing, held, mark.message(), before(held))

    def _copied(self, kind: Kind, push: str) -> dict[str, Thing]:
        """Return the copies that the push kept of this kind, as things; what can't be read of them is refused."""
        folder = self.copies(push)
        found: dict[str, Thing] = {}
        for path in sorted(folder.rglob("*.yaml")):
            inside = path.relative_to(folder).as_posix()
            name = kind.copied(inside)
            if name:
                try:
                    found |= kind.wanted({name: path.read_bytes()})
                except errors.DashSyncError as error:
                    self._refuse(kind, inside.split("/")[1].removesuffix(".yaml"), error.what)
        return found

    def _from_git(self, kind: Kind, uid: str, mark: Mark) -> Thing:
        if not mark.recoverable:
            raise errors.Refused("git can't have what was there before: it was pushed from files that no commit has")
        thing = kind.wanted(self._commit(mark.commit)).get(uid)
        if thing is None:
            raise errors.Refused(f"commit {mark.commit} holds no such {kind.noun} in {self.directory.name}/")
        if checksum(uid, thing.content) != mark.checksum:
            raise errors.Refused(f"the file of commit {mark.commit} is not what was pushed then")
        return thing

    def _commit(self, commit: str) -> Mapping[str, bytes]:
        if commit not in self._at:
            from sync.diff.revision import revision

            there = revision(commit, self.directory)
            wanted = ("dashboards/", "alerting/", "provisioning/")
            self._at[commit] = dict(there.read([path for path in there.sizes if path.startswith(wanted)]))
        return self._at[commit]

    def _refuse(self, kind: Kind, uid: str, reason: str) -> None:
        self.refused[kind.prefix + uid] = Outcome("refused", reason=reason)


def prefixed(uid: str) -> bool:
    """Tell whether a uid is that of a thing beside dashboards."""
    return uid.startswith(tuple(PREFIXES))
