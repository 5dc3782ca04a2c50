"""The three-way verdict on things of a kind; every request is a GET."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sync.owned.kind import checksum
from sync.plan import DRIFTED, Base, Live, State, Step, Wanted, decide, deleted_in_code, owned, saved_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sync.owned.kind import Held, Kind, Thing


@dataclass(frozen=True)
class Examined:
    """What was found of one kind: what the files want, what is there, and a step for each."""

    kind: Kind
    things: Mapping[str, Thing]
    held: Mapping[str, Held]
    steps: list[Step]


def examine(kind: Kind, files: Mapping[str, bytes], project: str, *, whole: bool) -> Examined:
    """Compare files with Grafana; with `whole`, also what is ours and in no file."""
    things = kind.wanted(files)
    held = kind.held(things.keys())
    lives = {kind.prefix + uid: live_of(kind, one) for uid, one in held.items()}
    steps = [_decided(kind, thing, held.get(uid), project) for uid, thing in things.items()]
    if whole:
        steps += deleted_in_code({kind.prefix + uid for uid in things}, lives, project)
    return Examined(kind, things, held, steps)


def _decided(kind: Kind, thing: Thing, held: Held | None, project: str) -> Step:
    form = checksum(thing.uid, thing.content)
    wanted = Wanted(kind.prefix + thing.uid, thing.title, thing.folder, form, form)
    if held is None:
        return decide(wanted, None, None, project)
    live = live_of(kind, held)
    same = checksum(held.uid, held.content) == form
    if held.fixed:
        state = State.UNCHANGED if same else State.ANOTHERS
        return Step(wanted.uid, state, held.fixed, wanted, live)
    step = decide(wanted, live, Base(live.mark) if live.mark else None, project)
    if step.state is State.UNMANAGED:
        return replace(step, reason=f"it carries no mark of ours; last saved {saved_by(live)}")
    if step.state in DRIFTED and same:
        return Step(wanted.uid, State.UPDATE, f"the code says what was saved {saved_by(live)}", wanted, live)
    return step


def live_of(kind: Kind, held: Held) -> Live:
    """Return a thing as the plan knows what is there.

    Its generation counts our writes, and once more where somebody else has written since.
    """
    mark = held.mark
    generation = (mark.generation if held.intact else mark.generation + 1) if mark else 1
    return Live(
        uid=kind.prefix + held.uid,
        folder=held.folder,
        generation=generation,
        revision=held.revision,
        message=held.message,
        title=held.title,
        at=held.at,
    )


def is_owned(kind: Kind, held: Held, project: str) -> bool:
    """Tell whether a thing carries this project's mark."""
    return owned(live_of(kind, held), project)
