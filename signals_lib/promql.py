"""Builders: what one asks of a signal, as a query.

Grouping (`by`) keeps labels of the sum, `where` narrows the series, `window` is the range of a rate. An empty
denominator or an idle histogram gives no data: neither 0, which would look fine, nor NaN, which poisons what sums it.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Literal

from signals_lib import exact, units
from signals_lib.errors import KindError, LabelError, MatchingError, choices
from signals_lib.expression import Aggregate, Binary, Call, Node, Number, Selector, Subquery
from signals_lib.matcher import Matcher, Where
from signals_lib.query import DEFAULT_WINDOW, Query, duration, same_job, same_labels
from signals_lib.signal import Counter, Gauge, Histogram, Signal, StateSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Aggregation = Literal["sum", "avg", "max", "min", "count"]


def rate(
    signal: Counter | Histogram,
    *,
    by: Iterable[str] = (),
    where: Mapping[str, Where] | None = None,
    window: str = DEFAULT_WINDOW,
    aggregation: Aggregation | None = "sum",
) -> Query:
    """Return events a second; of a histogram, its observations. `aggregation=None` leaves one rate a series."""
    counter = _counter(signal, "a rate")
    return _per_series(
        "rate", counter, by=by, where=where, window=window, aggregation=aggregation, unit=units.per_second(counter.unit)
    )


def increase(
    signal: Counter | Histogram,
    *,
    by: Iterable[str] = (),
    where: Mapping[str, Where] | None = None,
    window: str = DEFAULT_WINDOW,
    aggregation: Aggregation | None = "sum",
) -> Query:
    """Return events in the window; of a histogram, its observations."""
    counter = _counter(signal, "an increase")
    return _per_series(
        "increase", counter, by=by, where=where, window=window, aggregation=aggregation, unit=counter.unit
    )


def latest(
    signal: Gauge | StateSet,
    *,
    by: Iterable[str] = (),
    where: Mapping[str, Where] | None = None,
    aggregation: Aggregation | None = "sum",
) -> Query:
    """Return the value now; `aggregation=None` gives the raw series with all their labels."""
    gauge = _gauge(signal, "the latest value")
    query = _aggregated(signal, Selector(gauge, gauge.matchers(where)), by, aggregation, gauge.unit)
    # A sum over instances is no longer what a threshold of one instance is about.
    return query if aggregation == "sum" else query.named(thresholds=gauge.thresholds)


def in_state(
    signal: StateSet, state: str, *, by: Iterable[str] = (), where: Mapping[str, Where] | None = None
) -> Query:
    """Return how many things are in the state."""
    if not isinstance(signal, StateSet):
        raise KindError(f"{signal} is a {signal.kind}, which has no states")
    return latest(signal, by=by, where={**(where or {}), signal.state_label: signal.state(state)})


def ratio(numerator: Query, denominator: Query) -> Query:
    """Return numerator ÷ denominator of events; no data where the denominator is 0.

    A numerator that isn't exposed yet counts as 0: the first failure creates the counter of failures. Both sides must
    have the same labels.
    """
    same_labels(numerator, denominator, "a ratio")
    same_job(numerator, denominator)
    return _divided(numerator.or_zero(denominator), denominator)


def share(part: Query, whole: Query) -> Query:
    """Return part ÷ whole, both always exposed; no data where the whole is 0. Both sides have the same labels."""
    same_labels(part, whole, "a share")
    same_job(part, whole)
    return _divided(part, whole)


def utilisation(used: Query, limit: Query) -> Query:
    """Return used ÷ limit; no data where there is no limit, or 0, which means unlimited."""
    return share(used, limit)


def quantile(
    point: exact.Exact,
    signal: Histogram,
    *,
    by: Iterable[str] = (),
    where: Mapping[str, Where] | None = None,
    window: str = DEFAULT_WINDOW,
) -> Query:
    """Return the value that a share `point` of the observations stays below (0.95: p95), interpolated in a bucket.

    Without an observation Prometheus answers NaN; the comparison drops it, as observations are never below 0.
    """
    level = exact.exact(point)
    if not 0 < level < 1:
        raise KindError(f"a quantile lies between 0 and 1, not {exact.text(level)}: p95 is 0.95")
    bucket = _histogram(signal, "a quantile").bucket
    labels = signal.grouping(by)
    rates = _rates(bucket, ("le", *labels), where, window)
    tree = Binary(">=", Call("histogram_quantile", (Number(level), rates.tree)), Number(exact.exact(0)))
    return Query(tree, signal.unit, labels, f"{signal.title} p{exact.text(level * 100)}", signal.help)


def mean(
    signal: Histogram,
    *,
    by: Iterable[str] = (),
    where: Mapping[str, Where] | None = None,
    window: str = DEFAULT_WINDOW,
) -> Query:
    """Return the mean of the observations in the window; no data without any."""
    histogram = _histogram(signal, "a mean")
    total, count = (rate(series, by=by, where=where, window=window) for series in (histogram.sum, histogram.count))
    return _divided(total, count).named(title=f"{signal.title} mean", description=signal.help, unit=signal.unit)


def share_within(
    signal: Histogram,
    bound: exact.Exact,
    *,
    by: Iterable[str] = (),
    where: Mapping[str, Where] | None = None,
    window: str = DEFAULT_WINDOW,
) -> Query:
    """Return the share of observations up to the bound, which must be a declared bucket."""
    within = rate_within(signal, bound, by=by, where=where, window=window)
    part = _divided(within, rate(signal, by=by, where=where, window=window))
    return part.named(title=f"{signal.title} within {exact.text(bound)} {signal.unit}", description=signal.help)


def rate_within(
    signal: Histogram,
    bound: exact.Exact,
    *,
    by: Iterable[str] = (),
    where: Mapping[str, Where] | None = None,
    window: str = DEFAULT_WINDOW,
) -> Query:
    """Return observations a second up to the bound, however the client writes it in `le`."""
    histogram = _histogram(signal, "a share within a bound")
    le = Matcher.one_of(*exact.spellings(histogram.bound(bound)))
    return _rates(histogram.bucket, by, {**(where or {}), "le": le}, window)


def buckets(signal: Histogram, *, where: Mapping[str, Where] | None = None, window: str = DEFAULT_WINDOW) -> Query:
    """Return the rate of each bucket, for a heatmap."""
    bucket = _histogram(signal, "a heatmap").bucket
    rates = _rates(bucket, ("le",), where, window)
    return Query(rates.tree, rates.unit, ("le",), signal.title, signal.help, shape="buckets")


def count(
    what: Query | Signal, *, by: Iterable[str] = (), where: Mapping[str, Where] | None = None, unit: str = "series"
) -> Query:
    """Return how many series there are; of a query, `where` doesn't apply. `unit` says what a series stands for."""
    if isinstance(what, Signal):
        return _aggregated(what, Selector(what, what.matchers(where)), by, "count", unit)
    return Query(
        Aggregate("count", what.tree, _subset(what, by)), unit, _subset(what, by), what.title, what.description
    )


def total(what: Query, *, by: Iterable[str] = (), aggregation: Aggregation = "sum") -> Query:
    """Aggregate a query further, to fewer labels."""
    labels = _subset(what, by)
    return Query(Aggregate(aggregation, what.tree, labels), what.unit, labels, what.title, what.description)


def union(*queries: Query, by: Iterable[str] = ()) -> Query:
    """Sum series of several queries, whichever of them exist, as completed and failed tasks.

    Each must be one series each (`aggregation=None`) with another set of labels; otherwise one would hide another,
    and `a.or_zero(b) + b.or_zero(a)` is right.
    """
    sets = [frozenset(query.labels) for query in queries]
    if len(set(sets)) < len(sets):
        raise MatchingError(
            f"{' and '.join(query.expr for query in queries)} have the same labels, so that one would hide the other: "
            "write a.or_zero(b) + b.or_zero(a)"
        )
    unit = reduce(units.total, (query.unit for query in queries))
    tree = reduce(lambda left, right: Binary("or", left, right), (query.tree for query in queries))
    shared = tuple(label for label in queries[0].labels if all(label in labels for labels in sets))
    return total(Query(tree, unit, shared), by=by)


def topk(n: int, query: Query) -> Query:
    """Return the n highest series."""
    return _ranked("topk", n, query)


def bottomk(n: int, query: Query) -> Query:
    """Return the n lowest series."""
    return _ranked("bottomk", n, query)


def absent(what: Signal | Query, *, where: Mapping[str, Where] | None = None) -> Query:
    """Return 1 when there is no such series at all, with the labels that `where` (and the job) fix."""
    if isinstance(what, Query):
        return Query(Call("absent", (what.tree,)), "", (), what.title, what.description)
    matchers = what.matchers(where)
    labels = tuple(label for label, matcher in matchers if matcher.operator == "=")
    return Query(Call("absent", (Selector(what, matchers),)), "", labels, what.title, what.help)


def changes(
    signal: Gauge,
    *,
    by: Iterable[str] = (),
    where: Mapping[str, Where] | None = None,
    window: str = DEFAULT_WINDOW,
    unit: str = "changes",
    aggregation: Aggregation | None = "sum",
) -> Query:
    """Return how often a gauge changed in the window: restarts, of the time a process started."""
    gauge = _gauge(signal, "changes")
    return _per_series("changes", gauge, by=by, where=where, window=window, aggregation=aggregation, unit=unit)


def age(
    signal: Gauge,
    *,
    by: Iterable[str] = (),
    where: Mapping[str, Where] | None = None,
    aggregation: Aggregation | None = "max",
) -> Query:
    """Return seconds since the time that a gauge tells; aggregated, of the latest time ("max") or another."""
    if signal.unit != "timestamp":
        raise KindError(f"{signal} isn't a time: an age needs a gauge in the unit 'timestamp'")
    then = latest(signal, by=by, where=where, aggregation=aggregation)
    return Query(Binary("-", Call("time"), then.tree), "s", then.labels, signal.title, signal.help)


def forecast(
    signal: Gauge,
    ahead: int,
    *,
    by: Iterable[str] = (),
    where: Mapping[str, Where] | None = None,
    window: str = "6h",
    aggregation: Aggregation | None = "sum",
) -> Query:
    """Return what a gauge will be in `ahead` seconds if it goes on as in the window."""
    gauge = _gauge(signal, "a forecast")
    series = Selector(gauge, gauge.matchers(where), duration(window))
    call = Call("predict_linear", (series, Number(exact.exact(ahead))))
    return _aggregated(gauge, call, by, aggregation, gauge.unit)


def max_over(
    what: Gauge | StateSet | Query,
    window: str = DEFAULT_WINDOW,
    *,
    by: Iterable[str] = (),
    where: Mapping[str, Where] | None = None,
    aggregation: Aggregation | None = None,
) -> Query:
    """Return the highest value in the window, of each series of a gauge or of a query."""
    return _over_time("max", what, window, by=by, where=where, aggregation=aggregation)


def min_over(
    what: Gauge | StateSet | Query,
    window: str = DEFAULT_WINDOW,
    *,
    by: Iterable[str] = (),
    where: Mapping[str, Where] | None = None,
    aggregation: Aggregation | None = None,
) -> Query:
    """Return the lowest value in the window, of each series of a gauge or of a query."""
    return _over_time("min", what, window, by=by, where=where, aggregation=aggregation)


def avg_over(
    what: Gauge | StateSet | Query,
    window: str = DEFAULT_WINDOW,
    *,
    by: Iterable[str] = (),
    where: Mapping[str, Where] | None = None,
    aggregation: Aggregation | None = None,
) -> Query:
    """Return the mean value in the window, of each series of a gauge or of a query."""
    return _over_time("avg", what, window, by=by, where=where, aggregation=aggregation)


def sum_over(
    what: Gauge | StateSet | Query,
    window: str = DEFAULT_WINDOW,
    *,
    by: Iterable[str] = (),
    where: Mapping[str, Where] | None = None,
    aggregation: Aggregation | None = None,
) -> Query:
    """Return the sum of the values in the window, of each series of a gauge or of a query."""
    return _over_time("sum", what, window, by=by, where=where, aggregation=aggregation)


def _over_time(
    function: str,
    what: Gauge | StateSet | Query,
    window: str,
    *,
    by: Iterable[str],
    where: Mapping[str, Where] | None,
    aggregation: Aggregation | None,
) -> Query:
    function = f"{function}_over_time"
    if not isinstance(what, Query):
        gauge = _gauge(what, "a value over time")
        return _per_series(function, gauge, by=by, where=where, window=window, aggregation=aggregation, unit=gauge.unit)
    if where or by or aggregation:
        raise KindError(f"{what.expr} is grouped and narrowed already: give by=, where= to the query inside")
    tree = Call(function, (Subquery(what.tree, duration(window)),))
    return Query(tree, what.unit, what.labels, what.title, what.description, what.thresholds)


def _counter(signal: Signal, wish: str) -> Counter:
    if isinstance(signal, Histogram):
        return signal.count
    if not isinstance(signal, Counter):
        raise KindError(f"{signal} is a {signal.kind}, and {wish} needs a counter: use latest() or …_over()")
    return signal


def _gauge(signal: Signal, wish: str) -> Gauge | StateSet:
    if not isinstance(signal, Gauge | StateSet):
        remedy = "rate() or increase()" if isinstance(signal, Counter) else "quantile(), mean() or rate()"
        raise KindError(f"{signal} is a {signal.kind}, and {wish} needs a gauge: use {remedy}")
    return signal


def _histogram(signal: Signal, wish: str) -> Histogram:
    if not isinstance(signal, Histogram):
        raise KindError(f"{signal} is a {signal.kind}, and {wish} needs a histogram")
    return signal


def _per_series(
    function: str,
    signal: Signal,
    *,
    by: Iterable[str] = (),
    where: Mapping[str, Where] | None,
    window: str,
    aggregation: Aggregation | None,
    unit: str,
) -> Query:
    call = Call(function, (Selector(signal, signal.matchers(where), duration(window)),))
    return _aggregated(signal, call, by, aggregation, unit)


def _rates(bucket: Counter, by: Iterable[str], where: Mapping[str, Where] | None, window: str) -> Query:
    unit = units.per_second(bucket.unit)
    return _per_series("rate", bucket, by=by, where=where, window=window, aggregation="sum", unit=unit)


def _aggregated(signal: Signal, node: Node, by: Iterable[str], aggregation: Aggregation | None, unit: str) -> Query:
    grouping = signal.grouping(by)
    if aggregation is None:
        if grouping:
            raise KindError(f"by=({', '.join(grouping)}) of {signal} needs an aggregation: sum, avg, max or min")
        return Query(node, unit, signal.labels, signal.title, signal.help)
    return Query(Aggregate(aggregation, node, grouping), unit, grouping, signal.title, signal.help)


def _divided(numerator: Query, denominator: Query) -> Query:
    positive = denominator.above(0)
    tree = Binary("/", numerator.tree, positive.tree)
    return Query(tree, units.quotient(numerator.unit, denominator.unit), numerator.labels)


def _subset(query: Query, by: Iterable[str]) -> tuple[str, ...]:
    labels = (by,) if isinstance(by, str) else tuple(dict.fromkeys(by))
    for label in labels:
        if label not in query.labels:
            raise LabelError(f"{query.expr} has no label {label!r}; {choices(query.labels, wrong=label)}")
    return labels


def _ranked(operation: str, n: int, query: Query) -> Query:
    tree = Aggregate(operation, query.tree, (), exact.exact(n))
    return Query(tree, query.unit, query.labels, query.title, query.description, query.thresholds)
