"""Alerts on the load balancer: what it answers itself, no orchestrator shows."""

from __future__ import annotations

from alerts.grouping import WHERE, located
from alerts.links import BALANCER
from catalogue import haproxy
from rules_lib import shapes
from rules_lib.threshold_alert import Floor, ThresholdAlert
from signals_lib import promql

_SERVERS = 10

ALERTS = (
    ThresholdAlert(
        "LoadBalancerWithoutServer",
        located(haproxy.backend_up),
        owner="platform",
        dashboard=BALANCER,
        hold="1m",
        shape=shapes.together(
            shapes.gauge(haproxy.BACKEND_STATUS, state="UP"),
            shapes.inverse(shapes.gauge(haproxy.BACKEND_STATUS, state="DOWN")),
        ),
        whole=True,
    ),
    ThresholdAlert(
        "LoadBalancerServersDown",
        located(haproxy.servers_up),
        owner="platform",
        dashboard=BALANCER,
        severities=("warning", "critical"),
        hold="10m",
        shape=shapes.together(
            shapes.gauge(haproxy.BACKEND_SERVERS, scale=_SERVERS, state="UP"),
            shapes.gauge(haproxy.BACKEND_SERVERS, scale=-_SERVERS, offset=_SERVERS, state="DOWN"),
        ),
        guilty={
            "the only server is down": shapes.together(
                shapes.gauge(haproxy.BACKEND_SERVERS, state="UP"),
                shapes.inverse(shapes.gauge(haproxy.BACKEND_SERVERS, state="DOWN")),
            )
        },
    ),
    ThresholdAlert(
        "LoadBalancerErrors",
        located(haproxy.error_ratio),
        owner="platform",
        dashboard=BALANCER,
        severities=("warning", "critical"),
        hold="5m",
        floor=Floor(promql.increase(haproxy.FRONTEND_RESPONSES, by=(*WHERE, "proxy")), 100),
        shape=shapes.part_of(
            haproxy.FRONTEND_RESPONSES, haproxy.FRONTEND_RESPONSES, where={"code": "5xx"}, others={"code": "2xx"}
        ),
    ),
    ThresholdAlert(
        "LoadBalancerQueue",
        located(haproxy.queue),
        owner="platform",
        dashboard=BALANCER,
        severities=("warning", "critical"),
        hold="5m",
        shape=shapes.gauge(haproxy.BACKEND_QUEUE),
    ),
)
