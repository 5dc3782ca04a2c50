"""topk() or bottomk() in a rule.

Which series are on top changes from one evaluation to the next: the alert of one ends and that of another starts, `for`
never passes, and a recorded series is full of holes.

FAIL alert-expr:
    topk(5, sum by (job) (rate(http_request_errors_total[5m]))) > 1

PASS alert-expr:
    a_error_ratio * on (node) group_left (zone) topk by (node) (1, node_labels) > 0.1

PASS alert-expr:
    sum by (job) (rate(http_request_errors_total[5m])) > 1
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import CHOOSING, Aggregation, Node, Number
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule


def check(query: Query, _project: Project) -> Findings:
    """Find what chooses series in what is evaluated every so often."""
    if query.use.evaluated:
        for node, above in query.each(Aggregation):
            if node.name in CHOOSING and not _one_of_equals(node, above):
                yield Finding(
                    f"{node.name}() chooses other series each time: a rule on it comes and goes", piece=node.name
                )


def _one_of_equals(node: Aggregation, above: tuple[Node, ...]) -> bool:
    """Whether it takes one of each group, or the choice is aggregated again: which one it is then doesn't show."""
    one = isinstance(node.parameter, Number) and node.parameter.value == 1 and bool(node.labels)
    return one or any(isinstance(each, Aggregation) for each in above)


RULE = Rule(__name__, Severity.WARNING, peers={"pint": "promql/fragile (in part)"}, query=check)
