"""Vega-Lite, to SVG and for pages: one form for every chart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import orjson

from sync.preview import converter
from sync.preview.converter import VEGA_LITE
from sync.preview.svg import label, number
from sync.preview.text import FONT, fitted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from sync.diff.values import Json
    from sync.preview.drawing import Chart
    from sync.preview.page import Box

_OUTER = re.compile(r"^<svg[^>]*>|</svg>\s*$")
_CLIP = re.compile(r"\b(id=\"|url\(#)clip(\d+)")
_CLOSED = re.compile(r"M[\d.,L-]+(?=Z)")


def spec(box: Box, plot: Box, layers: Sequence[Json], **more: object) -> Json:
    """Return a chart whose plot area lies in its box where it is told to: nothing is measured, nothing moves."""
    padding = {
        "left": plot.x - box.x, "top": plot.y - box.y, "right": box.x + box.w - plot.x - plot.w,
        "bottom": box.y + box.h - plot.y - plot.h,
    }  # fmt: skip
    return {
        "width": plot.w,
        "height": plot.h,
        "padding": padding,
        "autosize": "none",
        "background": None,
        "layer": list(layers),
        "config": {"font": FONT.replace("'", ""), "view": {"stroke": None}, "aria": False, "axis": {"domain": False}},
        **more,
    }


def begin(one: Chart, index: int) -> Future[str]:
    """Begin to draw a chart: a group of SVG at its place; one that can't be drawn says so there.

    `index` tells it from the other charts of a picture.
    """
    return converter.begin(lambda: _drawn(one, index))


def _drawn(one: Chart, index: int) -> str:
    try:
        # As text: it is read outside of Python's lock.
        drawn = converter.converter().vegalite_to_svg(orjson.dumps(one.spec).decode(), vl_version=VEGA_LITE)
    except ValueError as error:
        return _undrawn(one, str(error)[:500])
    return _placed(drawn, one.box, index)


def _undrawn(one: Chart, problem: str) -> str:
    """Return the words that stand where a chart can't be drawn."""
    said = fitted(f"this chart can't be drawn: {problem}", one.box.w - 16, 13)
    return label(one.box.x + 8, one.box.y + one.box.h / 2, said, 13, "#e02f44")


def _placed(svg: str, box: Box, index: int) -> str:
    """Return a chart's SVG moved to its box; its clips get names of their own, the same in every run."""
    names: dict[str, str] = {}

    def rename(found: re.Match[str]) -> str:
        name = names.setdefault(found[2], f"c{index}-{len(names)}")
        return f"{found[1]}{name}"

    inner = _CLIP.sub(rename, _OUTER.sub("", svg))
    inner = _CLOSED.sub(_on_two_points, inner)
    return f'<g transform="translate({number(box.x)},{number(box.y)})">{inner}</g>'


def _on_two_points(found: re.Match[str]) -> str:
    """Return an area whose straight base has two points: one below each of its curve's is a third of the file."""
    points = found[0].split("L")
    height = "," + points[-1].partition(",")[2]
    first = len(points)
    while first > 1 and points[first - 1].endswith(height):
        first -= 1
    return "L".join([*points[: first + 1], *points[max(first + 1, len(points) - 1) :]])
