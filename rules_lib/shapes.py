"""Series that make a query have given values: what the trials of a threshold alert put in.

A shape takes the query's values, one a step of a minute, and returns series. `volume` is how many events a minute a
ratio or a quantile is made of. Labels not given are examples from the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rules_lib.example_labels import example
from rules_lib.trial import Given, counted, given
from signals_lib.exact import text
from signals_lib.matcher import matcher

if TYPE_CHECKING:
    from signals_lib.matcher import Where
    from signals_lib.signal import Counter, Gauge, Histogram, Signal, StateSet

Values = Sequence[float]
Shape = Callable[[Values, int], tuple[Given, ...]]

VOLUME = 1_000_000
MINUTE = 60


def gauge(signal: Gauge | StateSet, *, scale: float = 1, offset: float = 0, **labels: Where) -> Shape:
    """Make a gauge that is offset + scale × value."""
    return lambda values, _volume: (_gauge(signal, [offset + scale * value for value in values], labels),)


def constant(signal: Gauge | StateSet, value: float, **labels: Where) -> Shape:
    """Make a gauge that stays the same: a limit, a size."""
    return lambda values, _volume: (_gauge(signal, [value] * len(values), labels),)


def together(*shapes: Shape) -> Shape:
    """Put in the series of several shapes; the first one's have the labels that the alert names."""
    return lambda values, volume: tuple(series for shape in shapes for series in shape(values, volume))


def inverse(shape: Shape) -> Shape:
    """Make the series of 1 − value."""
    return lambda values, volume: shape([1 - value for value in values], volume)


def growing(signal: Counter, *, per_second: float, offset: float = 0, **labels: Where) -> Shape:
    """Make a counter whose rate is offset + per_second × value."""

    def made(values: Values, _volume: int) -> tuple[Given, ...]:
        return (_counter(signal, [round(MINUTE * (offset + per_second * value), 6) for value in values], labels),)

    return made


def stepping(signal: Counter, *, minutes: int, **labels: Where) -> Shape:
    """Make a counter whose increase over so many minutes is the value."""
    return lambda values, _volume: (_counter(signal, [round(value / minutes, 6) for value in values], labels),)


def part_of(
    part: Counter,
    whole: Counter,
    *,
    where: Mapping[str, Where] | None = None,
    others: Mapping[str, Where] | None = None,
    apart: bool = False,
) -> Shape:
    """Make two counters, the first being value × the volume (`where`), the second (`others`) all of it.

    The second counts the rest only if it is the same counter, or `apart`: what the first counts isn't in it.
    """

    def made(values: Values, volume: int) -> tuple[Given, ...]:
        some = [round(volume * value) for value in values]
        rest = [volume - count if part is whole or apart else volume for count in some]
        return (_counter(part, some, where or {}), _counter(whole, rest, others or {}))

    return made


def quantile(signal: Histogram, share: float, **labels: Where) -> Shape:
    """Make a histogram whose quantile is the value, which lies in one of its buckets."""

    def made(values: Values, volume: int) -> tuple[Given, ...]:
        bounds = [float(bucket) for bucket in signal.buckets]
        counts = [[0, *(round(volume * part) for part in _cumulative(bounds, share, value))] for value in values]
        spelled = [*map(text, signal.buckets), "+Inf"]
        columns = zip(*(row[1:] for row in counts), strict=True)
        return (
            *(
                _counter(signal.bucket, [*column], {**labels, "le": le})
                for le, column in zip(spelled, columns, strict=True)
            ),
            _counter(signal.count, [volume] * len(values), labels),
        )

    return made


def _cumulative(bounds: list[float], share: float, value: float) -> list[float]:
    """Return the share of observations up to each bound (and +Inf) that puts the quantile at the value.

    Prometheus interpolates within the bucket: low + (high − low) × (rank − below) ÷ inside. What is above the last
    bound counts as that bound; in the first bucket a quantile can't be below its share of the bound.
    """
    at = next((index for index, bound in enumerate(bounds) if value <= bound), len(bounds) - 1)
    low = bounds[at - 1] if at else 0.0
    position = min(1.0, (value - low) / (bounds[at] - low))
    # All others are below the bucket, unless the value is so high in it that some must be above.
    below = max(0.0, (share - position) / (1 - position)) if at and position < 1 else 0.0
    inside = (share - below) / position
    if inside > 1:
        raise ValueError(f"no observations in buckets of {bounds[0]}, … have their quantile {share} at {value}")
    return [0.0 if index < at - 1 else below if index == at - 1 else below + inside for index in range(len(bounds))] + [
        1.0
    ]


def _gauge(signal: Gauge | StateSet, values: Values, labels: Mapping[str, Where]) -> Given:
    words = [f"{_plain(value)}x{len([*run]) - 1}" for value, run in groupby((values[0], *values))]
    return given(signal, " ".join(words), **_labels(signal, labels))


def _counter(signal: Counter, increments: Sequence[float], labels: Mapping[str, Where]) -> Given:
    return given(signal, counted(increments), **_labels(signal, labels))


def _labels(signal: Signal, where: Mapping[str, Where]) -> dict[str, str]:
    return example(signal, {label: matcher(value) for label, value in where.items()}, fixed={})


def _plain(value: float) -> str:
    return f"{value:.10g}"
