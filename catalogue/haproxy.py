"""The load balancer: HAProxy's own endpoint. A proxy is one of its frontends or backends."""

from catalogue.components import HAPROXY
from catalogue.indicator import indicator
from signals_lib import Label, Query, Thresholds
from signals_lib.promql import in_state, increase, latest, rate, share, utilisation

CODES = ("1xx", "2xx", "3xx", "4xx", "5xx", "other")
SERVER_STATES = ("UP", "DOWN", "MAINT", "DRAIN", "NOLB")

_CODE = Label("code", CODES)
_SERVER = ("proxy", "server")

FRONTEND_REQUESTS = HAPROXY.counter(
    "haproxy_frontend_http_requests_total", help="Requests from clients.", unit="requests", labels=("proxy",)
)
FRONTEND_RESPONSES = HAPROXY.counter(
    "haproxy_frontend_http_responses_total",
    help="Answers to clients by class of status; HAProxy's own 503 without a server is among them.",
    unit="requests",
    labels=("proxy", _CODE),
    title="Frontend responses",
)
FRONTEND_SESSIONS_LIMIT = HAPROXY.gauge(
    "haproxy_frontend_limit_sessions", help="Sessions that a frontend accepts.", unit="sessions", labels=("proxy",)
)
FRONTEND_SESSIONS = HAPROXY.gauge(
    "haproxy_frontend_current_sessions",
    help="Sessions of clients open now.",
    unit="sessions",
    labels=("proxy",),
    limit=FRONTEND_SESSIONS_LIMIT,
)
FRONTEND_BYTES_IN = HAPROXY.counter(
    "haproxy_frontend_bytes_in_total", help="Bytes from clients.", unit="bytes", labels=("proxy",)
)
FRONTEND_BYTES_OUT = HAPROXY.counter(
    "haproxy_frontend_bytes_out_total", help="Bytes to clients.", unit="bytes", labels=("proxy",)
)
FRONTEND_DENIED = HAPROXY.counter(
    "haproxy_frontend_requests_denied_total", help="Requests refused by a rule.", unit="requests", labels=("proxy",)
)
BACKEND_STATUS = HAPROXY.state_set(
    "haproxy_backend_status",
    help="UP while a backend has at least one server.",
    unit="backends",
    state_label="state",
    states=("UP", "DOWN"),
    labels=("proxy",),
)
BACKEND_SERVERS = HAPROXY.gauge(
    "haproxy_backend_agg_server_status",
    help="Servers of a backend in each state.",
    unit="servers",
    labels=("proxy", Label("state", SERVER_STATES)),
    title="Servers by state",
)
BACKEND_ACTIVE_SERVERS = HAPROXY.gauge(
    "haproxy_backend_active_servers", help="Servers that get requests now.", unit="servers", labels=("proxy",)
)
BACKEND_QUEUE = HAPROXY.gauge(
    "haproxy_backend_current_queue", help="Requests that wait for a server.", unit="requests", labels=("proxy",)
)
BACKEND_RESPONSES = HAPROXY.counter(
    "haproxy_backend_http_responses_total",
    help="Answers from a backend by class of status.",
    unit="requests",
    labels=("proxy", _CODE),
    title="Backend responses",
)
BACKEND_CONNECTION_ERRORS = HAPROXY.counter(
    "haproxy_backend_connection_errors_total",
    help="Connections to servers that failed.",
    unit="connections",
    labels=("proxy",),
)
BACKEND_RETRIES = HAPROXY.counter(
    "haproxy_backend_retry_warnings_total", help="Connections tried again.", unit="connections", labels=("proxy",)
)
BACKEND_REDISPATCHES = HAPROXY.counter(
    "haproxy_backend_redispatch_warnings_total",
    help="Requests moved to another server because theirs didn't connect.",
    unit="requests",
    labels=("proxy",),
)
BACKEND_QUEUE_TIME = HAPROXY.gauge(
    "haproxy_backend_queue_time_average_seconds",
    help="Mean wait for a server, of the last 1024 requests.",
    unit="s",
    labels=("proxy",),
)
BACKEND_RESPONSE_TIME = HAPROXY.gauge(
    "haproxy_backend_response_time_average_seconds",
    help="Mean time to an answer, of the last 1024 requests.",
    unit="s",
    labels=("proxy",),
)
SERVER_STATUS = HAPROXY.state_set(
    "haproxy_server_status",
    help="The state of a server: UP, DOWN, or taken out by hand (MAINT, DRAIN, NOLB).",
    unit="servers",
    state_label="state",
    states=SERVER_STATES,
    labels=_SERVER,
)
SERVER_SESSIONS = HAPROXY.gauge(
    "haproxy_server_current_sessions", help="Sessions that a server has now.", unit="sessions", labels=_SERVER
)
SERVER_RESPONSES = HAPROXY.counter(
    "haproxy_server_http_responses_total",
    help="Answers from a server by class of status.",
    unit="requests",
    labels=(*_SERVER, _CODE),
    title="Server responses",
)
SERVER_CHECK_FAILURES = HAPROXY.counter(
    "haproxy_server_check_failures_total",
    help="Health checks that failed while the server was up.",
    unit="checks",
    labels=_SERVER,
)
SERVER_RESPONSE_TIME = HAPROXY.gauge(
    "haproxy_server_response_time_average_seconds",
    help="Mean time to an answer, of the last 1024 requests.",
    unit="s",
    labels=_SERVER,
)
MAX_CONNECTIONS = HAPROXY.gauge(
    "haproxy_process_max_connections", help="Connections that the process accepts.", unit="connections"
)
CONNECTIONS = HAPROXY.gauge(
    "haproxy_process_current_connections",
    help="Connections that the process has now.",
    unit="connections",
    limit=MAX_CONNECTIONS,
)
IDLE_TIME = HAPROXY.gauge(
    "haproxy_process_idle_time_percent", help="Time that the process waits for work.", unit="%", title="Idle time"
)
START_TIME = HAPROXY.gauge("haproxy_process_start_time_seconds", help="When the process started.", unit="timestamp")

_PROXY = ("proxy",)


@indicator("Frontend request rate", by=_PROXY)
def request_rate(by: tuple[str, ...]) -> Query:
    """How many requests clients send a second.

    It follows the day and equals what the orchestrators answer. A gap between the two is requests that don't reach
    them.
    """
    return rate(FRONTEND_REQUESTS, by=by)


@indicator("Responses by class", by=("code",))
def responses_by_code(by: tuple[str, ...]) -> Query:
    """How many answers of each class of status go to clients a second.

    Mostly 2xx. 5xx that the orchestrators don't show are HAProxy's own: no server, or a timeout.
    """
    return rate(FRONTEND_RESPONSES, by=by)


@indicator("Frontend error ratio", by=_PROXY, thresholds=Thresholds(warning=0.01, critical=0.05))
def error_ratio(by: tuple[str, ...]) -> Query:
    """Share of answers to clients that are 5xx.

    Normally below 0.1 %, as users see it. Compare with the orchestrators' own: if theirs is lower, look at the servers
    and the queue here.
    """
    return share(rate(FRONTEND_RESPONSES, by=by, where={"code": "5xx"}), rate(FRONTEND_RESPONSES, by=by))


@indicator("Servers up", by=_PROXY, thresholds=Thresholds(warning=1, critical=0.5, direction="below"))
def servers_up(by: tuple[str, ...]) -> Query:
    """Share of a backend's servers that are up.

    100 % is normal but for deploys. Find the server that is down, then that orchestrator's log.
    """
    return share(latest(BACKEND_SERVERS, by=by, where={"state": "UP"}), latest(BACKEND_SERVERS, by=by))


@indicator("Backend up", by=("instance", "proxy"), thresholds=Thresholds(critical=1, direction="below"))
def backend_up(by: tuple[str, ...]) -> Query:
    """1 while a backend has at least one server, 0 when all are down.

    At 0 every request is answered with 503. Look at the orchestrators at once, and at what was deployed.
    """
    return in_state(BACKEND_STATUS, "UP", by=by).named(unit="")


@indicator("Server states", by=("proxy", "server", "state"))
def server_states(by: tuple[str, ...]) -> Query:
    """1 for the state that each server is in.

    UP is normal; MAINT, DRAIN and NOLB were set by hand. A server that flaps fails its health checks.
    """
    return latest(SERVER_STATUS, by=by, aggregation="max")


@indicator("Server state", by=_SERVER)
def server_state(by: tuple[str, ...]) -> Query:
    """Server by server its state: 0 UP, 1 DOWN, 2 taken out by hand (MAINT, DRAIN, NOLB).

    UP is normal, and the worst counts where several load balancers see it. One that is DOWN fails its health checks:
    see that orchestrator's log.
    """
    by_hand = latest(SERVER_STATUS, by=by, where={"state": ("MAINT", "DRAIN", "NOLB")}, aggregation="max")
    return (by_hand * 2 + latest(SERVER_STATUS, by=by, where={"state": "DOWN"}, aggregation="max")).named(unit="")


@indicator("Server sessions", by=_SERVER)
def server_sessions(by: tuple[str, ...]) -> Query:
    """Sessions that each server has now.

    Even over the servers. One with many more is slow: compare response times.
    """
    return latest(SERVER_SESSIONS, by=by)


@indicator("Server errors", by=_SERVER)
def server_errors(by: tuple[str, ...]) -> Query:
    """How many 5xx each server answers a second.

    Next to none is normal. One server alone is its own fault: take it out; all together are what they depend on.
    """
    return rate(SERVER_RESPONSES, by=by, where={"code": "5xx"})


@indicator("Requests waiting", by=_PROXY, thresholds=Thresholds(warning=1, critical=20))
def queue(by: tuple[str, ...]) -> Query:
    """How many requests wait for a server.

    0 is normal. Any that stay mean that the servers are full: look at the orchestrators' latency and connections.
    """
    return latest(BACKEND_QUEUE, by=by)


@indicator("Wait for a server", by=_PROXY)
def queue_time(by: tuple[str, ...]) -> Query:
    """Mean wait for a server, of the last 1024 requests.

    0 is normal. Any wait is added to what users feel: the servers are full.
    """
    return latest(BACKEND_QUEUE_TIME, by=by, aggregation="max")


@indicator("Sessions utilisation", by=_PROXY, thresholds=Thresholds(warning=0.8, critical=0.95))
def sessions_utilisation(by: tuple[str, ...]) -> Query:
    """Clients' sessions as a share of what a frontend accepts.

    Below 50 % is normal; at 100 % clients wait to connect. Slow answers fill it: look at latency first.
    """
    return utilisation(latest(FRONTEND_SESSIONS, by=by), latest(FRONTEND_SESSIONS_LIMIT, by=by))


@indicator("Connections utilisation", by=("instance",), thresholds=Thresholds(warning=0.8, critical=0.95))
def connections_utilisation(by: tuple[str, ...]) -> Query:
    """Share of the connections that the process accepts.

    Below 50 % is normal; at 100 % all frontends stand still. Slow answers fill it: look at latency first.
    """
    return utilisation(latest(CONNECTIONS, by=by), latest(MAX_CONNECTIONS, by=by))


@indicator("Connection errors", by=_PROXY)
def connection_errors(by: tuple[str, ...]) -> Query:
    """How many connections to servers fail a second.

    None is normal. A server that just died shows here before its health check does.
    """
    return rate(BACKEND_CONNECTION_ERRORS, by=by)


@indicator("Retries", by=_PROXY)
def retries(by: tuple[str, ...]) -> Query:
    """How many connections are tried again a second.

    None is normal. Retries hide a failing server from users and cost time: find it by its failed checks.
    """
    return rate(BACKEND_RETRIES, by=by)


@indicator("Redispatches", by=_PROXY)
def redispatches(by: tuple[str, ...]) -> Query:
    """How many requests a second move to another server because theirs didn't connect.

    None is normal. A server dies before its health check notices: find it by its failed checks.
    """
    return rate(BACKEND_REDISPATCHES, by=by)


@indicator("Failed checks", by=("proxy", "server"), thresholds=Thresholds(warning=1))
def failed_checks(by: tuple[str, ...]) -> Query:
    """Health checks of a server that failed, in 15 minutes.

    None is normal but for deploys. Repeated ones on one server: look at its CPU and log.
    """
    return increase(SERVER_CHECK_FAILURES, by=by, window="15m")


@indicator("Response time", by=("proxy", "server"), thresholds=Thresholds(warning=1))
def response_time(by: tuple[str, ...]) -> Query:
    """Mean time to an answer of each server, of its last 1024 requests.

    Even over the servers. One that stands out is slow itself; all together means what they depend on.
    """
    # HAProxy keeps the last mean of a server that is down.
    return latest(SERVER_RESPONSE_TIME, by=by, aggregation="max").when(in_state(SERVER_STATUS, "UP", by=by).above(0))


@indicator("Traffic in", by=_PROXY)
def bytes_in(by: tuple[str, ...]) -> Query:
    """Bytes from clients a second.

    It follows the requests. More bytes a request means larger plans.
    """
    return rate(FRONTEND_BYTES_IN, by=by)


@indicator("Traffic out", by=_PROXY)
def bytes_out(by: tuple[str, ...]) -> Query:
    """Bytes to clients a second.

    It follows the requests. More bytes a request means lists that aren't paged.
    """
    return rate(FRONTEND_BYTES_OUT, by=by)


@indicator("Denied requests", by=_PROXY)
def denied(by: tuple[str, ...]) -> Query:
    """How many requests a second a rule refuses.

    Few is normal. A jump is an attack, or a rule that is too strict: look at what was last deployed.
    """
    return rate(FRONTEND_DENIED, by=by)


@indicator("Idle time", by=("instance",), thresholds=Thresholds(warning=20, critical=5, direction="below"))
def idle_time(by: tuple[str, ...]) -> Query:
    """Time that HAProxy waits for work.

    Above 50 % is normal. Below 20 % the load balancer itself slows requests: add one.
    """
    return latest(IDLE_TIME, by=by, aggregation="min")
