"""A window shorter than four scrape intervals.

rate() needs two samples in its window. With fewer than four intervals one failed scrape is a hole in the graph, and an
alert that resets. The scrape interval comes from dash-sync-lint.yaml (`scrape-interval`, 15 s when not set) or from the
prometheus.yml among the files. A subquery's samples are as far apart as its step.

FAIL promql:
    rate(http_requests_total[30s])

FAIL alert-expr:
    increase(http_request_errors_total[15s]) > 0

FAIL promql:
    max_over_time(rate(http_requests_total[5m:5m])[1h:])

PASS promql:
    rate(http_requests_total[1m]) + rate(http_requests_total[10m:1m])

PASS promql:
    rate(http_requests_total[$__rate_interval])
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import RATES, Call, Subquery, duration
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule

_OVER_TIME = {f"{each}_over_time" for each in ("avg", "sum", "min", "max", "stddev", "stdvar", "quantile", "count")}
_TWO_AT_LEAST = RATES | {"delta", "deriv", "idelta", "predict_linear"}
_SAMPLES = RATES | _OVER_TIME | {"delta", "deriv", "idelta", "predict_linear", "resets", "changes"}


def check(query: Query, project: Project) -> Findings:
    """Compare each written window with the scrape interval."""
    least = 4 * project.scrape_interval
    for selector, above in query.selectors:
        window, parent = selector.window, above[-1] if above else None
        if window is None or window.seconds is None or not isinstance(parent, Call) or parent.name not in _SAMPLES:
            continue
        if window.seconds < least:
            interval, enough = duration(project.scrape_interval), duration(least)
            message = (
                f"{parent.name}() over {window} sees fewer than four scrapes, {interval} apart: use {enough} or more"
            )
            severity = Severity.ERROR if window.seconds < 2 * project.scrape_interval else None
            yield Finding(message, piece=f"[{window}]", severity=severity)
    yield from _between_steps(query)


def _between_steps(query: Query) -> Findings:
    """Look for a subquery that gives one sample where two are needed."""
    for node, _ in query.each(Call) if ":" in query.text else ():
        if node.name in _TWO_AT_LEAST and node.arguments and isinstance(inner := node.arguments[0], Subquery):
            window, step = inner.window.seconds, inner.step and inner.step.seconds
            if window is not None and step and window < 2 * step:
                message = (
                    f"{node.name}() over {inner.window} by steps of {inner.step} may see one sample, and needs two"
                )
                yield Finding(message, piece=node.name, severity=Severity.ERROR)


RULE = Rule(__name__, Severity.WARNING, peers={"pint": "promql/rate"}, query=check)
