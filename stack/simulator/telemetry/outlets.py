"""Where lines and spans go, as the command line says."""

import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self, TextIO

from opentelemetry.trace import Tracer

from stack.simulator.telemetry.log_file import LogFile
from stack.simulator.telemetry.log_line import LogLine
from stack.simulator.telemetry.otlp import OtlpExporter, Outbox
from stack.simulator.telemetry.tracing import Tracing
from stack.simulator.telemetry.voice import NO_TRACER


@dataclass(frozen=True)
class Told:
    """What is told beside the metrics: log lines into a file ("-": standard output), spans to a collector's URL.

    `sampling` is the share of the traces that are sent.
    """

    logs: str = ""
    otlp: str = ""
    sampling: float = 1.0

    def __bool__(self) -> bool:
        return bool(self.logs or self.otlp)

    @property
    def other_words(self) -> TextIO:
        """Where everything else is said: not between the lines."""
        return sys.stderr if self.logs == "-" else sys.stdout


class Outlets:
    """A log file and a tracing, each if there is one. Any thread may write."""

    def __init__(self, logs: LogFile | None = None, tracing: Tracing | None = None) -> None:
        self._logs, self._tracing, self._lock = logs, tracing, threading.Lock()

    @classmethod
    def open(cls, told: Told, *, seed: str) -> Self:
        """Open what is told of; OSError if the log file can't be written."""
        logs = LogFile(told.logs) if told.logs else None
        tracing = Tracing(Outbox(OtlpExporter(told.otlp)), ratio=told.sampling, seed=seed) if told.otlp else None
        return cls(logs, tracing)

    def write(self, lines: Iterable[LogLine]) -> None:
        """Write lines, in this order."""
        if self._logs:
            with self._lock:
                self._logs.write(lines)

    def tracer(self, *, service: str, environment: str, instance: str) -> Tracer:
        """Return the tracer of a process; without tracing it traces nothing, and lines name no trace."""
        if self._tracing is None:
            return NO_TRACER
        return self._tracing.tracer(service=service, environment=environment, instance=instance)

    def close(self) -> None:
        """Send what waits, and write nothing more."""
        if self._tracing:
            self._tracing.close()
        if self._logs:
            self._logs.close()
