"""How one process speaks: its log lines and its spans, which name each other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from opentelemetry.context import Context
from opentelemetry.trace import (
    INVALID_SPAN,
    NoOpTracer,
    Span,
    SpanKind,
    Status,
    StatusCode,
    Tracer,
    set_span_in_context,
)
from opentelemetry.util.types import AttributeValue

from catalogue.traces import LOOKUP
from stack.simulator.telemetry.about import NOTHING, About
from stack.simulator.telemetry.log_line import LogLine, Scalar

REDIS_PORT = 6379
NO_TRACER = NoOpTracer()


@dataclass(frozen=True)
class Voice:
    """One process: what its lines and spans say of where they come from, and where the lines go."""

    service: str
    environment: str
    cluster: str
    instance: str
    write: Callable[[LogLine], object]
    tracer: Tracer = NO_TRACER

    def log(
        self,
        level: str,
        message: str,
        *,
        component: str,
        at: float,
        about: About = NOTHING,
        span: Span = INVALID_SPAN,
        more: Mapping[str, Scalar] | None = None,
    ) -> None:
        """Write a line. It names its trace if that is sampled: an id in a line always leads to a trace."""
        ids, context = about.ids, span.get_span_context()
        if context.trace_flags.sampled:
            ids |= {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}
        source = {
            "service_name": self.service,
            "environment": self.environment,
            "cluster": self.cluster,
            "instance": self.instance,
        }
        self.write(LogLine(at, level, component, message, ids, {**source, **(more or {})}))

    def start(
        self,
        name: str,
        kind: SpanKind,
        *,
        at: float,
        about: About,
        parent: Context | None = None,
        attributes: Mapping[str, AttributeValue] | None = None,
    ) -> Span:
        """Start a span at a moment (Unix seconds); without a parent it begins a trace."""
        given = {**about.ids, **(attributes or {})}
        return self.tracer.start_span(
            name, parent or Context(), kind=kind, attributes=given, start_time=nanoseconds(at)
        )

    def look_up(self, server: str, parent: Span, *, at: float, took: float, about: About, error: str = "") -> None:
        """Tell of a lookup in Redis (`server` is the one asked); `error` is why it failed."""
        asked: dict[str, AttributeValue] = {
            "peer.service": "redis",
            "db.system": "redis",
            "server.address": server,
            "server.port": REDIS_PORT,
        }
        span = self.start(
            LOOKUP, SpanKind.CLIENT, at=at, about=about, parent=set_span_in_context(parent), attributes=asked
        )
        if error:
            fail(span, "ConnectionError", error, at=at + took)
        span.end(nanoseconds(at + took))


def fail(span: Span, kind: str, message: str, *, at: float) -> None:
    """Mark a span as failed, and say why in an event."""
    note(span, kind, message, at=at)
    span.set_status(Status(StatusCode.ERROR, message))


def note(span: Span, kind: str, message: str, *, at: float) -> None:
    """Say in an event of the span that something went wrong within it."""
    said = {"exception.type": kind, "exception.message": message}
    span.add_event("exception", said, timestamp=nanoseconds(at))


def nanoseconds(at: float) -> int:
    """Return Unix seconds as OpenTelemetry takes them."""
    return int(at * 1e9)
