"""Logs: lines with their time and the colour of their level."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sync.preview import svg, units
from sync.preview import text as measure
from sync.preview.drawing import Drawing, Ready
from sync.preview.page import Box

_LINE = 20
_LEVELS = {
    "critical": "purple", "fatal": "purple", "error": "red", "err": "red", "warn": "orange", "warning": "orange",
    "info": "green", "debug": "blue", "trace": "light-blue",
}  # fmt: skip
_LEVEL = re.compile(r"\b(" + "|".join(_LEVELS) + r")\b", re.IGNORECASE)

if TYPE_CHECKING:
    from collections.abc import Sequence


def draw(ready: Ready, box: Box) -> Drawing:
    """Return the newest lines that fit."""
    lines: Sequence[tuple[int, str]] = sorted(
        (line for answer in ready.answers for line in answer.lines), key=lambda line: -line[0]
    )
    drawing = Drawing()
    for index, (moment, said) in enumerate(lines[: max(0, int(box.h / _LINE))]):
        y = box.y + index * _LINE
        found = _LEVEL.search(said)
        colour = ready.theme.colour(_LEVELS[found[1].lower()] if found else "gray")
        when = units.moment(moment)
        drawing.shapes += [
            svg.rectangle(Box(box.x, y + 3, 3, _LINE - 6), colour),
            svg.label(box.x + 10, y + 14, when, 12, ready.theme.secondary, font=measure.MONO),
            svg.label(
                box.x + 160,
                y + 14,
                measure.fitted(said, (box.w - 168) / 1.2, 12),
                12,
                ready.theme.text,
                font=measure.MONO,
            ),
        ]
    return drawing
