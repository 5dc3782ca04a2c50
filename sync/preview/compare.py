"""A dashboard before and after, side by side: what changed is outlined, what didn't is dimmed.

Which panels changed is what `sync.diff` says; `pictures` takes two of its documents and needs nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.diff import build, dashboards, matching
from sync.preview import svg
from sync.preview.page import WIDTH, Box
from sync.preview.sheet import sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.diff.change import Change
    from sync.diff.model import Dashboard
    from sync.diff.read import Document, Path
    from sync.preview.colours import Theme
    from sync.preview.filled import Filled
    from sync.preview.sheet import Sheet

SCALE = 0.62
_GAP = 24
_HEAD = 44

Marks = dict[tuple[object, ...], str]


def marks(before: Document, after: Document) -> tuple[Marks, Marks]:
    """Return how the panels of each side changed, by their paths in its file: changed, moved, added or removed."""
    old, new = build.build(before), build.build(after)
    pairs = matching.match(old.panels, new.panels)
    changes = dashboards.compare(old, new).changes
    left: Marks = {}
    right: Marks = {}
    for here, there in pairs:
        mark = _mark(changes, new.panels[there].path, _queries(old, here))
        if mark:
            left[old.panels[here].path] = right[new.panels[there].path] = mark
    known = {here for here, _ in pairs}, {there for _, there in pairs}
    left |= {panel.path: "removed" for index, panel in enumerate(old.panels) if index not in known[0]}
    right |= {panel.path: "added" for index, panel in enumerate(new.panels) if index not in known[1]}
    return left, right


def _queries(dashboard: Dashboard, index: int) -> Sequence[Path]:
    return [query.path for query in dashboard.panels[index].queries]


def _mark(changes: Sequence[Change], path: Path, before: Sequence[Path]) -> str:
    """Return the mark of a pair of panels: by the changes at its path after, and by queries of before that are gone."""
    size = len(path)
    found = [
        change
        for change in changes
        if (change.path[:size] == path and (change.where or change.op == "moved"))
        or (change.op == "removed" and change.where and change.path in before)
    ]
    if not found:
        return ""
    return "moved" if all(change.op in {"moved", "resized"} for change in found) else "changed"


@dataclass(frozen=True)
class Picture:
    """Both sides as one SVG, and its height in pixels."""

    svg: str
    height: float


def side_by_side(
    before: Filled | None,
    after: Filled | None,
    theme: Theme,
    *,
    marked: tuple[Marks, Marks],
    names: tuple[str, str],
) -> Picture:
    """Return both sides drawn; a side that isn't there (a dashboard that is new or gone) is left empty."""
    sides: list[Sheet | None] = []
    first = 0
    for one, marks in zip((before, after), marked, strict=True):
        sides.append(sheet(one, theme, marks=marks, first=first) if one is not None else None)
        first += len(sides[-1].charts) if sides[-1] is not None else 0
    height = _HEAD + SCALE * max(one.height for one in sides if one is not None)
    wide = WIDTH * SCALE
    shapes = [svg.rectangle(Box(0, 0, 2 * wide + _GAP, height), theme.canvas)]
    for index, (side, name) in enumerate(zip(sides, names, strict=True)):
        x = index * (wide + _GAP)
        shapes.append(svg.label(x + 12, 28, name, 18, theme.text, bold=True))
        if side is None:
            shapes.append(svg.label(x + wide / 2, _HEAD + 80, "not there", 18, theme.secondary, anchor="middle"))
            continue
        place = f'transform="translate({svg.number(x)},{_HEAD}) scale({SCALE})"'
        shapes.append(svg.group([*side.below, *side.stills, *side.above], place))
    title = next(one.title for one in sides[::-1] if one is not None)
    return Picture(
        svg.document(shapes, width=2 * wide + _GAP, height=height, title=f"{title}: before and after"), height
    )


def pictures(
    before: Document | None,
    after: Document | None,
    theme: Theme,
    *,
    fill: Fill,
    names: tuple[str, str] = ("Before", "After"),
) -> Picture | None:
    """Return a dashboard before and after, drawn; None as a side is one on which it doesn't exist.

    None is returned where no panel changed: there is nothing to see.
    """
    if before is not None and after is not None:
        marked = marks(before, after)
        if not any(marked):
            return None
    else:
        marked = ({}, {})
        for side, document, mark in ((0, before, "removed"), (1, after, "added")):
            if document is not None:
                marked[side].update(dict.fromkeys((panel.path for panel in build.build(document).panels), mark))
    filled = [fill(document) if document is not None else None for document in (before, after)]
    return side_by_side(filled[0], filled[1], theme, marked=marked, names=names)


if TYPE_CHECKING:
    from collections.abc import Callable

    Fill = Callable[[Document], Filled]
