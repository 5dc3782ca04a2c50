"""What others' exporters emit: declared as they were recorded, name by name, type and labels."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

import catalogue
from signals_lib import Histogram, Signal, exact
from signals_lib.signal import Counter, StateSet

EXPOSITIONS = Path(__file__).parents[1] / "data" / "expositions"
RECORDED = {
    "redis": "redis_exposition.txt",
    "haproxy": "haproxy_exposition.txt",
    "node": "node_exposition.txt",
    "prometheus": "prometheus_exposition.txt",
    "alertmanager": "alertmanager_exposition.txt",
}
# What a client library of the orchestrators' and agents' kind exposes of its process.
PYTHON = "python_client_exposition.txt"


def series_in(file: str) -> dict[str, list[tuple[str, dict[str, str]]]]:
    """Every sample's name: the types that it has, and the labels of each of its series."""
    found = defaultdict(list)
    for family in text_string_to_metric_families((EXPOSITIONS / file).read_text()):
        for sample in family.samples:
            found[sample.name].append((family.type, sample.labels))
    return found


DECLARED = [
    (signal, file)
    for job, file in RECORDED.items()
    for signal in catalogue.SIGNALS.values()
    if signal.component.job == job and signal.name != "up"
]
PROCESS = [
    (signal, PYTHON)
    for signal in catalogue.SIGNALS.values()
    if signal.component.job == "phoenix-orchestrator" and signal.name.startswith("process_")
]
SERIES = {file: series_in(file) for file in (*RECORDED.values(), PYTHON)}


def kinds(signal: Signal) -> set[str]:
    if isinstance(signal, Counter):
        return {"unknown"} if signal.name.startswith("node_vmstat_") else {"counter"}
    return {"histogram"} if isinstance(signal, Histogram) else {"gauge"}


@pytest.mark.parametrize(("signal", "file"), DECLARED + PROCESS, ids=lambda value: getattr(value, "name", None))
def test_a_declared_signal_is_exposed_with_its_type_and_labels(signal: Signal, file: str) -> None:
    names = [signal.count.name, signal.sum.name] if isinstance(signal, Histogram) else [signal.name]
    for name in names:
        recorded = SERIES[file][name]
        assert recorded, f"{name} is in no recording"
        assert {kind for kind, _ in recorded} == kinds(signal)
        assert {frozenset(labels) for _, labels in recorded} == {frozenset(label.name for label in signal.own_labels)}


@pytest.mark.parametrize(("signal", "file"), DECLARED, ids=lambda value: getattr(value, "name", None))
def test_known_values_are_those_that_were_seen(signal: Signal, file: str) -> None:
    for label in signal.own_labels:
        seen = {labels[label.name] for _, labels in SERIES[file][signal.name] if label.name in labels}
        assert not label.values or seen <= set(label.values), f"{label.name} has other values too"
        if isinstance(signal, StateSet) and label.name == signal.state_label:
            assert seen == set(signal.states)


@pytest.mark.parametrize(("signal", "file"), [pair for pair in DECLARED if isinstance(pair[0], Histogram)], ids=str)
def test_buckets_are_those_that_were_seen(signal: Histogram, file: str) -> None:
    seen = {labels["le"] for _, labels in SERIES[file][signal.bucket.name]} - {"+Inf"}
    assert {exact.exact(bound) for bound in seen} == set(signal.buckets)
    assert seen <= {spelling for bound in signal.buckets for spelling in exact.spellings(bound)}


def test_the_python_clients_bounds_are_found_too() -> None:
    seen = {labels["le"] for _, labels in SERIES[PYTHON]["task_duration_seconds_bucket"]} - {"+Inf"}
    assert "1.0" in seen
    assert all(bound in exact.spellings(bound) for bound in seen)


@pytest.mark.parametrize(
    ("file", "name", "present"),
    [
        ("redis_exposition.txt", "redis_connected_slave_lag_seconds", True),
        ("redis_exposition_replica_dead.txt", "redis_connected_slave_lag_seconds", False),
        ("redis_exposition_replica_dead.txt", "redis_connected_slaves", True),
        ("redis_exposition_master_dead.txt", "redis_master_link_up", True),
        ("redis_exposition_target_dead.txt", "redis_connected_slaves", False),
        ("redis_exposition_target_dead.txt", "redis_up", True),
        ("haproxy_exposition_all_down.txt", "haproxy_backend_status", True),
    ],
)
def test_what_a_failure_leaves(file: str, name: str, present: bool) -> None:
    assert bool(series_in(file)[name]) is present
