"""A comparison that can't hold, so that the alert never fires and the panel stays empty.

The values that an expression can have follow from its functions (a count is at least 1, a rate is never negative, a
part of a whole is at most 1, a size is not negative), from the bounds of a histogram, and from the comparisons around
it. A share compared with a number meant as percent, a burn-rate factor that would need more than 100 % failures, and a
count compared with 0 are the usual ones. What is used or free of something is a part of it by its name: `…_avail_bytes`
of `…_size_bytes`. A limit may be exceeded, so what is used of it isn't.

FAIL alert-expr:
    count(up == 0) < 1

FAIL alert-expr:
    sum(rate(http_requests_total{code="500"}[5m])) / sum(rate(http_requests_total[5m])) > 5

FAIL alert-expr:
    sum(rate(http_requests_total{code="500"}[1h])) / sum(rate(http_requests_total[1h])) > 14.4 * (1 - 0.9)

FAIL alert-expr:
    rate(http_requests_total[5m]) < 0

FAIL alert-expr:
    100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100 > 100

FAIL alert-expr:
    avg by (instance) (rate(node_cpu_seconds_total{mode="iowait"}[5m])) > 20

FAIL alert-expr:
    node_load1 > 10 and node_load1 < 5

FAIL promql:
    up > 1

FAIL alert-expr:
    node_load1 == NaN

FAIL alert-expr:
    node_filesystem_avail_bytes{job="node"} / node_filesystem_size_bytes{job="node"} > 90

FAIL alert-expr:
    redis_memory_used_bytes / redis_memory_max_bytes < 0

FAIL alert-expr:
    1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes > 1

PASS alert-expr:
    sum(rate(http_requests_total{code="500"}[5m])) / sum(rate(http_requests_total[5m])) > 0.05

PASS alert-expr:
    redis_memory_used_bytes / redis_memory_max_bytes > 1 or process_heap_bytes / process_requested_bytes > 1

PASS alert-expr:
    nova_memory_used_bytes / nova_memory_available_bytes > 1 or queue_lag_bytes < 0

PASS alert-expr:
    node_load1 > 5 and node_load1 < 10

PASS alert-expr:
    100 * sum(rate(http_requests_total{code="500"}[5m])) / sum(rate(http_requests_total[5m])) > 5
"""

from __future__ import annotations

import math

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql import ranges
from sync.lint.promql.tree import COMPARISONS, Binary, Node, Number
from sync.lint.query import Query
from sync.lint.ranges_known import lookup, quantile_limit
from sync.lint.rule import Findings, Rule


def check(query: Query, project: Project) -> Findings:
    """Compare the ranges of both sides."""
    look = lookup(project)
    for node, above in query.each(Binary):
        if node.operator == "and":
            yield from _contradiction(node, look)
        if node.operator not in COMPARISONS or node.as_bool:
            continue
        left, right = ranges.range_of(node.left, look), ranges.range_of(node.right, look)
        if _is_nan(node.left) or _is_nan(node.right):
            if node.operator != "!=":
                yield Finding("nothing compares with NaN: this never holds", piece="NaN")
        elif ranges.never(node.operator, left, right) and not _tells_absence(node, above):
            yield Finding(f"this never holds: {_said(node, left, right)}", piece=f"{node.operator} ")
        elif (
            (limit := quantile_limit(node.left, project)) is not None
            and node.operator in {">", ">="}
            and right.low >= limit
        ):
            yield Finding(
                f"this never holds: the highest bucket ends at {limit:g}, so no quantile is above it",
                piece=node.operator,
            )


def _is_nan(node: Node) -> bool:
    return isinstance(node, Number) and math.isnan(node.value)


def _tells_absence(node: Binary, above: tuple[Node, ...]) -> bool:
    """Whether an `or` beside it says what happens when it doesn't hold, as in `count(x) == 0 or vector(1)`."""
    return any(isinstance(each, Binary) and each.operator == "or" for each in above) and node.operator == "=="


def _contradiction(node: Binary, look: ranges.Lookup) -> Findings:
    left, right = node.left, node.right
    if not (isinstance(left, Binary) and isinstance(right, Binary) and left.filters and right.filters):
        return
    if left.left == right.left and isinstance(left.right, Number) and isinstance(right.right, Number):
        both = ranges.range_of(left, look).cut(ranges.range_of(right, look))
        strict = {left.operator, right.operator} & {">", "<"}
        if both.low > both.high or (both.low == both.high and strict):
            yield Finding(
                f"both sides of `and` can't hold: {left.operator} {left.right} and {right.operator} {right.right}",
                piece="and",
            )


def _said(node: Binary, left: ranges.Interval, right: ranges.Interval) -> str:
    limit = f"{right.low:.10g}" if right.low == right.high else f"{right.low:.10g} … {right.high:.10g}"
    return f"the left is between {left.low:.10g} and {left.high:.10g}, and has to be {node.operator} {limit}"


RULE = Rule(__name__, Severity.ERROR, peers={"pint": "promql/impossible, promql/nan"}, query=check)
