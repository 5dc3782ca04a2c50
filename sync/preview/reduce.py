"""One number of many: Grafana's calculations (packages/grafana-data/src/transformations/fieldReducer.ts)."""

from __future__ import annotations

import math
import statistics
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NAMES = {
    "lastNotNull": "Last *", "last": "Last", "firstNotNull": "First *", "first": "First", "min": "Min", "max": "Max",
    "mean": "Mean", "median": "Median", "sum": "Total", "count": "Count", "range": "Range", "delta": "Delta",
    "step": "Step", "diff": "Difference", "diffperc": "Difference percent", "stdDev": "StdDev",
    "variance": "Variance", "allValues": "All values", "uniqueValues": "All unique values",
    "changeCount": "Change count", "distinctCount": "Distinct count", "allIsZero": "All zeros",
    "allIsNull": "All nulls", "logmin": "Min (above zero)",
}  # fmt: skip


def reduced(calculation: str, values: Sequence[Any]) -> Any:
    """Return the result of a calculation over values with gaps; None where there is nothing to calculate."""
    if calculation in _OF_ALL:
        return _OF_ALL[calculation](values)
    known = [value for value in values if value is not None]
    numbers = [value for value in known if isinstance(value, int | float) and not isinstance(value, bool)]
    if calculation == "firstNotNull" and known:
        return known[0]
    if not numbers or calculation in {"lastNotNull", "current", ""}:
        return known[-1] if known else None
    found = _CALCULATIONS.get(calculation)
    if found is None and calculation.startswith("p") and calculation[1:].isdigit():
        return sorted(numbers)[min(len(numbers) - 1, int(len(numbers) * int(calculation[1:]) / 100))]
    return found(numbers) if found is not None else numbers[-1]


_OF_ALL: dict[str, Callable[[Sequence[Any]], Any]] = {
    "last": lambda values: values[-1] if values else None,
    "first": lambda values: values[0] if values else None,
    "count": len,
}


def _delta(values: Sequence[float]) -> float:
    return math.fsum(right - left for left, right in pairwise(values) if right > left)


def _step(values: Sequence[float]) -> float:
    return min((abs(right - left) for left, right in pairwise(values)), default=0.0)


_CALCULATIONS: dict[str, Callable[[Sequence[float]], float]] = {
    "min": min,
    "max": max,
    "logmin": lambda values: min((value for value in values if value > 0), default=0.0),
    "mean": lambda values: math.fsum(values) / len(values),
    "avg": lambda values: math.fsum(values) / len(values),
    "median": statistics.median,
    "sum": math.fsum,
    "total": math.fsum,
    "range": lambda values: max(values) - min(values),
    "diff": lambda values: values[-1] - values[0],
    "diffperc": lambda values: (values[-1] - values[0]) / values[0] if values[0] else 0.0,
    "delta": _delta,
    "step": _step,
    "stdDev": statistics.pstdev,
    "variance": statistics.pvariance,
    "changeCount": lambda values: sum(left != right for left, right in pairwise(values)),
    "distinctCount": lambda values: len(set(values)),
    "allIsZero": lambda values: float(all(value == 0 for value in values)),
}
