"""Matchers of one selector that no series can pass.

A label has one value: two different ones, or one that the pattern beside it excludes, select nothing. `!~".*"` alone
does: the pattern holds for the empty value too, which is that of a series without the label. A label that is what a
reader chooses isn't empty.

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

FAIL promql:
    traffic_total{dst="$cluster", dst=""}

FAIL promql:
    traffic_total{dst="eu-$cluster", dst="us-1"}

FAIL promql:
    http_requests{code=~"4..|5..", code=~"(2|3).."}

FAIL promql:
    http_requests{code=~"5..", code!~"[45].*"}

PASS promql:
    http_requests{code=~"5..", code!~"50[234]", route=~"/api/.*", route=~"/.*/users"}

PASS promql:
    traffic_total{dst=~"$cluster", dst=""} or traffic_total{dst="$cluster", dst!=""}

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
from sync.lint.promql.tree import Matcher
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule


def check(query: Query, _project: Project) -> Findings:
    """Compare the matchers of the same label."""
    for selector, _ in query.selectors:
        for matcher in selector.matchers:
            if not matcher.has_variable and admits_none(matcher):
                yield Finding(f"no series passes {matcher}, which holds for the empty value too", piece=matcher.value)
        for one, other in combinations(selector.matchers, 2):
            if one.label != other.label:
                continue
            if not one.has_variable and not other.has_variable:
                if exclude(one, other):
                    yield Finding(f"no series passes both {one} and {other}", piece=other.value)
            elif _is_chosen(one, other) or _is_chosen(other, one):
                message = f"no series passes both {one} and {other}, whatever is chosen"
                yield Finding(message, piece=one.value if one.has_variable else other.value)


def _is_chosen(one: Matcher, other: Matcher) -> bool:
    """Whether a label has to be what the reader chooses, and to be empty or to begin with something else."""
    if one.operator != "=" or not one.has_variable or other.has_variable:
        return False
    is_empty = (other.operator, other.value) in {("=", ""), ("!~", ".+")}
    begin, end = one.value.partition("⟦")[0], one.value.rpartition("⟧")[2]
    like = other.value.startswith(begin) and other.value.endswith(end)
    return is_empty or (other.operator == "=" and not like)


RULE = Rule(__name__, Severity.ERROR, peers={"pint": "promql/impossible"}, query=check)
