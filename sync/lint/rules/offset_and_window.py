"""A look into the future, or further back than Prometheus keeps data.

A negative offset reads samples that aren't there yet when a rule is evaluated. A window longer than the retention
(`retention` in dash-sync-lint.yaml) silently sees only a part. predict_linear() looks ahead by seconds.

FAIL alert-expr:
    http_requests offset -1h > 5

FAIL alert-expr:
    predict_linear(node_filesystem_avail_bytes[1h], 4) < 0

PASS alert-expr:
    rate(http_requests_total[1h] offset 1d) > 5

PASS alert-expr:
    predict_linear(node_filesystem_avail_bytes[1h], 4 * 3600) < 0
"""

from __future__ import annotations

from sync.lint.limits import constant
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Call, Selector, Subquery, duration
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule


def check(query: Query, project: Project) -> Findings:
    """Look at offsets and windows."""
    retention = project.settings.retention
    for call, _ in query.each(Call):
        ahead = constant(call.arguments[1]) if call.name == "predict_linear" and len(call.arguments) > 1 else None
        if ahead is not None and 1 < ahead < _AHEAD:
            said = f"predict_linear() looks {ahead:g} seconds ahead: for hours write {ahead:g} * 3600"
            yield Finding(said, piece="predict_linear")
    for node, _ in query.nodes:
        if not isinstance(node, (Selector, Subquery)):
            continue
        if node.offset < 0 and query.use.evaluated:
            yield Finding("a rule can't see samples of the future: remove the negative offset", piece="offset")
        seconds = (node.window.seconds or 0) if node.window else 0
        if retention is not None and seconds + max(0, node.offset) > retention:
            yield Finding(
                f"this reads {duration(seconds + node.offset)} back, and Prometheus keeps {duration(retention)}",
                piece="[",
            )


_AHEAD = 60
"""Seconds for which nobody needs a forecast: less are hours or days that were meant; by 1 the slope is taken."""

RULE = Rule(__name__, Severity.WARNING, peers={"pint": "promql/offset, promql/range_query"}, query=check)
