"""A quantile outside of 0 … 1.

The quantile 95 is +Inf, not the 95th percentile: that one is 0.95.

FAIL promql:
    histogram_quantile(95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))

FAIL promql:
    quantile(99, node_load1)

PASS promql:
    quantile(0.99, node_load1)
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Aggregation, Call, Node, Number
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule


def check(query: Query, _project: Project) -> Findings:
    """Look at the first argument of what takes a quantile."""
    if "quantile" not in query.text:
        return
    for node, _ in query.as_promql.nodes:
        name, level = _quantile(node)
        if isinstance(level, Number) and not level.variable and not 0 <= level.value <= 1:
            yield Finding(f"{name}({level}, …) is infinite: quantiles are between 0 and 1", piece=name)


def _quantile(node: Node) -> tuple[str, Node | None]:
    """Return the name of what takes a quantile and which it takes."""
    if isinstance(node, Aggregation) and node.name == "quantile":
        return node.name, node.parameter
    if isinstance(node, Call) and node.name in {"histogram_quantile", "quantile_over_time"} and node.arguments:
        return node.name, node.arguments[0]
    return "", None


RULE = Rule(__name__, Severity.ERROR, query=check)
