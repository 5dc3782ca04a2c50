"""An operation between `without` aggregations that any new label breaks.

`sum without (instance) (a) / sum without (instance) (b)` works while a and b have the same labels. A label that only
one of them gets, by a new version or by relabelling, and nothing matches any more. Say on which labels: `by` or `on`.

FAIL alert-expr:
    sum without (instance) (rate(api_errors_total[5m])) / sum without (instance) (rate(api_requests_total[5m])) > 0.1

PASS alert-expr:
    sum by (job) (rate(http_request_errors_total[5m])) / sum by (job) (rate(api_requests_total[5m])) > 0.1

PASS alert-expr:
    sum without (pod) (rate(a_total{code="500"}[5m])) / sum without (pod) (rate(a_total[5m])) > 0.1
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import SETS, Aggregation, Binary, Node, selectors_of
from sync.lint.query import Query, Use
from sync.lint.rule import Findings, Rule


def check(query: Query, _project: Project) -> Findings:
    """Look at rules whose operations match two `without` of different metrics."""
    if query.use not in {Use.ALERT, Use.RECORDING} or "without" not in query.text:
        return
    for node, _ in query.each(Binary):
        if _unguarded(node) and _names(node.left) != _names(node.right):
            message = "any label that one side gains breaks this: group both by (…), or match on (…)"
            yield Finding(message, piece="without")


def _unguarded(node: Binary) -> bool:
    matched = node.operator in SETS or node.on is not None or node.ignoring is not None
    return not matched and _without(node.left) and _without(node.right)


def _without(node: Node) -> bool:
    return isinstance(node, Aggregation) and node.without


def _names(node: Node) -> set[str]:
    return {each.name for each in selectors_of(node)}


RULE = Rule(__name__, Severity.INFO, query=check)
