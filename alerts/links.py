"""Where Phoenix's people look: its Grafana, and the pages of rendered/runbooks."""

from __future__ import annotations

from rules_lib.links import Links

LINKS = Links(
    runbooks="https://runbooks.example.com/phoenix",
    grafana="https://grafana.example.com",
)


def objective_page(name: str) -> str:
    """Return the uid of an objective's dashboard."""
    return f"phoenix-slo-{name}"


OVERVIEW = "phoenix-system-overview"
BUSINESS = "phoenix-business-metrics"
AGENTS = "phoenix-agents"
REDIS = "phoenix-redis"
BALANCER = "phoenix-load-balancer"
NODES = "phoenix-nodes"
MONITORING = "phoenix-monitoring"
"""Uids of the dashboards that alerts lead to."""
