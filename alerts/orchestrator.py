"""Alerts on what the orchestrators' users feel: latency, failed tasks, a queue that grows."""

from __future__ import annotations

from alerts.grouping import WHERE, located
from alerts.links import BUSINESS, OVERVIEW
from catalogue import orchestrator
from rules_lib import shapes
from rules_lib.threshold_alert import Floor, ThresholdAlert
from signals_lib import promql

_FINISHED = promql.union(
    promql.increase(orchestrator.TASKS_COMPLETED, aggregation=None),
    promql.increase(orchestrator.TASKS_FAILED, aggregation=None),
    by=WHERE,
)

ALERTS = (
    ThresholdAlert(
        "HighLatency",
        located(orchestrator.latency_p95),
        owner="orchestrator",
        dashboard=OVERVIEW,
        severities=("warning", "critical"),
        hold="5m",
        floor=Floor(promql.increase(orchestrator.REQUEST_DURATION, by=WHERE), 100),
        shape=shapes.quantile(orchestrator.REQUEST_DURATION, 0.95),
    ),
    ThresholdAlert(
        "HighErrorRate",
        located(orchestrator.failure_ratio),
        owner="agents",
        dashboard=BUSINESS,
        severities=("warning", "critical"),
        hold="5m",
        window="10m",
        floor=Floor(_FINISHED, 20),
        shape=shapes.part_of(orchestrator.TASKS_FAILED, orchestrator.TASKS_COMPLETED, apart=True),
    ),
    ThresholdAlert(
        "QueueGrowing",
        located(orchestrator.queue_shortfall),
        owner="orchestrator",
        dashboard=BUSINESS,
        severities=("warning", "critical"),
        hold="15m",
        window="10m",
        floor=Floor(promql.increase(orchestrator.TASKS_QUEUED, by=WHERE), 20),
        shape=shapes.inverse(shapes.part_of(orchestrator.TASKS_COMPLETED, orchestrator.TASKS_QUEUED)),
        alike={
            "what failed is finished too": shapes.together(
                shapes.growing(orchestrator.TASKS_QUEUED, per_second=0, offset=100),
                shapes.growing(orchestrator.TASKS_COMPLETED, per_second=-50, offset=50),
                shapes.growing(orchestrator.TASKS_FAILED, per_second=-50, offset=50),
            )
        },
        guilty={"nothing has ever been finished": shapes.growing(orchestrator.TASKS_QUEUED, per_second=1)},
    ),
)
