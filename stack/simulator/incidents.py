"""The named incidents: what each does to the workload, and when."""

import re
from dataclasses import dataclass

RAMP = 90.0  # seconds that an incident takes to show its whole effect


@dataclass(frozen=True)
class Alert:
    """The alert that an incident raises; pending for the first `hold` seconds."""

    name: str
    severity: str
    job: str
    hold: float = 120.0


@dataclass(frozen=True)
class Incident:
    """What an incident multiplies or breaks in the production environment, at its whole effect."""

    name: str
    help: str
    alert: Alert | None = None
    demand: float = 1.0  # requests, against the hour's normal
    latency: float = 1.0  # durations of requests
    task_latency: float = 1.0  # durations of tasks and of agents' operations
    request_failures: float = 0.0  # share of requests answered 500 and 503
    task_failures: float = 0.0  # share of finished tasks that failed
    agents_lost: bool = False  # one pool loses two agents, and two more aren't healthy
    memory_leak: bool = False  # one orchestrator's memory grows until it's restarted
    redis_down: bool = False
    replica_lost: bool = False
    backends_down: bool = False  # no orchestrator answers; the load balancer does, with 503


_ORCHESTRATOR, _AGENT = "phoenix-orchestrator", "phoenix-agent"

INCIDENTS = {
    incident.name: incident
    for incident in (
        Incident(
            "latency",
            "requests take twenty times as long, tasks four times",
            Alert("HighLatency", "critical", _ORCHESTRATOR),
            latency=20,
            task_latency=4,
        ),
        Incident(
            "failures",
            "a quarter of all tasks fail, 8 % of the requests",
            Alert("HighErrorRate", "critical", _ORCHESTRATOR),
            task_failures=0.25,
            request_failures=0.08,
        ),
        Incident(
            "agent-loss",
            "a pool loses two of four agents, one more is unhealthy, one degraded",
            Alert("AgentUnhealthy", "critical", _AGENT),
            agents_lost=True,
        ),
        Incident(
            "memory-leak",
            "an orchestrator's memory grows to 97 % of its limit",
            Alert("HighMemoryUsage", "warning", _ORCHESTRATOR, hold=900),
            memory_leak=True,
        ),
        Incident(
            "slow-agents",
            "tasks take twenty times as long",
            Alert("SlowTasks", "warning", _ORCHESTRATOR),
            task_latency=20,
        ),
        Incident(
            "outage",
            "every request is answered with an error",
            Alert("ErrorBudgetBurn", "critical", _ORCHESTRATOR),
            request_failures=1,
            task_failures=0.9,
        ),
        Incident(
            "overload",
            "five times the requests: the queue grows",
            Alert("QueueGrowing", "warning", _ORCHESTRATOR, hold=600),
            demand=5,
            latency=2,
            task_latency=1.4,
            request_failures=0.01,
        ),
        Incident("idle", "no requests at all, as in a quiet night", demand=0),
        Incident(
            "redis-down",
            "the Redis master is gone: every lookup misses",
            Alert("RedisDown", "critical", "redis"),
            redis_down=True,
            latency=2.5,
            task_latency=1.5,
        ),
        Incident(
            "replica-loss",
            "a Redis replica is gone",
            Alert("RedisReplicaMissing", "warning", "redis"),
            replica_lost=True,
        ),
        Incident(
            "backend-down",
            "no orchestrator answers the load balancer",
            Alert("NoHealthyServer", "critical", "haproxy", hold=60),
            backends_down=True,
        ),
    )
}


@dataclass(frozen=True)
class Span:
    """An incident from `start` (Unix seconds) to `end` (None: until it's stopped)."""

    incident: Incident
    start: float
    end: float | None = None

    def covers(self, now: float) -> bool:
        """Whether it strikes at `now`."""
        return self.start <= now and (self.end is None or now < self.end)

    def age(self, now: float, *, speed: float = 1.0) -> float:
        """Seconds since its start, as the incident counts them; 0 when it doesn't strike."""
        return (now - self.start) * speed if self.covers(now) else 0.0

    def strength(self, now: float, *, speed: float = 1.0) -> float:
        """How much of its effect it has at `now`: 0 to 1, growing over its first RAMP seconds."""
        return min(1.0, self.age(now, speed=speed) / RAMP)


class IncidentError(ValueError):
    """An incident that can't be read: what is wrong and what would be right."""


_DURATION = re.compile(r"(\d+(?:\.\d+)?)(s|m|h|d)")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SPAN = re.compile(r"(?P<name>[a-z-]+)(@(?P<start>-?[\d.]+[smhd]?)(\+(?P<length>[\d.]+[smhd]))?)?")


def seconds(text: str) -> float:
    """Read `90s`, `15m`, `6h` or `30d` as seconds."""
    if not (match := _DURATION.fullmatch(text)):
        raise IncidentError(f"{text!r} is no duration: write it as 90s, 15m, 6h or 2d")
    return float(match[1]) * _UNITS[match[2]]


def find(name: str) -> Incident:
    """Return the incident of this name."""
    if name not in INCIDENTS:
        raise IncidentError(f"there is no incident {name!r}; there are {', '.join(sorted(INCIDENTS))}")
    return INCIDENTS[name]


def span(text: str, *, now: float) -> Span:
    """Read NAME, NAME@START or NAME@START+DURATION; START is Unix seconds, or `-30m` (before `now`) or `5m` (after)."""
    if not (match := _SPAN.fullmatch(text)):
        raise IncidentError(f"{text!r} is no incident: write NAME, NAME@-30m or NAME@-30m+20m")
    start = match["start"] or "0s"
    if start.isdecimal():
        begin = float(start)
    else:
        begin = now - seconds(start[1:]) if start.startswith("-") else now + seconds(start)
    end = begin + seconds(match["length"]) if match["length"] else None
    return Span(find(match["name"]), begin, end)
