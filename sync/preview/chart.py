"""Vega-Lite, to SVG and for pages: one form for every chart."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from sync.errors import PackageMissing
from sync.preview.svg import number
from sync.preview.text import FONT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from sync.diff.values import Json
    from sync.preview.drawing import Chart
    from sync.preview.page import Box

VEGA_LITE = "6.4"
_OUTER = re.compile(r"^<svg[^>]*>|</svg>\s*$")
_CLIP = re.compile(r"\b(id=\"|url\(#)clip(\d+)")


def converter() -> ModuleType:
    """Return vl_convert; PackageMissing says how to get it."""
    try:
        import vl_convert
    except ImportError:
        remedy = "pip install 'dash-sync[preview]'"
        raise PackageMissing(
            "pictures need the package vl-convert-python, which is not installed", remedy=remedy
        ) from None
    return vl_convert


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


def drawn(charts: Sequence[Chart]) -> list[str]:
    """Return each chart as a group of SVG at its place."""
    convert = converter()

    def one(numbered: tuple[int, Chart]) -> str:
        index, chart = numbered
        svg = convert.vegalite_to_svg(chart.spec, vl_version=VEGA_LITE)
        return placed(svg, chart.box, index)

    if len(charts) < 2:
        return [one(item) for item in enumerate(charts)]
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(one, enumerate(charts)))


def placed(svg: str, box: Box, index: int) -> str:
    """Return a chart's SVG moved to its box; its clips get names of their own, the same in every run."""
    names: dict[str, str] = {}

    def rename(found: re.Match[str]) -> str:
        name = names.setdefault(found[2], f"c{index}-{len(names)}")
        return f"{found[1]}{name}"

    inner = _CLIP.sub(rename, _OUTER.sub("", svg))
    return f'<g transform="translate({number(box.x)},{number(box.y)})">{inner}</g>'


def warm() -> None:
    """Start the engine, which takes a third of a second the first time."""
    converter().vegalite_to_svg(
        {"width": 1, "height": 1, "data": {"values": [{}]}, "mark": "rect"}, vl_version=VEGA_LITE
    )
