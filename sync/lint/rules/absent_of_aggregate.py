"""absent() of what is computed: its alert has no labels.

absent() takes labels from the equal signs of a plain selector. Of a sum or rate it takes none: routing, inhibition and
the message lack job and cluster.

FAIL alert-expr:
    absent(sum by (job) (up))

PASS alert-expr:
    absent(up{job="api"})
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Aggregation, Call
from sync.lint.query import Query, Use
from sync.lint.rule import Findings, Rule


def check(query: Query, _project: Project) -> Findings:
    """Look at what absent() is of."""
    if query.use is Use.ALERT and "absent(" in query.text.replace(" ", ""):
        for node, _ in query.nodes:
            if (
                isinstance(node, Call)
                and node.name == "absent"
                and isinstance(node.arguments[0], Aggregation)
                and node.arguments[0].labels
            ):
                yield Finding("absent() of an aggregation has no labels: take absent() of a selector", piece="absent")


RULE = Rule(__name__, Severity.INFO, peers={"pint": "alerts/absent"}, query=check)
