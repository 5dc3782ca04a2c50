"""Scales and ticks: of values in their unit, and of time."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from sync.preview import units
from sync.preview.text import line, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.diff.values import Json
    from sync.preview.colours import Theme
    from sync.preview.data import Span

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


def labels(texts: Sequence[str]) -> str:
    """Return the Vega expression that gives the ticks of an axis their texts, in order."""
    listed = json.dumps([line(text)[:60] for text in texts], ensure_ascii=False)
    return f"{listed}[round(datum.index * {max(len(texts) - 1, 0)}) || 0]"


def time_axis(span: Span, theme: Theme, *, room: float, grid: bool = True) -> Json:
    """Return the x encoding of time in milliseconds over the whole span."""
    moments, texts = time_ticks(span, room)
    pixel = room / max(span.end - span.start, 1)
    # A word that would reach beyond the panel is left out, its line too.
    while texts and (span.end - moments[-1]) * pixel + 12 < width(texts[-1], 12) / 2:
        moments, texts = moments[:-1], texts[:-1]
    return {
        "field": "t",
        "type": "quantitative",
        "scale": {"domain": [span.start, span.end], "nice": False, "zero": False},
        "axis": {"values": moments, "labelExpr": labels(texts), "title": None, "grid": grid} | lines(theme),
    }


def lines(theme: Theme) -> Json:
    """Return how axes look."""
    return {
        "gridColor": theme.grid, "domain": False, "ticks": False, "labelColor": theme.secondary, "labelPadding": 6,
        "labelFontSize": 12, "labelOverlap": False,
    }  # fmt: skip
