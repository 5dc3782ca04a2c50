"""A selector without a matcher that the team asks for.

Where several clusters or environments share one Prometheus, a query without `environment=` mixes them. The labels stand
under `selector-labels` in dash-sync-lint.yaml; recorded series are left alone.

FAIL promql with selector-labels environment:
    rate(http_requests_total[5m])

PASS promql with selector-labels environment:
    rate(http_requests_total{environment=~"$environment"}[5m])
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule


def check(query: Query, project: Project) -> Findings:
    """Look for the labels that settings name."""
    for label in project.settings.selector_labels:
        for selector, _ in query.selectors:
            if selector.matcher(label) is None and ":" not in selector.name:
                yield Finding(
                    f"{selector.name or 'the selector'} has no matcher on {label}", piece=selector.name or None
                )


RULE = Rule(
    __name__,
    Severity.WARNING,
    peers={"dashboard-linter": "target-job, target-instance (in part)", "pint": "promql/selector"},
    needs="selector-labels",
    query=check,
)
