"""The grid that panels lie on."""

from __future__ import annotations

from dataclasses import dataclass

from sync.lint.dashboard import Panel
from sync.lint.shape import as_dict, as_number

WIDTH = 24
"""Columns of a page."""


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
    grid = as_dict(panel.raw.get("gridPos"))
    sides = [as_number(grid.get(side)) for side in ("x", "y", "w", "h")]
    x, y, w, h = sides
    if x is None or y is None or w is None or h is None:
        return None
    return Box(x, y, w, h)
