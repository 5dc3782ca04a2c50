"""The model behaves as a workload does: counters only rise, tasks are conserved, incidents do what they say."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from random import Random

import pytest

from stack.simulator.demand import rhythm
from stack.simulator.draws import poisson
from stack.simulator.incidents import INCIDENTS, IncidentError, Span, find, span
from stack.simulator.queue import Queue
from stack.simulator.target import Target
from stack.simulator.traffic import TASK_TYPES
from stack.simulator.world import World

START = 1768478400.0  # 2026-01-15 12:00 UTC, a Thursday


def world(*spans: Span, seed: int = 7) -> World:
    return World(seed=seed, start=START, spans=spans)


def during(incident: str) -> World:
    """A world thirty minutes into an incident that began ten minutes after its start."""
    there = world(Span(find(incident), START + 600))
    for _ in range(160):
        there.step(15)
    return there


def targets(there: World, job: str, environment: str = "production") -> list[Target]:
    return [each for each in there.targets() if each.job == job and each.labels["environment"] == environment]


def values(target: Target, name: str, **labels: str) -> Iterator[float]:
    for series, value in target.exposed():
        if series.family.name + series.suffix == name and labels.items() <= dict(series.labels).items():
            yield value


def total(found: list[Target], name: str, **labels: str) -> float:
    return sum(sum(values(target, name, **labels)) for target in found)


def test_the_same_seed_makes_the_same_world() -> None:
    one, other = world(), world()
    for _ in range(40):
        one.step(15)
        other.step(15)
    assert [target.row for target in one.targets()] == [target.row for target in other.targets()]
    assert [target.layout for target in one.targets()] == [target.layout for target in other.targets()]


def test_another_seed_makes_another_world() -> None:
    one, other = world(), world(seed=8)
    one.step(60)
    other.step(60)
    assert [target.row for target in one.targets()] != [target.row for target in other.targets()]


def test_instances_are_unique() -> None:
    names = [(target.job, target.instance) for target in world().targets()]
    assert len(set(names)) == len(names)


def test_counters_only_rise_but_for_restarts() -> None:
    there = world()
    before: dict[tuple[int, int, object], float] = {}
    compared = restarted = 0
    for _ in range(4 * 30):
        there.step(120)
        for target in there.targets():
            for series, value in target.exposed():
                if series.family.kind not in {"counter", "histogram"}:
                    continue
                key = (id(target), target.restarts, (series.family.name, series.suffix, series.labels))
                assert value >= before.get(key, 0)
                compared += key in before
                before[key] = value
            restarted = max(restarted, target.restarts)
    assert compared > 50_000
    assert restarted, "nothing restarted in four hours: the test compares less than it says"


def test_tasks_are_queued_before_they_finish_and_end_once() -> None:
    there = world()
    for _ in range(240):
        there.step(15)
        for target in targets(there, "phoenix-orchestrator"):
            for kind in ("plan", "build", "test", "review", "deploy"):
                queued = sum(values(target, "tasks_queued_total", task_type=kind))
                completed = sum(values(target, "tasks_completed_total", task_type=kind))
                failed = sum(values(target, "tasks_failed_total", task_type=kind))
                assert queued >= completed + failed
                assert completed + failed == sum(values(target, "task_duration_seconds_count", task_type=kind))


def test_requests_are_counted_once_in_counter_and_histograms() -> None:
    there = world()
    there.step(600)
    for target in targets(there, "phoenix-orchestrator"):
        requests = sum(values(target, "requests_total"))
        assert requests > 0
        for name in ("request_duration_seconds", "request_size_bytes", "response_size_bytes"):
            assert sum(values(target, f"{name}_count")) == requests


def test_failures_are_among_the_operations() -> None:
    there = during("failures")
    for target in targets(there, "phoenix-agent"):
        assert 0 < sum(values(target, "operation_failures_total")) < sum(values(target, "operations_total"))


def test_the_day_has_a_rhythm() -> None:
    midnight = START - 12 * 3600
    hours = [rhythm(midnight + hour * 3600) for hour in range(24)]
    assert max(hours) == pytest.approx(1, abs=0.01)
    assert min(hours) == pytest.approx(0.3, abs=0.01)
    assert 12 < hours.index(max(hours)) < 18
    assert rhythm(midnight + 2 * 86400 + 43200) < 0.7 * rhythm(midnight + 43200)


def test_a_step_of_any_length_counts_about_the_same() -> None:
    fine, coarse = world(), world()
    for _ in range(240):
        fine.step(15)
    for _ in range(4):
        coarse.step(900)
    for job, name in (("phoenix-orchestrator", "requests_total"), ("phoenix-agent", "operations_total")):
        assert total(targets(coarse, job), name) == pytest.approx(total(targets(fine, job), name), rel=0.06)


def quiet(there: World) -> bool:
    before = total(targets(there, "phoenix-orchestrator"), "requests_total")
    there.step(60)
    return total(targets(there, "phoenix-orchestrator"), "requests_total") == before


def queue_grows(there: World) -> bool:
    before = there.deployments[0].queue.waiting
    there.step(60)
    return there.deployments[0].queue.waiting > before > 1000


def redis(there: World) -> list[float]:
    return [value for target in targets(there, "redis") for value in values(target, "redis_up")]


SIGNS: dict[str, Callable[[World], bool]] = {
    "latency": lambda there: any(
        value > 0
        for target in targets(there, "phoenix-orchestrator")
        for value in [
            sum(values(target, "request_duration_seconds_bucket", le="+Inf"))
            - sum(values(target, "request_duration_seconds_bucket", le="1.0"))
        ]
    ),
    "failures": lambda there: total(targets(there, "phoenix-orchestrator"), "requests_total", status="503") > 100,
    "agent-loss": lambda there: [target.up for target in targets(there, "phoenix-agent")].count(False) == 2,
    "memory-leak": lambda there: (
        max(
            sum(values(target, "process_resident_memory_bytes")) / sum(values(target, "memory_limit_bytes"))
            for target in targets(there, "phoenix-orchestrator")
        )
        > 0.9
    ),
    "slow-agents": lambda there: (
        total(targets(there, "phoenix-orchestrator"), "task_duration_seconds_sum")
        > 40 * total(targets(there, "phoenix-orchestrator"), "task_duration_seconds_count")
    ),
    "outage": lambda there: total(targets(there, "phoenix-orchestrator"), "requests_total", status="500") > 10_000,
    "overload": queue_grows,
    "idle": quiet,
    "redis-down": lambda there: redis(there) == [0, 1, 1],
    "replica-loss": lambda there: redis(there) == [1, 1, 0],
    "backend-down": lambda there: not any(target.up for target in targets(there, "phoenix-orchestrator")),
}


@pytest.mark.parametrize("incident", sorted(INCIDENTS))
def test_an_incident_shows_while_it_lasts_and_not_before(incident: str) -> None:
    healthy = world()
    for _ in range(40):
        healthy.step(15)
    assert not SIGNS[incident](healthy)
    assert SIGNS[incident](during(incident))


def test_a_lost_replica_is_no_longer_listed_by_its_master() -> None:
    master = targets(during("replica-loss"), "redis")[0]
    assert [*values(master, "redis_connected_slaves")] == [1]
    assert len([*values(master, "redis_connected_slave_lag_seconds")]) == 1


def test_only_redis_up_is_left_of_a_redis_that_is_down() -> None:
    master = targets(during("redis-down"), "redis")[0]
    left = {series.family.name for series, _ in master.exposed() if series.family.name.startswith("redis_")}
    assert left == {"redis_up"}


def test_without_a_server_the_load_balancer_itself_answers_503() -> None:
    there = during("backend-down")
    balancers = targets(there, "haproxy")
    of_servers = total(balancers, "haproxy_server_http_responses_total", code="5xx")
    of_frontend = total(balancers, "haproxy_frontend_http_responses_total", code="5xx")
    assert of_frontend - of_servers > 10_000
    assert total(balancers, "haproxy_backend_active_servers") == 0


def test_agents_come_back_with_their_counters_at_zero() -> None:
    there = world(Span(find("agent-loss"), START + 600, START + 1200))
    agent = targets(there, "phoenix-agent")[0]
    seen = []
    for _ in range(90):
        there.step(15)
        seen.append((agent.up, sum(values(agent, "operations_total"))))
    assert not seen[60][0]
    assert seen[-1][0]
    assert seen[-1][1] < seen[39][1]


def test_incidents_do_not_strike_staging() -> None:
    there = during("outage")
    staging = targets(there, "phoenix-orchestrator", "staging")
    assert total(staging, "requests_total", status="500") < 0.01 * total(staging, "requests_total")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("latency", 1000, None),
        ("latency@-30m", -800, None),
        ("latency@-30m+20m", -800, 400),
        ("latency@5m+1h", 1300, 4900),
        ("latency@1768478400+90s", 1768478400, 1768478490),
    ],
)
def test_an_incident_is_read_with_its_time(text: str, start: float, end: float | None) -> None:
    assert span(text, now=1000) == Span(find("latency"), start, end)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("latancy", "no incident 'latancy'; there are agent-loss"),
        ("latency@", "write NAME, NAME@-30m"),
        ("latency@-30", "'30' is no duration: write it as 90s"),
        ("latency@-30m+", "write NAME, NAME@-30m"),
    ],
)
def test_a_wrong_incident_is_refused_with_what_would_be_right(text: str, words: str) -> None:
    with pytest.raises(IncidentError, match=words):
        span(text, now=1000)


def test_speed_hastens_incidents_and_not_the_traffic() -> None:
    fast = World(seed=7, start=START, spans=[Span(find("memory-leak"), START)], speed=60)
    for _ in range(4):
        fast.step(15)
    assert SIGNS["memory-leak"](fast)
    assert total(targets(fast, "phoenix-orchestrator"), "requests_total") == pytest.approx(60 * 60, rel=0.1)


@pytest.mark.parametrize("step", [1, 15, 60])
def test_the_queue_is_as_long_whatever_the_step(step: int) -> None:
    kind, queue, rng = TASK_TYPES[1], Queue(1), Random(1)
    waiting = []
    for _ in range(7200 // step):
        queue.finish(kind, [poisson(rng, 0.5 * step)], step, slots=100, slower=1)
        waiting.append(queue.waiting)
    running = 0.5 * kind.median * math.exp(kind.sigma**2 / 2)
    settled = waiting[len(waiting) // 4 :]
    assert sum(settled) / len(settled) == pytest.approx(running, rel=0.15)
