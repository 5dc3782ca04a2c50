"""Log filters that no line can pass.

A line that has to contain a text can't also lack a part of it; a label can't have two values at once. The panel stays
empty, and an alert on it silent. Numbers, durations and sizes are compared as ranges. What a stage may change (a parser
all labels but those of streams, `label_format` those that it names, `line_format` the line) is judged anew after it.

FAIL logql:
    {app="api"} |= "connection error" != "error"

FAIL logql:
    {app="api"} | json | level="error" | level="info"

FAIL logql:
    {app="api"} |= "timeout" !~ "time.*"

FAIL logql:
    {app="api"} |= "timeout.*upstream"

FAIL logql:
    {app="sshd"} |= ": Failed|: Invalid|: Connection closed by authenticating user"

FAIL logql:
    {app="api", app="web"}

FAIL logql:
    {pod="api-0", pod=~"web.*"}

FAIL logql:
    {app="api"} | json | level="info" | level=~"warn|error"

FAIL logql:
    {app="api"} | json | status >= 500 | status < 400

FAIL logql:
    {app="api", level=~"warn|error", level=~"$level"} | level="info"

FAIL logql:
    {app="api"} | json | level="error" and level="info"

FAIL logql:
    {app="api"} | app="web"

FAIL logql:
    {app="api", pod!~".*"}

FAIL logql:
    {app="api"} | json | status = 200 | line_format "{{.msg}}" | status >= 500

FAIL logql:
    {app="api"} | logfmt | duration > 10s | duration <= 1500ms

FAIL logql:
    {app="api"} | logfmt | size > 1MB | label_format kind="large" | size == 2KB

FAIL logql:
    sum(count_over_time({app="web"} | http_status_code=~"5.." | json [$__auto]))

FAIL logql:
    {app="api", level="error"} | json | level="info"

FAIL logql:
    {app="api"} |~ "timeout" != "time"

FAIL logql:
    {app="api"} | json | drop level, msg | level="error"

FAIL logql:
    {app="api"} | json | drop status | status >= 500

FAIL logql:
    {app="api"} | json | label_format severity=level | level="error"

FAIL logql:
    {app="api"} | json | level="error" or level="warn" | level="info"

FAIL logql:
    {app="api"} |= "error" or "warn" != "error" | json != "warn"

FAIL logql:
    {app="api"} |~ "timeout|refused" !~ "timed?out|refused"

FAIL logql:
    {app="api"} | json | (status >= 500 or level="error") and status < 500 and level="info"

FAIL logql:
    {app="api"} | json | level="error" and (level="warn" or level="info")

PASS logql:
    {app="api"} |= "error" or "warn" != "error" | json | (status >= 500 or level="error") | status < 500

PASS logql:
    {app="api"} | json | keep level, msg | level="error" | label_format severity=level | severity="error" | level!="a"

FAIL logql:
    {app="api"} |= "[Ee]rror"

PASS logql:
    {service_name="api"} | k8s_pod_name="api-0" | http_route="/" | json | level="error"

PASS logql:
    {app="web"} | detected_level="error" | json | http_status_code=~"5.."

PASS logql:
    {app="api"} | logfmt | duration > 1m | duration < 1h30m | size >= 1KiB | size <= 1024B

PASS logql:
    {app="api"} | json | status == 200 | label_format status=upstream_status | status >= 500

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

FAIL logql:
    sum(rate({app="a"} | json | code=~"5.." | code < 500 [5m]))

PASS logql:
    sum(rate({app="a"} | json | code=~"[45].." | code < 500 [5m]))
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from sync.lint import logql
from sync.lint.matching import admits_none, admits_within, exclude
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.query import Language, Query
from sync.lint.rule import Findings, Rule


def check(query: Query, project: Project) -> Findings:
    """Compare the conditions of each stream with each other."""
    if query.language is not Language.LOGQL:
        return
    for stream in logql.streams(query.text):
        for condition in (*stream.matchers, *stream.filters):
            if not condition.has_variable and admits_none(condition):
                said = f"nothing passes: {condition.value!r} holds for the empty text too"
                yield Finding(said, piece=condition.offset)
            if condition.operator == "|=" and _PATTERN.search(condition.value):
                said = f"|= takes {condition.value!r} as it is written, with all its signs: a pattern wants |~"
                yield Finding(said, piece=condition.offset, severity=Severity.WARNING)
        yield from _before_it_is_made(stream, project)
        yield from _taken_away(stream)
        yield from _contradictions(combinations(stream.matchers[:_AT_ONCE], 2))
        beside = [] if stream.free else [each for each in stream.matchers if each.operator in {"=", "=~"}]
        for condition in stream.filters:
            if condition.operator == "stage":
                beside = [each for each in beside if _stays(each, condition.value, stream)]
            else:
                yield from _contradictions([(each, condition) for each in beside[-_AT_ONCE:]])
                beside.append(_with_choices(condition))
                yield from _no_choice(beside[-_AT_ONCE:])


def _stays(condition: logql.Condition, stage: str, stream: logql.Stream) -> bool:
    parts = [each for some in condition.either for each in some] or [condition]
    return all(logql.stays(each, stage, own=each in stream.matchers) for each in parts)


def _with_choices(condition: logql.Condition) -> logql.Condition:
    """Return `|~ "a|b"` as the choice between two texts that it is."""
    if condition.operator != "|~" or not re.fullmatch(r"\(?[\w\s:/=,-]+(?:\|[\w\s:/=,-]+)+\)?", condition.value):
        return condition
    texts = condition.value.removeprefix("(").removesuffix(")").split("|")
    choices = tuple((replace(condition, operator="|=", value=text),) for text in texts)
    return replace(condition, operator="or", either=choices)


def _no_choice(beside: list[logql.Condition]) -> Findings:
    """Look for a choice none of which is left by the conditions beside it, the last of which is new."""
    plain = [each for each in beside if not each.either]
    for choice in beside if beside[-1].either else [each for each in beside if each.either]:
        if not choice.either:
            continue
        why = [next(_conflicts((*plain, *together)), "") for together in choice.either]
        if all(why):
            yield Finding(f"nothing passes: {why[0]}", piece=beside[-1].offset)


def _conflicts(conditions: tuple[logql.Condition, ...]) -> Iterator[str]:
    for one, other in combinations(conditions, 2):
        if one.label == other.label and not one.has_variable and not other.has_variable:
            why = _line(one, other) if not one.label else _label(one, other)
            if why:
                yield why


_PATTERN = re.compile(
    r"\.[*+]|\[[A-Z][a-z]\]|\\[dws]\b|\(\w+(?:\|\w+)+\)|\[(?:0-9|a-z|A-Z)\]|\(\?i\)|^\^[A-Za-z]|^\*\w|\w\*$|^[\w:]{3,}(?:\|[\w:]{3,})+$"
    r"|^[:\w][\w: ]+\w(?:\|[:\w][\w: ]+\w)+$"
)
"""What nobody looks for as it is written."""


def _before_it_is_made(stream: logql.Stream, project: Project) -> Findings:
    """Look for filters on what only a later parser can make of the line, and that nobody selects streams by."""
    stages = [
        logql.PARSER.match(each.value) is not None if each.operator == "stage" else False for each in stream.filters
    ]
    first = stages.index(True) if True in stages else 0
    known = {each.label for each in stream.matchers} | logql.METADATA
    for condition in stream.filters[:first]:
        if logql.is_of_opentelemetry(stream, condition.label):
            continue
        if condition.label and condition.label not in known and condition.label not in project.stream_labels:
            parser = stream.filters[first].value.split()[0]
            said = f"{condition.label} is filtered before | {parser} makes it: put that behind, unless it is metadata"
            yield Finding(said, piece=condition.offset, severity=Severity.INFO)


def _taken_away(stream: logql.Stream) -> Findings:
    """Look for filters on labels that a stage has taken away, or that no stage has made."""
    gone: set[str] = set()
    kept: set[str] | None = None
    for condition in stream.filters:
        if condition.operator == "stage":
            kind, _, rest = condition.value.partition(" ")
            words = re.findall(r"[A-Za-z_]\w*", rest)
            if kind == "drop" and re.fullmatch(r"[\w\s,]+", rest):
                gone |= set(words)
            elif kind == "keep" and re.fullmatch(r"[\w\s,]+", rest):
                kept = set(words)
            elif kind == "label_format":
                renamed = _RENAMED.findall(rest)
                gone = (gone | {old for _, old in renamed}) - {*logql.SET.findall(rest)}
                kept = kept | {*logql.SET.findall(rest)} if kept is not None else None
            elif logql.PARSER.match(condition.value):
                gone, kept = set(), None
        elif condition.label and not logql.can_be_empty(condition):
            label = condition.label
            if label in gone or (kept is not None and label not in kept):
                yield Finding(f"nothing passes: a stage before it took {label} away", piece=condition.offset)


_RENAMED = re.compile(r"(\w+)\s*=\s*([A-Za-z_]\w*)")
_AT_ONCE = 50
"""Conditions of one stream that are compared with each other; people write ten."""


def _contradictions(pairs: Iterable[tuple[logql.Condition, logql.Condition]]) -> Findings:
    for pair in pairs:
        for why in _conflicts(pair):
            yield Finding(f"nothing passes: {why}", piece=pair[1].offset)


def _line(one: logql.Condition, other: logql.Condition) -> str:
    one, other = map(_plain, (one, other))
    for must, mustnt in ((one, other), (other, one)):
        if must.operator == "|=" and mustnt.operator == "!=" and mustnt.value and mustnt.value in must.value:
            return f"a line with {must.value!r} always has {mustnt.value!r}"
        pattern = mustnt.value if must.operator == "|=" and mustnt.operator == "!~" else ""
        if pattern and not set(pattern) & set("^$\\") and admits_within(pattern, must.value):
            return f"a line with {must.value!r} always matches {pattern!r}"
        if must.operator == "|~" and mustnt.operator == "!~" and must.value == mustnt.value:
            return f"a line can't both match and not match {must.value!r}"
    return ""


def _plain(condition: logql.Condition) -> logql.Condition:
    """Return a pattern of letters alone as the text that it is."""
    if condition.operator in {"|~", "!~"} and re.fullmatch(r"[\w\s:/=,-]+", condition.value):
        return replace(condition, operator={"|~": "|=", "!~": "!="}[condition.operator])
    return condition


def _label(one: logql.Condition, other: logql.Condition) -> str:
    operators = {one.operator, other.operator}
    if operators == {"="} and one.value != other.value:
        return f"{one.label} can't be both {one.value!r} and {other.value!r}"
    if operators in ({"=", "!="}, {"=~", "!~"}) and one.value == other.value:
        return f"{one.label} can't both be and not be {one.value!r}"
    if operators <= {"=", "!=", "=~", "!~"} and exclude(one, other):
        return f"{one.label} can't be both {one.operator}{one.value!r} and {other.operator}{other.value!r}"
    first, second = _interval(one), _interval(other)
    if first is not None and second is not None and first.kind == second.kind and first.misses(second):
        return f"{one.label} can't be {one.operator} {one.value} and {other.operator} {other.value}"
    return ""


@dataclass(frozen=True, slots=True)
class _Interval:
    """What passes a filter: numbers, seconds or bytes between two bounds.

    A bound is a number with 0 where it passes itself, else with 1 (just above it) or -1 (just below it).
    """

    kind: str
    low: tuple[float, int]
    high: tuple[float, int]

    def misses(self, other: _Interval) -> bool:
        """Whether nothing is in both."""
        return max(self.low, other.low) > min(self.high, other.high)


def _interval(condition: logql.Condition) -> _Interval | None:
    if condition.operator == "=~" and _CLASSES.fullmatch(condition.value):
        digits = [int(digit) for found in _CLASS.finditer(condition.value) for digit in found[1]]
        return _Interval("number", (100 * min(digits), 0), (100 * max(digits) + 99, 0))
    kind, number = _measure(condition.value)
    least, most = (-math.inf, 0), (math.inf, 0)
    match condition.operator if kind else "":
        case "=":
            return _Interval(kind, (number, 0), (number, 0))
        case ">" | ">=" as operator:
            return _Interval(kind, (number, int(operator == ">")), most)
        case "<" | "<=" as operator:
            return _Interval(kind, least, (number, -int(operator == "<")))
        case _:
            return None


_CLASS = re.compile(r"\[?([1-5]+)\]?(?:\.\.|\\d\\d|\\d\{2\}|\[0-9\]\[0-9\]|\[0-9\]\{2\})")
_CLASSES = re.compile(rf"\(?{_CLASS.pattern}(?:\|{_CLASS.pattern})*\)?")
"""Classes of status codes, `5..` or `4..|5..`: numbers from 400 to 599."""
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_BYTES = {"b": 1} | {
    f"{prefix}{binary}b": (1024 if binary else 1000) ** power
    for power, prefix in enumerate("kmgtpe", 1)
    for binary in ("", "i")
}


def _measure(written: str) -> tuple[str, float]:
    """Read a number, a duration (1h30m) or a size (5KB) as what it is and how much; ('', 0) for other texts."""
    if not re.fullmatch(r"-?(?:\d+(?:\.\d+)?[a-zA-Zµ]*)+", written):
        return "", 0
    parts = re.findall(r"(\d+(?:\.\d+)?)([a-zA-Zµ]*)", written)
    sign = -1 if written.startswith("-") else 1
    if len(parts) == 1 and not parts[0][1]:
        return "number", sign * float(parts[0][0])
    if all(unit in _SECONDS for _, unit in parts):
        return "seconds", sign * sum(float(number) * _SECONDS[unit] for number, unit in parts)
    if len(parts) == 1 and parts[0][1].lower() in _BYTES:
        return "bytes", sign * float(parts[0][0]) * _BYTES[parts[0][1].lower()]
    return "", 0


RULE = Rule(__name__, Severity.ERROR, query=check)
