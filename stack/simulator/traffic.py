"""What the Phoenix workload consists of: routes, kinds of task, operations, caches, with their normal behaviour.

The names are known values of the catalogue's labels; one that the catalogue doesn't know is an error when it is first
counted. Durations are medians in seconds with the spread of their logarithm.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Route:
    """One route of the orchestrator's API: `share` of the requests, durations, sizes in bytes, how it answers.

    `refusals` says how its client errors are split; `tasks` is how many tasks an accepted request queues on average.
    """

    method: str
    route: str
    share: float
    median: float
    sigma: float
    request: float
    response: float
    success: str = "200"
    refusals: Mapping[str, float] = field(default_factory=lambda: {"401": 0.2, "404": 0.7, "429": 0.1})
    tasks: float = 0.0


@dataclass(frozen=True)
class TaskType:
    """One kind of task: `share` of the tasks queued, how long one runs."""

    name: str
    share: float
    median: float
    sigma: float


@dataclass(frozen=True)
class Operation:
    """What agents do for tasks: how many a task needs, how long one takes."""

    name: str
    each_task: float
    median: float
    sigma: float


@dataclass(frozen=True)
class Cache:
    """A cache of the orchestrator: lookups a request, share found, bytes when full."""

    name: str
    each_request: float
    hits: float
    size: float


_WRITES = {"400": 0.5, "401": 0.2, "409": 0.2, "429": 0.1}

ROUTES = (
    Route("GET", "/v1/plans", 0.08, 0.045, 0.6, 96, 14_000),
    Route("POST", "/v1/plans", 0.03, 0.110, 0.6, 6_000, 900, success="201", refusals=_WRITES, tasks=2.5),
    Route("GET", "/v1/plans/:id", 0.20, 0.020, 0.6, 96, 4_500),
    Route("DELETE", "/v1/plans/:id", 0.005, 0.035, 0.6, 96, 70, success="204"),
    Route("GET", "/v1/tasks", 0.10, 0.055, 0.6, 96, 30_000),
    Route("GET", "/v1/tasks/:id", 0.305, 0.014, 0.6, 96, 1_600),
    Route("PUT", "/v1/tasks/:id", 0.12, 0.030, 0.6, 1_800, 300, refusals=_WRITES),
    Route("GET", "/v1/agents", 0.02, 0.025, 0.6, 96, 18_000),
    Route("POST", "/v1/agents/:id/heartbeat", 0.14, 0.006, 0.5, 320, 80, success="204"),
)
SERVER_ERRORS = {"500": 0.4, "502": 0.1, "503": 0.35, "504": 0.15}
TASK_TYPES = (
    TaskType("plan", 0.20, 3.0, 0.6),
    TaskType("build", 0.25, 16.0, 0.6),
    TaskType("test", 0.30, 18.0, 0.6),
    TaskType("review", 0.15, 5.0, 0.6),
    TaskType("deploy", 0.10, 11.0, 0.6),
)
TASK_REASONS = {
    "timeout": 0.3,
    "agent_lost": 0.1,
    "dependency": 0.2,
    "invalid_input": 0.2,
    "resource_exhausted": 0.1,
    "internal": 0.1,
}
OPERATIONS = (
    Operation("fetch", 1.0, 0.40, 0.7),
    Operation("prepare", 1.0, 0.90, 0.7),
    Operation("execute", 1.6, 3.50, 0.8),
    Operation("upload", 0.7, 0.60, 0.7),
    Operation("report", 1.0, 0.08, 0.6),
)
OPERATION_REASONS = {"timeout": 0.25, "command_failed": 0.4, "out_of_memory": 0.1, "network": 0.15, "internal": 0.1}
CACHES = (Cache("plans", 0.6, 0.96, 1.9e8), Cache("results", 0.5, 0.92, 4.2e8), Cache("sessions", 1.0, 0.985, 4.5e7))

# Normal shares of what goes wrong.
REQUEST_ERRORS = 0.0001
CLIENT_ERRORS = 0.012
TASK_FAILURES = 0.003
OPERATION_FAILURES = 0.002
