"""Log filters that no line can pass.

A line that has to contain a text can't also lack a part of it; a label can't have two values at once. The panel stays
empty, and an alert on it silent.

FAIL logql:
    {app="api"} |= "connection error" != "error"

FAIL logql:
    {app="api"} | json | level="error" | level="info"

FAIL logql:
    {app="api", app="web"}

FAIL logql:
    {pod="api-0", pod=~"web.*"}

FAIL logql:
    {app="api"} | json | level="info" | level=~"warn|error"

FAIL logql:
    {app="api"} | json | status >= 500 | status < 400

FAIL logql:
    {app="api"} | json | level="error" and level="info"

FAIL logql:
    {app="api"} | app="web"

PASS logql:
    {app="api"} | json | level="error" or level="info"

PASS logql:
    {app="api"} | label_format app=service | app="web"

PASS logql:
    {pod="api-0", pod=~"api.*|web.*"} | json | level=~"warn|error" | level!="warn"

PASS logql:
    {app="api"} |= "error" != "connection error"

PASS logql:
    {app="api"} | json | level="error" | status >= 500 | status < 600
"""

from __future__ import annotations

from itertools import combinations

from sync.lint import logql
from sync.lint.matching import exclude
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.query import Language, Query
from sync.lint.rule import Findings, Rule


def check(query: Query, _project: Project) -> Findings:
    """Compare the conditions of each stream with each other."""
    if query.language is not Language.LOGQL:
        return
    for stream in logql.streams(query.text):
        yield from _contradictions(stream.matchers)
        same_line = [] if stream.free else [each for each in stream.matchers if each.operator == "="]
        for condition in stream.filters:
            if condition.operator == "stage":
                yield from _contradictions(same_line)
                same_line = []
            else:
                same_line.append(condition)
        yield from _contradictions(same_line)


def _contradictions(conditions: list[logql.Condition]) -> Findings:
    for one, other in combinations(conditions, 2):
        if one.label == other.label and not one.has_variable and not other.has_variable:
            why = _line(one, other) if not one.label else _label(one, other)
            if why:
                yield Finding(f"nothing passes: {why}", piece=other.offset)


def _line(one: logql.Condition, other: logql.Condition) -> str:
    for must, mustnt in ((one, other), (other, one)):
        if must.operator == "|=" and mustnt.operator == "!=" and mustnt.value and mustnt.value in must.value:
            return f"a line with {must.value!r} always has {mustnt.value!r}"
        if must.operator == "|~" and mustnt.operator == "!~" and must.value == mustnt.value:
            return f"a line can't both match and not match {must.value!r}"
    return ""


def _label(one: logql.Condition, other: logql.Condition) -> str:
    operators = {one.operator, other.operator}
    if operators == {"="} and one.value != other.value:
        return f"{one.label} can't be both {one.value!r} and {other.value!r}"
    if operators in ({"=", "!="}, {"=~", "!~"}) and one.value == other.value:
        return f"{one.label} can't both be and not be {one.value!r}"
    if operators <= {"=", "!=", "=~", "!~"} and exclude(one, other):
        return f"{one.label} can't be both {one.operator}{one.value!r} and {other.operator}{other.value!r}"
    for low, high in ((one, other), (other, one)):
        if (
            low.operator in {">", ">="}
            and high.operator in {"<", "<="}
            and _number(low) is not None
            and _number(high) is not None
        ) and (
            (_number(low) or 0) > (_number(high) or 0)
            or (low.value == high.value and {low.operator, high.operator} != {">=", "<="})
        ):
            return f"{one.label} can't be {low.operator} {low.value} and {high.operator} {high.value}"
    return ""


def _number(condition: logql.Condition) -> float | None:
    try:
        return float(condition.value)
    except ValueError:
        return None


RULE = Rule(__name__, Severity.ERROR, query=check)
