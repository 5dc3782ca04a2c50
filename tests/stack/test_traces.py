"""Spans are those that the catalogue declares, one trace a request; logs, exemplars and counters agree with them."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    TraceFlags,
    format_trace_id,
    set_span_in_context,
)

from catalogue.traces import ENTRY, LOOKUP, QUEUED, RUN, SERVICES, SPANS
from signals_lib import Histogram
from stack.simulator import declared
from stack.simulator.exposition import exposition
from stack.simulator.telemetry import wording
from stack.simulator.telemetry.tracing import Tracing
from tests.stack.told import Told, TraceSpan, targets, told

ORCHESTRATOR, AGENT = SERVICES
SCENARIOS = ("", "failures", "redis-down", "agent-loss", "outage")
OPENMETRICS = "application/openmetrics-text;version=1.0.0"
SDK = {"telemetry.sdk.language", "telemetry.sdk.name", "telemetry.sdk.version"}
KINDS = {ENTRY: "server", QUEUED: "producer", RUN: "consumer", LOOKUP: "client"}
QUARTER = 0.25


def every_span() -> list[TraceSpan]:
    return [span for scenario in SCENARIOS for span in told(scenario).spans]


def by_trace(spans: Iterable[TraceSpan]) -> dict[str, list[TraceSpan]]:
    found = defaultdict(list)
    for span in spans:
        found[span.trace_id].append(span)
    return found


def named(there: Told, name: str) -> list[TraceSpan]:
    return [span for span in there.spans if span.name == name]


def test_names_kinds_and_services_are_those_of_the_catalogue() -> None:
    seen = {(span.name, span.kind, span.resource["service.name"]) for span in every_span()}
    assert {name for name, _, _ in seen} == set(SPANS.spans)
    assert seen == {
        (ENTRY, "server", ORCHESTRATOR),
        (QUEUED, "producer", ORCHESTRATOR),
        (LOOKUP, "client", ORCHESTRATOR),
        (RUN, "consumer", AGENT),
        (LOOKUP, "client", AGENT),
    }


def test_every_declared_attribute_is_set_and_no_other() -> None:
    spans = every_span()
    assert {key for span in spans for key in span.attributes} == {each.key for each in SPANS.attributes} | {*SPANS.ids}
    assert {key for span in spans for key in span.resource} == {each.key for each in SPANS.resource} | SDK | {
        "service.name"
    }


@pytest.mark.parametrize("attribute", [each for each in SPANS.attributes if each.values], ids=lambda each: each.name)
def test_an_attribute_has_the_values_that_the_catalogue_knows(attribute: object) -> None:
    seen = {span.attributes[attribute.key] for span in every_span() if attribute.key in span.attributes}  # type: ignore[attr-defined]
    assert seen <= set(attribute.values)  # type: ignore[attr-defined]
    assert len(seen) > len(attribute.values) / 2  # type: ignore[attr-defined]


def test_a_request_its_wait_and_its_run_are_one_trace() -> None:
    there = told()
    spans = {span.span_id: span for span in there.spans}
    runs = named(there, RUN)
    assert len(runs) > 20
    for run in runs:
        queued = spans[run.parent]
        entry = spans[queued.parent]
        assert (queued.name, entry.name, entry.parent) == (QUEUED, ENTRY, "")
        assert {run.trace_id, queued.trace_id} == {entry.trace_id}
        ids = [{name: span.attributes.get(name) for name in SPANS.ids} for span in (run, queued)]
        assert ids[0] == ids[1]
        assert ids[0].items() >= {**entry.attributes, **ids[0]}.items() & entry.attributes.items() & ids[0].items()
        assert entry.attributes["correlation_id"] == run.attributes["correlation_id"]
        assert entry.attributes["plan_id"] == run.attributes["plan_id"]
        assert entry.start <= queued.start <= queued.end <= run.start + 1e-6 <= run.end + 1e-6


def test_a_lookup_lies_within_what_needs_it() -> None:
    there = told()
    spans = {span.span_id: span for span in there.spans}
    lookups = [each for each in named(there, LOOKUP) if each.parent in spans]
    assert len(lookups) > 1000
    for lookup in lookups:
        parent = spans[lookup.parent]
        assert parent.name in {ENTRY, RUN}
        assert parent.resource == lookup.resource
        assert parent.start - 1e-6 <= lookup.start <= lookup.end <= max(parent.end, parent.start + 0.001) + 1e-6


@pytest.mark.parametrize("scenario", ["", "failures", "outage"])
def test_spans_fail_as_often_as_the_counters_say(scenario: str) -> None:
    there = told(scenario)
    entries, runs = named(there, ENTRY), named(there, RUN)
    assert len(entries) == there.counted(ORCHESTRATOR, "requests_total")
    for status in wording.BROKEN:
        failed = [span for span in entries if span.attributes["http.response.status_code"] == int(status)]
        assert len(failed) == there.counted(ORCHESTRATOR, "requests_total", status=status)
        assert {span.status for span in failed} <= {"error"}
    assert {span.status for span in entries if span.attributes["http.response.status_code"] < 500} <= {"unset"}
    statuses = Counter(span.status for span in runs)
    assert statuses["error"] <= there.counted(ORCHESTRATOR, "tasks_failed_total")  # some began before telling did
    assert set(statuses) <= {"ok", "error"}
    if scenario:
        assert statuses["error"] > 5


def test_a_failed_span_says_why_in_its_status_and_in_an_event() -> None:
    failed = [span for span in every_span() if span.status == "error"]
    assert {span.name for span in failed} == {ENTRY, RUN, LOOKUP}
    for span in failed:
        name, at, said = span.events[-1]
        assert name == "exception"
        assert said["exception.message"] == span.message != ""
        assert said["exception.type"]
        assert span.start <= at <= span.end + 1e-6


def test_a_failed_operation_is_an_event_of_its_task() -> None:
    events = [said["exception.message"] for span in named(told("failures"), RUN) for _, _, said in span.events]
    assert set(wording.OPERATION_FAILED.values()) & set(events)


def test_lookups_are_as_many_as_counted_and_all_fail_without_redis() -> None:
    there = told("redis-down")
    lookups = [span for span in named(there, LOOKUP) if span.resource["service.name"] == ORCHESTRATOR]
    assert len(lookups) == sum(there.counted(ORCHESTRATOR, f"cache_{each}_total") for each in ("hits", "misses"))
    failed = [span for span in lookups if span.status == "error"]
    assert {span.attributes["server.address"] for span in failed} == {"redis-1"}
    assert {span.resource["environment"] for span in failed} == {"production"}
    assert len(failed) > len(lookups) / 4


def test_the_share_of_sampled_traces_is_the_ratio() -> None:
    there = told("", ratio=QUARTER)
    requests = there.counted(ORCHESTRATOR, "requests_total")
    sampled = len(by_trace(there.spans))
    spread = math.sqrt(requests * QUARTER * (1 - QUARTER))
    assert abs(sampled - requests * QUARTER) < 4 * spread
    assert requests > 500


def test_a_trace_is_sampled_whole_or_not_at_all() -> None:
    whole, some = by_trace(told("failures").spans), by_trace(told("failures", ratio=QUARTER).spans)
    assert some
    assert {trace: sorted(span.span_id for span in spans) for trace, spans in some.items()} == {
        trace: sorted(span.span_id for span in whole[trace]) for trace in some
    }


@pytest.mark.parametrize(("parent_sampled", "ratio"), [(True, 0.0), (False, 1.0)])
def test_a_parent_decides_whatever_the_ratio(parent_sampled: bool, ratio: float) -> None:
    out = InMemorySpanExporter()
    tracer = Tracing(SimpleSpanProcessor(out), ratio=ratio, seed="x").tracer(
        service=AGENT, environment="here", instance="a"
    )
    flags = TraceFlags(TraceFlags.SAMPLED if parent_sampled else TraceFlags.DEFAULT)
    parent = NonRecordingSpan(SpanContext(trace_id=2**127 + 5, span_id=7, is_remote=True, trace_flags=flags))
    tracer.start_span(RUN, set_span_in_context(parent)).end()
    found = [format_trace_id(span.context.trace_id) for span in out.get_finished_spans() if span.context]
    assert found == (["80000000000000000000000000000005"] if parent_sampled else [])


@pytest.mark.parametrize(
    ("scenario", "ratio"), [*((scenario, 1.0) for scenario in SCENARIOS), ("", QUARTER), ("failures", QUARTER)]
)
def test_every_line_of_a_sampled_request_finds_its_trace(scenario: str, ratio: float) -> None:
    there = told(scenario, ratio=ratio)
    traces = {span.attributes["correlation_id"]: span.trace_id for span in named(there, ENTRY)}
    spans = {span.span_id for span in there.spans}
    lines = [line for line in there.lines if line.get("correlation_id") in traces]
    assert len(lines) > len(there.lines) * ratio / 2
    unfinished = set()
    for line in lines:
        assert line["trace_id"] == traces[line["correlation_id"]], line
        if line["span_id"] not in spans:  # its span has not ended yet, or never will: its agent is gone
            unfinished.add((line["task_id"], line["span_id"]))
    running = sum(len(target.instance) > 0 for target in targets(there, AGENT)) * 8
    assert len(unfinished) <= running
    others = [line for line in there.lines if line.get("correlation_id") not in traces]
    assert [line for line in others if "trace_id" in line] == []


def test_every_exemplar_leads_to_a_trace_and_agrees_with_it() -> None:
    there = told("failures")
    traces, seen = by_trace(there.spans), Counter[str]()
    for target in (*targets(there, ORCHESTRATOR), *targets(there, AGENT)):
        for series, _, exemplar in target.scraped():
            if exemplar is None:
                continue
            signal, labels = series.family, dict(series.labels)
            assert isinstance(signal, Histogram)
            bounds = [0.0, *declared.bounds(signal), math.inf]
            at = bounds.index(float(labels["le"]))
            assert bounds[at - 1] < exemplar.value <= bounds[at]
            seen[signal.name] += 1
            if signal.name == "request_duration_seconds":
                (entry,) = (span for span in traces[exemplar.trace_id] if span.name == ENTRY)
                assert entry.attributes["http.route"] == labels["route"]
                assert entry.resource["service.instance.id"] == target.instance
                assert math.isclose(entry.end - entry.start, exemplar.value, abs_tol=1e-5)
            assert exemplar.trace_id in traces
    assert set(seen) == {"request_duration_seconds", "task_duration_seconds", "operation_duration_seconds"}


def test_only_openmetrics_shows_exemplars_and_only_of_sampled_traces() -> None:
    (target, *_) = targets(told(), ORCHESTRATOR)
    shown, kind = exposition(target, accept=OPENMETRICS)
    plain, _ = exposition(target)
    assert kind.startswith("application/openmetrics-text; version=1.0.0")
    assert b'# {trace_id="' in shown
    assert b"trace_id" not in plain
    (unsampled, *_) = targets(told("", ratio=0.0), ORCHESTRATOR)
    assert b"trace_id" not in exposition(unsampled, accept=OPENMETRICS)[0]


@pytest.mark.parametrize("scenario", ["", "latency"])
def test_requests_take_in_traces_what_each_bucket_counts(scenario: str) -> None:
    there = told(scenario)
    entries = named(there, ENTRY)
    (signal,) = {target.signals["request_duration_seconds"] for target in targets(there, ORCHESTRATOR)}
    for bound in declared.bounds(signal):
        within = sum(span.end - span.start <= bound + 1e-6 for span in entries)
        le = declared.spelled(bound)
        assert within == there.counted(ORCHESTRATOR, "request_duration_seconds_bucket", le=le), bound


def test_tasks_take_in_traces_what_the_histogram_says() -> None:
    there = told("", 600)
    (mean,) = {
        sum(each.row[column] for each in found for column, series in enumerate(each.layout) if matches(series, "_sum"))
        / sum(
            each.row[column] for each in found for column, series in enumerate(each.layout) if matches(series, "_count")
        )
        for found in [targets(there, ORCHESTRATOR)]
    }
    runs = [span.end - span.start for span in named(there, RUN)]
    assert math.isclose(sum(runs) / len(runs), mean, rel_tol=0.25)


def matches(series: object, suffix: str) -> bool:
    return (series.family.name, series.suffix) == ("task_duration_seconds", suffix)  # type: ignore[attr-defined]
