"""A label that nothing in a log query makes.

The parsers of a query that name what they take out of a line (`pattern`, `regexp`, `json` and `logfmt` with
parameters) make those labels and no others. A filter on another one passes no line, `unwrap` of it finds no number, and
a grouping by it has one group; unless it is metadata of the line, which a query can't tell: hence a warning only where
the label is a letter or a word off one that is made.

FAIL logql:
    {app="web"} | pattern "<ip> - <_> <method> <path> <status>" | http_status >= 500

FAIL logql:
    sum by (route) (rate({app="web"} | pattern "<ip> <method> <path> <status>" [5m]))

FAIL logql:
    sum_over_time({app="web"} | regexp "took (?P<took>[0-9.]+)s" | unwrap duration [5m])

FAIL logql:
    {app="web"} | json code="response.code", path="request.path" | status >= 500

FAIL logql:
    {app="web"} | logfmt level, took="duration" | dur > 1s

FAIL logql:
    {app="web"} | pattern "<ip> <status>" | label_format code=status | code>=500 | stat="500"

FAIL logql:
    avg_over_time({app="mysql"} |~ "query time: [0-9.]+" | unwrap duration [5m])

PASS logql:
    sum_over_time({service_name="api"} | event_name="request" | unwrap duration_ms [5m])

PASS logql:
    sum by (pipeline, customer) (count_over_time({app="web"} | pattern "<ip> <status>" [5m]))

PASS logql:
    sum by (app, code) (rate({app="web"} | pattern "<ip> <status>" | label_format code=status | code=~"5.." [5m]))

PASS logql:
    {app="web"} | json | pattern "<ip> <status>" | method="GET" | trace_id="a"

PASS logql:
    {app="web"} | json code="response.code" | level="error" | method!="GET" | host=~".*"

PASS logql:
    sum by (namespace) (rate({namespace="a"} | regexp "(?P<took>[0-9]+)ms" | unwrap took [5m]))
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from sync.lint import logql
from sync.lint.known import TARGET_LABELS, nearest
from sync.lint.lexical import masked
from sync.lint.logql_stages import captured
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project, once_a_project
from sync.lint.query import Language, Query
from sync.lint.rule import Findings, Rule

_GROUPED = re.compile(r"\bby\s*\(([\w\s,]*)\)")
_UNWRAPPED = re.compile(r"unwrap\s+(?:\w+\s*\(\s*)?([A-Za-z_]\w*)\s*\)?$")


def check(query: Query, project: Project) -> Findings:
    """Look up what is filtered, unwrapped and grouped by among what the stages before it make."""
    if query.language is not Language.LOGQL:
        return
    streams = logql.streams(query.text)
    made = [_made(stream) for stream in streams]
    for stream in streams:
        yield from _unlike_parser(stream, project)
    for stream, labels in zip(streams, made, strict=True):
        for label, offset in _asked(stream) if labels is not None else ():
            yield from _unknown(label, offset, labels or set(), project)
        yield from _unparsed(stream, project)
    every = [labels for labels in made if labels is not None]
    if every and len(every) == len(made) and "label_replace" not in query.text:
        for found in _GROUPED.finditer(masked(query.text)):
            findings = [
                finding
                for grouped in re.finditer(r"\w+", found[1])
                for finding in _unknown(grouped[0], found.start(1) + grouped.start(), set().union(*every), project)
            ]
            certain = [finding for finding in findings if finding.severity is not None]
            yield from findings if len(findings) == 1 else certain  # several are those of the streams


def _unlike_parser(stream: logql.Stream, project: Project) -> Findings:
    """Look for a parser that no other query has for the same streams, all of which take another one."""
    own = [each for each in stream.filters if each.operator == "stage" and each.value in _FORMATS]
    if len(own) != 1:
        return
    used = _parsers(project)[_selected(stream)]
    others = used.keys() - {own[0].value}
    if used[own[0].value] == 1 and len(others) == 1 and used[other := others.pop()] > 1:
        said = f"the other queries of these streams parse {other}, and this one {own[0].value}"
        yield Finding(said, piece=own[0].offset, severity=Severity.WARNING)


_FORMATS = ("json", "logfmt")


def _selected(stream: logql.Stream) -> str:
    return ",".join(sorted(str(matcher) for matcher in stream.matchers))


@once_a_project
def _parsers(project: Project) -> dict[str, Counter[str]]:
    """Return in how many queries the same streams are parsed by what."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for text in {query.text for query in project.queries if query.language is Language.LOGQL}:
        for stream in logql.streams(text):
            found[_selected(stream)].update(each.value for each in stream.filters if each.value in _FORMATS)
    return found


def _unparsed(stream: logql.Stream, project: Project) -> Findings:
    """Look for an unwrap where no parser makes any label."""
    stages = [each for each in stream.filters if each.operator == "stage"]
    if stream.free or any(logql.PARSER.match(each.value) for each in stages):
        return
    made = {label for each in stages for label in logql.SET.findall(masked(each.value))}
    for stage in stages:
        found = _UNWRAPPED.match(stage.value)
        known = made | {matcher.label for matcher in stream.matchers} | project.stream_labels | logql.METADATA
        if found and found[1] not in known and not logql.is_of_opentelemetry(stream, found[1]):
            said = f"no parser takes {found[1]} out of the line, unless it is of the stream, or metadata"
            yield Finding(f"{said}: put | logfmt or such before it", piece=stage.offset)


def _made(stream: logql.Stream) -> set[str] | None:
    """Return the labels that a stream's query names; None where it has no parser, or one that may make any."""
    stages = [each.value for each in stream.filters if each.operator == "stage"]
    parsed = [captured(stage) for stage in stages if logql.PARSER.match(stage)]
    if not parsed or stream.free or any(not labels for labels in parsed):
        return None
    formatted = {
        label for stage in stages if stage.startswith("label_format") for label in logql.SET.findall(masked(stage))
    }
    return formatted.union({matcher.label for matcher in stream.matchers}, *(labels or () for labels in parsed))


def _asked(stream: logql.Stream) -> Iterator[tuple[str, int]]:
    """Yield the labels that have to be there for a line to pass, and where they stand."""
    is_parsed = False
    for condition in stream.filters:
        if condition.operator == "stage":
            is_parsed = is_parsed or logql.PARSER.match(condition.value) is not None
            if unwrapped := _UNWRAPPED.match(condition.value):
                yield unwrapped[1], condition.offset
        elif is_parsed and condition.label and not logql.can_be_empty(condition):
            yield condition.label, condition.offset


def _unknown(label: str, offset: int, made: set[str], project: Project) -> Findings:
    of_streams = project.stream_labels | TARGET_LABELS | logql.METADATA
    if label in made | of_streams or label.startswith(("__", "k8s_")) or label.removesuffix("_extracted") in made:
        return
    meant = nearest(label, made) or next((f"; did you mean {each}?" for each in made if _same_end(label, each)), "")
    severity = Severity.WARNING if meant else None
    meant = meant or f", unless it is of the stream, or metadata: there are {', '.join(sorted(made))}"
    yield Finding(f"no stage makes the label {label}{meant}", piece=offset, severity=severity)


def _same_end(one: str, other: str) -> bool:
    """Whether one is the other's last words, as status is of http_status."""
    return one.endswith(f"_{other}") or other.endswith(f"_{one}")


RULE = Rule(__name__, Severity.INFO, query=check)
