"""The vocabulary of TraceQL: what can be asked of a span set.

`where` searches by service, name, status, kind, attributes and ids; numbers are never grouped by an id
(CardinalityError). A ratio of two numbers is not in TraceQL: ask the span metrics, which Prometheus keeps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from signals_lib import exact
from signals_lib.errors import GrammarError
from signals_lib.matcher import Where
from signals_lib.span_query import SpanQuery, Spans
from signals_lib.span_set import SpanSet

Filters = Mapping[str, Where] | None

_DURATION = re.compile(r"\d+(\.\d+)?(ns|us|µs|ms|s|m|h)|\$\w+|\$\{\w+\}")


def search(
    spans: SpanSet, *, where: Filters = None, longer_than: str = "", select: Iterable[str] = ()
) -> SpanQuery:  # fmt: skip
    """Return the traces with such a span; `longer_than` is its least duration ("500ms"), `select` fields to show."""
    if longer_than and not _DURATION.fullmatch(longer_than):
        raise GrammarError(f"{longer_than!r} is no duration: write it as 500ms, 2s or $variable")
    shown = tuple(map(spans.written, select))
    stages = (f"select({', '.join(shown)})",) if shown else ()
    return SpanQuery(Spans(spans, spans.conditions(where), longer_than), stages, "", (), spans.title, spans.help)


def slow(spans: SpanSet, longer_than: str, *, where: Filters = None, select: Iterable[str] = ()) -> SpanQuery:
    """Return the traces with a span that takes longer."""
    return search(spans, where=where, longer_than=longer_than, select=select)


def errors(spans: SpanSet, *, where: Filters = None, select: Iterable[str] = ()) -> SpanQuery:
    """Return the traces with a span that failed."""
    return search(spans, where={**(where or {}), "status": "error"}, select=select)


def rate(spans: SpanSet, *, by: Iterable[str] = (), where: Filters = None) -> SpanQuery:
    """Return spans a second."""
    return _number("rate()", "spans/s", spans, by, where)


def count(spans: SpanSet, *, by: Iterable[str] = (), where: Filters = None) -> SpanQuery:
    """Return how many spans there are in each step."""
    return _number("count_over_time()", "spans", spans, by, where)


def quantile(share: exact.Exact, spans: SpanSet, *, by: Iterable[str] = (), where: Filters = None) -> SpanQuery:
    """Return the duration that this share of the spans stays below."""
    return _number(f"quantile_over_time(duration, {exact.text(exact.exact(share))})", "s", spans, by, where)


def distribution(spans: SpanSet, *, where: Filters = None) -> SpanQuery:
    """Return how many spans took how long, for a heatmap."""
    return _number("histogram_over_time(duration)", "spans", spans, (), where)


def _number(function: str, unit: str, spans: SpanSet, by: Iterable[str], where: Filters) -> SpanQuery:
    labels = spans.grouping(by)
    grouping = f" by ({', '.join(map(spans.written, labels))})" if labels else ""
    found = Spans(spans, spans.conditions(where))
    return SpanQuery(found, (function + grouping,), unit, labels, metric=True)
