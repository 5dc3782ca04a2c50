"""absent() of what is computed: its alert has no labels.

absent() takes labels from the equal signs of a plain selector. Of a sum or rate it takes none: routing, inhibition and
the message lack job and cluster.

FAIL alert-expr:
    absent(sum by (job) (up))

FAIL alert-expr:
    absent(sum(up{job="api"}))

FAIL alert-expr:
    absent(count(up{job="api"} == 1))

FAIL alert-expr:
    absent(rate(http_requests_total{job="api"}[5m]))

PASS alert-expr:
    absent(up{job="api"})

PASS alert-expr:
    absent(sum(up)) or absent(up{job="api"} == 1)
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import RATES, Aggregation, Binary, Call, Node, Selector, turned
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule


def check(query: Query, _project: Project) -> Findings:
    """Look at what absent() is of."""
    if query.use.alerts and "absent(" in query.text.replace(" ", ""):
        for node, _ in query.each(Call):
            if node.name == "absent" and _loses_labels(node.arguments[0]):
                yield Finding("absent() of what is computed has no labels: take absent() of a selector", piece="absent")


def _loses_labels(node: Node) -> bool:
    """Whether there are labels to lose: those that are grouped by, and those that a selector holds to one value."""
    if isinstance(node, Aggregation) and node.labels:
        return True
    inner = node.body if isinstance(node, Aggregation) else node
    inner = inner.arguments[0] if isinstance(inner, Call) and inner.name in RATES else inner
    if isinstance(node, Aggregation) and isinstance(inner, Binary) and inner.filters:
        inner = turned(inner).left
    return (
        inner is not node and isinstance(inner, Selector) and any(m.operator == "=" and m.value for m in inner.matchers)
    )


RULE = Rule(__name__, Severity.INFO, peers={"pint": "alerts/absent"}, query=check)
