"""Trace conditions that no span can meet.

A span has one value of an attribute: two different ones joined by && select nothing.

FAIL traceql:
    { status = error && status = ok }

FAIL traceql:
    { duration > 2s && duration < 500ms }

FAIL traceql:
    { name = "POST /a" && name =~ "GET.*" }

FAIL traceql:
    { span.http.status_code = 200 && span.http.status_code >= 500 }

PASS traceql:
    { status = error || status = ok }

PASS traceql:
    { duration > 500ms && duration < 2s && resource.service.name = "api" }
"""

from __future__ import annotations

import operator
import re
from itertools import combinations

from sync.lint import traceql
from sync.lint.lexical import masked
from sync.lint.matching import admits_within
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.query import Language, Query
from sync.lint.rule import Findings, Rule

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}


def check(query: Query, _project: Project) -> Findings:
    """Compare the conditions between the same braces, where only && joins them."""
    if query.language is not Language.TRACEQL:
        return
    plain = masked(query.text, comments=False)
    every = traceql.comparisons(query.text)
    for braces in re.finditer(r"\{([^{}]*)\}", plain):
        if "||" in braces[1]:
            continue
        inside = [each for each in every if braces.start() < each[3] < braces.end() and "$" not in each[2]]
        for one, other in combinations(inside, 2):
            if one[0] == other[0] and (why := _contradiction(one[1], one[2], other[1], other[2])):
                yield Finding(f"no span has {one[0]} {why}", piece=other[3])


def _contradiction(one: str, first: str, other: str, second: str) -> str:
    if one == other == "=" and first != second:
        return f"both {first} and {second}"
    if {one, other} == {"=", "!="} and first == second:
        return f"both equal to {first} and not"
    if {one, other} & {"="} and {one, other} & {"=~", "!~"} and first[:1] == second[:1] == '"':
        value, how, pattern = (first, other, second) if one == "=" else (second, one, first)
        found = admits_within(pattern[1:-1], value[1:-1])
        if found is not None and not found and how == "=~":
            return f"equal to {value} and matching {pattern}"
    if "=" in {one, other} and {one, other} & {">", ">=", "<", "<="}:
        equal, how, bound = (first, other, second) if one == "=" else (second, one, first)
        number, limit = _number(equal), _number(bound)
        if number is not None and limit is not None and not _COMPARED[how](number, limit):
            return f"= {equal} and {how} {bound}"
    for low, left, high, right in ((one, first, other, second), (other, second, one, first)):
        if low in {">", ">="} and high in {"<", "<="}:
            lower, upper = _number(left), _number(right)
            if (
                lower is not None
                and upper is not None
                and (lower > upper or (lower == upper and {low, high} != {">=", "<="}))
            ):
                return f"{low} {left} and {high} {right}"
    return ""


_COMPARED = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


def _number(written: str) -> float | None:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|)", written)
    return float(found[1]) * _UNITS[found[2]] if found else None


RULE = Rule(__name__, Severity.ERROR, query=check)
