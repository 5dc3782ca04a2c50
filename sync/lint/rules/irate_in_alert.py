"""irate() in an alert.

irate() sees the last two samples alone: an alert on it flickers with every scrape and misses what happened between two
evaluations. It is for zoomed-in graphs.

FAIL alert-expr:
    sum by (job) (irate(http_request_errors_total[5m])) > 1

PASS alert-expr:
    sum by (job) (rate(http_request_errors_total[5m])) > 1

PASS record-expr:
    sum by (job) (irate(http_request_errors_total[5m]))

WITH recorded.yaml:
    groups: [{name: a, rules: [{record: "instance:in:irate5m", expr: "irate(node_network_receive_bytes_total[5m])"}]}]

FAIL alert-expr:
    max by (instance) (instance:in:irate5m) > 1e8

PASS promql:
    irate(http_requests_total[$__rate_interval])
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Call
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule


def check(query: Query, project: Project) -> Findings:
    """Find irate() in what is evaluated every so often, and in what is recorded for it."""
    if not query.use.alerts:
        return
    if _asks(query):
        yield Finding("irate() looks at two samples only, an alert flickers with it: use rate()", piece="irate")
    for selector, _ in query.selectors:
        if any(_asks(rule.query) for rule in project.recorded.get(selector.name, ())):
            message = f"{selector.name} is recorded with irate(), which looks at two samples only: use rate() there"
            yield Finding(message, piece=selector.name)


def _asks(query: Query) -> bool:
    return "irate" in query.text and any(node.name == "irate" for node, _ in query.each(Call))


RULE = Rule(__name__, Severity.WARNING, query=check)
