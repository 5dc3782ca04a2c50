"""What moved: panels and rows that somebody put elsewhere, not those that only made room."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.diff.model import Dashboard, Panel

Pairs = list[tuple[int, int]]


@dataclass(frozen=True)
class Moves:
    """Positions in `pairs` of panels that moved (with where to) and were resized, and how many only made room."""

    moved: dict[int, str]
    resized: tuple[int, ...]
    shifted: int


def moves(before: Dashboard, after: Dashboard, panels: Pairs, sections: dict[int, int]) -> Moves:
    """Return which of the paired panels moved and were resized; `sections` pairs rows and tabs."""
    moved: dict[int, str] = {}
    shifted = 0
    added = {right for right in range(len(after.sections)) if right not in sections.values()}
    removed = {left for left in range(len(before.sections)) if left not in sections}
    out_of_order = _out_of_order([right for _, right in panels])
    groups: dict[int, list[int]] = {}
    for index, (left, right) in enumerate(panels):
        old, new = before.panels[left], after.panels[right]
        if sections.get(old.section, -1) != new.section:
            # A new row takes the panels below its header along; an old one leaves them.
            made_room = (new.section in added or old.section in removed) and index not in out_of_order
            if made_room:
                shifted += 1
            else:
                moved[index] = f"to {_section(after, new.section)}"
        else:
            groups.setdefault(new.section, []).append(index)
    resized = tuple(
        index for index, (left, right) in enumerate(panels) if _resized(before.panels[left], after.panels[right])
    )
    flowing = before.schema < 16 and after.schema < 16
    settled = (
        not added
        and not removed
        and not moved
        and not resized
        and len(panels) == len(before.panels) == len(after.panels)
    )
    for indices in groups.values():
        places = [(before.panels[panels[index][0]], after.panels[panels[index][1]]) for index in indices]
        found, made_room_here = _within(places, settled=settled, flowing=flowing)
        moved |= {indices[position]: where for position, where in found.items()}
        shifted += made_room_here
    return Moves(moved, resized, shifted)


def _section(dashboard: Dashboard, index: int) -> str:
    if index < 0:
        return "the top"
    section = dashboard.sections[index]
    return f"{section.kind} “{section.title}”"


def _resized(old: Panel, new: Panel) -> bool:
    return old.place is not None and new.place is not None and (old.place.w, old.place.h) != (new.place.w, new.place.h)


def _within(places: Sequence[tuple[Panel, Panel]], *, settled: bool, flowing: bool) -> tuple[dict[int, str], int]:
    """Return which panels of one section moved, and how many only made room.

    Panels count as moved out of the reading order and sideways. Up and down alone they move when nothing else could
    have moved them, and of several that did by the same distance the first one stands for those it pushed. In rows of
    old panels flow (`flowing`): only their order is chosen. Where most moved by one distance, that is no move.
    """
    moved: dict[int, str] = {}
    shifted = 0
    pushed: set[int] = set()
    places = _levelled(places)
    # One that stands where it stood didn't move, however many moved around it.
    stayed = [len(places) + 1 if old.place == new.place else 1 for old, new in places]
    order = _out_of_order(_ranks([new for _, new in places]), stayed)
    sideways = _sideways(places)
    widened = _widened(places)
    for index, (old, new) in enumerate(places):
        if old.place is None or new.place is None or (old.place.x, old.place.y) == (new.place.x, new.place.y):
            if index in order and (old.place is None or new.place is None):
                moved[index] = "in the order"
            continue
        distance = new.place.y - old.place.y
        if index not in order and (flowing or (distance == 0 and index in widened)):
            shifted += 1
        elif index in order or index in sideways:
            moved[index] = _way(old, new)
        elif settled and not order and not sideways and distance not in pushed:
            pushed.add(distance)
            moved[index] = _way(old, new)
        else:
            shifted += 1
    return moved, shifted


def _levelled(places: Sequence[tuple[Panel, Panel]]) -> Sequence[tuple[Panel, Panel]]:
    """Take away the distance by which most of three or more panels moved up or down alike."""
    distances = Counter(new.place.y - old.place.y for old, new in places if old.place and new.place)
    common, times = distances.most_common(1)[0] if distances else (0, 0)
    if common == 0 or times < 3 or times * 2 <= len(places):
        return places
    return [
        (old, replace(new, place=replace(new.place, y=new.place.y - common)) if new.place else new)
        for old, new in places
    ]


def _sideways(places: Sequence[tuple[Panel, Panel]]) -> set[int]:
    """Return the panels whose column changed."""
    return {index for index, (old, new) in enumerate(places) if old.place and new.place and old.place.x != new.place.x}


def _widened(places: Sequence[tuple[Panel, Panel]]) -> set[int]:
    """Return the panels that moved sideways by just as much as their neighbours on the left grew or shrank."""
    found = set()
    lines: dict[int, list[tuple[int, int, int]]] = {}
    for old, new in places:
        if old.place and new.place:
            lines.setdefault(old.place.y, []).append((old.place.x, old.place.w, new.place.w))
    for index, (old, new) in enumerate(places):
        if old.place and new.place and old.place.x != new.place.x:
            grown = sum(now - was for x, was, now in lines[old.place.y] if x < old.place.x)
            if grown == new.place.x - old.place.x:
                found.add(index)
    return found


def _way(old: Panel, new: Panel) -> str:
    if old.place is None or new.place is None:
        return "in the order"
    right, down = new.place.x - old.place.x, new.place.y - old.place.y
    ways = [f"{abs(right)} {'right' if right > 0 else 'left'}"] if right else []
    ways += [f"{abs(down)} {'down' if down > 0 else 'up'}"] if down else []
    return " and ".join(ways)


def _ranks(panels: Sequence[Panel]) -> list[int]:
    """Return the position of each panel in reading order; panels without a place keep theirs."""
    if any(panel.place is None for panel in panels):
        return list(range(len(panels)))
    order = sorted(range(len(panels)), key=lambda index: (panels[index].place.y, panels[index].place.x, index))  # type: ignore[union-attr]
    ranks = [0] * len(panels)
    for rank, index in enumerate(order):
        ranks[index] = rank
    return ranks


def _out_of_order(sequence: Sequence[int], weights: Sequence[int] | None = None) -> set[int]:
    """Return the positions whose removal leaves the sequence of distinct numbers rising: those that weigh least."""
    slots = {number: slot for slot, number in enumerate(sorted(sequence), start=1)}
    best: list[tuple[int, int]] = [(0, -1)] * (len(sequence) + 1)  # a tree of running maxima: weight, last position
    previous = [-1] * len(sequence)
    top = (0, -1)
    for index, number in enumerate(sequence):
        found = _highest(best, slots[number] - 1)
        previous[index] = found[1]
        reached = (found[0] + (weights[index] if weights else 1), index)
        slot = slots[number]
        while slot < len(best):
            best[slot] = max(best[slot], reached)
            slot += slot & -slot
        top = max(top, reached)
    kept: set[int] = set()
    index = top[1]
    while index >= 0:
        kept.add(index)
        index = previous[index]
    return set(range(len(sequence))) - kept


def _highest(best: Sequence[tuple[int, int]], slot: int) -> tuple[int, int]:
    found = (0, -1)
    while slot:
        found = max(found, best[slot])
        slot -= slot & -slot
    return found


def reordered(sequence: Sequence[int]) -> list[int]:
    """Return which of a sequence moved, as few as explain it."""
    return sorted(_out_of_order(sequence))
