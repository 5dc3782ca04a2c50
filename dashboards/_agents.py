"""Panels of agents that more than one page shows."""

from catalogue import agent, process
from dashboards._page import AGENT_STATES, AGENTS, LOGS, row_of, runbook, to
from panels_lib import Column, Panel, cells, overrides, state_timeline, table, timeseries
from signals_lib import Matcher

OF_AGENTS = {"job": Matcher.equal("phoenix-agent")}

_BY_HEALTH = [
    overrides.override(overrides.by_name(state), [overrides.colour(colour)])
    for state, colour in (("healthy", "green"), ("degraded", "orange"), ("unhealthy", "red"))
]


def agent_health() -> Panel:
    """Every agent, the worst first."""
    return table(
        [
            agent.state("instance", "pool", "agent"),
            process.cpu_utilisation("instance").scoped(OF_AGENTS),
            process.memory_utilisation("instance").scoped(OF_AGENTS),
            agent.operation_failure_ratio("instance"),
        ],
        title="Agent health",
        description="Every agent that reports, the worst first, with its CPU and memory against its limits and "
        "the share of its operations that fail. An unhealthy agent takes no tasks: look at its memory, its disk "
        "and its log. One that vanished is not here but among the agents gone.",
        columns=[
            Column(field="agent", title="Agent", links=row_of(AGENTS, "Only this agent", "agent")),
            Column(field="pool", title="Pool"),
            Column(field=0, title="State", cell=cells.coloured_background(), mappings=AGENT_STATES, width=110),
            Column(field=1, title="CPU", cell=cells.gauge_bar(), low=0, high=1),
            Column(field=2, title="Memory", cell=cells.gauge_bar(), low=0, high=1),
            Column(field=3, title="Failures", cell=cells.coloured_text(), decimals=2, width=100),
            Column(field="instance", title="Instance"),
        ],
        sort_by="State",
        width=24,
        height=12,
        links=[*runbook("AgentUnhealthy"), *to(LOGS, "Logs")],
    )


def agent_states() -> Panel:
    """Draw the state of each agent over time."""
    return state_timeline(
        agent.state(),
        title="State of each agent",
        legend="{{pool}} {{agent}}",
        mappings=AGENT_STATES,
        width=24,
        height=12,
        links=runbook("AgentUnhealthy"),
    )


def agents_by_health() -> Panel:
    """How many agents are in each state."""
    return timeseries(
        agent.agents_by_health(),
        stack=True,
        decimals=0,
        overrides=_BY_HEALTH,
        links=runbook("AgentUnhealthy"),
    )


def agents_gone() -> Panel:
    """Which agents no longer report."""
    return table(
        agent.vanished(),
        title="Which agents are gone",
        empty="none",
        columns=[
            Column(field="environment", title="Environment"),
            Column(field="cluster", title="Cluster"),
            Column(field="pool", title="Pool"),
            Column(field="agent", title="Agent"),
            Column(field=0, title="Gone", hidden=True),
        ],
        sort_by="Pool",
        descending=False,
        links=runbook("AgentVanished"),
    )
