"""A rate of something already summed or rated.

The restart of one process is a fall of the sum, which rate() takes for a restart of everything: one restart shows as an
enormous peak. Take the rate first and sum after. The same holds for a series that a rule recorded from a sum, and a
rate of a rate measures nothing.

FAIL promql:
    rate(sum(http_requests_total)[5m:30s])

FAIL promql:
    rate((sum by (job) (http_requests_total) > 0)[5m:])

FAIL promql:
    rate(job:http_requests:rate5m[10m])

FAIL promql:
    increase(job:http_requests_total:sum[10m])

PASS promql:
    sum(rate(http_requests_total[5m]))

PASS promql:
    max_over_time(sum(rate(http_requests_total[5m]))[1h:])
"""

from __future__ import annotations

import re

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import RATES, Aggregation, Binary, Call, Node, Selector, Subquery
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule

_SUMMED = re.compile(r":(?:sum|avg|max|min)(?:_[a-z]+)?$")
_RATED = re.compile(r":i?rate(?:\d+[smhd])?$|:(?:[a-z]+_)?i?rate_?\d+[smhd]$|:rate_[a-z0-9]+$|_per_second:")


def check(query: Query, project: Project) -> Findings:
    """Look into the argument of each rate."""
    for node, _above in query.each(Call):
        if node.name in RATES and node.arguments:
            what = _summed(node.arguments[0], project)
            if what:
                yield Finding(
                    f"{node.name}() of {what}: take the rate of the counters first, then aggregate", piece=node.name
                )


def _summed(node: Node, project: Project) -> str:
    if isinstance(node, Subquery):
        body = node.body
        return _made(body)
    if isinstance(node, Selector) and ":" in node.name:
        for rule in project.recorded.get(node.name, []):
            recorded = rule.query.tree
            if isinstance(recorded, Aggregation) and recorded.name in {"sum", "avg", "max", "min"}:
                return f"{node.name}, which is recorded from a {recorded.name}"
        if _RATED.search(node.name):
            return f"{node.name}, which is a rate already"
        if _SUMMED.search(node.name):
            return f"{node.name}, which is aggregated already"
    return ""


def _made(node: Node) -> str:  # noqa: PLR0911 one return a kind of node
    """Return what an expression makes of counters before it is rated; '' where it leaves them as they are."""
    match node:
        case Aggregation(name="sum" | "avg" | "max" | "min" | "count"):
            return f"a {node.name}"
        case Call(name=name) if name in RATES:
            return f"{name}()"
        case Call(name="label_replace" | "label_join" | "clamp_min" | "clamp_max" | "round", arguments=(inner, *_)):
            return _made(inner)
        case Binary(operator="and" | "unless"):
            return _made(node.left)
        case Binary(operator="+", left=Selector(), right=Selector()):
            return "a sum of two"
        case Binary(operator="or", left=first, right=Call(name="vector")):
            return _made(first)
        case Binary(operator="or"):
            return ""
        case Binary():
            return _made(node.left) or _made(node.right)
        case _:
            return ""


RULE = Rule(__name__, Severity.ERROR, peers={"pint": "promql/rate"}, query=check)
