"""A function that Prometheus has behind a flag, or has no more.

Experimental functions need --enable-feature=promql-experimental-functions on every server that evaluates the query, and
may change. `holt_winters` is called double_exponential_smoothing since Prometheus 3.

FAIL promql:
    holt_winters(node_load1[1h], 0.1, 0.9)

FAIL promql:
    mad_over_time(node_load1[5m])

PASS promql:
    stddev_over_time(node_load1[5m])
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Aggregation, Call
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule

_GONE = "holt_winters"
_EXPERIMENTAL = frozenset(
    [
        "mad_over_time",
        "double_exponential_smoothing",
        "info",
        "sort_by_label",
        "sort_by_label_desc",
        "ts_of_max_over_time",
        "ts_of_min_over_time",
        "ts_of_last_over_time",
        "ts_of_first_over_time",
        "first_over_time",
        "limitk",
        "limit_ratio",
        "histogram_quantiles",
    ]
)


def check(query: Query, _project: Project) -> Findings:
    """Look at the names of functions."""
    for node, _ in query.nodes:
        if isinstance(node, Call) and node.name == "double_exponential_smoothing" and _GONE in query.text:
            yield Finding(
                f"Prometheus 3 has no {_GONE}(): it is double_exponential_smoothing() there, behind a flag",
                piece=_GONE,
                severity=Severity.WARNING,
            )
        elif isinstance(node, (Call, Aggregation)) and node.name in _EXPERIMENTAL:
            yield Finding(f"{node.name}() is experimental: it needs a feature flag and may change", piece=node.name)


RULE = Rule(__name__, Severity.INFO, peers={"pint": "promql/features"}, query=check)
