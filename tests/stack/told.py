"""A small world lived through in this process, with all that it tells: lines, spans, and its targets."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, NamedTuple

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from stack.simulator.fleet import Environment, Fleet
from stack.simulator.incidents import Span, find
from stack.simulator.target import Target
from stack.simulator.telemetry.log_line import LogLine
from stack.simulator.telemetry.outlets import Outlets
from stack.simulator.telemetry.telemetry import Telemetry
from stack.simulator.telemetry.tracing import Tracing
from stack.simulator.world import World

START = 1768478400.0  # 2026-01-15 12:00 UTC, a Thursday
BEFORE, AFTER = 20, 30  # seconds around the incident
SMALL = Fleet(
    (
        Environment("production", "eu-1", peak=8, orchestrators=2, pools={"default": 4, "build": 1, "deploy": 1},
                    nodes=1, redis_memory=2**30, monitored=True, incidents=True),
        Environment("staging", "eu-2", peak=1, orchestrators=1, pools={"default": 1}, nodes=1, prefix="staging-"),
    )
)  # fmt: skip


class TraceSpan(NamedTuple):
    """A span as a receiver sees it; ids in hex, `parent` "" at the root, times in Unix seconds."""

    name: str
    kind: str
    status: str
    message: str
    trace_id: str
    span_id: str
    parent: str
    start: float
    end: float
    resource: dict[str, Any]
    attributes: dict[str, Any]
    events: tuple[tuple[str, float, dict[str, Any]], ...]


@dataclass
class Kept:
    """A log file that is a list."""

    lines: list[LogLine] = field(default_factory=list)

    def write(self, lines: Iterable[LogLine]) -> None:
        self.lines += lines

    def close(self) -> None:
        """Nothing to close."""


@dataclass(frozen=True)
class Told:
    """What was told, and the world at its end; `counted` is what the counters were at when telling began."""

    world: World
    texts: tuple[str, ...]
    spans: tuple[TraceSpan, ...]
    before: dict[tuple[str, str, object], float]

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(text) for text in self.texts]

    def counted(self, job: str, name: str, **labels: str) -> int:
        """How much the targets of a job counted while it was told."""
        return round(
            sum(
                value - self.before.get((job, target.instance, (series.family.name + series.suffix, series.labels)), 0)
                for target in self.world.targets()
                if target.job == job
                for series, value in target.exposed()
                if series.family.name + series.suffix == name and labels.items() <= dict(series.labels).items()
            )
        )


def counters(world: World) -> dict[tuple[str, str, object], float]:
    return {
        (target.job, target.instance, (series.family.name + series.suffix, series.labels)): value
        for target in world.targets()
        for series, value in target.exposed()
    }


@cache
def told(incident: str = "", seconds: int = 120, *, ratio: float = 1.0, seed: int = 3, traced: bool = True) -> Told:
    """Live through some time, the incident (or several, joined by +) within it, and return what was told."""
    names = incident.split("+") if incident else []
    spans = [Span(find(name), START + BEFORE, START + seconds - AFTER) for name in names]
    world = World(seed=seed, start=START - 300, spans=spans, fleet=SMALL, speed=20)
    for _ in range(30):
        world.step(10)
    exporter, kept = InMemorySpanExporter(), Kept()
    tracing = Tracing(SimpleSpanProcessor(exporter), ratio=ratio, seed=str(seed)) if traced else None
    telemetry = Telemetry(world, str(seed), Outlets(kept, tracing))  # type: ignore[arg-type]
    before = counters(world)
    for _ in range(seconds):
        world.step(1)
        telemetry.look(world.now, 1)
    return Told(world, tuple(map(str, kept.lines)), tuple(map(of_sdk, exporter.get_finished_spans())), before)


def of_sdk(span: ReadableSpan) -> TraceSpan:
    assert span.context
    assert span.start_time
    assert span.end_time
    return TraceSpan(
        span.name,
        span.kind.name.lower(),
        span.status.status_code.name.lower() if span.status.status_code != StatusCode.UNSET else "unset",
        span.status.description or "",
        f"{span.context.trace_id:032x}",
        f"{span.context.span_id:016x}",
        f"{span.parent.span_id:016x}" if span.parent else "",
        span.start_time / 1e9,
        span.end_time / 1e9,
        dict(span.resource.attributes),
        dict(span.attributes or {}),
        tuple((event.name, event.timestamp / 1e9, dict(event.attributes or {})) for event in span.events),
    )


def targets(there: Told, job: str) -> list[Target]:
    return [target for target in there.world.targets() if target.job == job]
