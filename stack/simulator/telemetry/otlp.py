"""Spans on their way to a collector: OTLP over HTTP as protobuf, in batches, without ever holding anyone up.

Queue and batches are those of OpenTelemetry's SDK, the bytes are its encoder's; its own exporter is not used because it
retries for as long as a minute and brings an HTTP library that contends with ours.
"""

import logging
import urllib.error
import urllib.request
from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from stack.simulator.telemetry.said_once import SaidOnce

PATH = "/v1/traces"
QUEUE = 8192  # spans that wait; when it is full the oldest are dropped
BATCH = 512
EVERY = 1000  # milliseconds between two batches
PATIENCE = 5.0  # seconds that a collector has to take a batch
LAST_PATIENCE = 1.0  # the same, while the simulator is ending


class OtlpExporter(SpanExporter):
    """Posts batches to a collector at `url` (its base; PATH is added). A collector that fails is said once."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/").removesuffix(PATH) + PATH
        self.ending = self._gave_up = False
        self._trouble = SaidOnce()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Post one batch; it is lost if that fails."""
        if self._gave_up:
            return SpanExportResult.FAILURE
        body = encode_spans(spans).SerializeToString()
        request = urllib.request.Request(self.url, data=body, headers={"Content-Type": "application/x-protobuf"})
        try:
            urllib.request.urlopen(request, timeout=LAST_PATIENCE if self.ending else PATIENCE).close()
        except (OSError, urllib.error.URLError) as problem:
            self._gave_up = self.ending
            self._trouble.say(
                f"can't send spans to {self.url}: {_reason(problem)}; they are dropped until it takes them"
            )
            return SpanExportResult.FAILURE
        self._trouble.over()
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Nothing is left to do."""


class Outbox(BatchSpanProcessor):
    """The bounded queue in front of an exporter."""

    def __init__(self, exporter: OtlpExporter) -> None:
        # The exporter says what is wrong, once; the library would say each batch that it drops for it.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        super().__init__(exporter, max_queue_size=QUEUE, max_export_batch_size=BATCH, schedule_delay_millis=EVERY)
        self._to = exporter

    def shutdown(self) -> None:
        """Send what waits, as long as the collector takes it."""
        self._to.ending = True
        super().shutdown()  # type: ignore[no-untyped-call] # the library has no type here


def _reason(problem: OSError) -> str:
    if isinstance(problem, urllib.error.HTTPError):
        return f"it answered {problem.code} {problem.reason}"
    return str(getattr(problem, "reason", problem))
