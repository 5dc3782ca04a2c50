"""A dashboard that sends more queries than its readers and its Prometheus bear.

Each panel's queries run at every refresh, for every reader; panels that repeat run them for each value. The limit is
`queries-in-dashboard` in dash-sync-lint.yaml, 150 when not set; queries of collapsed rows don't run until they're
opened.

FAIL dashboard with queries-in-dashboard 2:
    panels:
      - {type: stat, title: A, targets: [{expr: up, refId: A}, {expr: up, refId: B}, {expr: up, refId: C}]}

PASS dashboard:
    panels:
      - {type: stat, title: A, targets: [{expr: up, refId: A}]}
"""

from __future__ import annotations

from sync.lint.dashboard import Dashboard
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule


def check(dashboard: Dashboard, project: Project) -> Findings:
    """Count the queries that run when the dashboard is opened."""
    count = sum(
        not target.hidden and (target.panel.row is None or target.panel.row.raw.get("collapsed") is not True)
        for target in dashboard.targets
    )
    limit = project.settings.queries_in_dashboard
    if count > limit:
        yield Finding(f"it sends {count} queries at each refresh, more than {limit}: collapse rows, or split it")


RULE = Rule(__name__, Severity.WARNING, dashboard=check)
