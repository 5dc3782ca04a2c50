"""A subquery that evaluates its expression thousands of times.

`[30d:1m]` computes what is inside 43,200 times for every point of the graph. Record the inner expression and read that,
or take a wider step.

FAIL promql:
    max_over_time(sum(rate(http_requests_total[5m]))[30d:1m])

FAIL promql:
    max_over_time(count(up)[30d:])

PASS promql:
    max_over_time(sum(rate(http_requests_total[5m]))[1d:5m])
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Subquery
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule

PROMETHEUS_STEP = 60
"""Seconds that Prometheus takes where a subquery says none: its evaluation interval, unless configured a minute."""
MOST_STEPS = 11_000
"""As many points as Prometheus allows for the whole answer to a query."""


def check(query: Query, _project: Project) -> Findings:
    """Count the steps of each subquery."""
    for node, _ in query.each(Subquery):
        step = _step(node)
        if node.window.seconds and step:
            steps = node.window.seconds / step
            if steps > MOST_STEPS:
                yield Finding(
                    f"[{node.window}:{node.step or ''}] evaluates its expression {steps:,.0f} times a point",
                    piece=f"[{node.window}",
                )


def _step(node: Subquery) -> float | None:
    """Return the seconds between two evaluations; None where a variable says it."""
    return node.step.seconds if node.step else PROMETHEUS_STEP


RULE = Rule(__name__, Severity.WARNING, peers={"pint": "query/cost"}, query=check)
