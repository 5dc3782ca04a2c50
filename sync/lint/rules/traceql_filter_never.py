"""Trace conditions that no span can meet.

A span has one value of an attribute: two different ones joined by && select nothing.

FAIL traceql:
    { status = error && status = ok }

FAIL traceql:
    { duration > 2s && duration < 500ms }

PASS traceql:
    { status = error || status = ok }

PASS traceql:
    { duration > 500ms && duration < 2s && resource.service.name = "api" }
"""

from __future__ import annotations

import re
from itertools import combinations

from sync.lint import traceql
from sync.lint.lexical import masked
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


def _number(written: str) -> float | None:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|)", written)
    return float(found[1]) * _UNITS[found[2]] if found else None


RULE = Rule(__name__, Severity.ERROR, query=check)
