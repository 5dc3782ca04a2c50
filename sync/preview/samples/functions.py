"""PromQL's functions and aggregations, over vectors whose elements have a value or None for each time of one grid."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sync.preview.samples.series import Element

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Values = list[float | None]
SCRAPE = 30.0  # seconds between the samples of a window, for sums and counts over time


def mapped(vector: Sequence[Element], change: Callable[[float], float | None]) -> list[Element]:
    """Return every value changed, without the metric's name."""
    return [
        Element(unnamed(one.labels), [None if value is None else change(value) for value in one.values])
        for one in vector
    ]


def unnamed(labels: dict[str, str]) -> dict[str, str]:
    """Return labels without the metric's name."""
    return {name: value for name, value in labels.items() if name != "__name__"} if "__name__" in labels else labels


def aggregated(
    operation: str, vector: Sequence[Element], group: Callable[[dict[str, str]], dict[str, str]], parameter: Any
) -> list[Element]:
    """Return one element a group."""
    groups: dict[tuple[tuple[str, str], ...], list[Element]] = defaultdict(list)
    for one in vector:
        groups[tuple(sorted(group(one.labels).items()))].append(one)
    if operation in {"topk", "bottomk", "limitk", "limit_ratio"}:
        return [one for members in groups.values() for one in _picked(operation, members, parameter)]
    if operation == "count_values":
        return [one for key, members in groups.items() for one in _counted(dict(key), members, str(parameter))]
    share = parameter if isinstance(parameter, float) else 0.5

    def quantile(values: Sequence[float]) -> float:
        return quantile_of(share, sorted(values))

    fold = quantile if operation == "quantile" else _FOLDS.get(operation, math.fsum)
    return [Element(dict(key), _folded(fold, [one.values for one in members])) for key, members in groups.items()]


def _counted(labels: dict[str, str], members: list[Element], label: str) -> list[Element]:
    """Return how many of the members have each value, for at most five values."""
    values = sorted({value for one in members for value in one.values if value is not None})[:5]
    columns = list(zip(*(one.values for one in members), strict=True))
    return [Element(labels | {label: f"{value:g}"}, [float(row.count(value)) for row in columns]) for value in values]


def _folded(fold: Callable[[Any], float], columns: Sequence[Values]) -> Values:
    if len(columns) == 1 and fold in {math.fsum, min, max}:
        return columns[0]
    rows = zip(*columns, strict=True)
    if not any(None in column for column in columns):
        return [fold(row) for row in rows]
    known = ([value for value in row if value is not None] for row in rows)
    return [fold(row) if row else None for row in known]


def _picked(operation: str, members: list[Element], parameter: Any) -> list[Element]:
    """Return the elements with the highest or lowest values on average, as a picture of topk shows them."""
    count = max(0, int(parameter)) if isinstance(parameter, float) else 5

    def mean(one: Element) -> float:
        known = [value for value in one.values if value is not None]
        return math.fsum(known) / len(known) if known else -math.inf

    return sorted(members, key=mean, reverse=operation != "bottomk")[:count]


def quantile_of(share: float, values: Sequence[float]) -> float:
    """Return a quantile of sorted values, between neighbours in proportion."""
    position = min(max(share, 0.0), 1.0) * (len(values) - 1)
    low = int(position)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (position - low)


_FOLDS: dict[str, Callable[[Any], float]] = {
    "sum": math.fsum,
    "min": min,
    "max": max,
    "avg": lambda values: math.fsum(values) / len(values),
    "count": lambda values: float(len(values)),
    "group": lambda _values: 1.0,
    "stddev": lambda values: math.sqrt(
        math.fsum((v - math.fsum(values) / len(values)) ** 2 for v in values) / len(values)
    ),
    "stdvar": lambda values: math.fsum((v - math.fsum(values) / len(values)) ** 2 for v in values) / len(values),
}


def over_time(
    function: str, vector: Sequence[Element], window: float, step: float, parameter: Any = None
) -> list[Element]:
    """Return a function of the values in a window before each time; windows and steps are in seconds."""
    found = []
    for one in vector:
        values = _windowed(function, one.values, window, step, parameter)
        labels = one.labels if function == "last_over_time" else unnamed(one.labels)
        found.append(Element(labels, values))
    return found


def _windowed(function: str, values: Values, window: float, step: float, parameter: Any) -> Values:
    count = max(1, round(window / step)) if step else 1
    if function in _CONSTANT:
        return [None if value is None else _CONSTANT[function](window) for value in values]
    if function == "sum_over_time":
        means = _trailing("avg_over_time", values, count)
        return [None if value is None else value * window / SCRAPE for value in means]
    if function in {"changes", "resets"}:
        return _changes(values, count, falls=function == "resets")
    if function in {"delta", "idelta", "deriv"}:
        found = _differences(values, count, step)
        return found if function == "deriv" else [None if value is None else value * window for value in found]
    if function == "quantile_over_time" and isinstance(parameter, float):
        function = "max_over_time" if parameter > 0.5 else "min_over_time"
    return _trailing(function, values, min(count, 400))


_CONSTANT: dict[str, Callable[[float], float]] = {
    "present_over_time": lambda _window: 1.0,
    "count_over_time": lambda window: window / SCRAPE,
}


def _trailing(function: str, values: Values, count: int) -> Values:
    if count < 2:
        return values
    if function == "avg_over_time":
        return _means(values, count)
    fold: Callable[[Any], float] = {"max_over_time": max, "min_over_time": min}.get(function, lambda known: known[-1])
    found: Values = []
    for index in range(len(values)):
        known = [value for value in values[max(0, index - count + 1) : index + 1] if value is not None]
        found.append(fold(known) if known else None)
    return found


def _means(values: Values, count: int) -> Values:
    total, known = 0.0, 0
    found: Values = []
    for index, value in enumerate(values):
        total, known = total + (value or 0.0), known + (value is not None)
        if index >= count:
            old = values[index - count]
            total, known = total - (old or 0.0), known - (old is not None)
        found.append(total / known if known else None)
    return found


def _changes(values: Values, count: int, *, falls: bool) -> Values:
    changed = [0] + [
        int(left is not None and right is not None and (right < left if falls else right != left))
        for left, right in pairwise(values)
    ]
    return [
        None if value is None else float(sum(changed[max(0, index - count + 1) : index + 1]))
        for index, value in enumerate(values)
    ]


def _differences(values: Values, count: int, step: float) -> Values:
    found: Values = []
    for index, value in enumerate(values):
        before = values[max(0, index - count)]
        span = min(count, index) * step
        found.append(None if value is None or before is None else (value - before) / span if span else 0.0)
    return found


def histogram_quantile(share: float, vector: Sequence[Element]) -> list[Element]:
    """Return a quantile of each histogram among the buckets, as Prometheus interpolates it."""
    groups: dict[tuple[tuple[str, str], ...], list[tuple[float, Values]]] = defaultdict(list)
    for one in vector:
        bound = _bound(one.labels.get("le", ""))
        if bound is not None:
            key = tuple(sorted((name, value) for name, value in one.labels.items() if name not in {"le", "__name__"}))
            groups[key].append((bound, one.values))
    found = []
    for key, buckets in groups.items():
        buckets.sort(key=lambda bucket: bucket[0])
        bounds = [bound for bound, _ in buckets]
        rows = zip(*(values for _, values in buckets), strict=True)
        found.append(Element(dict(key), [_quantile(share, bounds, [value or 0.0 for value in row]) for row in rows]))
    return found


def _bound(le: str) -> float | None:
    try:
        return float(le)
    except ValueError:
        return None


def _quantile(share: float, bounds: list[float], counts: list[float]) -> float | None:
    if len(bounds) < 2 or not counts[-1]:
        return None
    rank = share * counts[-1]
    index = next((at for at, count in enumerate(counts) if count >= rank), len(counts) - 1)
    if math.isinf(bounds[index]):
        return bounds[-2]
    low, below = (bounds[index - 1], counts[index - 1]) if index else (0.0, 0.0)
    inside = counts[index] - below
    return low + (bounds[index] - low) * ((rank - below) / inside if inside else 0.0)


def label_replace(vector: Sequence[Element], target: str, replacement: str, source: str, pattern: str) -> list[Element]:
    """Return the elements with a label made of another."""
    try:
        compiled = re.compile(f"^(?:{pattern})$")
    except re.error:
        return list(vector)
    form = re.sub(r"\$\{?(\w+)\}?", r"\\g<\1>", replacement)
    found = []
    for one in vector:
        match = compiled.match(one.labels.get(source, ""))
        labels = dict(one.labels)
        if match:
            try:
                labels[target] = match.expand(form)
            except (re.error, IndexError):
                labels[target] = replacement
        found.append(Element(labels, one.values))
    return found


SIMPLE: dict[str, Callable[[float], float | None]] = {
    "abs": abs, "ceil": lambda v: float(math.ceil(v)), "floor": lambda v: float(math.floor(v)),
    "sqrt": lambda v: math.sqrt(v) if v >= 0 else None, "exp": lambda v: math.exp(min(v, 700)),
    "ln": lambda v: math.log(v) if v > 0 else None, "log2": lambda v: math.log2(v) if v > 0 else None,
    "log10": lambda v: math.log10(v) if v > 0 else None, "sgn": lambda v: float((v > 0) - (v < 0)),
    "deg": math.degrees, "rad": math.radians, "timestamp": lambda v: v, "round": lambda v: float(math.floor(v + 0.5)),
}  # fmt: skip
