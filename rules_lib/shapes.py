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
Shape = Callable[[Values, float], tuple[Given, ...]]

VOLUME = 1_000_000
MINUTE = 60


def gauge(signal: Gauge | StateSet, *, scale: float = 1, offset: float = 0, **labels: Where) -> Shape:
    """Make a gauge that is offset + scale × value."""
    put = _putting(signal, labels)
    return lambda values, _volume: (put(_repeated([offset + scale * value for value in values])),)


def constant(signal: Gauge | StateSet, value: float, **labels: Where) -> Shape:
    """Make a gauge that stays the same: a limit, a size."""
    put = _putting(signal, labels)
    return lambda values, _volume: (put(_repeated([value] * len(values))),)


def together(*shapes: Shape) -> Shape:
    """Put in the series of several shapes; the first one's have the labels that the alert names."""
    return lambda values, volume: tuple(series for shape in shapes for series in shape(values, volume))


def inverse(shape: Shape) -> Shape:
    """Make the series of 1 − value."""
    return lambda values, volume: shape([1 - value for value in values], volume)


def growing(signal: Counter, *, per_second: float, offset: float = 0, **labels: Where) -> Shape:
    """Make a counter whose rate is offset + per_second × value."""
    put = _putting(signal, labels)
    return lambda values, _volume: (
        put(counted([round(MINUTE * (offset + per_second * value), 6) for value in values])),
    )


def stepping(signal: Counter, *, minutes: int, **labels: Where) -> Shape:
    """Make a counter whose increase over so many minutes is the value."""
    put = _putting(signal, labels)
    return lambda values, _volume: (put(counted([round(value / minutes, 6) for value in values])),)


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
    put_part, put_whole = _putting(part, where or {}), _putting(whole, others or {})

    def made(values: Values, volume: float) -> tuple[Given, ...]:
        some = [round(volume * value, 6) for value in values]
        rest = [volume - count if part is whole or apart else volume for count in some]
        return (put_part(counted(some)), put_whole(counted(rest)))

    return made


def quantile(signal: Histogram, share: float, **labels: Where) -> Shape:
    """Make a histogram whose quantile is the value, which lies in one of its buckets."""
    bounds = [float(bucket) for bucket in signal.buckets]
    puts = [_putting(signal.bucket, {**labels, "le": le}) for le in (*map(text, signal.buckets), "+Inf")]
    put_count = _putting(signal.count, labels)

    def made(values: Values, volume: float) -> tuple[Given, ...]:
        shares = {value: _cumulative(bounds, share, value) for value in set(values)}
        columns = ([round(volume * shares[value][at], 6) for value in values] for at in range(len(puts)))
        buckets = (put(counted(column)) for put, column in zip(puts, columns, strict=True))
        return (*buckets, put_count(counted([volume] * len(values))))

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


def _putting(signal: Signal, where: Mapping[str, Where]) -> Callable[[str], Given]:
    """Return what makes a series of values, its labels chosen and checked once."""
    wanted = {label: matcher(value) for label, value in where.items()}
    empty = given(signal, "", **example(signal, wanted, fixed={}))
    return lambda values: Given(empty.name, empty.labels, values)


def _repeated(values: Values) -> str:
    return " ".join(f"{value:.10g}x{len([*run]) - 1}" for value, run in groupby((values[0], *values)))
