"""A quantile that is summed or averaged.

The mean of several 99th percentiles is no percentile of anything. Sum the buckets by le and take the quantile last.
The highest of several is a fair question, and passes. A recorded series is a quantile by its rule among the files, or
by its name.

WITH rules.yaml:
    groups:
      - name: a
        rules:
          - {record: "job:latency:high", expr: "histogram_quantile(0.99, sum by (job, le) (rate(took_bucket[5m])))"}

FAIL promql:
    avg(job:latency:high * 1000)

FAIL promql:
    avg(job:latency:p99)

PASS promql:
    max(job:latency:p99)

FAIL promql:
    avg(histogram_quantile(0.99, rate(http_request_duration_seconds_bucket[5m])))

FAIL promql:
    sum(go_gc_duration_seconds{quantile="0.75"})

FAIL promql:
    avg without (pod) (rpc_duration_seconds{quantile=~"0.9|0.99"})

PASS promql:
    histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))

PASS promql:
    max(go_gc_duration_seconds{quantile="0.75"})
"""

from __future__ import annotations

import re

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.part_names import is_named_quantile
from sync.lint.promql.tree import Aggregation, Binary, Call, Node, Number, Selector
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule


def check(query: Query, project: Project) -> Findings:
    """Find sums and averages right around a quantile."""
    if "quantile" not in query.text and ":" not in query.text:
        return
    for node, _ in query.each(Aggregation):
        if node.name not in {"sum", "avg"} or (not node.without and {"instance", "pod"} & set(node.labels or ())):
            continue
        body = _as_drawn(node.body)
        if isinstance(body, Call) and body.name == "histogram_quantile":
            message = f"{node.name}() of a quantile is no quantile: aggregate the buckets by le first"
            yield Finding(message, piece=node.name)
        elif (
            isinstance(body, Selector)
            and _one_quantile(body)
            and (node.without or "quantile" not in (node.labels or ()))
        ):
            message = f"{node.name}() of a summary's quantile is no quantile: a summary can't be aggregated"
            yield Finding(message, piece=node.name)
        elif isinstance(body, Selector) and _is_recorded_quantile(body.name, project):
            message = f"{node.name}() of {body.name}, which is a quantile: record the buckets by le, and take it last"
            yield Finding(message, piece=node.name)


def _is_recorded_quantile(name: str, project: Project, depth: int = 3) -> bool:
    """Whether the rules among the files make a series a quantile, or where there are none its name says so."""
    if name not in project.recorded:
        return ":" in name and is_named_quantile(name)
    bodies = [_as_drawn(rule.query.tree) for rule in project.recorded[name] if rule.query.tree is not None]
    return depth > 0 and any(
        (isinstance(body, Call) and body.name == "histogram_quantile")
        or (
            isinstance(body, Selector) and (_one_quantile(body) or _is_recorded_quantile(body.name, project, depth - 1))
        )
        for body in bodies
    )


def _as_drawn(node: Node) -> Node:
    """Return an expression without what only scales, rounds or filters it."""
    while True:
        match node:
            case Call(name="round" | "ceil" | "floor" | "clamp_min" | "clamp_max", arguments=(inner, *_)):
                node = inner
            case Binary(operator="*" | "/", left=inner, right=Number()):
                node = inner
            case Binary(operator="*", left=Number(), right=inner):
                node = inner
            case Binary(left=inner, right=Number()) if node.filters:
                node = inner
            case _:
                return node


def _one_quantile(selector: Selector) -> bool:
    """Whether it is one quantile of a summary; the lowest and the highest value can be averaged."""
    matcher = selector.matcher("quantile")
    several = matcher is not None and re.fullmatch(r"[01]?\.\d+(?:\|[01]?\.\d+)*", matcher.value.replace("\\", ""))
    return matcher is not None and (
        (matcher.operator == "=" and matcher.value not in {"0", "1"})
        or (matcher.operator == "=~" and several is not None)
    )


RULE = Rule(__name__, Severity.WARNING, query=check)
