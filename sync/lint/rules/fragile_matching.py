"""An operation between `without` aggregations that any new label breaks.

`sum without (instance) (a) / sum without (instance) (b)` works while a and b have the same labels. A label that only
one of them gets, by a new version or by relabelling, and nothing matches any more. Say on which labels: `by` or `on`.

Where other queries match two metrics by leaving a label out, and one that asks a side for a value of it doesn't,
nothing matches there either.

FAIL rules:
    groups:
      - name: a
        rules:
          - {alert: A, expr: 'ingester_series / ignoring (limit) ingester_limits{limit="series"} > 0.8'}
          - {alert: B, expr: 'ingester_series / ingester_limits{limit="series"} > 0.9'}

FAIL alert-expr:
    sum without (instance) (rate(api_errors_total[5m])) / sum without (instance) (rate(api_requests_total[5m])) > 0.1

PASS alert-expr:
    sum by (job) (rate(http_request_errors_total[5m])) / sum by (job) (rate(api_requests_total[5m])) > 0.1

PASS alert-expr:
    sum without (pod) (rate(a_total{code="500"}[5m])) / sum without (pod) (rate(a_total[5m])) > 0.1
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project, once_a_project
from sync.lint.promql.tree import SETS, Aggregation, Binary, Node, Selector, selectors_of
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule


def check(query: Query, project: Project) -> Findings:
    """Look at operations that others match otherwise, and at rules that match two `without` of different metrics."""
    for node, _ in query.each(Binary):
        if label := _left_out_elsewhere(node, project):
            message = f"other queries match these two by ignoring ({label}), which one side is asked for here"
            yield Finding(message, piece=f"{node.operator} ")
    if not query.use.evaluated or "without" not in query.text:
        return
    for node, _ in query.each(Binary):
        if _unguarded(node) and _names(node.left) != _names(node.right):
            message = "any label that one side gains breaks this: group both by (…), or match on (…)"
            yield Finding(message, piece="without")


def _left_out_elsewhere(node: Binary, project: Project) -> str:
    """Return the label that other queries leave out where they match these metrics, and that one side is asked for."""
    if node.operator in SETS or node.on is not None or node.ignoring is not None:
        return ""
    left, right = node.left, node.right
    if not (isinstance(left, Selector) and isinstance(right, Selector)) or left.name == right.name:
        return ""
    fixed = {each.label for each in left.matchers} ^ {each.label for each in right.matchers}
    return next(iter(sorted(fixed & _left_out(project).get((left.name, right.name), frozenset()))), "")


@once_a_project
def _left_out(project: Project) -> dict[tuple[str, str], frozenset[str]]:
    """Return the labels that are ignored where two metrics are matched."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for query in project.queries:
        for node, _ in query.as_promql.each(Binary) if "ignoring" in query.text else ():
            if node.ignoring and isinstance(node.left, Selector) and isinstance(node.right, Selector):
                pair = (node.left.name, node.right.name)
                found[pair] = found.get(pair, frozenset()) | frozenset(node.ignoring)
    return found


def _unguarded(node: Binary) -> bool:
    matched = node.operator in SETS or node.on is not None or node.ignoring is not None
    return not matched and _without(node.left) and _without(node.right)


def _without(node: Node) -> bool:
    return isinstance(node, Aggregation) and node.without


def _names(node: Node) -> set[str]:
    return {each.name for each in selectors_of(node)}


RULE = Rule(__name__, Severity.INFO, query=check)
