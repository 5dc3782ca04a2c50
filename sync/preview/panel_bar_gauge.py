"""Bar gauge: a bar a value, horizontal or vertical, plain, gradient or in cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.diff.values import text
from sync.preview import svg
from sync.preview import text as measure
from sync.preview.drawing import Drawing, Ready
from sync.preview.page import Box
from sync.preview.values import singles

if TYPE_CHECKING:
    from sync.preview.values import Single


def draw(ready: Ready, box: Box) -> Drawing:
    """Return the bars."""
    found = singles(ready)
    if not found:
        return Drawing()
    orientation = text(ready.option("orientation", default="auto"))
    vertical = orientation == "vertical" or (orientation == "auto" and box.w > box.h * 2 and len(found) > 1)
    return _vertical(ready, box, found) if vertical else _horizontal(ready, box, found)


def _share(single: Single) -> float:
    low, high = single.look.bounds()
    if not isinstance(single.value, int | float):
        return 0.0
    return min(max((single.value - low) / (high - low), 0.0), 1.0)


def _horizontal(ready: Ready, box: Box, found: list[Single]) -> Drawing:
    drawing = Drawing()
    height = min(box.h / len(found), 48.0)
    found = found[: max(1, int(box.h / max(height, 14)))]
    names = min(max(measure.width(one.name, 12) for one in found) + 12, box.w * 0.4)
    texts = min(max(measure.width(one.shown.text, 14, bold=True) for one in found) + 12, box.w * 0.3)
    for index, one in enumerate(found):
        y = box.y + index * height
        bar = Box(box.x + names, y + 3, box.w - names - texts, height - 6)
        middle = y + height / 2 + 5
        drawing.shapes.append(svg.label(box.x, middle, measure.fitted(one.name, names - 8, 12), 12, ready.theme.text))
        drawing.shapes += _bar(ready, one, bar, vertical=False)
        drawing.shapes.append(
            svg.label(box.x + box.w, middle, one.shown.text, 14, one.shown.colour, anchor="end", bold=True)
        )
    return drawing


def _vertical(ready: Ready, box: Box, found: list[Single]) -> Drawing:
    drawing = Drawing()
    width = box.w / len(found)
    for index, one in enumerate(found):
        x = box.x + index * width
        drawing.shapes += _bar(ready, one, Box(x + 4, box.y + 20, width - 8, box.h - 40), vertical=True)
        middle = x + width / 2
        shown = measure.fitted(one.shown.text, width - 4, 14, bold=True)
        drawing.shapes.append(svg.label(middle, box.y + 14, shown, 14, one.shown.colour, anchor="middle", bold=True))
        name = measure.fitted(one.name, width - 4, 12)
        drawing.shapes.append(svg.label(middle, box.y + box.h - 4, name, 12, ready.theme.text, anchor="middle"))
    return drawing


def _bar(ready: Ready, one: Single, box: Box, *, vertical: bool) -> list[str]:
    share, colour = _share(one), one.shown.colour
    behind = ready.theme.raised
    if text(ready.option("displayMode", default="gradient")) == "lcd":
        return _cells(one, box, vertical=vertical)
    shapes = [svg.rectangle(box, behind, radius=3)]
    if share:
        filled = (
            Box(box.x, box.y + box.h * (1 - share), box.w, box.h * share)
            if vertical
            else Box(box.x, box.y, box.w * share, box.h)
        )
        shapes.append(svg.rectangle(filled, colour, stroke=colour, radius=3, opacity=0.35))
    return shapes


def _cells(one: Single, box: Box, *, vertical: bool) -> list[str]:
    count = max(2, int((box.h if vertical else box.w) / 12))
    low, high = one.look.bounds()
    shapes = []
    for index in range(count):
        share = (index + 0.5) / count
        colour = one.look.colour_of(low + (high - low) * share)
        size = (box.h if vertical else box.w) / count
        cell = (
            Box(box.x, box.y + box.h - (index + 1) * size, box.w, size - 2)
            if vertical
            else Box(box.x + index * size, box.y, size - 2, box.h)
        )
        shapes.append(svg.rectangle(cell, colour, radius=1, opacity=0.9 if share <= _share(one) else 0.15))
    return shapes
