"""Load Balancer: what users get at the door, which servers stand behind it, and whether it is itself the limit."""

from catalogue import haproxy, orchestrator, process
from dashboards._page import BALANCER, OBJECTIVES, OVERVIEW, Json, page, row_of, runbook, to, worded, worst
from panels_lib import Column, Panel, cells, mappings, overrides, row, series, stat, state_timeline, table, timeseries
from signals_lib import Matcher

SERVER_STATES = [mappings.words({0: ("up", "green"), 1: ("down", "red"), 2: ("taken out", "orange")})]
HAS_SERVER = [mappings.words({0: ("no server", "red"), 1: ("up", "green")})]
BY_CODE = [
    overrides.override(overrides.by_name(code), [overrides.colour(colour)])
    for code, colour in (
        ("1xx", "#8e8e8e"),
        ("2xx", "green"),
        ("3xx", "blue"),
        ("4xx", "orange"),
        ("5xx", "red"),
        ("other", "#8e8e8e"),
    )
]
EACH = ("environment", "proxy")  # two environments name their proxies alike
ITSELF = {"job": Matcher.equal("haproxy")}


def dashboard() -> Json:
    """Return the page."""
    return page(
        "Load Balancer",
        uid=BALANCER,
        description="What do users get at the door? Answers first, then the servers behind it, then the load balancer "
        "itself. What HAProxy answers itself no orchestrator shows.",
        tags=["haproxy"],
        targets=haproxy.MAX_CONNECTIONS,
        instance="balancer",
        rows=[
            row(None, *is_the_door_open()),
            row("What users get", *what_users_get()),
            row("Servers behind it", *servers()),
            row("Between it and the servers", *between(), collapsed=True),
            row("The load balancer itself", *itself(), collapsed=True),
        ],
    )


def is_the_door_open() -> list[Panel]:
    """Answer in five seconds."""
    backend, servers_up = worst(haproxy.backend_up(), "min"), worst(haproxy.servers_up(*EACH), "min")
    errors, waiting = worst(haproxy.error_ratio(*EACH), "max"), worst(haproxy.queue(*EACH), "max")
    sessions = worst(haproxy.sessions_utilisation(*EACH), "max")
    return [
        stat(
            backend,
            title="Backends",
            mappings=worded(backend, "have servers", "no server", "no server"),
            links=runbook("LoadBalancerWithoutServer"),
        ),
        stat(
            servers_up,
            title="Servers",
            mappings=worded(servers_up, "all up", "some down", "most down"),
            links=runbook("LoadBalancerServersDown"),
        ),
        stat(
            errors, title="Errors", mappings=worded(errors, "few", "some", "many"), links=runbook("LoadBalancerErrors")
        ),
        stat(
            waiting,
            title="Queue",
            mappings=worded(waiting, "nobody waits", "some wait", "many wait"),
            links=runbook("LoadBalancerQueue"),
        ),
        stat(sessions, title="Sessions", mappings=worded(sessions, "enough room", "filling", "full")),
        stat(haproxy.request_rate("job"), title="Requests", meaning="traffic", colour="value", decimals=1),
    ]


def what_users_get() -> list[Panel]:
    """Rate, errors, duration, as they are outside."""
    errors = haproxy.error_ratio(*EACH)
    return [
        timeseries(haproxy.request_rate(*EACH), title="Requests by frontend", meaning="traffic"),
        timeseries(haproxy.responses_by_code(), title="Answers by class", stack=True, overrides=BY_CODE),
        timeseries(
            [
                series(errors, legend="at the door, {{environment}} {{proxy}}", colour="red"),
                series(
                    orchestrator.error_ratio("environment"),
                    legend="of the orchestrators, {{environment}}",
                    colour="orange",
                ),
            ],
            title="Errors at the door, and of the orchestrators",
            description=errors.description,
            thresholds=errors.thresholds or False,
            links=[*runbook("LoadBalancerErrors"), *to(OBJECTIVES + "-availability", "Availability objective")],
        ),
        timeseries(
            haproxy.response_time(),
            title="Mean time to an answer by server",
            legend="{{server}}",
            meaning="latency",
            links=to(OVERVIEW, "System Overview"),
        ),
    ]


def servers() -> list[Panel]:
    """Which servers are there, and how each of them is."""
    return [
        state_timeline(
            haproxy.server_state(),
            title="State of each server",
            legend="{{proxy}} {{server}}",
            mappings=SERVER_STATES,
            links=runbook("LoadBalancerServersDown"),
        ),
        table(
            [
                haproxy.server_state(),
                haproxy.server_sessions(),
                haproxy.response_time(),
                haproxy.server_errors(),
                haproxy.failed_checks(),
            ],
            title="Each server",
            description="Every server of every backend, the worst first: its state, what it has to do, how fast and "
            "how well it does it. One server that stands out is its own fault, all together what they depend on. "
            "The name leads to its process.",
            columns=[
                Column(field="server", title="Server", links=row_of(OVERVIEW, "Its process", column="Server")),
                Column(field="proxy", title="Backend"),
                Column(field=0, title="State", cell=cells.coloured_background(), mappings=SERVER_STATES, width=100),
                Column(field=1, title="Sessions", decimals=0, width=90),
                Column(field=2, title="Time", cell=cells.coloured_text(), width=90),
                Column(field=3, title="5xx", decimals=2, width=100),
                Column(field=4, title="Failed checks", cell=cells.coloured_text(), decimals=0, width=110),
            ],
            sort_by="State",
        ),
        state_timeline(
            haproxy.backend_up(),
            title="Backends with a server",
            legend="{{instance}} {{proxy}}",
            mappings=HAS_SERVER,
            links=runbook("LoadBalancerWithoutServer"),
        ),
        timeseries(
            haproxy.servers_up(*EACH),
            title="Servers up by backend",
            meaning="good",
            links=runbook("LoadBalancerServersDown"),
        ),
    ]


def between() -> list[Panel]:
    """Queue, connections and checks: what happens before a server answers."""
    return [
        timeseries(haproxy.queue(*EACH), meaning="saturation", decimals=0, links=runbook("LoadBalancerQueue")),
        timeseries(haproxy.queue_time(*EACH), meaning="latency"),
        timeseries(haproxy.connection_errors(*EACH), title="Connections that fail", meaning="errors"),
        timeseries(
            [
                series(haproxy.retries(*EACH), legend="tried again, {{environment}} {{proxy}}"),
                series(haproxy.redispatches(*EACH), legend="moved, {{environment}} {{proxy}}"),
            ],
            title="Connections tried again, requests moved",
            description=haproxy.retries(*EACH).description,
            meaning="warning",
        ),
        timeseries(
            haproxy.failed_checks(), title="Failed health checks", legend="{{server}}", meaning="warning", decimals=0
        ),
    ]


def itself() -> list[Panel]:
    """Whether the load balancer is the limit."""
    return [
        timeseries(haproxy.sessions_utilisation(*EACH), title="Sessions against their limit", meaning="saturation"),
        timeseries(haproxy.connections_utilisation(), title="Connections against their limit", meaning="saturation"),
        timeseries(haproxy.idle_time(), meaning="good", high=100),
        timeseries(
            [
                series(haproxy.bytes_in(*EACH), legend="in, {{environment}} {{proxy}}"),
                series(haproxy.bytes_out(*EACH), legend="out, {{environment}} {{proxy}}"),
            ],
            title="Bytes from and to clients",
            description=haproxy.bytes_out(*EACH).description,
            meaning="traffic",
        ),
        timeseries(haproxy.denied(*EACH), meaning="warning"),
        state_timeline(
            process.target_up().scoped(ITSELF),
            title="Load balancers that are scraped",
            legend="{{instance}}",
            mappings=[mappings.words({0: ("down", "red"), 1: ("up", "green")})],
            links=runbook("TargetDown"),
        ),
    ]
