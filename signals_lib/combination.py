"""Queries made of queries: ratios, sums, counts, ranks."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from signals_lib import exact, units
from signals_lib.errors import MatchingError
from signals_lib.expression import Aggregate, Binary, Call, Selector, Subquery
from signals_lib.matching import same_job, same_labels
from signals_lib.query import Query
from signals_lib.series import Aggregation, aggregated, divided, subset
from signals_lib.signal import Signal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signals_lib.matcher import Where


def ratio(numerator: Query, denominator: Query) -> Query:
    """Return numerator ÷ denominator of events; no data where the denominator is 0.

    A numerator that isn't exposed yet counts as 0: the first failure creates the counter of failures. Both sides must
    have the same labels.
    """
    same_labels(numerator, denominator, "a ratio")
    same_job(numerator, denominator)
    return divided(numerator.or_zero(denominator), denominator)


def share(part: Query, whole: Query) -> Query:
    """Return part ÷ whole, both always exposed; no data where the whole is 0. Both sides have the same labels."""
    same_labels(part, whole, "a share")
    same_job(part, whole)
    return divided(part, whole)


def utilisation(used: Query, limit: Query) -> Query:
    """Return used ÷ limit; no data where there is no limit, or 0, which means unlimited."""
    return share(used, limit)


def count(
    what: Query | Signal, *, by: Iterable[str] = (), where: Mapping[str, Where] | None = None, unit: str = "series"
) -> Query:
    """Return how many series there are; of a query, `where` doesn't apply. `unit` says what a series stands for."""
    if isinstance(what, Signal):
        return aggregated(what, Selector(what, what.matchers(where)), by, "count", unit)
    return Query(Aggregate("count", what.tree, subset(what, by)), unit, subset(what, by), what.title, what.description)


def total(what: Query, *, by: Iterable[str] = (), aggregation: Aggregation = "sum") -> Query:
    """Aggregate a query further, to fewer labels."""
    labels = subset(what, by)
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


def highest(n: int, query: Query) -> Query:
    """Return the n series that rise highest in the range shown, the same ones from its begin to its end.

    topk() chooses anew at each point, so that lines come and go. What is chosen here doesn't depend on the point, and
    Prometheus evaluates it once a graph: `$__interval` keeps it as fine as the graph itself.
    """
    return _chosen("topk", "max_over_time", n, query)


def lowest(n: int, query: Query) -> Query:
    """Return the n series that fall lowest in the range shown, the same ones from its begin to its end."""
    return _chosen("bottomk", "min_over_time", n, query)


def _chosen(operation: str, extreme: str, n: int, query: Query) -> Query:
    over_range = Call(extreme, (Subquery(query.tree, "$__range", "$__interval", at_end=True),))
    tree = Binary("and", query.tree, Aggregate(operation, over_range, (), exact.exact(n)))
    return Query(tree, query.unit, query.labels, query.title, query.description, query.thresholds)


def _ranked(operation: str, n: int, query: Query) -> Query:
    tree = Aggregate(operation, query.tree, (), exact.exact(n))
    return Query(tree, query.unit, query.labels, query.title, query.description, query.thresholds)
