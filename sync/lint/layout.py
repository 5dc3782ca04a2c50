"""The grid that panels lie on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sync.lint.dashboard import Panel
from sync.lint.problem import Pointer
from sync.lint.shape import as_dict, as_number, as_text

WIDTH = 24
"""Columns of a page."""
OLD_WIDTH = 12
"""Columns of a row of old dashboards, which have no grid."""


@dataclass(frozen=True, slots=True)
class Box:
    """A panel's place and size, in columns and rows of the grid."""

    x: float
    y: float
    w: float
    h: float

    def overlaps(self, other: Box) -> bool:
        """Whether the two have a piece of the page in common."""
        beside = self.x < other.x + other.w and other.x < self.x + self.w
        return beside and self.y < other.y + other.h and other.y < self.y + self.h


def box(panel: Panel) -> Box | None:
    """Return the panel's box; None where it has none, or a part of it is missing."""
    return _box(as_dict(panel.raw.get("gridPos")), ("x", "y", "w", "h"))


def _box(grid: dict[str, Any], names: tuple[str, ...]) -> Box | None:
    x, y, w, h = map(as_number, map(grid.get, names))
    if x is None or y is None or w is None or h is None:
        return None
    return Box(x, y, w, h)


@dataclass(frozen=True, slots=True)
class Item:
    """What a layout of schema v2 shows: an element by name, on a surface (a grid, a row, a tab), with its box there."""

    element: str
    box: Box | None
    surface: Pointer
    pointer: Pointer
    raw: dict[str, Any]
    within: tuple[Pointer, ...]


def items(
    layout: Any, pointer: Pointer = ("layout",), surface: Pointer = (), within: tuple[Pointer, ...] = ()
) -> Iterator[Item]:
    """Yield every item of a layout of schema v2, whatever rows and tabs (`within`, outermost first) it stands in."""
    if isinstance(layout, list):
        for number, each in enumerate(layout):
            yield from items(each, (*pointer, number), pointer, within)
    elif isinstance(layout, dict):
        element = as_text(as_dict(layout.get("element")).get("name"))
        if element:
            yield Item(element, _box(layout, ("x", "y", "width", "height")), surface, pointer, layout, within)
            return
        if is_surrounding(layout):
            within = (*within, (*pointer, "spec"))
        for key, value in layout.items():
            yield from items(value, (*pointer, key), surface, within)


def is_surrounding(value: dict[str, Any]) -> bool:
    """Whether it is a row or tab of a layout, which has a title and may repeat."""
    return as_text(value.get("kind")).endswith(("Row", "Tab"))


KINDS = frozenset(
    {"GridLayout", "AutoGridLayout", "RowsLayout", "TabsLayout", "GridLayoutItem", "AutoGridLayoutItem"}
    | {"RowsLayoutRow", "TabsLayoutTab", "GridLayoutRow", "ResponsiveGridLayout", "ResponsiveGridLayoutItem"}
)
"""What a layout is made of, by what v2 and its drafts call it."""


def kinds(value: Any, pointer: Pointer) -> Iterator[tuple[str, Pointer]]:
    """Yield the kind of each part of a layout, with its place."""
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from kinds(each, (*pointer, number))
    elif isinstance(value, dict):
        if isinstance(value.get("kind"), str):
            yield value["kind"], (*pointer, "kind")
        inner = as_dict(value.get("spec"))
        for key in ("items", "rows", "tabs", "layout"):
            yield from kinds(inner.get(key), (*pointer, "spec", key))


def conditions(value: Any, pointer: Pointer) -> Iterator[tuple[str, Pointer]]:
    """Yield the variables on which a layout shows something, with their places."""
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from conditions(each, (*pointer, number))
    elif isinstance(value, dict):
        if value.get("kind") == "ConditionalRenderingVariable":
            yield as_text(as_dict(value.get("spec")).get("variable")), (*pointer, "spec", "variable")
        for key, each in value.items():
            yield from conditions(each, (*pointer, key))


def repeated_by(layout: Any) -> Iterator[str]:
    """Yield the variables that a layout repeats by."""
    if isinstance(layout, list):
        for each in layout:
            yield from repeated_by(each)
    elif isinstance(layout, dict):
        yield as_text(as_dict(layout.get("repeat")).get("value"))
        for value in layout.values():
            yield from repeated_by(value)
