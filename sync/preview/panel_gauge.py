"""Gauge: a value on an arc, with its thresholds around it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sync.preview import svg
from sync.preview import text as measure
from sync.preview.drawing import Drawing, Ready
from sync.preview.panel_stat import tiles
from sync.preview.values import Single, singles

if TYPE_CHECKING:
    from sync.preview.page import Box

_FROM, _TO = -210.0, 30.0  # degrees: the arc of Grafana's gauge, open below


def draw(ready: Ready, box: Box) -> Drawing:
    """Return a gauge a value."""
    found = singles(ready)
    places = tiles(box, max(len(found), 1), "auto")
    named = len(found) > 1
    return Drawing(
        [
            shape
            for single, place in zip(found, places, strict=False)
            for shape in _gauge(ready, single, place, named=named)
        ]
    )


def _gauge(ready: Ready, single: Single, box: Box, *, named: bool) -> list[str]:
    theme, shown = ready.theme, single.shown
    circle = ready.option("shape", default="gauge") == "circle"
    below = 20 if named else 4
    radius = max(8.0, min(box.w / 2 - 8, (box.h - below) / (2.0 if circle else 1.62) - 4))
    centre = (box.x + box.w / 2, box.y + 6 + radius)
    begin, end = turn = (-90.0, 269.99) if circle else (_FROM, _TO)
    thick = radius * 0.24
    low, high = single.look.bounds()
    value = single.value if isinstance(single.value, int | float) else None
    share = 0.0 if value is None else min(max((value - low) / (high - low), 0.0), 1.0)
    shapes = [_arc(centre, radius - 6, turn, thick, theme.grid if theme.dark else "#e4e5e7")]
    if value is not None and share > 0:
        shapes.append(_arc(centre, radius - 6, (begin, begin + (end - begin) * share), thick, shown.colour))
    if ready.option("showThresholdMarkers", default=True):
        shapes += _markers(single, centre, radius, turn)
    size = min(radius * 0.5, 42.0)
    room = (radius - thick) * 1.7
    wide = measure.width(shown.text, size, bold=True)
    size = size if wide <= room else max(9.0, size * room / wide * 0.97)
    shapes.append(
        svg.label(centre[0], centre[1] + size * 0.3, shown.text, size, shown.colour, anchor="middle", bold=True)
    )
    if named:
        name = measure.fitted(single.name, box.w - 8, 12)
        shapes.append(svg.label(centre[0], box.y + box.h - 4, name, 12, theme.text, anchor="middle"))
    return shapes


def _markers(single: Single, centre: tuple[float, float], radius: float, turn: tuple[float, float]) -> list[str]:
    low, high = single.look.bounds()
    levels = single.look.levels()
    edges = [*(level for level, _ in levels[1:]), math.inf]
    shapes = []
    for (level, colour), edge in zip(levels, edges, strict=True):
        left = min(max((level - low) / (high - low), 0.0), 1.0) if math.isfinite(level) else 0.0
        right = min(max((edge - low) / (high - low), 0.0), 1.0) if math.isfinite(edge) else 1.0
        if right > left:
            at = [turn[0] + (turn[1] - turn[0]) * share for share in (left, right)]
            shapes.append(_arc(centre, radius, (at[0], at[1]), 3, colour))
    return shapes


def _arc(centre: tuple[float, float], radius: float, turn: tuple[float, float], thick: float, colour: str) -> str:
    """Return a part of a ring whose outer edge has the radius."""
    middle = max(radius - thick / 2, 1)
    points = [
        (centre[0] + middle * math.cos(math.radians(angle)), centre[1] + middle * math.sin(math.radians(angle)))
        for angle in turn
    ]
    large = 1 if turn[1] - turn[0] > 180 else 0
    start, stop = (f"{svg.number(x)},{svg.number(y)}" for x, y in points)
    return svg.path(
        f"M{start}A{svg.number(middle)},{svg.number(middle)} 0 {large} 1 {stop}", stroke=colour, width=thick
    )
