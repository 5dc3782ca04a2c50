"""The three-way plan: what we want (files), what is there (live), and what we last wrote (base). Pure: no I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from sync.mark import Mark, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


class State(StrEnum):
    """What a dashboard is, seen from files, Grafana and base; the values are the words that people read."""

    CREATE = "create"
    UPDATE = "update"
    MOVE = "move"
    UNCHANGED = "unchanged"
    CHANGED_IN_GRAFANA = "changed in Grafana"
    CHANGED_IN_BOTH = "changed in both"
    DELETED_IN_CODE = "deleted in code"
    DELETED_IN_GRAFANA = "deleted in Grafana"
    ANOTHERS = "owned by another"
    UNMANAGED = "unmanaged"


WRITES = frozenset({State.CREATE, State.UPDATE, State.MOVE})
DRIFTED = frozenset({State.CHANGED_IN_GRAFANA, State.CHANGED_IN_BOTH})
REFUSED = DRIFTED | {State.DELETED_IN_GRAFANA, State.ANOTHERS, State.UNMANAGED}


@dataclass(frozen=True)
class Wanted:
    """A dashboard as the files, after a context's substitutions, want it.

    `checksum` is that of the canonical form, `digest` that of the bytes that it was made from.
    """

    uid: str
    title: str
    folder: str
    checksum: str
    digest: str = ""


@dataclass(frozen=True)
class Live:
    """A dashboard as Grafana has it, metadata only.

    `revision` is what a write must name (resourceVersion or version), `manager` whose it is ("" nobody's, None where
    the API doesn't tell), `at` and `author` when and by whom it was last written. `signed` tells that by the server's
    own record dash-sync wrote the message; `stored` is the checksum of the content that is there, "" not known.
    """

    uid: str
    folder: str
    generation: int
    revision: str
    message: str = ""
    manager: str | None = None
    digest: str = ""
    title: str = ""
    author: str = ""
    at: str = ""
    signed: bool = False
    stored: str = ""

    @property
    def mark(self) -> Mark | None:
        """Return the mark of the newest version."""
        return parse(self.message)


@dataclass(frozen=True)
class Base:
    """What we last pushed, found in the dashboard's history: its mark, and its folder then (None unknown)."""

    mark: Mark
    folder: str | None = None


@dataclass(frozen=True)
class Step:
    """One dashboard's verdict: its state, why, what was compared, and whether a person has overruled a refusal."""

    uid: str
    state: State
    reason: str = ""
    wanted: Wanted | None = None
    live: Live | None = None
    base: Base | None = None
    overruled: bool = False

    @property
    def generation(self) -> int:
        """Return the generation that a write of ours makes."""
        return self.live.generation + 1 if self.live else 1


def owner(project: str) -> str:
    """Return the managerId of a project."""
    return f"dash-sync:{project}"


def another(live: Live, project: str) -> str:
    """Return who else owns a dashboard: its manager, or the project that its newest mark names; "" nobody else."""
    if live.manager not in {None, "", owner(project)}:
        return str(live.manager)
    return another_project(live.mark, project) if live.manager != owner(project) else ""


def another_project(mark: Mark | None, project: str) -> str:
    """Return the owner that a mark names where that is another project, else ""."""
    return owner(mark.project) if mark is not None and mark.project not in {"", project} else ""


def owned(live: Live, project: str) -> bool:
    """Tell whether a dashboard is this project's: by its manager; where the API keeps none, by its mark's project."""
    if live.manager == owner(project):
        return True
    return live.manager in {None, ""} and live.mark is not None and live.mark.project == project


def intact(live: Live, project: str) -> bool:
    """Tell whether nobody has written since our last push: mark, generation and manager are still ours.

    Servers with older storage don't keep the manager; a write that took it away would have raised the generation.
    """
    return _marked(live, project) and not forged(live)


def _marked(live: Live, project: str) -> bool:
    mark = live.mark
    return mark is not None and mark.generation == live.generation and live.manager in {None, "", owner(project)}


def forged(live: Live) -> bool:
    """Tell whether the mark was copied: what is stored isn't what the mark says that was pushed."""
    return live.mark is not None and live.stored not in {"", live.mark.checksum}


def doubtful(live: Live, project: str) -> bool:
    """Tell whether only the content shows if the mark is ours: it would be, and nothing but its text says so."""
    return _marked(live, project) and not live.signed and not live.stored


def needs_base(wanted: Wanted, live: Live, project: str) -> bool:
    """Tell whether the history must be read: something else was written, or the dashboard is in another folder."""
    return not intact(live, project) or live.folder != wanted.folder


def same_bytes(digest: str, folder: str, live: Live, project: str) -> bool:
    """Tell from metadata alone that there is nothing to do, without the cost of a canonical form."""
    return live.digest == digest and live.folder == folder and intact(live, project)


def decide(wanted: Wanted, live: Live | None, base: Base | None, project: str, *, deleted: Live | None = None) -> Step:
    """Return the verdict on one dashboard that the files hold; `deleted` is its last state in Grafana's trash."""

    def step(state: State, reason: str = "") -> Step:
        return Step(wanted.uid, state, reason, wanted, live, base)

    if live is None:
        if deleted is not None and deleted.mark is not None and not another_project(deleted.mark, project):
            return step(State.DELETED_IN_GRAFANA, f"deleted {saved_by(deleted)}")
        return step(State.CREATE)
    if other := another(live, project):
        return step(State.ANOTHERS, f"it belongs to {other}")
    if intact(live, project):
        return step(*_since_our_push(wanted, live, base))
    return step(*_since_anothers_write(wanted, live, base, project))


def _since_anothers_write(wanted: Wanted, live: Live, base: Base | None, project: str) -> tuple[State, str]:
    if base is not None:
        if other := another_project(base.mark, project):
            return State.ANOTHERS, f"it belongs to {other}"
        if wanted.checksum == base.mark.checksum:
            return State.CHANGED_IN_GRAFANA, f"saved {saved_by(live)}"
        return State.CHANGED_IN_BOTH, f"saved {saved_by(live)}, and the code has changed too"
    if live.manager == owner(project):
        return State.CHANGED_IN_BOTH, f"saved {saved_by(live)}; what we last pushed is no longer in its history"
    return State.UNMANAGED, f"dash-sync never wrote it; last saved {saved_by(live)}"


def _since_our_push(wanted: Wanted, live: Live, base: Base | None) -> tuple[State, str]:
    same = live.mark is not None and live.mark.checksum == wanted.checksum
    if live.folder == wanted.folder:
        return (State.UNCHANGED, "") if same else (State.UPDATE, "")
    if base is not None and base.folder is not None and base.folder != live.folder:
        moved = f"moved to the folder {live.folder or 'General'!r} {saved_by(live)}"
        kept = same and base.folder == wanted.folder
        return (State.CHANGED_IN_GRAFANA, moved) if kept else (State.CHANGED_IN_BOTH, moved)
    where = f"from {live.folder or 'General'!r} to {wanted.folder or 'General'!r}"
    return State.MOVE, where if same else f"{where}, and changed"


def saved_by(live: Live) -> str:
    """Return who saved a dashboard last, when, and with which message."""
    said = [f"by {live.author}" if live.author else "by somebody", f"at {live.at}" if live.at else ""]
    message = live.message.strip()
    if message and live.mark is None:
        said.append(f'("{message}")')
    if forged(live):
        said.append("under the copy of a mark")
    return " ".join(part for part in said if part)


def deleted_in_code(wanted: Collection[str], lives: Mapping[str, Live], project: str) -> list[Step]:
    """Return the dashboards that are ours and that no file holds any more."""
    ours = (live for live in lives.values() if live.uid not in wanted and owned(live, project))
    return [Step(live.uid, State.DELETED_IN_CODE, "", None, live) for live in ours]


def unmanaged(wanted: Collection[str], lives: Mapping[str, Live], project: str) -> list[Step]:
    """Return the dashboards that no file holds and that aren't ours."""
    found = (live for live in lives.values() if live.uid not in wanted and not owned(live, project))
    return [Step(live.uid, *_whose(live, project), None, live) for live in found]


def _whose(live: Live, project: str) -> tuple[State, str]:
    if other := another(live, project):
        return State.ANOTHERS, f"it belongs to {other}"
    return State.UNMANAGED, f"{live.title!r}" if live.title else f"last saved at {live.at}"


def overruled(step: Step, *, force: Collection[str], adopt: Collection[str]) -> Step:
    """Return the step as a person who said --force UID or --adopt UID wants it."""
    forced = step.uid in force and step.state in DRIFTED | {State.DELETED_IN_GRAFANA}
    adopted = step.uid in adopt and step.state in {State.ANOTHERS, State.UNMANAGED}
    if not (forced or adopted):
        return step
    what = "forced" if forced else "adopted"
    state = State.CREATE if step.live is None else State.UPDATE
    return replace(step, state=state, reason=f"{what}: {step.reason}", overruled=True)


def counts(steps: Sequence[Step]) -> dict[str, int]:
    """Return how many dashboards are in each state, in the order of the states."""
    return {state.value: number for state in State if (number := sum(step.state is state for step in steps))}
