"""Every indicator of the catalogue answers on a real Prometheus, and the incidents show in those that should tell."""

from __future__ import annotations

import pytest

import catalogue
from signals_lib import Query
from tests.stack.grafana import Session, Target
from tests.stack.prometheus_api import PrometheusApi, Series
from tests.stack.scenarios import HEALTHY, SCENARIOS, Scenario

pytestmark = pytest.mark.needs("prometheus", "promtool")

# Indicators that have nothing to say when all is well, and the incident in which they do.
EMPTY_WHEN_HEALTHY = {"agent.vanished": "agent-loss", "prometheus.alerts_firing": "latency"}
# No incident takes a whole job away; the end of the history does.
EMPTY_UNTIL_ALL_IS_OVER = {"process.vanished"}

# What must be bad in an incident, by the indicator's own thresholds, at its end.
TELLS = {
    "latency": ["orchestrator.latency_p95", "orchestrator.latency_p99", "orchestrator.latency_share"],
    "failures": [
        "orchestrator.error_ratio",
        "orchestrator.availability",
        "orchestrator.failure_ratio",
        "orchestrator.success_ratio",
        "agent.operation_failure_ratio",
    ],
    "agent-loss": ["agent.unhealthy", "agent.degraded", "agent.vanished", "process.target_up"],
    "memory-leak": ["process.memory_utilisation"],
}


def ask(prometheus: PrometheusApi, scenario: Scenario, query: Query) -> list[Series]:
    target = Target("", "A", query.expr, instant=False)
    return [series for series in Session(prometheus, scenario.time).run(target, {}) if series.values]


def is_bad(query: Query, series: Series) -> bool:
    thresholds = query.thresholds
    assert thresholds is not None
    limits = [limit for limit in (thresholds.warning, thresholds.critical) if limit is not None]
    if thresholds.direction == "above":
        return max(series.values) >= min(limits)
    return min(series.values) < max(limits)


@pytest.mark.parametrize("name", sorted(catalogue.INDICATORS))
def test_an_indicator_has_data(prometheus: PrometheusApi, name: str) -> None:
    query = catalogue.INDICATORS[name]()
    found = ask(prometheus, HEALTHY, query)
    if name in EMPTY_WHEN_HEALTHY:
        assert not found
        found = ask(prometheus, SCENARIOS[EMPTY_WHEN_HEALTHY[name]], query)
    if name in EMPTY_UNTIL_ALL_IS_OVER:
        assert not found
        found = prometheus.instant(query.expr, at=HEALTHY.end + 600)
    assert found, query.expr


@pytest.mark.parametrize("name", sorted(name for name, each in catalogue.INDICATORS.items() if each.thresholds))
def test_an_indicator_stays_within_its_thresholds_when_all_is_well(prometheus: PrometheusApi, name: str) -> None:
    query = catalogue.INDICATORS[name]()
    bad = [series for series in ask(prometheus, HEALTHY, query) if is_bad(query, series)]
    assert not bad, f"{query.expr}: {bad[0].labels} is {bad[0].last}"


@pytest.mark.parametrize(("incident", "name"), [(each, name) for each, names in TELLS.items() for name in names])
def test_an_incident_shows_in_the_indicators_that_should_tell(
    prometheus: PrometheusApi, incident: str, name: str
) -> None:
    query = catalogue.INDICATORS[name]()
    found = [series for series in ask(prometheus, SCENARIOS[incident], query) if is_bad(query, series)]
    assert found, query.expr


def test_two_agents_vanish_one_is_unhealthy_one_degraded(prometheus: PrometheusApi) -> None:
    scenario = SCENARIOS["agent-loss"]
    gone = ask(prometheus, scenario, catalogue.INDICATORS["agent.vanished"]())
    assert {series.labels["agent"] for series in gone} == {"default-1", "default-2"}
    health = {
        series.labels["health"]: series.last
        for series in ask(prometheus, scenario, catalogue.INDICATORS["agent.agents_by_health"]())
    }
    assert health == {"healthy": 10, "degraded": 1, "unhealthy": 1}


def test_a_quarter_of_the_tasks_fails_in_failures(prometheus: PrometheusApi) -> None:
    query = catalogue.INDICATORS["orchestrator.failure_ratio"]("environment")
    found = {series.labels["environment"]: series for series in ask(prometheus, SCENARIOS["failures"], query)}
    assert found["production"].last == pytest.approx(0.25, abs=0.08)
    assert found["production"].values[0] < 0.03
    assert found["staging"].last < 0.2


def test_memory_rises_past_its_alert_in_one_orchestrator_only(prometheus: PrometheusApi) -> None:
    found = ask(prometheus, SCENARIOS["memory-leak"], catalogue.INDICATORS["process.memory_utilisation"]())
    high = [series for series in found if series.last > 0.85]
    assert [series.labels["instance"] for series in high] == ["orchestrator-1"]
    assert high[0].values[0] < 0.6
