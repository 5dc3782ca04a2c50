"""System Overview: is Phoenix fine, and if not, since when, where and why."""

from alerts import series
from catalogue import haproxy, orchestrator, process, redis
from dashboards._page import (
    AGENTS,
    BALANCER,
    LOGS,
    NODES,
    OBJECTIVES,
    OVERVIEW,
    REDIS,
    TRACES,
    UP_OR_DOWN,
    Json,
    of_route,
    only,
    page,
    runbook,
    to,
    worded,
    worst,
)
from panels_lib import (
    Column,
    Panel,
    cells,
    heatmap,
    overrides,
    row,
    stat,
    state_timeline,
    table,
    timeseries,
)
from signals_lib import Matcher, Query, Thresholds
from signals_lib.promql import count, highest, in_state, latest, rate

BY_INSTANCE = only(OVERVIEW)
WHY = [*to(TRACES, "Traces"), *to(LOGS, "Logs")]
OWN = {"job": Matcher.one_of("phoenix-orchestrator", "phoenix-agent")}


def dashboard() -> Json:
    """Return the page."""
    return page(
        "System Overview",
        uid=OVERVIEW,
        description="Is Phoenix fine? The first row says so in words; the rows below lead from what users feel to why.",
        tags=["overview", "orchestrator"],
        rows=[
            row(None, *is_it_fine()),
            row("What users feel", *what_users_feel()),
            row("What is up", *what_is_up()),
            row("Orchestrators and agents: resources", *resources(), collapsed=True),
            row("Orchestrators: caches and connections", *caches(), collapsed=True),
            row("Load balancer and Redis", *dependencies(), collapsed=True),
        ],
    )


def is_it_fine() -> list[Panel]:
    """Answer in five seconds: objectives, errors, latency, traffic, saturation, what is gone."""
    budget = worst(series.budget_left(), "min")
    errors, latency = errors_of_users(), orchestrator.latency_p95()
    fullest, down = worst(process.memory_utilisation(), "max"), what_is_down()
    return [
        stat(
            budget,
            title="Lowest error budget",
            description="The error budget of the objective that has the least left. Missed means that more has failed "
            "than its period allows. Open the objectives to see which one it is and how fast it burns.",
            mappings=worded(budget, "kept", "low", "missed"),
            links=to(OBJECTIVES, "All objectives"),
        ),
        stat(
            errors,
            title="Errors",
            mappings=worded(errors, "few", "some", "many"),
            links=[*runbook("LoadBalancerErrors"), *runbook("ErrorBudgetBurn"), *to(BALANCER, "Load Balancer")],
        ),
        stat(
            latency,
            title="Latency p95",
            mappings=worded(latency, "fast", "slow", "very slow"),
            links=runbook("HighLatency"),
        ),
        stat(orchestrator.request_rate(), title="Requests", meaning="traffic", colour="value", decimals=1),
        stat(
            fullest,
            title="Fullest process",
            mappings=worded(fullest, "enough room", "filling", "full"),
            links=runbook("HighMemoryUsage"),
        ),
        stat(
            down,
            mappings=worded(down, "none", "some", "some"),
            links=[*runbook("TargetDown"), *runbook("RedisDown"), *runbook("LoadBalancerWithoutServer")],
        ),
    ]


def errors_of_users() -> Query:
    """Return the error ratio that the worst-off users see: no orchestrator counts what doesn't reach one."""
    seen = haproxy.error_ratio("environment", "proxy")
    counted = orchestrator.error_ratio("environment")
    return (
        worst(seen, "max")
        .otherwise(worst(counted, "max"))
        .named(
            title="Errors",
            description="Share of answers that are 5xx, as the load balancer's users see them, where they are most; as "
            "the orchestrators count them where there is no load balancer. Many with few at the orchestrators: no "
            "server is left, look there first. Otherwise look at the errors by route below.",
            thresholds=seen.thresholds,
        )
    )


def what_is_down() -> Query:
    """Count what is gone, 0 as long as anything is there: targets, and what a target that answers says is down."""
    targets = missing(count(process.UP), latest(process.UP))
    servers = missing(count(redis.REDIS_UP), latest(redis.REDIS_UP))
    backends = missing(count(haproxy.BACKEND_STATUS, where={"state": "UP"}), in_state(haproxy.BACKEND_STATUS, "UP"))
    return (targets + servers.or_zero(targets) + backends.or_zero(targets)).named(
        title="What is down",
        description="How many targets Prometheus can't scrape, Redis servers its exporter can't reach, and backends of "
        "the load balancer without a server. None is normal; several together are a node or the network. See which "
        "below and in the last row, then its log.",
        thresholds=Thresholds(critical=1),
    )


def missing(every: Query, there: Query) -> Query:
    """Return how many of all are not there."""
    return every.named(unit="") - there.named(unit="")


def what_users_feel() -> list[Panel]:
    """Rate, errors, duration."""
    return [
        timeseries(
            rate(orchestrator.REQUESTS, by=["route"]),
            title="Requests by route",
            description=orchestrator.request_rate().description,
            meaning="traffic",
        ),
        timeseries(
            orchestrator.error_ratio("route"),
            title="Errors by route",
            meaning="errors",
            links=[*runbook("ErrorBudgetBurn"), *to(OBJECTIVES + "-availability", "Availability objective"), *WHY],
            data_links=of_route(),
        ),
        timeseries(
            [orchestrator.latency_p50(), orchestrator.latency_p95(), orchestrator.latency_p99()],
            title="Latency",
            description=orchestrator.latency_p95().description,
            thresholds=orchestrator.latency_p95().thresholds or False,
            meaning="latency",
            exemplars=True,
            links=[*runbook("HighLatency"), *to(OBJECTIVES + "-latency", "Latency objective")],
        ),
        heatmap(orchestrator.latency_distribution(), title="How long requests take", exemplars=True),
        timeseries(
            orchestrator.latency_p95("route"),
            title="Latency p95 by route",
            description="19 of 20 requests of each route are answered faster than this. One route above the line is "
            "its own code or dependency; all together are the process or Redis. Open a slow trace of the route.",
            meaning="latency",
            exemplars=True,
            links=[*runbook("HighLatency"), *WHY],
            data_links=of_route(),
        ),
        timeseries(
            rate(orchestrator.REQUESTS, by=["status"], where={"status": Matcher.regex("[45]..")}),
            title="Requests that failed, by status",
            description="Answers with 4xx and 5xx a second. 4xx are the clients' own, a jump is a broken client; 5xx "
            "are ours. 502 and 503 come from what is behind, 504 from what is slow.",
            meaning="errors",
            overrides=[overrides.override(overrides.by_regex("4.."), [overrides.colour("orange")])],
        ),
    ]


def what_is_up() -> list[Panel]:
    """Show which processes are there, and how each job is."""
    return [
        state_timeline(
            process.target_up(),
            legend="{{job}} {{instance}}",
            mappings=UP_OR_DOWN,
            links=[*runbook("TargetDown"), *runbook("JobVanished")],
            rows_a_page=50,
            height=16,
        ),
        table(
            [
                process.targets_up("job"),
                process.cpu_utilisation("job"),
                process.memory_utilisation("job"),
                process.restarts("job"),
            ],
            title="Components",
            description="How each job is: the share of its targets that are up, CPU and memory of all its processes "
            "against their limits, restarts in the last hour. A job without limits has no bar. Begin where it is red.",
            columns=[
                Column(field="job", title="Job"),
                Column(field=0, title="Up", cell=cells.coloured_background(), width=90),
                Column(field=1, title="CPU", cell=cells.gauge_bar(), low=0, high=1),
                Column(field=2, title="Memory", cell=cells.gauge_bar(), low=0, high=1),
                Column(field=3, title="Restarts", cell=cells.coloured_text(), width=100, decimals=0),
            ],
            sort_by="Up",
            descending=False,
            height=16,
        ),
    ]


def resources() -> list[Panel]:
    """Utilisation, saturation and errors of our own processes."""
    return [
        timeseries(
            highest(10, process.cpu_utilisation()),
            title="CPU against its limit, ten highest",
            legend="{{job}} {{instance}}",
            meaning="saturation",
            links=[*runbook("HighCPUUsage"), *to(AGENTS, "Agents"), *to(NODES, "Nodes")],
            data_links=BY_INSTANCE,
        ),
        timeseries(
            highest(10, process.memory_utilisation()),
            title="Memory against its limit, ten highest",
            legend="{{job}} {{instance}}",
            meaning="saturation",
            links=[*runbook("HighMemoryUsage"), *to(AGENTS, "Agents"), *to(NODES, "Nodes")],
            data_links=BY_INSTANCE,
        ),
        timeseries(
            highest(10, process.fds_utilisation()),
            title="Open files against their limit, ten highest",
            legend="{{job}} {{instance}}",
            meaning="saturation",
            data_links=BY_INSTANCE,
        ),
        timeseries(
            process.restarts().scoped(OWN),
            title="Restarts in the last hour",
            legend="{{job}} {{instance}}",
            meaning="warning",
            decimals=0,
            data_links=BY_INSTANCE,
        ),
    ]


def caches() -> list[Panel]:
    """Show what an orchestrator holds: caches, connections, routines."""
    return [
        timeseries(orchestrator.cache_hit_ratio("cache"), title="Cache hit ratio", meaning="good"),
        timeseries(orchestrator.cache_size(), meaning="saturation"),
        timeseries(orchestrator.open_connections(), meaning="saturation", data_links=BY_INSTANCE),
        timeseries(orchestrator.goroutines(), meaning="saturation", data_links=BY_INSTANCE),
    ]


def dependencies() -> list[Panel]:
    """Show what requests pass before and after an orchestrator."""
    return [
        timeseries(
            [haproxy.error_ratio("proxy"), orchestrator.error_ratio()],
            title="Errors as users see them, and as orchestrators count them",
            legend=None,
            meaning="errors",
            links=to(BALANCER, "Load Balancer"),
        ),
        timeseries(
            haproxy.servers_up("proxy"),
            title="Servers up behind the load balancer",
            meaning="good",
            links=to(BALANCER, "Load Balancer"),
        ),
        state_timeline(redis.redis_up(), legend="{{instance}}", mappings=UP_OR_DOWN, links=to(REDIS, "Redis")),
    ]
