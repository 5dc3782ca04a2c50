"""A rate of something already summed or rated.

The restart of one process is a fall of the sum, which rate() takes for a restart of everything: one restart shows as an
enormous peak. Take the rate first and sum after. The same holds for a series that a rule recorded from a sum, and a
rate of a rate measures nothing.

WITH rules.yaml:
    groups:
      - name: a
        rules:
          - {record: "job:requests:recent", expr: "60 * rate(requests_total[5m])"}
          - {record: "all:requests:recent", expr: "job:requests:recent or vector(0)"}
          - {record: "job:requests:named", expr: "a_total * on (pod) group_left (team) topk by (pod) (1, pod_labels)"}
          - {record: "job:requests:copy", expr: 'requests_total{job="a"}'}

FAIL promql:
    rate(sum(http_requests_total)[5m:30s])

FAIL promql:
    rate((sum by (job) (http_requests_total) > 0)[5m:])

FAIL promql:
    rate(job:http_requests:rate5m[10m])

FAIL promql:
    increase(job:http_requests_total:sum[10m])

FAIL promql:
    rate(job:latency:p99[10m])

FAIL promql:
    increase(all:requests:recent[10m])

FAIL promql:
    rate(topk(5, http_requests_total)[5m:])

FAIL promql:
    resets(sum(http_requests_total)[1h:])

PASS promql:
    rate(job:requests:named[5m])

PASS promql:
    increase(job:requests:copy[10m])

PASS promql:
    sum(rate(http_requests_total[5m]))

PASS promql:
    max_over_time(sum(rate(http_requests_total[5m]))[1h:])
"""

from __future__ import annotations

import re

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.part_names import is_named_quantile
from sync.lint.promql.tree import CHOOSING, RATES, Aggregation, Binary, Call, Node, Selector, Subquery
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule

_SUMMED = re.compile(r":(?:sum|avg|max|min|count)(?:_[a-z]+)?$")
_RATED = re.compile(
    r":(?:i?rate|increase)(?:\d+[smhd])?$|:(?:[a-z]+_)?(?:i?rate|increase)_?\d+[smhd]$|:rate_[a-z0-9]+$|_per_second:"
)
_QUOTIENT = re.compile(r":(?:\w*_)?ratio(?:_|\d|$)")
_LONGEST_CHAIN = 4
"""Recorded series that are followed from one to the next."""


def check(query: Query, project: Project) -> Findings:
    """Look into the argument of each rate."""
    for node, _above in query.each(Call):
        if node.name in RATES | {"resets"} and node.arguments:
            what = _summed(node.arguments[0], project)
            if what:
                yield Finding(
                    f"{node.name}() of {what}: take the rate of the counters first, then aggregate", piece=node.name
                )


def _summed(node: Node, project: Project) -> str:
    if isinstance(node, Subquery):
        is_chosen = isinstance(node.body, Aggregation) and node.body.name in CHOOSING
        return "a choice that changes" if is_chosen else _made(node.body, project)
    if isinstance(node, Selector):
        return _recorded(node.name, project, _LONGEST_CHAIN) or _named(node.name)
    return ""


def _recorded(name: str, project: Project, depth: int) -> str:
    """Return what the rules among the files make a series of."""
    for rule in project.recorded.get(name, []) if depth else ():
        what = _made(rule.query.tree, project, depth - 1) if rule.query.tree is not None else ""
        if what:
            return f"{name}, which is recorded from {what}"
    return ""


def _named(name: str) -> str:
    """Return what a recorded series is by its name."""
    if ":" not in name:
        return ""
    if _RATED.search(name):
        return f"{name}, which is a rate already"
    if _SUMMED.search(name):
        return f"{name}, which is aggregated already"
    if _QUOTIENT.search(name):
        return f"{name}, which is a quotient"
    return f"{name}, which is a quantile" if is_named_quantile(name) else ""


def _made(node: Node, project: Project, depth: int = _LONGEST_CHAIN) -> str:  # noqa: PLR0911 one return a kind of node
    """Return what an expression makes of counters before it is rated; '' where it leaves them as they are."""
    match node:
        case Aggregation(name="sum" | "avg" | "max" | "min" | "count" | "quantile"):
            return f"a {node.name}"
        case Call(name=name) if name in RATES or name == "histogram_quantile":
            return f"{name}()"
        case Call(name="label_replace" | "label_join" | "clamp_min" | "clamp_max" | "round", arguments=(inner, *_)):
            return _made(inner, project, depth)
        case Binary(operator="and" | "unless"):
            return _made(node.left, project, depth)
        case Binary(operator="+", left=Selector(), right=Selector()):
            return "a sum of two"
        case Binary(operator="or", left=first, right=Call(name="vector")):
            return _made(first, project, depth)
        case Binary(operator="or"):
            return ""
        case Binary():
            return _made(node.left, project, depth) or _made(node.right, project, depth)
        case Selector():
            return _recorded(node.name, project, depth)
        case _:
            return ""


RULE = Rule(__name__, Severity.ERROR, peers={"pint": "promql/rate"}, query=check)
