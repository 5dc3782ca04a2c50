"""Matchers of one selector that no series can pass.

A label has one value: two different ones, or one that the pattern beside it excludes, select nothing. `!~".*"` alone
does: the pattern holds for the empty value too, which is that of a series without the label.

FAIL promql:
    rate(http_requests_total{code="500", code="200"}[5m])

FAIL promql:
    http_requests{code="500", code!~"5.."}

FAIL promql:
    http_requests{code=~"5..", code!~"5.."}

FAIL promql:
    http_requests{job=~"api.*", job=~"web.*"}

FAIL promql:
    http_requests{code=~"500|503", code!~"5.."}

FAIL alert-expr:
    rate(alertmanager_notifications_failed_total{integration!~`.*`}[15m]) > 0

FAIL promql:
    http_requests{job!~".+", job=~"web.*"}

FAIL promql:
    http_requests{job=~"", job!=""}

PASS promql:
    http_requests{job!~".+"} or http_requests{job=~".*", code!=""}

PASS promql:
    http_requests{code=~"5..", code!="503"}

PASS promql:
    http_requests{job=~"$job", job=~"api.*"}
"""

from __future__ import annotations

from itertools import combinations

from sync.lint.matching import admits_none, exclude
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule


def check(query: Query, _project: Project) -> Findings:
    """Compare the matchers of the same label."""
    for selector, _ in query.selectors:
        for matcher in selector.matchers:
            if not matcher.has_variable and admits_none(matcher):
                yield Finding(f"no series passes {matcher}, which holds for the empty value too", piece=matcher.value)
        for one, other in combinations(selector.matchers, 2):
            if one.label == other.label and not one.has_variable and not other.has_variable and exclude(one, other):
                yield Finding(f"no series passes both {one} and {other}", piece=other.value)


RULE = Rule(__name__, Severity.ERROR, peers={"pint": "promql/impossible"}, query=check)
