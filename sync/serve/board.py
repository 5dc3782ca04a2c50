"""A dashboard's layout: rows and panels in reading order, and a stylesheet that puts them where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.preview.page import MARGIN, WIDTH
from sync.preview.svg import number
from sync.serve.scene import box_of

if TYPE_CHECKING:
    from sync.preview.page import Box, Page, Panel, Row

_WIDE = WIDTH - 2 * MARGIN


@dataclass(frozen=True)
class Item:
    """A row's header, or a panel; `index` counts rows and panels of their own."""

    index: int
    row: Row | None = None
    panel: Panel | None = None

    @property
    def box(self) -> Box:
        """Return where it stands."""
        found = self.panel or self.row
        assert found is not None  # noqa: S101 (one of them is given)
        return found.box

    @property
    def narrow(self) -> Box:
        """Return its size on a narrow screen."""
        return box_of(self.box, "narrow")


def items(page: Page) -> list[Item]:
    """Return rows and panels from top left to bottom right."""
    found = [Item(index, row=row) for index, row in enumerate(page.rows)]
    found += [Item(index, panel=panel) for index, panel in enumerate(page.panels)]
    return sorted(found, key=lambda item: (item.box.y, item.row is None, item.box.x))


def stylesheet(page: Page) -> str:
    """Return the places as CSS, in shares of the page: a page may hold no style of its own. Only numbers go into it."""
    rules = [f".board{{aspect-ratio:{_WIDE}/{number(max(page.height, 1))}}}"]
    for item in items(page):
        kind = "panel" if item.panel else "row"
        rules.append(f"#{kind}-{item.index}{{{_place(item.box, page.height)}}}")
    return f"@media (min-width:801px){{{''.join(rules)}}}\n"


def _place(box: Box, height: float) -> str:
    shares = {
        "left": (box.x - MARGIN) / _WIDE,
        "top": box.y / max(height, 1),
        "width": box.w / _WIDE,
        "height": box.h / max(height, 1),
    }
    return ";".join(f"{name}:{value * 100:.3f}%" for name, value in shares.items())
