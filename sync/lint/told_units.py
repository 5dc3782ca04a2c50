"""The units that an alert's text gives its value: "{{ $value }}ms", "{{ $value | humanizeDuration }}"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sync.lint.promql.measures import BYTES, MILLISECONDS, PERCENT, SECONDS, SHARE, Dimension

_SHOWN = re.compile(
    r"""\{\{-?\s*(?:printf\s+(?P<verb>["`][^"`]*["`])\s+)?(?:\$value|\.Value)\s*
    (?:\|\s*(?P<function>\w+)(?:\s+(?P<piped>["`][^"`]*["`]))?\s*)?-?\}\}
    \s?(?P<unit>%|percent\b
    |(?:milliseconds?|seconds?|secs?|minutes?|mins?|hours?|days?|bytes)(?:/s|\ per\ second)?\b
    |(?:ms|s|[KMGT]i?B|B)(?:/s|ps)?(?![\w/]))?""",
    re.VERBOSE,
)
_TIMES = {"ms": 0.001, "millisecond": 0.001, "s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "hour": 3600}
_TIMES |= {"day": 86_400}
_CALLED = re.compile(r"\{\{-?\s*(humanize\w*)\s+(\$value|\.Value)\s*-?\}\}")
"""A function that is called, in place of a value piped into it."""
_FUNCTIONS = {"humanizePercentage": SHARE, "humanizeDuration": SECONDS}


@dataclass(frozen=True, slots=True)
class Shown:
    """A value in a text: what its unit may be, in words too, and whether it is rounded and has nothing after it."""

    piece: str
    told: tuple[Dimension, ...]
    words: str
    is_bare: bool
    is_moment: bool = False
    """Whether it is shown as a time of day."""


def values_shown(text: str) -> Iterator[Shown]:
    """Yield the values that a text shows, each with the units that it tells."""
    for found in _SHOWN.finditer(_CALLED.sub(r"{{ \2 | \1 }}", text)):
        function, unit = found["function"], found["unit"]
        if function in _FUNCTIONS:
            told = _FUNCTIONS[function]
            yield Shown(found[0], (told,), f"{function} takes it for {told.words}", is_bare=False)
        elif function == "humanizeTimestamp":
            yield Shown(found[0], (), f"{function} takes it for a moment, seconds since 1970", False, is_moment=True)
        elif found["verb"] and not re.fullmatch(r".%[\d.]*[fgevd].", found["verb"]):
            continue
        else:
            rounds = function in {"humanize", "humanize1024"} or found["verb"] is not None or found["piped"] is not None
            is_bare = rounds and unit is None and re.match(r"[.,;]?(?:\s*$|\n|<br)", text[found.end() :]) is not None
            yield Shown(found[0], tuple(_units(unit)) if unit else (), f"the text says {unit}", is_bare)


def _units(unit: str) -> Iterator[Dimension]:
    """Yield what a unit may stand for: a kilobyte is 1000 bytes or 1024."""
    amount = re.sub(r"(?:/s|ps| per second)$", "", unit)
    per = SECONDS.inverse() if amount != unit else SHARE
    time = _TIMES.get(amount if amount in _TIMES else amount.removesuffix("s"))
    if amount in {"%", "percent"}:
        yield PERCENT
    elif time is not None:
        yield (MILLISECONDS if time == _TIMES["ms"] else Dimension(seconds=1, factor=1 / time)).times(per)
    else:
        power = " KMGT".index(amount[0]) if amount[0] in "KMGT" else 0
        for base in (1000, 1024):
            yield BYTES.divided(base**power).times(per)
