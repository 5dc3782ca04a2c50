"""Counters: events a second, and in a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signals_lib import units
from signals_lib.query import DEFAULT_WINDOW, Query
from signals_lib.series import Aggregation, counter_of, per_series
from signals_lib.signal import Counter, Histogram

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signals_lib.matcher import Where


def rate(
    signal: Counter | Histogram,
    *,
    by: Iterable[str] = (),
    where: Mapping[str, Where] | None = None,
    window: str = DEFAULT_WINDOW,
    aggregation: Aggregation | None = "sum",
) -> Query:
    """Return events a second; of a histogram, its observations. `aggregation=None` leaves one rate a series."""
    counter = counter_of(signal, "a rate")
    return per_series(
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
    counter = counter_of(signal, "an increase")
    return per_series(
        "increase", counter, by=by, where=where, window=window, aggregation=aggregation, unit=counter.unit
    )
