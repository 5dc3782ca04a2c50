"""irate() in an alert.

irate() sees the last two samples alone: an alert on it flickers with every scrape and misses what happened between two
evaluations. It is for zoomed-in graphs.

FAIL alert-expr:
    sum by (job) (irate(http_request_errors_total[5m])) > 1

PASS alert-expr:
    sum by (job) (rate(http_request_errors_total[5m])) > 1

PASS record-expr:
    sum by (job) (irate(http_request_errors_total[5m]))

PASS promql:
    irate(http_requests_total[$__rate_interval])
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Call
from sync.lint.query import Query, Use
from sync.lint.rule import Findings, Rule


def check(query: Query, _project: Project) -> Findings:
    """Find irate() in what is evaluated every so often."""
    used = query.use is Use.ALERT and "irate" in query.text
    if used and any(node.name == "irate" for node, _ in query.each(Call)):
        yield Finding("irate() looks at two samples only, an alert flickers with it: use rate()", piece="irate")


RULE = Rule(__name__, Severity.WARNING, query=check)
