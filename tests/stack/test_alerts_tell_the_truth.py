"""Every alert's condition, asked of a real Prometheus at the end of each scenario: none holds in the healthy one."""

from __future__ import annotations

import pytest
import yaml

import alerts
from tests.stack.prometheus_api import PrometheusApi
from tests.stack.scenarios import SCENARIOS

pytestmark = pytest.mark.needs("prometheus", "promtool")

EXPECTED = {
    "healthy": set(),
    "latency": {"HighLatency", "QueueGrowing"},
    "failures": {"HighErrorRate", "LoadBalancerErrors", "ErrorBudgetBurn"},
    "agent-loss": {"AgentUnhealthy", "AgentDegraded", "AgentVanished", "TargetDown"},
    "memory-leak": {"HighMemoryUsage"},
    "slow-agents": {"QueueGrowing"},
    "redis-down": {"RedisDown", "RedisReplicationBroken"},  # the master; its replicas lose their link
    "replica-loss": {"RedisDown"},  # the replica's own; the master still has another
    "backend-down": {"TargetDown", "LoadBalancerErrors", "LoadBalancerServersDown", "LoadBalancerWithoutServer"},
    "overload": {
        "ErrorBudgetBurn",
        "HighCPUUsage",
        "LoadBalancerQueue",
        "NodeHighCPUUsage",
        "QueueGrowing",
        "RedisMemoryNearLimit",
    },
}


def conditions() -> list[tuple[str, str]]:
    return [
        (rule["alert"], rule["expr"])
        for path, content in alerts.render().items()
        if path.startswith("rules/") and "/tests/" not in path
        for group in yaml.safe_load(content)["groups"]
        for rule in group["rules"]
        if "alert" in rule
    ]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_just_the_alerts_of_the_incident_hold(prometheus: PrometheusApi, scenario: str) -> None:
    end = SCENARIOS[scenario].end
    assert {alert for alert, expr in conditions() if prometheus.instant(expr, at=end)} == EXPECTED[scenario]
