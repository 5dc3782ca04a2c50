"""A log query without a stream selector that Loki accepts.

Loki looks logs up by their labels. Without a selector in braces there is nothing to look up; one whose every matcher
also holds for streams without the label ({app=~".*"}) would read all that there is, and is refused.

FAIL logql:
    |= "error"

FAIL logql:
    {app=~".*"} |= "error"

FAIL logql:
    sum(rate({}[5m]))

PASS logql:
    {app=~".+", environment!="test"} |= "error"

PASS logql:
    {app=~"$app"} | json
"""

from __future__ import annotations

from sync.lint import logql
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.variables import VARIABLE
from sync.lint.query import Language, Query
from sync.lint.rule import Findings, Rule


def check(query: Query, _project: Project) -> Findings:
    """Look at the matchers of each selector."""
    if query.language is not Language.LOGQL or not query.text.strip() or logql.syntax_problem(query.text):
        return
    streams = logql.streams(query.text)
    has_none = "vector(" in query.text or logql.is_arithmetic(query.text)
    if not streams and not VARIABLE.search(query.text) and not has_none:
        yield Finding('a log query needs a stream selector in braces: {app="…"}', piece=0)
    for stream in streams:
        if stream.free or any(matcher.has_variable for matcher in stream.matchers):
            continue
        if all(logql.can_be_empty(matcher) for matcher in stream.matchers):
            yield Finding(
                "Loki refuses a selector that holds for every stream: use = or =~ with .+", piece=stream.offset
            )


RULE = Rule(__name__, Severity.ERROR, query=check)
