"""Stat: big numbers or words, coloured, with the series behind them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sync.diff.values import mapping, number, text
from sync.preview import colours, svg
from sync.preview import text as measure
from sync.preview.drawing import Drawing, Ready
from sync.preview.look import Look, settings
from sync.preview.page import Box
from sync.preview.values import Single, nothing, singles

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP = 8


def draw(ready: Ready, box: Box) -> Drawing:
    """Return a tile a value."""
    found = singles(ready) or [_missing(ready)]
    drawing = Drawing()
    for single, place in zip(
        found, tiles(box, len(found), text(ready.option("orientation", default="auto"))), strict=False
    ):
        drawing.shapes += _tile(ready, single, place, named=len(found) > 1)
    return drawing


def _missing(ready: Ready) -> Single:
    """Return the value that stands where there is no data: null, which a mapping may give a word and a colour."""
    its, custom = settings(ready.panel.config, name="", label_names=[], ref="", kind="number")
    return Single(ready.title, None, Look({"noValue": nothing(ready)} | its, custom, ready.theme), [], [])


def tiles(box: Box, count: int, orientation: str) -> list[Box]:
    """Return the boxes of so many tiles: side by side in a wide box, below each other in a high one, or a grid."""
    wide = box.w > box.h * 1.1
    columns = count if orientation == "vertical" or (orientation == "auto" and wide) else 1
    if orientation == "auto" and count > 1:
        columns = max(1, min(count, round(math.sqrt(count * box.w / max(box.h, 1) / 2.2))))
    rows = math.ceil(count / columns)
    w, h = (box.w - _GAP * (columns - 1)) / columns, (box.h - _GAP * (rows - 1)) / rows
    return [
        Box(box.x + index % columns * (w + _GAP), box.y + index // columns * (h + _GAP), max(w, 4), max(h, 4))
        for index in range(count)
    ]


def _tile(ready: Ready, single: Single, box: Box, *, named: bool) -> list[str]:
    theme, shown = ready.theme, single.shown
    mode = text(ready.option("colorMode", default="value"))
    filled = mode.startswith("background")
    colour = shown.colour
    ink = colours.ink_on(colour) if filled and not colour.startswith("rgba") else theme.text
    shapes: list[str] = []
    if filled:
        shapes.append(svg.rectangle(box, colour, radius=4))
    if text(ready.option("graphMode", default="area")) == "area":
        shapes += sparkline(single.trend, _lower(box), ink if filled else colour)
    words = text(ready.option("textMode", default="auto"))
    title = single.name if words in {"value_and_name", "name"} or (words == "auto" and named) else ""
    value = "" if words in {"none", "name"} else shown.text
    if words == "name":
        title, value = "", single.name
    value_ink = ink if filled else colour if mode == "value" else theme.text
    told = mapping(ready.option("text", default={}))
    sizes = number(told.get("valueSize")), number(told.get("titleSize"))
    shapes += _words(box, title, value, ink if filled else theme.text, value_ink, sizes=sizes)
    return shapes


def _lower(box: Box) -> Box:
    return Box(box.x, box.y + box.h * 0.55, box.w, box.h * 0.45)


def _words(
    box: Box, title: str, value: str, title_ink: str, value_ink: str, *, sizes: tuple[float | None, float | None]
) -> list[str]:
    """Return value and title; `sizes` are those that the panel tells, None where it leaves them to the room."""
    room = box.w - 16
    share = 0.42 if title else 0.5
    size = min(box.h * share, 56.0)
    wide = measure.width(value, size, bold=True)
    if wide > room:
        size = max(9.0, size * room / wide * 0.97)
    size = _told(sizes[0], size)
    title_size = _told(sizes[1], min(max(size * 0.45, 10.0), 18.0))
    middle = box.y + box.h / 2
    baseline = middle + size * 0.36 + (title_size * 0.6 if title else 0)
    shapes = [
        svg.label(
            box.x + box.w / 2,
            baseline,
            measure.fitted(value, room, size, bold=True),
            size,
            value_ink,
            anchor="middle",
            bold=True,
        )
    ]
    if title:
        shown = measure.fitted(title, room, title_size)
        shapes.append(svg.label(box.x + box.w / 2, baseline - size - 2, shown, title_size, title_ink, anchor="middle"))
    return shapes


def _told(size: float | None, else_: float) -> float:
    return min(size, 200.0) if size and size > 0 else else_


def sparkline(values: Sequence[float | None], box: Box, colour: str) -> list[str]:
    """Return the line of a series with the area below it, filling the box."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return []
    low, high = min(known), max(known)
    height = (high - low) or 1.0
    flat = high == low
    runs: list[list[tuple[float, float]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        share = 0.5 if flat else (value - low) / height
        runs[-1].append((box.x + box.w * index / (len(values) - 1), box.y + box.h * (0.95 - 0.85 * share)))
    shapes = []
    for run in runs:
        if len(run) > 1:
            line = svg.polyline(run)
            bottom = svg.number(box.y + box.h)
            area = f"{line}L{svg.number(run[-1][0])},{bottom}L{svg.number(run[0][0])},{bottom}Z"
            shapes.append(svg.path(area, fill=colour, opacity=0.18))
            shapes.append(svg.path(line, stroke=colour, width=1, opacity=0.75))
    return shapes
