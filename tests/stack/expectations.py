"""What dashboards show when all is well and in each incident: the one place where panels are named.

A panel is (uid of its dashboard, its title); where two of a page share a title, their kind follows it in brackets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.stack.prometheus_api import Series

Panel = tuple[str, str]

OVERVIEW, BUSINESS, SLO = "phoenix-system-overview", "phoenix-business-metrics", "phoenix-slo"
AGENTS, REDIS, BALANCER, NODES = "phoenix-agents", "phoenix-redis", "phoenix-load-balancer", "phoenix-nodes"
MONITORING, TRACES = "phoenix-monitoring", "phoenix-traces"


@dataclass(frozen=True)
class Empty:
    """A query that has nothing to say when all is well: why, and the incident in which it does."""

    because: str
    until: str


# By panel and refId.
EMPTY_WHEN_HEALTHY: dict[tuple[str, str, str], Empty] = {
    (BUSINESS, "Which agents are gone", "A"): Empty("lists the agents that vanished; there are none", "agent-loss"),
    (AGENTS, "Which agents are gone", "A"): Empty("lists the agents that vanished; there are none", "agent-loss"),
    (MONITORING, "Alerts by severity", "A"): Empty("counts the alerts that fire; there are none", "latency"),
}


@dataclass(frozen=True)
class Tells:
    """In an incident, some series of a panel's query `ref` must hold at the end of the scenario, and none before it.

    `of` narrows them to those with these labels.
    """

    incident: str
    panel: Panel
    holds: Callable[[float], bool]
    words: str
    ref: str = "A"
    of: dict[str, str] = field(default_factory=dict)

    def shown_by(self, series: list[Series]) -> bool:
        """Whether a series shows it now."""
        return any(self.holds(each.last) for each in series if self.of.items() <= each.labels.items())


def above(limit: float) -> Callable[[float], bool]:
    """Return whether a value is above a limit."""
    return lambda value: value > limit


def below(limit: float) -> Callable[[float], bool]:
    """Return whether a value is below a limit."""
    return lambda value: value < limit


def equal(wanted: float) -> Callable[[float], bool]:
    """Return whether a value is this one."""
    return lambda value: value == wanted


TELLS = [
    Tells("latency", (OVERVIEW, "Latency p95"), above(1), "slower than the 1 s that users notice"),
    Tells("latency", (OVERVIEW, "Latency"), above(1), "p95 above 1 s", ref="B"),
    Tells("latency", (OVERVIEW, "Latency p95 by route"), above(2.5), "a slow route"),
    Tells("latency", ("phoenix-slo-latency", "Burn, 1 h"), above(6), "burns far faster than allowed"),
    Tells("latency", ("phoenix-slo-latency", "1h and 5m"), above(14.4), "the 5 min burn would page", ref="B"),
    Tells("latency", (BUSINESS, "Tasks take"), above(60), "tasks take longer"),
    Tells("slow-agents", ("phoenix-slo-task-latency", "Burn, 1 h"), above(2), "tasks miss their time"),
    Tells("failures", (OVERVIEW, "Errors"), above(0.05), "more than 5 % of the requests fail"),
    Tells("failures", (OVERVIEW, "Errors by route"), above(0.05), "in some route"),
    Tells("failures", (BUSINESS, "Task success rate"), below(0.85), "a quarter of the tasks fails"),
    Tells("failures", (BUSINESS, "Failure ratio by task type"), above(0.15), "in some type"),
    Tells("failures", (BUSINESS, "Operation failure ratio"), above(0.1), "agents' operations fail too"),
    Tells("failures", (SLO, "Fastest burn, 1 h"), above(14.4), "faster than the factor that pages"),
    Tells("failures", ("phoenix-slo-availability", "Error budget left (stat)"), below(0.6), "budget was spent"),
    Tells("failures", ("phoenix-slo-availability", "Burn, 1 h"), above(14.4), "availability burns"),
    Tells("failures", ("phoenix-slo-task-success", "Error ratio over 5 min"), above(0.15), "its events are bad"),
    Tells("agent-loss", (BUSINESS, "Agents gone"), equal(2), "two agents are gone"),
    Tells("agent-loss", (BUSINESS, "Agents by health"), equal(1), "one is degraded, one unhealthy"),
    Tells("agent-loss", (BUSINESS, "State of each agent"), equal(2), "one is unhealthy"),
    Tells("agent-loss", (OVERVIEW, "What is down"), equal(2), "two targets are down"),
    Tells("agent-loss", (OVERVIEW, "Target up"), equal(0), "which they are"),
    Tells("memory-leak", (OVERVIEW, "Fullest process"), above(0.85), "a process is near its limit"),
    Tells("memory-leak", (OVERVIEW, "Memory against its limit, ten highest"), above(0.85), "which it is"),
    Tells("agent-loss", (AGENTS, "Agents gone"), equal(2), "two agents are gone"),
    Tells("agent-loss", (AGENTS, "Healthy agents"), below(0.9), "others are ill"),
    Tells("agent-loss", (AGENTS, "Healthy agents by pool"), below(0.5), "in one pool"),
    Tells("agent-loss", (AGENTS, "Agent health"), equal(2), "one is unhealthy, at the head of the table"),
    Tells("agent-loss", (AGENTS, "Failures by agent, ten highest"), above(0.05), "the degraded one fails"),
    Tells("failures", (AGENTS, "Failures"), above(0.1), "operations fail"),
    Tells("slow-agents", (AGENTS, "Operations take"), above(30), "operations take longer"),
    Tells("redis-down", (REDIS, "Servers"), equal(0), "a server is down"),
    Tells("redis-down", (REDIS, "Redis up"), equal(0), "which it is"),
    Tells("redis-down", (REDIS, "Each server"), equal(0), "at the head of the table"),
    Tells("redis-down", (REDIS, "Replication"), equal(0), "its replicas have lost it"),
    Tells("redis-down", (REDIS, "Link of each replica to its master"), equal(0), "which they are"),
    Tells("redis-down", (REDIS, "Hit ratio"), below(0.5), "every lookup misses", ref="B"),
    Tells("redis-down", (OVERVIEW, "Redis up"), equal(0), "the overview knows"),
    Tells("redis-down", (OVERVIEW, "What is down"), above(0), "in its first row"),
    Tells("backend-down", (OVERVIEW, "Errors"), above(0.9), "users get errors that no orchestrator counts"),
    Tells("backend-down", (OVERVIEW, "What is down"), above(3), "orchestrators and a backend"),
    Tells("replica-loss", (REDIS, "Replicas by master"), equal(1), "one of two is left", of={"instance": "redis-1"}),
    Tells("replica-loss", (REDIS, "Servers"), equal(0), "the other is down"),
    Tells("backend-down", (BALANCER, "Backends"), equal(0), "no server is left"),
    Tells("backend-down", (BALANCER, "Servers"), equal(0), "all are down"),
    Tells("backend-down", (BALANCER, "Each server"), equal(1), "which they are"),
    Tells("backend-down", (BALANCER, "State of each server"), equal(1), "since when"),
    Tells("backend-down", (BALANCER, "Errors"), above(0.99), "users get nothing else"),
    Tells("backend-down", (BALANCER, "Answers by class"), above(10), "HAProxy answers 503 itself", of={"code": "5xx"}),
    Tells("backend-down", (BALANCER, "Failed health checks"), above(1), "checks say so"),
    Tells("backend-down", (BALANCER, "Connections that fail"), above(0), "connections too"),
    Tells("overload", (BALANCER, "Queue"), above(1), "requests wait"),
    Tells("overload", (NODES, "Busiest node"), above(0.8), "a node is at its limit"),
    Tells("overload", (NODES, "CPU utilisation"), above(0.8), "which it is"),
    Tells("overload", (NODES, "Waiting for CPU"), above(0.05), "processes wait for it"),
    Tells("latency", (MONITORING, "Alerts"), above(0), "an alert fires"),
    Tells("latency", (TRACES, "Requests take, p95"), above(0.5), "requests are slow"),
    Tells("latency", (TRACES, "Time by step, p95"), above(0.5), "in this step", of={"span_name": "plan.execute"}),
    Tells("failures", (TRACES, "Worst step"), above(0.05), "a step fails"),
    Tells("failures", (TRACES, "Failed by step"), above(0.15), "it is the agents' run", of={"span_name": "task.run"}),
    Tells(
        "failures", (TRACES, "Failed requests by route"), above(1000), "one route most", of={"route": "/v1/tasks/:id"}
    ),
    Tells("failures", (TRACES, "Each call"), above(0.15), "so calls of agents fail", "B", {"server": "phoenix-agent"}),
    Tells("redis-down", (TRACES, "Each call"), above(0.9), "calls of Redis fail", "B", {"server": "redis"}),
    Tells("agent-loss", (MONITORING, "Targets"), below(0.9), "targets are down"),
]
