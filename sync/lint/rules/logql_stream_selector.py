"""A log query without a stream selector that Loki accepts.

Loki looks logs up by their labels. Without a selector in braces there is nothing to look up; one whose every matcher
also holds for streams without the label ({app=~".*"}) would read all that there is, and is refused. So is one whose
matchers are left to variables with such a value for All.

FAIL logql:
    |= "error"

FAIL logql:
    |~ "$search"

PASS logql:
    $selector |~ "$search"

FAIL logql:
    {app=~".*"} |= "error"

FAIL logql:
    sum(rate({}[5m]))

FAIL dashboard:
    templating: {list: [{type: query, name: app, includeAll: true, allValue: ".*", datasource: {type: loki}}]}
    panels: [{type: logs, title: A, datasource: {type: loki, uid: logs}, targets: [{expr: '{app=~"$app"}', refId: A}]}]

PASS dashboard:
    templating: {list: [{type: query, name: app, includeAll: true, allValue: ".*", datasource: {type: loki}}]}
    panels:
      - type: logs
        title: A
        datasource: {type: loki, uid: logs}
        targets: [{expr: '{app=~"$app", job="api"} | json | app=~"$app"', refId: A}]

PASS logql:
    {app=~".+", environment!="test"} |= "error"

PASS logql:
    {app=~"$app"} | json
"""

from __future__ import annotations

import re

from sync.lint import logql
from sync.lint.dashboard import Dashboard
from sync.lint.lexical import masked
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.variables import VARIABLE
from sync.lint.query import Language, Query
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_text


def check(query: Query, _project: Project) -> Findings:
    """Look at the matchers of each selector."""
    if query.language is not Language.LOGQL or not query.text.strip() or logql.syntax_problem(query.text):
        return
    streams = logql.streams(query.text)
    has_none = "vector(" in query.text or logql.is_arithmetic(query.text)
    if not streams and not VARIABLE.search(masked(query.text)) and not has_none:
        yield Finding('a log query needs a stream selector in braces: {app="…"}', piece=0)
    for stream in streams:
        if stream.free or any(matcher.has_variable for matcher in stream.matchers):
            continue
        if all(logql.can_be_empty(matcher) for matcher in stream.matchers):
            yield Finding(
                "Loki refuses a selector that holds for every stream: use = or =~ with .+", piece=stream.offset
            )


def check_all(dashboard: Dashboard, _project: Project) -> Findings:
    """Look for selectors of which nothing is left when All is chosen in variables whose All holds without the label."""
    empty = {
        variable.name
        for variable in dashboard.variables
        if variable.raw.get("includeAll") is True and _holds_for_none(as_text(variable.raw.get("allValue")))
    }
    for target in dashboard.targets if empty else ():
        if target.query is None or target.query.language is not Language.LOGQL or not empty & target.query.variables:
            continue
        for stream in logql.streams(target.query.text):
            chosen = [name if (name := _variable(matcher)) in empty else "" for matcher in stream.matchers]
            if (
                not stream.free
                and any(chosen)
                and all(
                    name or (not matcher.has_variable and logql.can_be_empty(matcher))
                    for name, matcher in zip(chosen, stream.matchers, strict=True)
                )
            ):
                names = ", ".join(dict.fromkeys(name for name in chosen if name))
                message = f"with All in {names} the selector holds for every stream, which Loki refuses: allValue .+"
                yield Finding(message, pointer=(*target.pointer[len(dashboard.base) :], target.key))


def _variable(matcher: logql.Condition) -> str:
    """Return the variable that is the whole pattern of a matcher, or ''."""
    found = VARIABLE.fullmatch(matcher.value) if matcher.operator == "=~" else None
    return (found["braced"] or found["plain"] or found["old"]) if found is not None else ""


def _holds_for_none(pattern: str) -> bool:
    try:
        return bool(pattern) and re.fullmatch(pattern, "") is not None
    except re.error:
        return False


RULE = Rule(__name__, Severity.ERROR, query=check, dashboard=check_all)
