"""An id as a stream label.

Every value of a stream label is a stream of its own: a trace, request or user id makes as many as there are requests,
and Loki slows down or refuses them. Keep ids in the line or in structured metadata, and filter after the selector.

FAIL logql:
    {app="api", trace_id="$trace"}

PASS logql:
    {app="api"} | trace_id="$trace"

PASS logql:
    {app="api"} |= "$trace"
"""

from __future__ import annotations

from sync.lint import logql
from sync.lint.cardinality import is_id
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.query import Language, Query
from sync.lint.rule import Findings, Rule


def check(query: Query, _project: Project) -> Findings:
    """Look at the labels in selectors."""
    if query.language is Language.LOGQL:
        for stream in logql.streams(query.text):
            for matcher in stream.matchers:
                if is_id(matcher.label):
                    yield Finding(
                        f"{matcher.label} is an id and no stream label: filter after the selector, | {matcher.label}=…",
                        piece=matcher.offset,
                    )


RULE = Rule(__name__, Severity.WARNING, query=check)
