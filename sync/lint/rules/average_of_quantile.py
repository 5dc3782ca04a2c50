"""A quantile that is summed or averaged.

The mean of several 99th percentiles is no percentile of anything. Sum the buckets by le and take the quantile last.
The highest of several is a fair question, and passes.

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
from sync.lint.promql.tree import Aggregation, Binary, Call, Node, Number, Selector
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule


def check(query: Query, _project: Project) -> Findings:
    """Find sums and averages right around a quantile."""
    if "quantile" not in query.text:
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
