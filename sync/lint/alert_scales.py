"""Limits in another scale than an alert's text says: `time() - x > 24` beside "more than 24 hours"."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from sync.lint.known_units import units
from sync.lint.limit_phrases import OF_BUDGET, SECONDS, Said, limits_said, numbers_said, spans_said
from sync.lint.limits import constant
from sync.lint.project import Project
from sync.lint.promql.dimensions import dimension
from sync.lint.promql.factors import unscaled
from sync.lint.promql.measures import Dimension
from sync.lint.promql.percentages import is_percentage
from sync.lint.promql.ranges import unguarded
from sync.lint.promql.tree import UNIT_KEEPING, Aggregation, Binary, Call, Node, Selector, duration, turned, walk
from sync.lint.query import Query

_UNITS_OF_TIME = (60, 3600, 24, 1440, 86_400, 7, 168, 604_800, 1000, 60_000, 3_600_000, 86_400_000)
_PACE = re.compile(
    r"(?<![\d.,$])(?P<number>\d[\d,]*(?:\.\d+)?) (?:[a-z]+ ){0,3}(?:per|an?|every|each|/ ?)\s*"
    r"(?:minute|min|hour|day)\b"
    r"|(?<![\d.,$])(?P<times>\d[\d,]*) (?:[a-z]+ ){1,3}(?:in|over|within) (?:the )?(?:last |past )?\d+ ?"
    r"(?:min|hour|day)",
    re.IGNORECASE,
)
_POWERS = {"b": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}


def other_scales(query: Query, texts: list[str], durations: set[float], project: Project) -> Iterator[tuple[str, str]]:
    """Yield what a text says, and what the expression compares with, where one is the other in a wrong unit.

    Only where the unit of what is compared is certain and the text doesn't say the true limit too; a slip of units is
    told by the two being a minute, an hour, a day … of each other. `durations` are windows and `for`, which texts name.
    """
    said = [each for text in texts for each in (*limits_said(text), *spans_said(text)) if each.unit]
    compared = [turned(node) for node, _ in query.as_promql.each(Binary) if node.filters]
    limits = [
        (unit, limit)
        for node in (compared if said else ())
        if (limit := constant(node.right)) and (unit := dimension(node.left, units(project))) is not None
    ]
    times = [abs(limit) / unit.factor for unit, limit in limits if (unit.bytes, unit.seconds) == (0, 1)]
    sizes = [abs(limit) / unit.factor for unit, limit in limits if (unit.bytes, unit.seconds) == (1, 0)]
    spans = [each for each in said if each.unit in SECONDS]
    if times and not any(_is_close(each.seconds, time) for each in spans for time in times):
        for each, time in ((each, time) for each in spans for time in times):
            if not any(_is_close(each.seconds, other) for other in durations) and _is_slip(each.seconds, time):
                yield each.words, _in_time(time)
                return
    amounts = [(each, _sizes(each)) for each in said if _sizes(each)]
    if sizes and not any(_is_near(one, size) for _, found in amounts for one in found for size in sizes):
        for each, found in amounts:
            if any(_is_power(one, size) for one in found for size in sizes):
                yield each.words, f"{sizes[0]:.10g} bytes"
                return
    yield from _percent_of_bytes(said, limits)
    of_values = [text for text in texts if not OF_BUDGET.search(text)]
    percentages = [each for text in of_values for each in numbers_said(text) if each.is_percent]
    percentages += [each for text in of_values for each in limits_said(text) if not each.unit]
    yield from _percent_as_share(percentages, compared)
    yield from _other_pace(texts, compared)


def _percent_of_bytes(said: list[Said], limits: list[tuple[Dimension, float]]) -> Iterator[tuple[str, str]]:
    """Look for a number of bytes that the text calls percent."""
    for each in said:
        if each.is_percent and any(
            unit.bytes == 1 and unit.seconds == 0 and limit == each.value for unit, limit in limits
        ):
            yield each.words, f"{each.value:g} bytes"


def _percent_as_share(percentages: list[Said], compared: list[Binary]) -> Iterator[tuple[str, str]]:
    """Look for a percentage that is compared with the share which the text's percentage is: 0.1 where it says 10 %."""
    for node in compared if percentages else ():
        limit = constant(node.right)
        if limit is None or not 0 < limit < 1 or any(each.value == limit for each in percentages):
            continue
        in_percent = _is_hundredfold(node.left) or any(is_percentage(each.name) for each in _kept(node.left))
        for each in percentages:
            if in_percent and math.isclose(each.value, limit * 100, rel_tol=1e-6):
                yield each.words, f"{limit:g}, though in percent already"


def _is_hundredfold(node: Node) -> bool:
    """Whether a quotient is multiplied by 100."""
    inner, factor = unscaled(unguarded(node))
    return factor == 100 and any(isinstance(each, Binary) and each.operator == "/" for each, _ in walk(inner))


def _kept(node: Node) -> list[Selector]:
    """Return the selector whose values a node hands on; none where it calculates."""
    while isinstance(node, (Aggregation, Call)) and node.name in UNIT_KEEPING | {"sum", "avg", "min", "max"}:
        node = node.body if isinstance(node, Aggregation) else node.arguments[0]
    return [node] if isinstance(node, Selector) else []


def _other_pace(texts: list[str], compared: list[Binary]) -> Iterator[tuple[str, str]]:
    """Look for a rate, which is of a second, that is compared with what the text says of a minute or longer."""
    paces = [found for text in texts for found in _PACE.finditer(text)]
    for node in compared if paces else ():
        inner, factor = unscaled(node.left)
        while isinstance(inner, Aggregation):
            inner = inner.body
        limit = constant(node.right)
        if factor == 1 and isinstance(inner, Call) and inner.name in {"rate", "irate"}:
            for found in paces:
                if limit is not None and limit == float((found["number"] or found["times"]).replace(",", "")):
                    yield " ".join(found[0].split()), f"{limit:g} per second"


def _in_time(seconds: float) -> str:
    return duration(seconds) if seconds >= 1 and seconds == round(seconds) else f"{seconds:.6g} s"


def _is_close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=0.05)


def _is_near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=0.15)


def _ratio(one: float, other: float) -> float:
    """Return how many times the smaller the larger is; 0 where either is none, or without end."""
    large, small = max(one, other), min(one, other)
    return large / small if small > 0 and math.isfinite(large) else 0


def _is_slip(one: float, other: float) -> bool:
    """Whether one of two times is the other in another unit."""
    return any(math.isclose(_ratio(one, other), each) for each in _UNITS_OF_TIME)


def _is_power(one: float, other: float) -> bool:
    """Whether a size is a thousand, or 1024, or more such of another."""
    powers = (base**power for base in (1000, 1024) for power in range(1, 5))
    return any(math.isclose(_ratio(one, other), each, rel_tol=1e-6) for each in powers)


def _sizes(said: Said) -> list[float]:
    """Return the bytes that "5GB" may stand for; none where it says no bytes."""
    unit = said.unit.lower()
    if not unit.endswith("b") or unit[0] not in _POWERS or not said.value:
        return []
    return [said.value * base ** _POWERS[unit[0]] for base in (1000, 1024)]
