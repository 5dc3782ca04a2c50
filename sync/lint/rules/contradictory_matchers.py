"""Matchers of one selector that no series can pass.

A label has one value: two different ones, or one that the pattern beside it excludes, select nothing.

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

PASS promql:
    http_requests{code=~"5..", code!="503"}

PASS promql:
    http_requests{job=~"$job", job=~"api.*"}
"""

from __future__ import annotations

import re
from itertools import combinations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Matcher
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule


def check(query: Query, _project: Project) -> Findings:
    """Compare the matchers of the same label."""
    for selector, _ in query.selectors:
        if len(selector.matchers) < 2:
            continue
        for one, other in combinations(selector.matchers, 2):
            if one.label == other.label and not one.has_variable and not other.has_variable and _exclude(one, other):
                yield Finding(f"no series passes both {one} and {other}", piece=other.value)


def _exclude(one: Matcher, other: Matcher) -> bool:
    if one.operator == "=":
        return not _admits(other, one.value)
    if other.operator == "=":
        return not _admits(one, other.value)
    if one.value == other.value and {one.operator, other.operator} in ({"=~", "!~"}, {"=", "!="}):
        return True
    for listing, beside in ((one, other), (other, one)):
        if listing.operator == "=~" and re.fullmatch(r"[\w-]+(?:\|[\w-]+)*", listing.value):
            return not any(_admits(beside, value) for value in listing.value.split("|"))
    if one.operator == other.operator == "=~":
        begin, end = _beginning(one.value), _beginning(other.value)
        return not (begin.startswith(end) or end.startswith(begin))
    return False


def _beginning(pattern: str) -> str:
    """Return what all that matches begins with: the plain characters up to the first that may be left out."""
    found = re.match(r"[\w-]*", pattern)
    plain = found[0] if found else ""
    if "|" in pattern:
        return ""
    return plain[:-1] if pattern[len(plain) : len(plain) + 1] in {"*", "?", "{"} else plain


def _admits(matcher: Matcher, value: str) -> bool:
    if not matcher.is_regex:
        return (matcher.value == value) == (matcher.operator == "=")
    try:
        return (re.fullmatch(matcher.value, value) is not None) == (matcher.operator == "=~")
    except re.error:
        return True


RULE = Rule(__name__, Severity.ERROR, peers={"pint": "promql/impossible"}, query=check)
