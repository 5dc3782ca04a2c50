"""Traces: spans of orchestrators and agents in Tempo, and what its metrics generator makes of them for Prometheus."""

from catalogue import components, orchestrator
from catalogue.indicator import indicator, trace_indicator
from signals_lib import Query, Signal, Thresholds
from signals_lib.promql import buckets, quantile, rate, ratio
from signals_lib.span_query import SpanQuery
from signals_lib.span_set import Attribute, SpanSet
from signals_lib.trace_metrics import ERROR, trace_metrics
from signals_lib.traceql import errors as spans_with_errors
from signals_lib.traceql import search, slow

ENTRY, QUEUED, RUN, LOOKUP = "plan.execute", "task.queue", "task.run", "redis.get"
IDS = ("correlation_id", "plan_id", "task_id")
SERVICES = (str(components.ORCHESTRATOR.job), str(components.AGENT.job))

SPANS = SpanSet(
    "phoenix",
    services=SERVICES,
    spans=(ENTRY, QUEUED, RUN, LOOKUP),
    title="Phoenix",
    help="A request enters an orchestrator, waits in the queue, runs on an agent: one trace.",
    resource=("environment", Attribute("instance", "service.instance.id")),
    attributes=(
        Attribute("route", "http.route", orchestrator.ROUTES),
        Attribute("method", "http.request.method", orchestrator.METHODS),
        Attribute("http_status", "http.response.status_code"),
        # Of a lookup. The generator needs them to know a database, and by which name to draw it.
        Attribute("peer", "peer.service", ("redis",)),
        Attribute("database", "db.system", ("redis",)),
        Attribute("server", "server.address"),
        Attribute("port", "server.port"),
    ),
    ids=IDS,
)
SETS = (SPANS,)
# Ids are no dimensions: the generator would make series for each plan.
GENERATED = trace_metrics(SPANS, dimensions=("environment",), callees=("redis",))
METRICS: tuple[Signal, ...] = tuple(GENERATED)

_SPAN, _CALL = ("service", "span_name"), ("client", "server")
# Tempo may hold other systems' spans too.
_OURS = {"service": SERVICES}
_OUR_CALLS = {"client": ("user", *SERVICES), "server": (*SERVICES, "redis")}


@indicator("Spans", by=_SPAN)
def span_rate(by: tuple[str, ...]) -> Query:
    """How many spans of each kind end a second.

    It follows the requests and tasks. Spans of one service that stop while others go on: it doesn't trace any more.
    """
    return rate(GENERATED.spans, by=by, where=_OURS)


@indicator("Share of failed spans", by=_SPAN, thresholds=Thresholds(warning="0.02", critical="0.05"))
def span_error_ratio(by: tuple[str, ...]) -> Query:
    """Share of the spans of each kind that failed.

    Below 1 % is normal. The deepest kind that is above it is where the fault is: those above only pass it on.
    """
    return ratio(
        rate(GENERATED.spans, by=by, where={**_OURS, "status_code": ERROR}), rate(GENERATED.spans, by=by, where=_OURS)
    )


@indicator("Span duration p95", by=_SPAN)
def span_duration_p95(by: tuple[str, ...]) -> Query:
    """19 of 20 spans of each kind end sooner than this.

    Steady but for load. The deepest kind that rises is where the time goes: open a slow trace of it.
    """
    return quantile("0.95", GENERATED.latency, by=by, where=_OURS)


@indicator("Span duration")
def span_duration_distribution(_by: tuple[str, ...]) -> Query:
    """How long spans took, and how many took so long.

    A band a kind of span is normal. A band that moves up is a kind that slows down; a dot leads to its trace.
    """
    return buckets(GENERATED.latency, where=_OURS)


@indicator("Calls between services", by=_CALL)
def call_rate(by: tuple[str, ...]) -> Query:
    """How often one service calls another a second.

    It follows the requests. A pair that stops is a service that no longer reaches the other.
    """
    return rate(GENERATED.calls, by=by, where=_OUR_CALLS)


@indicator("Failed calls", by=_CALL, thresholds=Thresholds(warning="0.02", critical="0.05"))
def call_error_ratio(by: tuple[str, ...]) -> Query:
    """Share of the calls between two services that failed.

    Below 1 % is normal. The pair nearest to the bottom of the graph is where to begin.
    """
    return ratio(rate(GENERATED.failed_calls, by=by, where=_OUR_CALLS), rate(GENERATED.calls, by=by, where=_OUR_CALLS))


@indicator("Call duration p95", by=_CALL)
def call_duration_p95(by: tuple[str, ...]) -> Query:
    """19 of 20 calls between two services end sooner than this, as the service that is called sees it.

    Steady but for load. If the caller waits much longer than this, the time is lost on the way: in the queue.
    """
    return quantile("0.95", GENERATED.call_duration, by=by, where=_OUR_CALLS)


@trace_indicator("Slow traces")
def slow_traces(_by: tuple[str, ...]) -> SpanQuery:
    """Traces with a request that took longer than its objective allows.

    Few is normal. Open one and follow the longest bar down: the deepest long one is where the time goes.
    """
    return slow(SPANS, f"{orchestrator.LATENCY_OBJECTIVE}s", where={"name": ENTRY}, select=("route", "status"))


@trace_indicator("Failed traces")
def failed_traces(_by: tuple[str, ...]) -> SpanQuery:
    """Traces of requests with a span that failed, the request itself or what it led to.

    Few is normal. Open one: the deepest red span has the message and the ids to search the logs by.
    """
    request = search(SPANS, where={"name": ENTRY})
    return request.together_with(spans_with_errors(SPANS, select=("name", "plan_id", "task_id")))


@trace_indicator("Requests that failed on an agent")
def failed_on_agents(_by: tuple[str, ...]) -> SpanQuery:
    """Traces in which a request of an orchestrator led to a failed span of an agent.

    Few is normal. Compare the agents: one alone is its own fault, all together what they depend on.
    """
    entry = search(SPANS, where={"service": SERVICES[0], "name": ENTRY})
    return entry.leading_to(spans_with_errors(SPANS, where={"service": SERVICES[1]}))
