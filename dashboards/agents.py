"""Agents: do they get their work done, which of them doesn't, and why."""

from catalogue import agent, orchestrator, process
from dashboards._agents import OF_AGENTS, agent_health, agent_states, agents_by_health, agents_gone
from dashboards._page import AGENTS, BUSINESS, NODES, OBJECTIVES, REDIS, Json, only, page, runbook, to, worded, worst
from panels_lib import Panel, heatmap, row, stat, timeseries
from signals_lib.promql import highest, rate

ONLY_AGENT = only(AGENTS, "agent")


def dashboard() -> Json:
    """Return the page."""
    return page(
        "Agents",
        uid=AGENTS,
        description="Do agents get their work done? Their operations first, then which agent is ill, then its process.",
        tags=["agents"],
        targets=agent.AGENT_HEALTH,
        instance="agent",
        rows=[
            row(None, *do_they_work()),
            row("Operations", *operations()),
            row("Which agents", *which_agents()),
            row("Their processes", *processes(), collapsed=True),
        ],
    )


def do_they_work() -> list[Panel]:
    """Answer in five seconds."""
    healthy, gone, failing = agent.healthy_share(), agent.gone(), agent.operation_failure_ratio()
    duration, fullest = agent.operation_duration_p95(), worst(process.memory_utilisation().scoped(OF_AGENTS), "max")
    return [
        stat(healthy, mappings=worded(healthy, "healthy", "some ill", "many ill"), links=runbook("AgentUnhealthy")),
        stat(gone, mappings=worded(gone, "none", "some", "some"), links=runbook("AgentVanished")),
        stat(
            failing,
            title="Failures",
            mappings=worded(failing, "few", "some", "many"),
            links=to(OBJECTIVES + "-agent-operations", "Agent operations objective"),
        ),
        stat(duration, title="Operations take", mappings=worded(duration, "as usual", "long", "too long")),
        stat(
            fullest,
            title="Fullest agent",
            mappings=worded(fullest, "enough room", "filling", "full"),
            links=runbook("HighMemoryUsage"),
        ),
        stat(
            agent.operation_rate(),
            title="Operations",
            meaning="traffic",
            colour="value",
            decimals=1,
            links=to(BUSINESS, "Tasks and their queue"),
        ),
    ]


def operations() -> list[Panel]:
    """Rate, errors, duration of what agents do, and what tasks lose by it."""
    return [
        timeseries(agent.operation_rate("operation"), title="Operations by kind", meaning="traffic"),
        timeseries(
            agent.operation_failure_ratio("operation"),
            title="Failures by kind of operation",
            meaning="errors",
            links=to(OBJECTIVES + "-agent-operations", "Agent operations objective"),
        ),
        timeseries(
            agent.operation_duration_p95("operation"), title="Duration p95 by kind", meaning="latency", exemplars=True
        ),
        heatmap(agent.operation_duration_distribution(), title="How long operations take"),
        timeseries(
            agent.operation_failures(),
            title="Failures by reason",
            meaning="errors",
            stack=True,
            links=to(REDIS, "Redis"),
        ),
        timeseries(
            rate(orchestrator.TASKS_FAILED, by=["task_type"], where={"reason": "agent_lost"}),
            title="Tasks lost with their agent",
            description="Tasks given up a second because their agent went away, by type. Next to none is normal, but "
            "for a deploy of agents. See which agents are gone, then their nodes.",
            meaning="errors",
            links=to(BUSINESS, "Tasks and their queue"),
        ),
    ]


def which_agents() -> list[Panel]:
    """Show who is ill, since when, and who is gone."""
    failing = agent.operation_failure_ratio("instance")
    return [
        agent_health(),
        agent_states(),
        agents_by_health(),
        timeseries(
            agent.healthy_share("environment", "pool"),
            title="Healthy agents by pool",
            meaning="good",
            links=runbook("AgentUnhealthy"),
        ),
        timeseries(
            highest(10, failing),
            title="Failures by agent, ten highest",
            description="Share of each agent's steps that failed. Alike over the agents is what they depend on; one "
            "that stands out is the agent's own fault: take it out of its pool and read its log.",
            thresholds=failing.thresholds or False,
            meaning="errors",
            data_links=ONLY_AGENT,
        ),
        agents_gone(),
    ]


def processes() -> list[Panel]:
    """Utilisation and saturation of each agent."""
    cpu, memory, files = (
        query.scoped(OF_AGENTS)
        for query in (process.cpu_utilisation(), process.memory_utilisation(), process.fds_utilisation())
    )
    nodes = to(NODES, "Nodes")
    return [
        timeseries(
            highest(10, cpu),
            title="CPU against its limit, ten highest",
            legend="{{instance}}",
            meaning="saturation",
            links=[*runbook("HighCPUUsage"), *nodes],
            data_links=ONLY_AGENT,
        ),
        timeseries(
            highest(10, memory),
            title="Memory against its limit, ten highest",
            legend="{{instance}}",
            meaning="saturation",
            links=[*runbook("HighMemoryUsage"), *nodes],
            data_links=ONLY_AGENT,
        ),
        timeseries(
            highest(10, agent.threads()), title="Threads, ten highest", meaning="saturation", data_links=ONLY_AGENT
        ),
        timeseries(
            highest(10, files),
            title="Open files against their limit, ten highest",
            legend="{{instance}}",
            meaning="saturation",
            links=runbook("OpenFilesNearLimit"),
            data_links=ONLY_AGENT,
        ),
        timeseries(
            process.restarts().scoped(OF_AGENTS),
            title="Restarts in the last hour",
            legend="{{instance}}",
            meaning="warning",
            decimals=0,
            links=runbook("ProcessRestarting"),
            data_links=ONLY_AGENT,
        ),
        timeseries(
            process.uptime().scoped(OF_AGENTS), title="Time since the start", legend="{{instance}}", meaning="neutral"
        ),
    ]
