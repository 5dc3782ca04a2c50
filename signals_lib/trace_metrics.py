"""Span metrics and the service graph: what Tempo's metrics generator makes of spans and writes to Prometheus.

Names, labels and buckets as seen on Tempo 3.0 with its default histogram buckets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from signals_lib.cardinality import is_id
from signals_lib.component import Component
from signals_lib.errors import CardinalityError
from signals_lib.label import Label
from signals_lib.signal import Counter, Histogram, Signal
from signals_lib.span_set import SpanSet

OK, ERROR, UNSET = "STATUS_CODE_OK", "STATUS_CODE_ERROR", "STATUS_CODE_UNSET"
_LATENCY = tuple(0.002 * 2**power for power in range(14))  # 2 ms to 16.384 s
_CALLS = tuple(0.1 * 2**power for power in range(8))  # 100 ms to 12.8 s


@dataclass(frozen=True)
class TraceMetrics:
    """The generator's signals. Of a call, `client` and `server` are the services at its ends."""

    spans: Counter
    latency: Histogram
    calls: Counter
    failed_calls: Counter
    call_duration: Histogram
    call_duration_at_client: Histogram

    def __iter__(self) -> Iterator[Signal]:
        """Yield them all."""
        return iter(
            (self.spans, self.latency, self.calls, self.failed_calls, self.call_duration, self.call_duration_at_client)
        )


def trace_metrics(
    spans: SpanSet,
    *,
    dimensions: Sequence[str | Label] = (),
    callers: Sequence[str] = ("user",),
    callees: Sequence[str] = (),
) -> TraceMetrics:
    """Declare what the generator makes of a span set.

    `dimensions` are attributes that it was told to keep as labels. `callers` and `callees` make no spans themselves:
    "user" is whoever calls from outside, a callee is a database. Raises CardinalityError for an id as a dimension.
    """
    extra = tuple(Label(each) if isinstance(each, str) else each for each in dimensions)
    for label in extra:
        if label.name in spans.ids or is_id(label.name):
            raise CardinalityError(
                f"{label.name!r} can't be a dimension: the generator would make series for each value"
            )
    component = Component(None, title=f"the metrics of {spans}", labels=extra, help="Written by Tempo.")
    of_span = (
        Label("service", spans.services),
        Label("span_name", spans.spans),
        "span_kind",
        Label("status_code", (OK, ERROR, UNSET)),
    )
    of_call = (
        Label("client", (*callers, *spans.services)),
        Label("server", (*spans.services, *callees)),
        "connection_type",
    )
    call = "traces_service_graph_request"
    return TraceMetrics(
        spans=component.counter(
            "traces_spanmetrics_calls_total", help="Spans ended.", unit="spans", labels=of_span, title="Spans"
        ),
        latency=component.histogram(
            "traces_spanmetrics_latency", help="Time that a span took.", unit="s", observations="spans",
            buckets=_rounded(_LATENCY), labels=of_span,
        ),
        calls=component.counter(
            f"{call}_total", help="Calls of one service by another.", unit="calls", labels=of_call, title="Calls"
        ),
        failed_calls=component.counter(
            f"{call}_failed_total", help="Calls that failed; exposed from the first on.", unit="calls", labels=of_call,
            title="Failed calls",
        ),
        call_duration=component.histogram(
            f"{call}_server_seconds", help="Time that a call took in the service that was called.", unit="s",
            observations="calls", buckets=_rounded(_CALLS), labels=of_call,
        ),
        call_duration_at_client=component.histogram(
            f"{call}_client_seconds", help="Time that a call took for the service that called.", unit="s",
            observations="calls", buckets=_rounded(_CALLS), labels=of_call,
        ),
    )  # fmt: skip


def _rounded(bounds: Sequence[float]) -> tuple[str, ...]:
    return tuple(f"{bound:.6g}" for bound in bounds)
