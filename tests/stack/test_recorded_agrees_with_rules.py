"""What the simulator writes for the objectives is what Prometheus's rules make of the raw series."""

from __future__ import annotations

import pytest

import alerts
from rules_lib import recording
from rules_lib.rule import RecordingRule
from signals_lib.query import DEFAULT_WINDOW
from tests.stack.prometheus_api import PrometheusApi
from tests.stack.scenarios import HEALTHY, SCENARIOS, Scenario

pytestmark = pytest.mark.needs("prometheus", "promtool")

RAW = [
    (objective.name, rule)
    for objective in alerts.objectives()
    for group in recording.groups(objective)
    for rule in group.rules
    if isinstance(rule, RecordingRule) and rule.record.endswith(("rate5m", "rate30m"))
]


def values(prometheus: PrometheusApi, expr: str, at: float) -> dict[str, float]:
    return {series.labels["environment"]: series.last for series in prometheus.instant(expr, at=at)}


@pytest.mark.parametrize("scenario", [HEALTHY, SCENARIOS["failures"]], ids=lambda scenario: scenario.name)
@pytest.mark.parametrize(("slo", "rule"), RAW, ids=lambda each: each if isinstance(each, str) else each.record)
def test_a_recorded_rate_is_what_the_rule_computes(
    prometheus: PrometheusApi, scenario: Scenario, slo: str, rule: RecordingRule
) -> None:
    assert DEFAULT_WINDOW not in rule.expr
    for at in (scenario.end - 1200, scenario.end):
        recorded = values(prometheus, f'{rule.record}{{slo="{slo}"}}', at)
        computed = values(prometheus, rule.expr, at)
        assert recorded.keys() == computed.keys()
        for environment, rate in computed.items():
            # rate() extrapolates to its window's ends, and doesn't see the first value of a new series: with a failure
            # every minute or so, in one of some hundred series that are new since a restart, that is a good part.
            assert recorded[environment] == pytest.approx(rate, rel=0.06, abs=0.02)


def test_the_period_is_what_the_budget_rules_compute(prometheus: PrometheusApi) -> None:
    for objective in alerts.objectives():
        found = {
            series: values(prometheus, f'{series}{{slo="{objective.name}"}}', HEALTHY.end)
            for series in (
                recording.period_series("bad"),
                recording.period_series("total"),
                recording.ERROR_RATIO,
                recording.BUDGET_LEFT,
            )
        }
        for environment in ("production", "staging"):
            bad, total, ratio, left = (each[environment] for each in found.values())
            assert ratio == pytest.approx(bad / total)
            assert left == pytest.approx(1 - ratio / float(objective.budget))
            assert 0 < left <= 1
