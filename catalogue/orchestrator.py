"""The orchestrator: requests, tasks and their queue, resources, caches."""

from catalogue import process
from catalogue.components import ORCHESTRATOR
from catalogue.indicator import indicator
from signals_lib import Label, Matcher, Query, Thresholds
from signals_lib.promql import buckets, increase, latest, quantile, rate, ratio, share_within, union, utilisation

METHODS = ("GET", "POST", "PUT", "DELETE")
ENDPOINTS = (
    ("GET", "/v1/plans"),
    ("POST", "/v1/plans"),
    ("GET", "/v1/plans/:id"),
    ("DELETE", "/v1/plans/:id"),
    ("GET", "/v1/tasks"),
    ("GET", "/v1/tasks/:id"),
    ("PUT", "/v1/tasks/:id"),
    ("GET", "/v1/agents"),
    ("POST", "/v1/agents/:id/heartbeat"),
)
ROUTES = tuple(dict.fromkeys(route for _, route in ENDPOINTS))
STATUSES = ("200", "201", "204", "400", "401", "404", "409", "429", "500", "502", "503", "504")
TASK_TYPES = ("plan", "build", "test", "review", "deploy")
TASK_FAILURE_REASONS = ("timeout", "agent_lost", "dependency", "invalid_input", "resource_exhausted", "internal")
CACHES = ("plans", "results", "sessions")

LATENCY_OBJECTIVE = 1
SERVER_ERROR = Matcher.regex("5..")

_METHOD, _ROUTE, _STATUS = Label("method", METHODS), Label("route", ROUTES), Label("status", STATUSES)
_TASK_TYPE, _REASON, _CACHE = (
    Label("task_type", TASK_TYPES),
    Label("reason", TASK_FAILURE_REASONS),
    Label("cache", CACHES),
)
_LATENCY_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SIZE_BUCKETS = tuple(4**power for power in range(3, 13))  # 64 B to 16 MiB
_TASK_BUCKETS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)

REQUESTS = ORCHESTRATOR.counter(
    "requests_total",
    help="HTTP requests answered, by method, route and status.",
    unit="requests",
    labels=(_METHOD, _ROUTE, _STATUS),
)
REQUEST_DURATION = ORCHESTRATOR.histogram(
    "request_duration_seconds",
    help="Time from a request's first byte to its answer's last.",
    unit="s",
    observations="requests",
    buckets=_LATENCY_BUCKETS,
    labels=(_METHOD, _ROUTE),
)
REQUEST_SIZE = ORCHESTRATOR.histogram(
    "request_size_bytes",
    help="Size of a request's body.",
    unit="bytes",
    observations="requests",
    buckets=_SIZE_BUCKETS,
    labels=(_METHOD, _ROUTE),
)
RESPONSE_SIZE = ORCHESTRATOR.histogram(
    "response_size_bytes",
    help="Size of an answer's body.",
    unit="bytes",
    observations="requests",
    buckets=_SIZE_BUCKETS,
    labels=(_METHOD, _ROUTE),
)
TASKS_QUEUED = ORCHESTRATOR.counter(
    "tasks_queued_total", help="Tasks put into the queue.", unit="tasks", labels=(_TASK_TYPE,)
)
TASKS_COMPLETED = ORCHESTRATOR.counter(
    "tasks_completed_total",
    help="Tasks that ended well; failed ones are not among them.",
    unit="tasks",
    labels=(_TASK_TYPE,),
)
TASKS_FAILED = ORCHESTRATOR.counter(
    "tasks_failed_total",
    help="Tasks given up, by reason; exposed from the first failure on.",
    unit="tasks",
    labels=(_TASK_TYPE, _REASON),
)
TASK_DURATION = ORCHESTRATOR.histogram(
    "task_duration_seconds",
    help="Time from a task's leaving the queue to its end, good or bad.",
    unit="s",
    observations="tasks",
    buckets=_TASK_BUCKETS,
    labels=(_TASK_TYPE,),
)
MEMORY_LIMIT, CPU_LIMIT = process.limits(ORCHESTRATOR)
MEMORY_USAGE = ORCHESTRATOR.gauge(
    "memory_usage_bytes", help="Memory that the orchestrator says it uses.", unit="bytes", limit=MEMORY_LIMIT
)
CPU_USAGE = ORCHESTRATOR.gauge(
    "cpu_usage_percent",
    help="CPU that the orchestrator says it uses, in % of its limit, or of the machine's cores without one.",
    unit="%",
    thresholds=Thresholds(warning=80, critical=95),
    title="CPU usage",
)
OPEN_CONNECTIONS = ORCHESTRATOR.gauge(
    "open_connections", help="Client connections open now, idle ones too.", unit="connections"
)
GOROUTINES = ORCHESTRATOR.gauge(
    "goroutines_total", help="Concurrent routines alive now; a gauge in spite of its name.", unit="goroutines"
)
CACHE_HITS = ORCHESTRATOR.counter(
    "cache_hits_total", help="Lookups that a cache answered.", unit="lookups", labels=(_CACHE,)
)
CACHE_MISSES = ORCHESTRATOR.counter(
    "cache_misses_total", help="Lookups that a cache could not answer.", unit="lookups", labels=(_CACHE,)
)
CACHE_SIZE = ORCHESTRATOR.gauge(
    "cache_size_bytes", help="Memory that a cache's entries take.", unit="bytes", labels=(_CACHE,)
)


@indicator("Request rate")
def request_rate(by: tuple[str, ...]) -> Query:
    """How many requests are answered a second.

    It follows the day; a sudden drop means that clients no longer reach the orchestrators. Compare with the load
    balancer's request rate first.
    """
    return rate(REQUESTS, by=by)


# What pages: 6 and 14.4 times the error budget of the availability objective, 0.1 % (tests/alerts holds them together).
@indicator("Error ratio", thresholds=Thresholds(warning=0.006, critical=0.0144))
def error_ratio(by: tuple[str, ...]) -> Query:
    """Share of requests answered with a 5xx status.

    Normally below 0.1 %, the error budget of the availability objective. Find the route and the status that stand
    out, then its traces with errors.
    """
    return ratio(rate(REQUESTS, by=by, where={"status": SERVER_ERROR}), rate(REQUESTS, by=by))


@indicator("Failed requests", by=("route",))
def failed_requests(by: tuple[str, ...]) -> Query:
    """How many requests were answered with a 5xx status in the time shown, by route.

    None or next to none. The largest number is the route to begin with: see its failed traces.
    """
    every = increase(REQUESTS, by=by, window="$__range")
    return increase(REQUESTS, by=by, where={"status": SERVER_ERROR}, window="$__range").or_zero(every)


@indicator("Availability", thresholds=Thresholds(warning=0.999, critical=0.95, direction="below"))
def availability(by: tuple[str, ...]) -> Query:
    """Share of requests that are not answered with a 5xx status.

    The objective is 99.9 % over 30 days. Below it, look at the error ratio by route.
    """
    return 1 - error_ratio(*by)


def _latency(share: str, by: tuple[str, ...]) -> Query:
    return quantile(share, REQUEST_DURATION, by=by)


@indicator("Latency p50")
def latency_p50(by: tuple[str, ...]) -> Query:
    """Half of the requests are answered faster than this.

    Normally some tens of milliseconds. When the median rises, everything is slow: look at CPU, Redis and the
    connections before single routes.
    """
    return _latency("0.5", by)


@indicator("Latency p95", thresholds=Thresholds(warning=1, critical=2.5))
def latency_p95(by: tuple[str, ...]) -> Query:
    """19 of 20 requests are answered faster than this.

    Normally below 0.5 s; above 1 s users notice. Find the slow route, then a slow trace of it.
    """
    return _latency("0.95", by)


@indicator("Latency p99", thresholds=Thresholds(warning=2.5, critical=5))
def latency_p99(by: tuple[str, ...]) -> Query:
    """99 of 100 requests are answered faster than this.

    Normally below 1 s, which is the latency objective. If it rises alone, look for one route or one instance.
    """
    return _latency("0.99", by)


@indicator("Requests within 1 s", thresholds=Thresholds(warning=0.99, critical=0.95, direction="below"))
def latency_share(by: tuple[str, ...]) -> Query:
    """Share of requests answered within 1 s.

    The objective is 99 % over 30 days. Below it, look at latency by route and at the heatmap for a second hump.
    """
    return share_within(REQUEST_DURATION, LATENCY_OBJECTIVE, by=by)


@indicator("Request duration")
def latency_distribution(_by: tuple[str, ...]) -> Query:
    """How long requests took, and how many took so long.

    One band is normal. A second, slower one is a group of requests with its own cause: a route, an instance, a lock.
    """
    return buckets(REQUEST_DURATION)


@indicator("Request size p95")
def request_size_p95(by: tuple[str, ...]) -> Query:
    """19 of 20 request bodies are smaller than this.

    Plans are some kilobytes; a jump means a new client or a new kind of plan. Look at which route receives them.
    """
    return quantile("0.95", REQUEST_SIZE, by=by)


@indicator("Response size p95")
def response_size_p95(by: tuple[str, ...]) -> Query:
    """19 of 20 answers are smaller than this.

    Lists of tasks are the largest; a jump means a list that isn't paged. Look at which route sends them.
    """
    return quantile("0.95", RESPONSE_SIZE, by=by)


@indicator("Tasks queued")
def queued_rate(by: tuple[str, ...]) -> Query:
    """Tasks put into the queue a second.

    It follows the requests for plans. A jump without one is a plan that splits into too many tasks.
    """
    return rate(TASKS_QUEUED, by=by)


@indicator("Tasks completed")
def completed_rate(by: tuple[str, ...]) -> Query:
    """Tasks that end well, a second.

    It follows the tasks queued. If it falls behind, look at the agents.
    """
    return rate(TASKS_COMPLETED, by=by)


@indicator("Tasks failed")
def failed_rate(by: tuple[str, ...]) -> Query:
    """Tasks given up, a second.

    A few are normal: users' own builds and tests fail. Many of one reason are ours: group by reason first.
    """
    return rate(TASKS_FAILED, by=by)


@indicator("Tasks finished")
def finished_rate(by: tuple[str, ...]) -> Query:
    """Tasks that end a second, well or not.

    It follows the tasks queued; the gap between the two is what the queue grows by.
    """
    return union(rate(TASKS_COMPLETED, aggregation=None), rate(TASKS_FAILED, aggregation=None), by=by)


@indicator("Task failure ratio", thresholds=Thresholds(warning=0.02, critical=0.05))
def failure_ratio(by: tuple[str, ...]) -> Query:
    """Share of finished tasks that failed.

    Normally below 1 %. Above 5 % plans no longer get through: look at failures by reason, then at the agents of that
    task type.
    """
    return ratio(failed_rate(*by), finished_rate(*by))


@indicator("Task success ratio", thresholds=Thresholds(warning=0.98, critical=0.95, direction="below"))
def success_ratio(by: tuple[str, ...]) -> Query:
    """Share of finished tasks that ended well.

    Normally above 99 %. Below 95 % plans no longer get through: look at failures by reason.
    """
    return 1 - failure_ratio(*by)


@indicator("Failures by reason", by=("reason",))
def failures_by_reason(by: tuple[str, ...]) -> Query:
    """Tasks given up a second, by reason.

    One reason that stands out is the lead: agent_lost to the agents, timeout to durations, dependency to Redis and the
    load balancer.
    """
    return rate(TASKS_FAILED, by=by)


@indicator("Failed tasks", by=("task_type", "reason"))
def failed_tasks(by: tuple[str, ...]) -> Query:
    """Tasks given up in the time shown.

    Sort by number; the first line is where to begin.
    """
    return increase(TASKS_FAILED, by=by, window="$__range")


@indicator("Queue growth")
def queue_growth(by: tuple[str, ...]) -> Query:
    """Tasks queued minus tasks finished, a second.

    Around 0 is normal, below it the queue drains. If it stays above, agents are missing or slow.
    """
    queued = queued_rate(*by)
    return queued - finished_rate(*by).or_zero(queued)


@indicator("Queue shortfall", thresholds=Thresholds(warning=0.1, critical=0.5))
def queue_shortfall(by: tuple[str, ...]) -> Query:
    """Share of the tasks queued that nobody finishes meanwhile.

    Around 0 % is normal, below it the queue drains, 100 % is standstill. Above 10 % for long, look at the agents'
    health and at task durations.
    """
    queued = queued_rate(*by)
    return queue_growth(*by) / queued.above(0)


def _task_duration(share: str, by: tuple[str, ...]) -> Query:
    return quantile(share, TASK_DURATION, by=by)


@indicator("Task duration p50")
def task_duration_p50(by: tuple[str, ...]) -> Query:
    """Half of the tasks end sooner than this.

    Seconds for plans and reviews, minutes for builds and tests. If all types rise together, look at the agents' CPU.
    """
    return _task_duration("0.5", by)


@indicator("Task duration p95", thresholds=Thresholds(warning=300, critical=600))
def task_duration_p95(by: tuple[str, ...]) -> Query:
    """19 of 20 tasks end sooner than this.

    Above 5 minutes tasks near their timeout of 10. Look at which task type, then at the agents of its pool.
    """
    return _task_duration("0.95", by)


@indicator("Task duration p99")
def task_duration_p99(by: tuple[str, ...]) -> Query:
    """99 of 100 tasks end sooner than this.

    At 10 minutes tasks run into their timeout. Compare with the failures of reason timeout.
    """
    return _task_duration("0.99", by)


@indicator("Tasks within 60 s", thresholds=Thresholds(warning=0.9, critical=0.75, direction="below"))
def task_duration_share(by: tuple[str, ...]) -> Query:
    """Share of tasks that end within 60 s.

    Normally above 95 %. Below 90 % look at durations by task type.
    """
    return share_within(TASK_DURATION, 60, by=by)


@indicator("Task duration")
def task_duration_distribution(_by: tuple[str, ...]) -> Query:
    """How long tasks took, and how many took so long.

    Several bands are normal, one a task type. A band that moves up is a type that slows down.
    """
    return buckets(TASK_DURATION)


@indicator("Open connections", by=("instance",))
def open_connections(by: tuple[str, ...]) -> Query:
    """Client connections open now.

    Even over the instances. A climb without more requests is a client that doesn't close, or answers that wait.
    """
    return latest(OPEN_CONNECTIONS, by=by)


@indicator("Goroutines", by=("instance",))
def goroutines(by: tuple[str, ...]) -> Query:
    """Concurrent routines alive now.

    It follows the requests in flight. A climb that never falls is a leak: compare with memory.
    """
    return latest(GOROUTINES, by=by)


@indicator("Cache hit ratio", thresholds=Thresholds(warning=0.8, critical=0.5, direction="below"))
def cache_hit_ratio(by: tuple[str, ...]) -> Query:
    """Share of cache lookups that were answered.

    Normally above 90 %; it falls for some minutes after a restart. If it stays low, the cache is too small or its keys
    changed, and Redis takes the load.
    """
    # The first lookup misses, so misses are always exposed; hits aren't if there was none.
    misses = rate(CACHE_MISSES, by=by)
    hits = rate(CACHE_HITS, by=by).or_zero(misses)
    return utilisation(hits, hits + misses)


@indicator("Cache size", by=("cache",))
def cache_size(by: tuple[str, ...]) -> Query:
    """Memory that the caches' entries take.

    It levels off when a cache is full. Growth without end is a cache that doesn't evict.
    """
    return latest(CACHE_SIZE, by=by)
