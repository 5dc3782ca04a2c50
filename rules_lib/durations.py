"""Prometheus durations: 5m, 6h, 30d as seconds and back."""

from __future__ import annotations

import re
from decimal import ROUND_UP, Decimal
from functools import cache

_UNITS = {"ms": Decimal("0.001"), "s": Decimal(1), "m": Decimal(60), "h": Decimal(3600), "d": Decimal(86400)}
_DURATION = re.compile(r"(\d+)(ms|s|m|h|d|w)")


@cache
def seconds(duration: str) -> Decimal:
    """Return the seconds of a duration with one unit ("90s", "6h", "4w"). Raises ValueError for anything else."""
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise ValueError(f"{duration!r} is not a duration; write a whole number and s, m, h, d or w, as in 30d")
    count, unit = match.groups()
    return int(count) * (7 * _UNITS["d"] if unit == "w" else _UNITS[unit])


@cache
def duration(length: Decimal) -> str:
    """Return seconds (whole milliseconds, above 0) in the largest unit that fits: 7200 → 2h, 90 → 90s."""
    for unit in ("d", "h", "m", "s", "ms"):
        count, rest = divmod(length, _UNITS[unit])
        if count and not rest:
            return f"{count:f}{unit}"
    raise ValueError(f"{length} s is no whole number of milliseconds")


def spoken(length: Decimal) -> str:
    """Return seconds as a person says them, rounded up to a tenth of their unit: 172 → "2.9 min"."""
    for unit, word in (("d", "d"), ("h", "h"), ("m", "min")):
        if length >= (2 if unit != "m" else 1) * _UNITS[unit]:
            return f"{_tenths(length / _UNITS[unit])} {word}"
    return f"{_tenths(length)} s"


def _tenths(number: Decimal) -> str:
    return f"{number.quantize(Decimal('0.1'), rounding=ROUND_UP):f}".removesuffix(".0")
