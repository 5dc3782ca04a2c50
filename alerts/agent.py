"""Alerts on single agents: those that say they are unhealthy, and those that say nothing any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.grouping import located
from alerts.links import AGENTS
from catalogue import agent
from rules_lib import shapes
from rules_lib.threshold_alert import ThresholdAlert
from rules_lib.trial import Given, given

if TYPE_CHECKING:
    from rules_lib.shapes import Values

_LABELS = {"environment": "some-environment", "cluster": "some-cluster", "instance": "some-instance", "pool": "build"}


def _vanishing(values: Values, _volume: float) -> tuple[Given, ...]:
    """Make an agent that reports while the value is 0; it was degraded for a time before."""
    there = [not value for value in (values[0], *values)]
    degraded = [place < len(there) // 8 for place in range(len(there))]
    return tuple(
        given(
            agent.AGENT_HEALTH,
            " ".join(str(int(is_so)) if reported else "stale" for reported, is_so in zip(there, states, strict=True)),
            agent="some-agent",
            health=health,
            **_LABELS,
        )
        for health, states in (("degraded", degraded), ("healthy", [not each for each in degraded]))
    )


ALERTS = (
    ThresholdAlert(
        "AgentUnhealthy",
        located(agent.unhealthy),
        owner="agents",
        dashboard=AGENTS,
        hold="5m",
        shape=shapes.gauge(agent.AGENT_HEALTH, health="unhealthy"),
        innocent={"a healthy agent": shapes.gauge(agent.AGENT_HEALTH, health="healthy")},
        whole=True,
    ),
    ThresholdAlert(
        "AgentDegraded",
        located(agent.degraded),
        owner="agents",
        dashboard=AGENTS,
        severities=("warning",),
        hold="30m",
        shape=shapes.gauge(agent.AGENT_HEALTH, health="degraded"),
        innocent={"a healthy agent": shapes.gauge(agent.AGENT_HEALTH, health="healthy")},
        whole=True,
    ),
    ThresholdAlert(
        "AgentVanished",
        located(agent.vanished),
        owner="agents",
        dashboard=AGENTS,
        hold="5m",
        shape=_vanishing,
        whole=True,
        remembers="1h",
        settles="0s",
    ),
)
