"""Business Metrics: do plans get through: tasks, their queue, their agents."""

from catalogue import agent, orchestrator
from dashboards._agents import agent_health, agent_states, agents_by_health, agents_gone
from dashboards._page import AGENTS, BUSINESS, OBJECTIVES, Json, page, runbook, to, worded
from panels_lib import Column, Panel, cells, gauge, heatmap, overrides, row, series, stat, table, timeseries
from signals_lib.promql import topk


def dashboard() -> Json:
    """Return the page."""
    return page(
        "Business Metrics",
        uid=BUSINESS,
        description="Do plans get through? Tasks and what they fail of, the queue, and the agents that do the work.",
        tags=["business", "tasks", "agents"],
        targets=agent.AGENT_HEALTH,
        narrow=("environment", "cluster"),
        rows=[
            row(None, *do_plans_get_through()),
            row("Tasks", *tasks()),
            row("Queue and durations", *durations()),
            row("Agents", *agents(), collapsed=True),
            row("Operations of agents", *operations(), collapsed=True),
        ],
    )


def do_plans_get_through() -> list[Panel]:
    """Answer in five seconds."""
    shortfall, duration = orchestrator.queue_shortfall(), orchestrator.task_duration_p95()
    healthy, gone = agent.healthy_share(), agent.gone()
    return [
        gauge(
            orchestrator.success_ratio(),
            title="Task success rate",
            low=0.8,
            decimals=1,
            links=[*runbook("HighErrorRate"), *to(OBJECTIVES + "-task-success", "Task success objective")],
        ),
        stat(orchestrator.completed_rate(), title="Tasks completed", meaning="traffic", colour="value", decimals=2),
        stat(
            shortfall,
            title="Queue",
            mappings=worded(shortfall, "keeps up", "grows", "stands still"),
            links=runbook("QueueGrowing"),
        ),
        stat(duration, title="Tasks take", mappings=worded(duration, "as usual", "long", "too long")),
        stat(
            healthy,
            title="Agents",
            mappings=worded(healthy, "healthy", "some ill", "many ill"),
            links=[*runbook("AgentUnhealthy"), *to(AGENTS, "Agents")],
        ),
        stat(
            gone,
            mappings=worded(gone, "none", "some", "some"),
            links=[*runbook("AgentVanished"), *to(AGENTS, "Agents")],
        ),
    ]


def tasks() -> list[Panel]:
    """How many tasks end, how, and why those fail that do."""
    return [
        timeseries(
            [
                series(orchestrator.queued_rate(), legend="queued", colour="blue"),
                series(orchestrator.completed_rate(), legend="completed", colour="green"),
                series(orchestrator.failed_rate(), legend="failed", colour="red"),
            ],
            title="Tasks",
            description="Tasks queued, completed and failed a second. Completed follows queued; the gap is what the "
            "queue grows by. If failed rises, see the reasons beside; if completed falls, see the agents below.",
        ),
        timeseries(
            orchestrator.failures_by_reason(),
            title="Failures by reason",
            meaning="errors",
            stack=True,
            links=runbook("HighErrorRate"),
        ),
        timeseries(
            orchestrator.failure_ratio("task_type"),
            title="Failure ratio by task type",
            meaning="errors",
            links=runbook("HighErrorRate"),
        ),
        table(
            topk(20, orchestrator.failed_tasks()),
            title="What fails most",
            description="Tasks given up in the time shown, by type and reason, the most first. The first line is where "
            "to begin: agent_lost leads to the agents, timeout to durations, dependency to Redis.",
            columns=[
                Column(field="task_type", title="Task type"),
                Column(field="reason", title="Reason"),
                Column(field=0, title="Failed", cell=cells.gauge_bar(), low=0, decimals=0),
            ],
            sort_by="Failed",
            overrides=[overrides.override(overrides.by_name("Failed"), [overrides.colour("red")])],
        ),
    ]


def durations() -> list[Panel]:
    """Whether the queue keeps up, and how long tasks take."""
    return [
        timeseries(
            orchestrator.queue_growth(),
            low=None,
            title="Queue growth",
            decimals=1,
            meaning="saturation",
            links=runbook("QueueGrowing"),
        ),
        timeseries(
            [orchestrator.task_duration_p50(), orchestrator.task_duration_p95(), orchestrator.task_duration_p99()],
            title="Task duration",
            description=orchestrator.task_duration_p95().description,
            thresholds=orchestrator.task_duration_p95().thresholds or False,
            exemplars=True,
            meaning="latency",
            links=to(OBJECTIVES + "-task-latency", "Task latency objective"),
        ),
        timeseries(
            orchestrator.task_duration_p95("task_type"),
            title="Duration p95 by task type",
            meaning="latency",
            exemplars=True,
        ),
        heatmap(orchestrator.task_duration_distribution(), title="How long tasks take"),
    ]


def agents() -> list[Panel]:
    """Who does the work, and how each of them is."""
    return [agent_health(), agent_states(), agents_by_health(), agents_gone()]


def operations() -> list[Panel]:
    """Show what agents do step by step."""
    return [
        timeseries(agent.operation_rate("operation"), meaning="traffic"),
        timeseries(
            agent.operation_failure_ratio("operation"),
            meaning="errors",
            links=to(OBJECTIVES + "-agent-operations", "Agent operations objective"),
        ),
        timeseries(agent.operation_failures(), meaning="errors", stack=True),
        timeseries(agent.operation_duration_p95("operation"), meaning="latency", exemplars=True),
    ]
