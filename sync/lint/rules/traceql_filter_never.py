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

FAIL traceql:
    { status = ok && (status = error || status = unset) }

FAIL traceql:
    { duration > 1s && span:duration < 100ms || kind = server }

FAIL traceql:
    { resource.service.name = "api" && !(resource.service.name =~ "a.*") }

FAIL traceql:
    { status = error } | count() > 10 | count() < 5

FAIL traceql:
    { duration > 2s } | avg(duration) < 500ms

PASS traceql:
    { status = error || status = ok }

PASS traceql:
    { duration > 500ms && duration < 2s && resource.service.name = "api" }

PASS traceql:
    { (status = error || kind = server) && (status = ok || kind = client) } | count() > 5 | by(name) | count() < 3

PASS traceql:
    { span.a = 1.0 && span.a = 1 && duration > ${least} && duration < 1s } | max(duration) > 100ms
"""

from __future__ import annotations

import operator
import re
from itertools import combinations

from sync.lint.lexical import masked
from sync.lint.matching import admits_within, exclude
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.query import Language, Query
from sync.lint.rule import Findings, Rule
from sync.lint.traceql_conditions import Comparison, Either, alternatives, braces, comparison

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}


def check(query: Query, _project: Project) -> Findings:
    """Compare the conditions that have to hold together: of a span, and of what is counted of the spans found."""
    if query.language is not Language.TRACEQL:
        return
    places = list(braces(query.text))
    found = [alternatives(query.text, *place) for place in places]
    for each in found:
        yield from _first(each)
    spans = found[0][0] if len(found) == 1 and found[0] else None
    yield from _of_the_found(query.text, spans)


def _first(sides: list[Either]) -> Findings:
    """Tell of the whole if nothing passes it, else of each side of an || that nothing passes."""
    for side in sides:
        conflicts = [_conflict(each) for each in side]
        if conflicts and all(conflicts):
            told = conflicts[0]
            if told is not None:
                yield Finding(f"no span has {told[0]}", piece=told[1])
            if side is sides[0]:
                return


def _conflict(together: tuple[Comparison, ...]) -> tuple[str, int] | None:
    conditions = [each for each in together if not each.has_variable]
    for each in conditions:
        if each.label in _COUNTED and each.operator == "<" and _number(each.written) == 0:
            return f"{each.label} < {each.written}", each.offset
    for one, other in combinations(conditions, 2):
        if one.label == other.label and (why := _contradiction(one, other)):
            return f"{one.label} {why}", other.offset
    return None


_COUNTED = frozenset({"duration", "traceDuration", "childCount"})
_OF_SPANS = re.compile(
    r"\b(?P<function>count|avg|min|max|sum)\s*\((?P<of>[^()]*)\)\s*(?P<operator>!=|>=|<=|=|>|<)\s*(?P<value>-?[\w.$]+)"
)
_ANEW = re.compile(r"\{[^{}]*\}|\b(?:by|coalesce)\s*\(|\|\||\)\s*(?=\)|[&|<>~]{2}|$)")


def _of_the_found(text: str, spans: Either | None) -> Findings:
    """Compare what is asked of each set of spans: with each other, and with what all its spans have."""
    plain = masked(text, comments=False)
    edges = [found.start() for found in _ANEW.finditer(plain)]
    asked: list[tuple[int, Comparison]] = []
    for found in _OF_SPANS.finditer(plain):
        set_of = sum(edge < found.start() for edge in edges)
        label = found["of"].strip()
        one = comparison(label, found["operator"], found["value"], found.start())
        said = f"{found['function']}({label}) {one.operator} {one.written}"
        if found["function"] == "count" and (one.operator, one.written) in {("<", "1"), ("<", "0"), ("=", "0")}:
            yield Finding(f"what is found has one span or more, never {said}", piece=one.offset)
        if found["function"] in {"avg", "min", "max"} and spans and not one.has_variable:
            beside = [[each for each in some if each.label == one.label and not each.has_variable] for some in spans]
            if all(any(_contradiction(each, one) for each in some) for some in beside):
                yield Finding(f"the spans found never have {said}", piece=one.offset)
        whole = Comparison(f"{found['function']}({one.label})", one.operator, one.written, one.offset)
        for place, other in asked:
            if place == set_of and other.label == whole.label and (why := _contradiction(other, whole)):
                yield Finding(f"no set of spans has {whole.label} {why}", piece=one.offset)
        asked += [] if one.has_variable else [(set_of, whole)]


def _contradiction(one: Comparison, other: Comparison) -> str:
    first, second = _number(one.written), _number(other.written)
    if first is not None and second is not None:
        return _numbers_apart(one, first, other, second)
    operators = {one.operator, other.operator}
    if operators == {"="} and one.written[:1] in '"`' and second is not None:
        return f"both the text {one.written} and the number {other.written}"
    if operators == {"=", "=~"}:
        text, pattern = (one, other) if one.operator == "=" else (other, one)
        never = admits_within(pattern.value, text.value) is False
        return f"equal to {text.written} and matching {pattern.written}" if never else ""
    if operators <= {"=", "!=", "=~", "!~"} and exclude(one, other):
        return f"both {one.operator} {one.written} and {other.operator} {other.written}"
    return ""


def _numbers_apart(one: Comparison, first: float, other: Comparison, second: float) -> str:
    said = f"{one.operator} {one.written} and {other.operator} {other.written}"
    for equal, number, beside, bound in ((one, first, other, second), (other, second, one, first)):
        if equal.operator == "=" and beside.operator in _COMPARED:
            return "" if _COMPARED[beside.operator](number, bound) else said
    for low, lower, high, upper in ((one, first, other, second), (other, second, one, first)):
        if low.operator in {">", ">="} and high.operator in {"<", "<="}:
            closed = {low.operator, high.operator} == {">=", "<="}
            return said if lower > upper or (lower == upper and not closed) else ""
    return ""


_COMPARED = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
}


def _number(written: str) -> float | None:
    found = re.fullmatch(r"(-?\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|)", written)
    return float(found[1]) * _UNITS[found[2]] if found else None


RULE = Rule(__name__, Severity.ERROR, query=check)
