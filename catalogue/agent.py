"""Agents: the operations that they run, their health, their resources."""

from catalogue import process
from catalogue.components import AGENT
from catalogue.indicator import indicator
from signals_lib import Label, Query, Thresholds
from signals_lib.promql import buckets, count, in_state, latest, max_over, quantile, rate, ratio, share_within

OPERATIONS = ("fetch", "prepare", "execute", "upload", "report")
OPERATION_FAILURE_REASONS = ("timeout", "command_failed", "out_of_memory", "network", "internal")
POOLS = ("default", "build", "deploy")
HEALTH = ("healthy", "degraded", "unhealthy")

_OPERATION = Label("operation", OPERATIONS)

OPERATIONS_TOTAL = AGENT.counter(
    "operations_total",
    help="Steps of tasks that the agent ended, well or not.",
    unit="operations",
    labels=(_OPERATION,),
    title="Operations",
)
OPERATION_DURATION = AGENT.histogram(
    "operation_duration_seconds",
    help="Time that a step of a task took.",
    unit="s",
    observations="operations",
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120),
    labels=(_OPERATION,),
)
OPERATION_FAILURES = AGENT.counter(
    "operation_failures_total",
    help="Steps of tasks that failed, by reason; exposed from the first failure on.",
    unit="operations",
    labels=(_OPERATION, Label("reason", OPERATION_FAILURE_REASONS)),
)
MEMORY_LIMIT, CPU_LIMIT = process.limits(AGENT)
MEMORY_USAGE = AGENT.gauge(
    "memory_usage_bytes",
    help="Memory that the agent says it uses, with the commands that it runs.",
    unit="bytes",
    limit=MEMORY_LIMIT,
)
CPU_USAGE = AGENT.gauge(
    "cpu_usage_percent",
    help="CPU that the agent says it uses, in % of its limit, or of the machine's cores without one.",
    unit="%",
    thresholds=Thresholds(warning=80, critical=95),
    title="CPU usage",
)
THREADS = AGENT.gauge(
    "threads_total", help="Threads of the agent alive now; a gauge in spite of its name.", unit="threads"
)
AGENT_HEALTH = AGENT.state_set(
    "agent_health_status",
    help="1 for the state that the agent is in, 0 for the others.",
    unit="agents",
    state_label="health",
    states=HEALTH,
    labels=("agent", Label("pool", POOLS)),
    title="Agent health",
)

# Two environments may name their agents alike: one that lives must not hide one that is gone.
_EACH_AGENT = ("environment", "cluster", "pool", "agent")


@indicator("Operation rate")
def operation_rate(by: tuple[str, ...]) -> Query:
    """How many steps of tasks agents end a second.

    It follows the tasks queued. A drop with a full queue means agents that are gone or stuck.
    """
    return rate(OPERATIONS_TOTAL, by=by)


@indicator("Operation failure ratio", thresholds=Thresholds(warning=0.02, critical=0.05))
def operation_failure_ratio(by: tuple[str, ...]) -> Query:
    """Share of the agents' steps that failed.

    Normally below 1 %. Look at the reasons: out_of_memory and network are the agents' own, command_failed often a
    user's build.
    """
    return ratio(rate(OPERATION_FAILURES, by=by), rate(OPERATIONS_TOTAL, by=by))


@indicator("Operation failures by reason", by=("reason",))
def operation_failures(by: tuple[str, ...]) -> Query:
    """How many steps of tasks fail a second, by reason.

    One reason that stands out is the lead. Group by instance to see whether one agent is behind it.
    """
    return rate(OPERATION_FAILURES, by=by)


@indicator("Operation duration p95", thresholds=Thresholds(warning=30, critical=60))
def operation_duration_p95(by: tuple[str, ...]) -> Query:
    """19 of 20 steps end sooner than this.

    Seconds for all but execute. If fetch or upload rise, look at the network and the store; if execute does, at CPU.
    """
    return quantile("0.95", OPERATION_DURATION, by=by)


@indicator("Operations within 30 s", thresholds=Thresholds(warning=0.99, critical=0.95, direction="below"))
def operation_duration_share(by: tuple[str, ...]) -> Query:
    """Share of the agents' steps that end within 30 s.

    Normally above 99 %. Below it, look at durations by operation.
    """
    return share_within(OPERATION_DURATION, 30, by=by)


@indicator("Operation duration")
def operation_duration_distribution(_by: tuple[str, ...]) -> Query:
    """How long the steps of tasks took, and how many took so long.

    A few bands are normal, one an operation. A band that moves up is an operation that slows down.
    """
    return buckets(OPERATION_DURATION)


@indicator("Agents by health", by=("health",))
def agents_by_health(by: tuple[str, ...]) -> Query:
    """Agents in each state.

    All healthy is normal, some degraded at peak. Unhealthy ones take no tasks: see which pool they are in.
    """
    return latest(AGENT_HEALTH, by=by)


@indicator("Agents")
def agents(by: tuple[str, ...]) -> Query:
    """Agents that report, in whatever state.

    Constant but for scaling. A drop is agents that vanished, which no health state shows.
    """
    return latest(AGENT_HEALTH, by=by)


@indicator("Healthy agents", thresholds=Thresholds(warning=0.9, critical=0.7, direction="below"))
def healthy_share(by: tuple[str, ...]) -> Query:
    """Share of the reporting agents that are healthy.

    Normally above 95 %. Below 90 % tasks wait: see which agents are not, and why, in the table of agents.
    """
    return ratio(in_state(AGENT_HEALTH, "healthy", by=by), latest(AGENT_HEALTH, by=by))


@indicator("Unhealthy agents", by=_EACH_AGENT, thresholds=Thresholds(critical=1))
def unhealthy(by: tuple[str, ...]) -> Query:
    """1 for an agent that is unhealthy, 0 for one that isn't.

    An unhealthy agent takes no tasks. Look at its memory, its disk and its last log lines; restart it if it stays so.
    """
    return in_state(AGENT_HEALTH, "unhealthy", by=by)


@indicator("Degraded agents", by=_EACH_AGENT, thresholds=Thresholds(warning=1))
def degraded(by: tuple[str, ...]) -> Query:
    """1 for an agent that is degraded, 0 for one that isn't.

    A degraded agent works slowly; some at peak are normal. If one stays so, look at its CPU and memory.
    """
    return in_state(AGENT_HEALTH, "degraded", by=by)


@indicator("Vanished agents", by=_EACH_AGENT, thresholds=Thresholds(critical=1))
def vanished(by: tuple[str, ...]) -> Query:
    """Agents that reported within the last hour and no longer do.

    None is normal, but for agents that were scaled down. Look whether the target is down, then at its node.
    """
    seen = max_over(AGENT_HEALTH, "1h", by=by, aggregation="max")
    return seen.unless(latest(AGENT_HEALTH, by=by))


@indicator("Agents gone", thresholds=Thresholds(critical=1))
def gone(by: tuple[str, ...]) -> Query:
    """How many agents reported within the last hour and no longer do; 0 while others report.

    None is normal, but for agents that were scaled down. Look whether the target is down, then at its node.
    """
    return count(vanished(*_EACH_AGENT, *by), by=by, unit="agents").or_zero(agents(*by))


@indicator("Threads", by=("instance",))
def threads(by: tuple[str, ...]) -> Query:
    """Threads of the agent alive now.

    It follows the steps in flight. A climb that never falls is a leak: compare with memory.
    """
    return latest(THREADS, by=by)


@indicator("Agent state", by=_EACH_AGENT)
def state(by: tuple[str, ...]) -> Query:
    """Agent by agent its state: 0 healthy, 1 degraded, 2 unhealthy.

    All healthy is normal, some degraded at peak. An agent whose line ends has vanished: look at its target and node.
    """
    unhealthy_twice = in_state(AGENT_HEALTH, "unhealthy", by=by) * 2
    return (unhealthy_twice + in_state(AGENT_HEALTH, "degraded", by=by)).named(unit="")
