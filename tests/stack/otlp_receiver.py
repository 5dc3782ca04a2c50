"""A collector on loopback: takes OTLP over HTTP as protobuf, refuses what isn't, and keeps the spans."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.stack.told import TraceSpan

STATUSES = ("unset", "ok", "error")
KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")


@dataclass
class Receiver:
    """What arrived. `holds` makes it take a request and never answer; `status` is what it answers."""

    url: str = ""
    spans: list[TraceSpan] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    asked: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    holds: bool = False
    status: int = 200

    def of(self, trace_id: str) -> list[TraceSpan]:
        return [span for span in [*self.spans] if span.trace_id == trace_id]


@contextmanager
def otlp_receiver(*, holds: bool = False, status: int = 200) -> Iterator[Receiver]:
    """Run a collector on a free port."""
    receiver = Receiver(holds=holds, status=status)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"receiver": receiver}))
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.asked.set()
        if self.receiver.holds:
            self.receiver.released.wait()
            return
        if self.receiver.status != 200:
            self._answer(self.receiver.status, b"")
            return
        try:
            request = ExportTraceServiceRequest.FromString(body)
        except DecodeError as problem:
            self.receiver.wrong.append(str(problem))
            self._answer(400, b"")
            return
        if self.path != "/v1/traces" or self.headers["Content-Type"] != "application/x-protobuf":
            self.receiver.wrong.append(f"{self.path} {self.headers['Content-Type']}")
        self.receiver.spans += _spans(request)
        self._answer(200, ExportTraceServiceResponse().SerializeToString())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _spans(request: ExportTraceServiceRequest) -> Iterator[TraceSpan]:
    for group in request.resource_spans:
        resource = _plain(group.resource.attributes)
        for scope in group.scope_spans:
            for span in scope.spans:
                yield _span(span, resource)


def _span(span: Span, resource: dict[str, Any]) -> TraceSpan:
    return TraceSpan(
        span.name,
        KINDS[span.kind],
        STATUSES[span.status.code],
        span.status.message,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        span.start_time_unix_nano / 1e9,
        span.end_time_unix_nano / 1e9,
        resource,
        _plain(span.attributes),
        tuple((event.name, event.time_unix_nano / 1e9, _plain(event.attributes)) for event in span.events),
    )


def _plain(attributes: Any) -> dict[str, Any]:
    return {each.key: _value(each) for each in attributes}


def _value(pair: KeyValue) -> Any:
    fields: Mapping[Any, Any] = dict(pair.value.ListFields())
    return next(iter(fields.values()), None)
