"""A whole number as `le="1"`, which is spelled `le="1.0"` elsewhere.

Go clients write le="1", Python's and Java's write le="1.0"; Prometheus 3 makes "1.0" of both, Prometheus 2 keeps what
it is given. A matcher for one spelling selects nothing after an update, and the alert on it is silent. Match both.

FAIL promql:
    sum(rate(http_request_duration_seconds_bucket{le="1"}[5m]))

PASS promql:
    sum(rate(http_request_duration_seconds_bucket{le=~"1|1.0"}[5m]))

PASS promql:
    sum(rate(http_request_duration_seconds_bucket{le="0.25"}[5m]))
"""

from __future__ import annotations

import re

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule


def check(query: Query, _project: Project) -> Findings:
    """Find matchers for a whole number in one spelling."""
    for selector, _ in query.selectors:
        matcher = selector.matcher("le")
        if matcher is not None and matcher.operator == "=" and re.fullmatch(r"\d+(?:\.0)?", matcher.value):
            whole = matcher.value.removesuffix(".0")
            both = f"{whole}|{whole}.0"
            message = (
                f'le="{matcher.value}" is one of two spellings, by client and Prometheus version: match le=~"{both}"'
            )
            yield Finding(message, piece=f'"{matcher.value}')


RULE = Rule(__name__, Severity.INFO, query=check)
