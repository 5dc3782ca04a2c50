"""Gauges and state sets: now, over time, ahead; and whether series are there at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signals_lib import exact
from signals_lib.errors import KindError
from signals_lib.expression import Binary, Call, Number, Selector, Subquery
from signals_lib.query import DEFAULT_WINDOW, Query, duration
from signals_lib.series import Aggregation, aggregated, gauge_of, per_series
from signals_lib.signal import Gauge, Signal, StateSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signals_lib.matcher import Where


def latest(
    signal: Gauge | StateSet,
    *,
    by: Iterable[str] = (),
    where: Mapping[str, Where] | None = None,
    aggregation: Aggregation | None = "sum",
) -> Query:
    """Return the value now; `aggregation=None` gives the raw series with all their labels."""
    gauge = gauge_of(signal, "the latest value")
    query = aggregated(signal, Selector(gauge, gauge.matchers(where)), by, aggregation, gauge.unit)
    # A sum over instances is no longer what a threshold of one instance is about.
    return query if aggregation == "sum" else query.named(thresholds=gauge.thresholds)


def in_state(
    signal: StateSet, state: str, *, by: Iterable[str] = (), where: Mapping[str, Where] | None = None
) -> Query:
    """Return how many things are in the state."""
    if not isinstance(signal, StateSet):
        raise KindError(f"{signal} is a {signal.kind}, which has no states")
    return latest(signal, by=by, where={**(where or {}), signal.state_label: signal.state(state)})


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
    gauge = gauge_of(signal, "changes")
    return per_series("changes", gauge, by=by, where=where, window=window, aggregation=aggregation, unit=unit)


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
    gauge = gauge_of(signal, "a forecast")
    series = Selector(gauge, gauge.matchers(where), duration(window))
    call = Call("predict_linear", (series, Number(exact.exact(ahead))))
    return aggregated(gauge, call, by, aggregation, gauge.unit)


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
        gauge = gauge_of(what, "a value over time")
        return per_series(function, gauge, by=by, where=where, window=window, aggregation=aggregation, unit=gauge.unit)
    if where or by or aggregation:
        raise KindError(f"{what.expr} is grouped and narrowed already: give by=, where= to the query inside")
    tree = Call(function, (Subquery(what.tree, duration(window)),))
    return Query(tree, what.unit, what.labels, what.title, what.description, what.thresholds)
