"""Histograms: quantiles, means, shares within a bound, heatmaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signals_lib import exact, units
from signals_lib.errors import KindError
from signals_lib.events import rate
from signals_lib.expression import Binary, Call, Number
from signals_lib.matcher import Matcher
from signals_lib.query import DEFAULT_WINDOW, Query
from signals_lib.series import divided, histogram_of, per_series
from signals_lib.signal import Counter, Histogram

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signals_lib.matcher import Where


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
    bucket = histogram_of(signal, "a quantile").bucket
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
    histogram = histogram_of(signal, "a mean")
    total, count = (rate(series, by=by, where=where, window=window) for series in (histogram.sum, histogram.count))
    return divided(total, count).named(title=f"{signal.title} mean", description=signal.help, unit=signal.unit)


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
    part = divided(within, rate(signal, by=by, where=where, window=window))
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
    histogram = histogram_of(signal, "a share within a bound")
    le = Matcher.one_of(*exact.spellings(histogram.bound(bound)))
    return _rates(histogram.bucket, by, {**(where or {}), "le": le}, window)


def buckets(signal: Histogram, *, where: Mapping[str, Where] | None = None, window: str = DEFAULT_WINDOW) -> Query:
    """Return the rate of each bucket, for a heatmap."""
    bucket = histogram_of(signal, "a heatmap").bucket
    rates = _rates(bucket, ("le",), where, window)
    return Query(rates.tree, rates.unit, ("le",), signal.title, signal.help, shape="buckets")


def _rates(bucket: Counter, by: Iterable[str], where: Mapping[str, Where] | None, window: str) -> Query:
    unit = units.per_second(bucket.unit)
    return per_series("rate", bucket, by=by, where=where, window=window, aggregation="sum", unit=unit)
