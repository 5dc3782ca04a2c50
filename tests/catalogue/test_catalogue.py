"""The catalogue: every signal that Phoenix emits, with what an on-call engineer needs to know of it."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import catalogue
from catalogue import agent, orchestrator, process
from signals_lib import Counter, Gauge, Histogram, Query, Signal, StateSet
from signals_lib.errors import LabelError
from signals_lib.exact import text

ROOT = Path(__file__).parents[2]
SENTENCE = re.compile(r"[.!?](?:\s|$)")
ORCHESTRATOR, AGENT = "phoenix-orchestrator", "phoenix-agent"

# What the orchestrators and agents emit, as the system's own description lists it.
EMITTED = [
    (ORCHESTRATOR, "requests_total", Counter, ("method", "route", "status"), "requests"),
    (ORCHESTRATOR, "request_duration_seconds", Histogram, ("method", "route"), "s"),
    (ORCHESTRATOR, "request_size_bytes", Histogram, ("method", "route"), "bytes"),
    (ORCHESTRATOR, "response_size_bytes", Histogram, ("method", "route"), "bytes"),
    (ORCHESTRATOR, "tasks_queued_total", Counter, ("task_type",), "tasks"),
    (ORCHESTRATOR, "tasks_completed_total", Counter, ("task_type",), "tasks"),
    (ORCHESTRATOR, "tasks_failed_total", Counter, ("task_type", "reason"), "tasks"),
    (ORCHESTRATOR, "task_duration_seconds", Histogram, ("task_type",), "s"),
    (ORCHESTRATOR, "memory_usage_bytes", Gauge, (), "bytes"),
    (ORCHESTRATOR, "cpu_usage_percent", Gauge, (), "%"),
    (ORCHESTRATOR, "open_connections", Gauge, (), "connections"),
    (ORCHESTRATOR, "goroutines_total", Gauge, (), "goroutines"),
    (ORCHESTRATOR, "cache_hits_total", Counter, ("cache",), "lookups"),
    (ORCHESTRATOR, "cache_misses_total", Counter, ("cache",), "lookups"),
    (ORCHESTRATOR, "cache_size_bytes", Gauge, ("cache",), "bytes"),
    (ORCHESTRATOR, "memory_limit_bytes", Gauge, (), "bytes"),
    (ORCHESTRATOR, "cpu_limit_cores", Gauge, (), "cores"),
    (AGENT, "operations_total", Counter, ("operation",), "operations"),
    (AGENT, "operation_duration_seconds", Histogram, ("operation",), "s"),
    (AGENT, "operation_failures_total", Counter, ("operation", "reason"), "operations"),
    (AGENT, "memory_usage_bytes", Gauge, (), "bytes"),
    (AGENT, "cpu_usage_percent", Gauge, (), "%"),
    (AGENT, "threads_total", Gauge, (), "threads"),
    (AGENT, "agent_health_status", StateSet, ("agent", "pool", "health"), "agents"),
    (AGENT, "memory_limit_bytes", Gauge, (), "bytes"),
    (AGENT, "cpu_limit_cores", Gauge, (), "cores"),
]
PROCESS_METRICS = {
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
    "process_open_fds",
    "process_max_fds",
}
INDICATORS = sorted(catalogue.INDICATORS)


@pytest.mark.parametrize(("job", "name", "kind", "labels", "unit"), EMITTED)
def test_what_phoenix_emits_is_declared(job: str, name: str, kind: type[Signal], labels: tuple, unit: str) -> None:
    signal = catalogue.SIGNALS[job, name]
    assert (type(signal), signal.unit) == (kind, unit)
    assert signal.labels == ("job", "environment", "cluster", "instance", *labels)


def test_nothing_more_is_declared_for_them() -> None:
    declared = {key for key in catalogue.SIGNALS if key[0] in {ORCHESTRATOR, AGENT} and key[1] != "up"}
    assert {key for key in declared if key[1] not in PROCESS_METRICS} == {(job, name) for job, name, *_ in EMITTED}


def test_every_job_has_up_and_every_process_its_metrics() -> None:
    for component in catalogue.COMPONENTS:
        assert (component.job, "up") in catalogue.SIGNALS
        own = {name for job, name in catalogue.SIGNALS if job == component.job}
        assert (own >= PROCESS_METRICS) == (component.job != "haproxy"), component.job


def test_jobs_are_those_that_prometheus_scrapes() -> None:
    assert [component.job for component in catalogue.COMPONENTS] == [
        "phoenix-orchestrator",
        "phoenix-agent",
        "redis",
        "haproxy",
        "node",
        "prometheus",
        "alertmanager",
        "loki",
        "tempo",
    ]


def test_buckets_are_those_of_the_source() -> None:
    assert [text(bound) for bound in orchestrator.REQUEST_DURATION.buckets] == (
        ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10"]
    )
    for sizes in (orchestrator.REQUEST_SIZE, orchestrator.RESPONSE_SIZE):
        assert (sizes.buckets[0], sizes.buckets[-1]) == (64, 16 * 2**20)
    assert (text(orchestrator.TASK_DURATION.buckets[0]), orchestrator.TASK_DURATION.buckets[-1]) == ("0.1", 600)


def test_a_signal_declared_twice_is_declared_alike() -> None:
    modules = (module for name, module in sys.modules.items() if name.startswith("catalogue."))
    for module in modules:
        for value in vars(module).values():
            for signal in value if isinstance(value, tuple) else (value,):
                if isinstance(signal, Signal):
                    assert catalogue.SIGNALS[signal.key] == signal, (module.__name__, signal.name)


def test_every_endpoint_is_made_of_known_values() -> None:
    for method, route in orchestrator.ENDPOINTS:
        orchestrator.REQUESTS.selector({"method": method, "route": route})


def test_ceilings_are_signals_of_the_same_job() -> None:
    limited = [signal for signal in catalogue.SIGNALS.values() if signal.limit]
    assert limited
    for signal in limited:
        assert catalogue.SIGNALS[signal.limit.key] == signal.limit
        assert signal.limit.unit == signal.unit


@pytest.mark.parametrize("name", INDICATORS)
def test_an_indicator_says_what_it_is_in_three_sentences(name: str) -> None:
    query = catalogue.INDICATORS[name]()
    assert query.title
    assert not re.search(r"\(|%|\bseconds\b|\bbytes\b", query.title), "a title has no unit"
    assert 2 <= len(SENTENCE.findall(query.description)) <= 3, query.description


@pytest.mark.parametrize("name", INDICATORS)
def test_an_indicator_narrows_to_one_place(name: str) -> None:
    query = catalogue.INDICATORS[name]()
    scoped = query.scoped({"environment": "$environment", "instance": "$instance"})
    selectors = len(re.findall(r"\{", query.expr))
    here = 0 if name == "prometheus.alerts_firing" else selectors
    assert scoped.expr.count('environment="$environment"') == here


@pytest.mark.parametrize("name", INDICATORS)
def test_an_indicator_serves_an_alert_as_well(name: str) -> None:
    assert "$__rate_interval" not in catalogue.INDICATORS[name]().over("5m").expr


def test_an_indicator_takes_labels_to_group_by() -> None:
    assert orchestrator.error_ratio("route").labels == ("route",)
    assert agent.unhealthy().labels == ("environment", "cluster", "pool", "agent")
    with pytest.raises(LabelError, match="has no label 'rute'; did you mean 'route'"):
        orchestrator.error_ratio("rute")
    with pytest.raises(LabelError, match="latency_distribution can't be grouped by route"):
        orchestrator.latency_distribution("route")


@pytest.mark.parametrize(
    ("query", "severity", "ends"),
    [
        (process.cpu_utilisation(), "warning", ">= 0.8"),
        (process.memory_utilisation(), "warning", ">= 0.85"),
        (orchestrator.latency_p95(), "warning", ">= 1"),
        (orchestrator.failure_ratio(), "critical", ">= 0.05"),
        (orchestrator.success_ratio(), "critical", "< 0.95"),
        (agent.unhealthy(), "critical", ">= 1"),
        (orchestrator.availability(), "warning", "< 0.999"),
    ],
)
def test_thresholds_are_those_that_the_alerts_watch(query: Query, severity, ends: str) -> None:
    assert query.breach(severity).expr.endswith(ends)


def test_processes_are_asked_by_name_and_narrow_to_one() -> None:
    one = process.cpu_utilisation().scoped({"job": AGENT})
    assert one.expr.count('job="phoenix-agent"') == 2
    assert "job=~" not in one.expr


def rendered() -> dict:
    return json.loads(catalogue.render()["catalogue.json"])


def test_the_document_holds_every_signal_and_indicator() -> None:
    document = rendered()
    assert {(signal["job"], signal["name"]) for signal in document["signals"]} == set(catalogue.SIGNALS)
    asked = {"logql": catalogue.ASKED_OF_LOGS, "traceql": catalogue.ASKED_OF_TRACES, "promql": catalogue.INDICATORS}
    for language, named in asked.items():
        told = [each["name"] for each in document["indicators"] if each["language"] == language]
        assert told == sorted(named)
    assert len(document["components"]) == len(catalogue.COMPONENTS)


def test_the_document_tells_what_lint_needs() -> None:
    signals = {(signal["job"], signal["name"]): signal for signal in rendered()["signals"]}
    latency = signals[ORCHESTRATOR, "request_duration_seconds"]
    assert (latency["type"], latency["unit"], latency["observations"]) == ("histogram", "s", "requests")
    assert latency["buckets"] == [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    health = signals[AGENT, "agent_health_status"]
    assert (health["stateLabel"], health["states"]) == ("health", ["healthy", "degraded", "unhealthy"])
    assert health["labels"][-1] == {"name": "health", "values": ["healthy", "degraded", "unhealthy"]}
    memory = signals[ORCHESTRATOR, "memory_usage_bytes"]
    assert memory["limit"] == {"job": ORCHESTRATOR, "name": "memory_limit_bytes"}
    indicators = {indicator["name"]: indicator for indicator in rendered()["indicators"]}
    failures = indicators["orchestrator.failure_ratio"]
    assert failures["thresholds"] == {"direction": "above", "warning": 0.02, "critical": 0.05}
    assert (failures["unit"], failures["expr"]) == ("share", orchestrator.failure_ratio().expr)


def test_the_document_is_the_same_whatever_the_hash_seed() -> None:
    script = "import sys, catalogue; sys.stdout.buffer.write(catalogue.render()['catalogue.json'])"
    digests = {
        hashlib.sha256(
            subprocess.run(
                [sys.executable, "-c", script],
                env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
                check=True,
                capture_output=True,
            ).stdout
        ).hexdigest()
        for seed in ("0", "1", "4242")
    }
    assert digests == {hashlib.sha256(catalogue.render()["catalogue.json"]).hexdigest()}
