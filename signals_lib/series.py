"""What every builder does: check the kind of signal, select, aggregate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from signals_lib import units
from signals_lib.errors import KindError, LabelError, choices
from signals_lib.expression import Aggregate, Binary, Call, Node, Selector
from signals_lib.query import Query, duration
from signals_lib.signal import Counter, Gauge, Histogram, Signal, StateSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signals_lib.matcher import Where

Aggregation = Literal["sum", "avg", "max", "min", "count"]


def counter_of(signal: Signal, wish: str) -> Counter:
    """Return the counter behind the signal; raise KindError, naming the wish, if there is none."""
    if isinstance(signal, Histogram):
        return signal.count
    if not isinstance(signal, Counter):
        raise KindError(f"{signal} is a {signal.kind}, and {wish} needs a counter: use latest() or …_over()")
    return signal


def gauge_of(signal: Signal, wish: str) -> Gauge | StateSet:
    """Return the signal as a gauge; raise KindError, naming the wish, if it is none."""
    if not isinstance(signal, Gauge | StateSet):
        remedy = "rate() or increase()" if isinstance(signal, Counter) else "quantile(), mean() or rate()"
        raise KindError(f"{signal} is a {signal.kind}, and {wish} needs a gauge: use {remedy}")
    return signal


def histogram_of(signal: Signal, wish: str) -> Histogram:
    """Return the signal as a histogram; raise KindError, naming the wish, if it is none."""
    if not isinstance(signal, Histogram):
        raise KindError(f"{signal} is a {signal.kind}, and {wish} needs a histogram")
    return signal


def per_series(
    function: str,
    signal: Signal,
    *,
    by: Iterable[str] = (),
    where: Mapping[str, Where] | None,
    window: str,
    aggregation: Aggregation | None,
    unit: str,
) -> Query:
    """Apply a function of range vectors to each series, and aggregate."""
    call = Call(function, (Selector(signal, signal.matchers(where), duration(window)),))
    return aggregated(signal, call, by, aggregation, unit)


def aggregated(signal: Signal, node: Node, by: Iterable[str], aggregation: Aggregation | None, unit: str) -> Query:
    """Aggregate a node of one signal; None leaves each series as it is."""
    grouping = signal.grouping(by)
    if aggregation is None:
        if grouping:
            raise KindError(f"by=({', '.join(grouping)}) of {signal} needs an aggregation: sum, avg, max or min")
        return Query(node, unit, signal.labels, signal.title, signal.help)
    return Query(Aggregate(aggregation, node, grouping), unit, grouping, signal.title, signal.help)


def divided(numerator: Query, denominator: Query) -> Query:
    """Divide, with no data where the denominator is 0."""
    positive = denominator.above(0)
    tree = Binary("/", numerator.tree, positive.tree)
    return Query(tree, units.quotient(numerator.unit, denominator.unit), numerator.labels)


def subset(query: Query, by: Iterable[str]) -> tuple[str, ...]:
    """Check labels to group a query by, and return them in the order given, each once."""
    labels = (by,) if isinstance(by, str) else tuple(dict.fromkeys(by))
    for label in labels:
        if label not in query.labels:
            raise LabelError(f"{query.expr} has no label {label!r}; {choices(query.labels, wrong=label)}")
    return labels
