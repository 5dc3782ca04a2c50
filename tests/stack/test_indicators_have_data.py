"""Every indicator of the catalogue answers on a real Prometheus, and the incidents show in those that should tell."""

from __future__ import annotations

import pytest

import catalogue
from tests.stack.grafana import Session, Target
from tests.stack.prometheus_api import PrometheusApi, Series
from tests.stack.scenarios import HEALTHY, SCENARIOS, Scenario

pytestmark = [pytest.mark.needs("prometheus", "promtool"), pytest.mark.xdist_group("prometheus")]

EMPTY_WHEN_HEALTHY = {"agent.vanished": "agent-loss"}


def ask(prometheus: PrometheusApi, scenario: Scenario, expr: str) -> list[Series]:
    session = Session(prometheus, scenario.time)
    return [series for series in session.run(Target("", "A", expr, instant=False), {}) if series.values]


@pytest.mark.parametrize("name", sorted(catalogue.INDICATORS))
def test_an_indicator_has_data(prometheus: PrometheusApi, name: str) -> None:
    query = catalogue.INDICATORS[name]()
    found = ask(prometheus, HEALTHY, query.expr)
    if name in EMPTY_WHEN_HEALTHY:
        assert not found
        found = ask(prometheus, SCENARIOS[EMPTY_WHEN_HEALTHY[name]], query.expr)
    assert found, query.expr
