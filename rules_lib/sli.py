"""Service level indicators: which events there are, and which of them are bad, as two rates.

Both rates always exist together. A counter that isn't exposed yet (most create a failure's series at the first failure)
counts as 0 while the other side has data. What `rate` can't see is the first value of a new series: what it counted
before its first scrape is in no SLI. So each new series (a new process, route or failure reason) hides at most what it
counts within one scrape interval, but a failure that happens once in each process' life is never seen: failure counters
should be exposed with 0 at start. Prometheus 3 mends it by ingesting created timestamps as zeros, where clients send
them (`--enable-feature=created-timestamp-zero-ingestion`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from signals_lib import promql

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signals_lib.exact import Exact
    from signals_lib.matcher import Where
    from signals_lib.query import Query
    from signals_lib.signal import Gauge, Histogram, StateSet


@dataclass(frozen=True, slots=True)
class Sli:
    """Rates of all events and of the bad ones over `$__rate_interval`, with the same labels.

    `events` is the plural of what is counted. `countable` is False where shares of time stand for events, so that there
    is no number of bad events to ask for. `sources` are the rates that both are made of, by what they count: two of
    "good", "bad" and "total", or one "success" or "failure".
    """

    total: Query
    bad: Query
    events: str
    sources: Mapping[str, Query]
    countable: bool = True


def bad_of_total(bad: Query, total: Query) -> Sli:
    """All events and the bad ones among them."""
    return Sli(total, bad.or_zero(total), _plural(total), {"bad": bad, "total": total})


def good_of_total(good: Query, total: Query) -> Sli:
    """All events and the good ones among them; the rest is bad."""
    # Extrapolation is a series' own, so that good may exceed total by a trace.
    return Sli(total, (total - good.or_zero(total)).floor(0), _plural(total), {"good": good, "total": total})


def good_and_bad(good: Query, bad: Query) -> Sli:
    """Good and bad events that are counted apart; together they are all."""
    all_bad = bad.or_zero(good)
    return Sli(good.or_zero(bad) + all_bad, all_bad, _plural(good), {"good": good, "bad": bad})


def within(histogram: Histogram, bound: Exact, *, by: Iterable[str] = (), where: dict[str, Where] | None = None) -> Sli:
    """Observations, those above the bound being bad; the bound is a declared bucket, in either spelling of `le`."""
    by = tuple(by)
    good = promql.rate_within(histogram, bound, by=by, where=where)
    return good_of_total(good, promql.rate(histogram, by=by, where=where))


def share(
    gauge: Gauge | StateSet,
    *,
    of: Literal["success", "failure"],
    by: Iterable[str] = (),
    where: dict[str, Where] | None = None,
) -> Sli:
    """Take a share (0 to 1) of success or failure that something else measured, as a probe; series weigh the same."""
    by = tuple(by)
    # Whoever measures it may have divided by nothing: one recorded NaN would be all that is known of the period.
    known = promql.avg_over(gauge, where=where).at_least(0)
    series = promql.count(known, by=by).named(unit="")
    total = promql.total(known, by=by).named(unit="")
    bad = (series - total).floor(0) if of == "success" else total
    return Sli(series, bad, "samples", {of: total}, countable=False)


def _plural(rate: Query) -> str:
    return rate.unit.removesuffix("/s") or "events"
