"""Scales and ticks: of values in their unit, and of time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sync.preview import svg, units
from sync.preview.text import fitted, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.diff.values import Json
    from sync.preview.colours import Theme
    from sync.preview.data import Span
    from sync.preview.page import Box

Mark = tuple[float, str]  # where it is, in pixels, and its word

_SIZE = 12
_BINARY_UNITS = ("bytes", "bits", "kbytes", "mbytes", "gbytes", "tbytes", "binBps", "binbps")
# Units whose small values are shown as larger numbers: decimals say nothing of how close ticks may be.
_TOLD_APART = ("s", "ms", "percentunit")
_TIME_STEPS = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 345600, 604800,
    1209600, 2592000, 5184000, 7776000, 15552000, 31536000,
)  # fmt: skip


def ticks(low: float, high: float, *, room: float, unit: str = "", decimals: int | None = None) -> list[float]:
    """Return round values from low to high, about one every 40 pixels; powers of two for bytes, 60 for durations.

    With `decimals` they are no closer than those can tell apart.
    """
    count = max(1, min(12, int(room / 40)))
    raw = (high - low) / count
    if raw <= 0 or not math.isfinite(raw):
        return [low]
    if decimals is not None and unit not in _TOLD_APART:
        raw = max(raw, 10.0**-decimals)
    step = _step(raw, unit)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(index * step, 12) for index in range(first, min(last, first + 40) + 1)]


def _step(raw: float, unit: str) -> float:
    if unit in _BINARY_UNITS and raw >= 1:
        return float(2 ** math.ceil(math.log2(raw)))
    if unit in {"s", "dtdurations"} and raw > 20:
        return float(next((step for step in _TIME_STEPS if step >= raw), 31536000 * math.ceil(raw / 31536000)))
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10, 10.0001) if power * factor >= raw * 0.9999)


def log_ticks(low: float, high: float, base: float) -> list[float]:
    """Return the powers of a base from low to high, at most ten."""
    first, last = math.floor(math.log(low, base)), math.ceil(math.log(high, base))
    every = max(1, (last - first) // 8)
    return [base**index for index in range(first, last + 1, every)]


def words(values: Sequence[float], unit: str, decimals: int | None) -> list[str]:
    """Return ticks with their unit, as many decimals as tell them apart and no more than they need."""
    if decimals is not None:
        return [units.shown(value, unit, decimals) for value in values]
    scaled: dict[str, list[float]] = {}
    for value in values:
        scaled.setdefault(_symbol(value, unit), []).append(value)
    places = {
        symbol: next((places for places in range(4) if _faithful(its, unit, places)), 4)
        for symbol, its in scaled.items()
    }
    return [units.shown(value, unit, places[_symbol(value, unit)] if value else 0) for value in values]


def _symbol(value: float, unit: str) -> str:
    """Return what stands behind a number: ticks in MiB and in GiB have decimals of their own."""
    return units.shown(value, unit, 0).partition(" ")[2]


def _faithful(values: Sequence[float], unit: str, places: int) -> bool:
    """Whether rounding to so many places leaves every tick what it is."""

    def digits(value: float, count: int) -> float:
        text = units.shown(value, unit, count)
        number = "".join(sign for sign in text.split(" ")[0] if sign in "-.0123456789")
        return float(number or 0)

    return all(abs(digits(value, places) - digits(value, places + 3)) < 1e-9 for value in values)


def time_ticks(span: Span, room: float) -> tuple[list[int], list[str]]:
    """Return the times to mark on an axis and their words, in UTC."""
    count = max(2, int(room / 80))
    raw = span.seconds / count
    step = next((value for value in _TIME_STEPS if value >= raw), _TIME_STEPS[-1]) * 1000
    moments = list(range(-(-span.start // step) * step, span.end + 1, step))
    form = "%H:%M:%S" if step < 60000 else "%H:%M"
    if span.seconds > 86400 * 1.5:
        form = "%m/%d" if step >= 86400000 else "%m/%d %H:%M"
    if span.seconds > 86400 * 366:
        form = "%Y-%m"
    return moments, [units.moment(moment, form) for moment in moments]


def time_scale(span: Span, *, since: int = 0) -> Json:
    """Return the x encoding of time over the whole span, in milliseconds since 1970 or `since`."""
    scale = {"domain": [span.start - since, span.end - since], "nice": False, "zero": False}
    return {"field": "t", "type": "quantitative", "scale": scale, "axis": None}


def time_marks(span: Span, plot: Box) -> list[Mark]:
    """Return where times are marked; a word that would reach beyond the panel is left out."""
    pixel = plot.w / max(span.end - span.start, 1)
    return [
        (plot.x + (moment - span.start) * pixel, word)
        for moment, word in zip(*time_ticks(span, plot.w), strict=True)
        if (span.end - moment) * pixel + 12 >= width(word, _SIZE) / 2
    ]


def below(theme: Theme, plot: Box, marks: Sequence[Mark], *, grid: bool = True) -> list[str]:
    """Return an axis below a plot: words, and lines up through the plot.

    Axes are drawn around the charts and not by them: where they are is known, and Vega measures every word.
    """
    bottom = plot.y + plot.h
    shapes = [svg.segment(x, plot.y, x, bottom, theme.grid) for x, _ in marks] if grid else []
    return shapes + [svg.label(x, bottom + 17, word, _SIZE, theme.secondary, anchor="middle") for x, word in marks]


def beside(
    theme: Theme, plot: Box, marks: Sequence[Mark], *, right: bool = False, grid: bool = True, title: str = ""
) -> list[str]:
    """Return an axis left or right of a plot: words, and lines across the plot."""
    at = plot.x + plot.w + 6 if right else plot.x - 6
    shapes = [svg.segment(plot.x, y, plot.x + plot.w, y, theme.grid) for y, _ in marks] if grid and not right else []
    for y, word in marks:
        shapes.append(svg.label(at, y + 4, word, _SIZE, theme.secondary, anchor="start" if right else "end"))
    if title:
        room = max((width(word, _SIZE) for _, word in marks), default=0) + 12
        x = at + room if right else at - room
        turned = f'transform="rotate(-90 {svg.number(x)} {svg.number(plot.y + plot.h / 2)})"'
        said = fitted(title, plot.h, _SIZE)
        shapes.append(
            svg.group([svg.label(x, plot.y + plot.h / 2, said, _SIZE, theme.secondary, anchor="middle")], turned)
        )
    return shapes


def bands(names: Sequence[str], start: float, room: float, *, inner: float = 0.0, outer: float = 0.0) -> list[Mark]:
    """Return the middles of the bands that Vega makes of so much room, with their names; empty names are left out."""
    step = room / max(1.0, len(names) - inner + outer * 2)
    first = start + (room - step * (len(names) - inner)) / 2
    return [(first + step * (index + (1 - inner) / 2), name) for index, name in enumerate(names) if name]
