"""A matcher on `le` that names no bucket of the histogram.

A bucket that isn't there selects nothing: the ratio is absent, and the alert on it silent. The bounds are known from
the catalogue or from expositions; `le="1"` and `le="1.0"` are one bound.

WITH app.prom:
    # TYPE http_request_duration_seconds histogram
    http_request_duration_seconds_bucket{le="0.5"} 1
    http_request_duration_seconds_bucket{le="1.0"} 1
    http_request_duration_seconds_bucket{le="+Inf"} 1
    http_request_duration_seconds_count 1
    http_request_duration_seconds_sum 1

FAIL promql:
    sum(rate(http_request_duration_seconds_bucket{le="0.3"}[5m]))

FAIL promql:
    sum(rate(http_request_duration_seconds_bucket{le=~"0.5|0.8"}[5m]))

PASS promql:
    sum(rate(http_request_duration_seconds_bucket{le=~"1|1.0"}[5m]))

PASS promql:
    sum(rate(http_request_duration_seconds_bucket{le="+Inf"}[5m]))
"""

from __future__ import annotations

import re

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule


def check(query: Query, project: Project) -> Findings:
    """Compare each `le` with the known bounds."""
    for selector, _ in query.selectors:
        matcher = selector.matcher("le")
        metric = project.known.find(selector.name) if matcher else None
        if (
            matcher is None
            or metric is None
            or not metric.buckets
            or matcher.has_variable
            or matcher.operator[0] == "!"
        ):
            continue
        if matcher.is_regex:
            for pattern in _alternatives(matcher.value):
                if not any(_matches(pattern, bound) for bound in metric.buckets):
                    yield Finding(
                        f"no bucket of {metric.name} matches le=~{pattern!r}: it has {_list(metric.buckets)}",
                        piece=pattern,
                    )
        elif _number(matcher.value) not in {*metric.buckets, float("inf")}:
            yield Finding(
                f"{metric.name} has no bucket le={matcher.value!r}: it has {_list(metric.buckets)}", piece=matcher.value
            )


def _alternatives(pattern: str) -> list[str]:
    """Return the bounds that are listed, each of which has to be there; else the pattern itself."""
    listed = re.fullmatch(r"[\d.]+(?:\|[\d.]+)+", pattern)
    return pattern.split("|") if listed else [pattern]


def _matches(pattern: str, bound: float) -> bool:
    try:
        return any(re.fullmatch(pattern, text) for text in (f"{bound:g}", f"{bound}", "+Inf"))
    except re.error:
        return True


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _list(buckets: frozenset[float]) -> str:
    return ", ".join(f"{bound:g}" for bound in sorted(buckets))


RULE = Rule(__name__, Severity.ERROR, needs="catalogue or expositions", query=check)
