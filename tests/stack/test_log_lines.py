"""Every log line has the shape of its contract, and what lines say is what the counters count, in every incident."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator, meta

import catalogue
from catalogue.logs import COMPONENT_SERVICES, LEVELS, LOGS, PARTS
from stack.simulator.incidents import INCIDENTS
from stack.simulator.telemetry import wording
from stack.simulator.telemetry.outlets import Outlets
from stack.simulator.telemetry.telemetry import Telemetry
from stack.simulator.world import World
from tests.stack.told import AFTER, BEFORE, SMALL, START, Kept, Told, told

SCHEMA = json.loads(Path(catalogue.__file__).with_name("log_line.schema.json").read_text())
CONTRACT = Draft202012Validator(SCHEMA)
SCENARIOS = ["", *INCIDENTS]
ORCHESTRATOR, AGENT = "phoenix-orchestrator", "phoenix-agent"


def during(lines: list[dict[str, Any]], *, after: float = 10) -> list[dict[str, Any]]:
    """The lines of production while an incident strikes, but for its first seconds."""
    begin, end = START + BEFORE + after, START + 120 - AFTER - 1
    return [line for line in lines if line["metadata"]["environment"] == "production" and begin < at(line) < end]


def at(line: dict[str, Any]) -> float:
    return datetime.fromisoformat(line["timestamp"]).timestamp()


def messages(lines: list[dict[str, Any]], level: str) -> Counter[str]:
    return Counter(line["message"] for line in lines if line["level"] == level)


def test_the_contract_is_a_schema() -> None:
    assert meta.is_valid(SCHEMA)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_line_keeps_the_contract(scenario: str) -> None:
    lines = told(scenario).lines
    wrong = [(error.message, line) for line in lines for error in CONTRACT.iter_errors(line)]
    assert wrong[:3] == []
    assert len(lines) > 50


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": "fatal"},
        {"component": "redis"},
        {"message": ""},
        {"timestamp": "2026-01-15T12:00:00+01:00"},
        {"trace_id": "0" * 32, "span_id": "1" * 16},
        {"trace_id": "1" * 32},
        {"user": "x"},
        {"metadata": {}},
    ],
)
def test_the_contract_refuses_what_is_no_line(wrong: dict[str, object]) -> None:
    line = told().lines[0]
    assert CONTRACT.is_valid(line)
    assert not CONTRACT.is_valid({**line, **wrong})


def test_contract_and_catalogue_name_the_same_keys_and_values() -> None:
    properties = SCHEMA["properties"]
    assert set(properties) == set(LOGS.fields)
    assert tuple(properties["level"]["enum"]) == LEVELS == LOGS.label("level").values
    assert tuple(properties["component"]["enum"]) == PARTS == LOGS.label("component").values
    assert tuple(properties["metadata"]["properties"]["service_name"]["enum"]) == LOGS.services


def test_every_declared_field_and_value_is_written_and_no_other() -> None:
    lines = [line for scenario in SCENARIOS for line in told(scenario).lines]
    assert {key for line in lines for key in line} == set(LOGS.fields)
    for label in ("level", "component"):
        assert {line[label] for line in lines} == set(LOGS.label(label).values)
    assert {(line["component"], line["metadata"]["service_name"]) for line in lines} == set(COMPONENT_SERVICES.items())


def test_lines_come_in_the_order_of_their_times() -> None:
    times = [line["timestamp"] for line in told("latency").lines]
    assert [round(at({"timestamp": time}), 0) for time in times[:1]] == [START]
    assert times == sorted(times)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_an_error_counted_is_an_error_logged(scenario: str) -> None:
    there = told(scenario)
    said = Counter(line["message"] for line in there.lines if line["level"] == "error")
    if restarted(there):
        return  # its counters began again; what the others count is compared in the other scenarios
    for status, message in wording.BROKEN.items():
        assert said[message] == there.counted(ORCHESTRATOR, "requests_total", status=status), message
    for reason, message in wording.TASK_FAILED.items():
        assert said[message] == there.counted(ORCHESTRATOR, "tasks_failed_total", reason=reason), message
    for reason, message in wording.OPERATION_FAILED.items():
        assert said[message] == there.counted(AGENT, "operation_failures_total", reason=reason), message


def restarted(there: Told) -> bool:
    return any(target.restarts for target in there.world.targets() if target.job in {ORCHESTRATOR, AGENT})


def test_only_incidents_that_end_processes_are_left_out_of_that() -> None:
    assert {each for each in SCENARIOS if restarted(told(each))} == {"agent-loss", "backend-down", "memory-leak"}


@pytest.mark.parametrize("scenario", [each for each in SCENARIOS if each != "idle"])
def test_each_request_task_and_operation_counted_is_a_line(scenario: str) -> None:
    there = told(scenario)
    if restarted(there):
        return
    lines = there.lines
    answered = [line for line in lines if line["metadata"].get("route") and line["message"] not in aside()]
    assert len(answered) == there.counted(ORCHESTRATOR, "requests_total")
    ended = Counter(line["message"] for line in lines if line["component"] == "agent")
    failed = there.counted(ORCHESTRATOR, "tasks_failed_total")
    assert ended[wording.GIVEN_UP] == failed
    assert ended[wording.DONE] + ended[wording.DONE_LATE] == there.counted(ORCHESTRATOR, "tasks_completed_total")
    operations = there.counted(AGENT, "operations_total") - there.counted(AGENT, "operation_failures_total")
    assert ended[wording.OPERATED] == operations


def aside() -> set[str]:
    """Lines about a request beside the one that says how it was answered."""
    return {wording.CACHE_MISS, *(wording.REDIS_REFUSED.format(server=f"{each}redis-1") for each in ("", "staging-"))}


def test_when_all_is_well_hardly_a_line_is_an_error() -> None:
    lines = told().lines
    levels = Counter(line["level"] for line in lines)
    assert levels["error"] <= len(lines) / 200
    assert levels["info"] > len(lines) / 3


# What production says in an incident that it doesn't say otherwise: level, message.
TRUTH = {
    "redis-down": ("error", wording.REDIS_REFUSED.format(server="redis-1")),
    "replica-loss": ("warn", wording.REPLICA_GONE.format(server="redis-2")),
    "agent-loss": ("error", wording.AGENT_LOST.format(agent="default-1")),
    "backend-down": ("error", wording.NO_ORCHESTRATOR),
    "memory-leak": ("warn", wording.MEMORY_HIGH),
    "latency": ("warn", wording.ANSWERED_LATE),
    "overload": ("warn", wording.NO_FREE_AGENT),
}


@pytest.mark.parametrize("incident", TRUTH)
def test_an_incident_says_what_it_is(incident: str) -> None:
    level, message = TRUTH[incident]
    assert messages(during(told(incident).lines), level)[message]
    assert not messages(during(told().lines), level)[message]


def test_what_is_lost_is_named() -> None:
    lines = during(told("agent-loss").lines)
    lost = {line["metadata"]["agent"] for line in lines if line["message"].startswith("No heartbeat")}
    assert lost == {"default-1", "default-2"}
    unwell = {
        line["metadata"]["instance"]: line["message"] for line in lines if line["message"] in wording.UNWELL.values()
    }
    assert unwell == {"default-3": wording.UNWELL["unhealthy"], "default-4": wording.UNWELL["degraded"]}
    assert not {"default-1", "default-2"} & {line["metadata"]["instance"] for line in lines}


def test_a_process_that_is_down_says_nothing_and_says_that_it_is_back() -> None:
    lines = told("backend-down+outage").lines  # tasks fail, but those that would say so are down
    assert {line["component"] for line in during(lines, after=1)} == {"agent"}
    back = [line for line in lines if line["message"] == wording.STARTED and line["component"] == "orchestrator"]
    assert {line["metadata"]["instance"] for line in back} == {"orchestrator-1", "orchestrator-2"}


def test_failures_are_many_errors_and_idleness_is_few_lines() -> None:
    share = {
        incident: sum(line["level"] == "error" for line in lines) / len(lines)
        for incident in ("failures", "outage")
        for lines in [during(told(incident).lines)]
    }
    assert 0.02 < share["failures"] < share["outage"]
    assert len(during(told("idle").lines)) < len(during(told().lines)) / 2


def test_slow_agents_complete_their_tasks_too_late() -> None:
    durations = [
        line["metadata"]["duration_ms"]
        for line in told("slow-agents", 600).lines
        if line["message"] == wording.DONE_LATE
    ]
    assert durations
    assert min(durations) > 300_000


def test_messages_are_few_enough_to_be_counted() -> None:
    assert len({line["message"] for each in SCENARIOS for line in told(each).lines}) < 60


def test_staging_has_no_incident_and_says_so() -> None:
    for incident in ("redis-down", "outage", "agent-loss"):
        staging = [line for line in told(incident).lines if line["metadata"]["environment"] == "staging"]
        assert staging
        assert not messages(staging, "error")


def test_the_same_seed_tells_the_same() -> None:
    once = told("failures", 40).texts
    told.cache_clear()
    assert told("failures", 40).texts == once


def test_what_is_told_does_not_change_the_world() -> None:
    one, other = told("failures", 40), told("failures", 40, traced=False)
    assert [target.row for target in one.world.targets()] == [target.row for target in other.world.targets()]
    silent = [line for line in other.lines if "trace_id" in line or "span_id" in line]
    assert silent == []


def test_a_long_sleep_is_not_told_and_what_follows_is() -> None:
    world, kept = World(seed=1, start=START, fleet=SMALL), Kept()
    telemetry = Telemetry(world, "1", Outlets(kept))  # type: ignore[arg-type]
    counts = []
    for length in (1, 700, 1):
        world.step(length)
        telemetry.look(world.now, length)
        counts.append(len(kept.lines))
    assert 0 < counts[0] == counts[1] < counts[2]
    assert min(line.at for line in kept.lines[counts[1] :]) >= world.now - 1
