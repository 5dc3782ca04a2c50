"""A dashboard without a title.

FAIL dashboard:
    title: ""

PASS dashboard:
    title: System Overview
"""

from __future__ import annotations

from sync.lint.dashboard import Dashboard
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule


def check(dashboard: Dashboard, _project: Project) -> Findings:
    """Look at the title."""
    if not dashboard.title.strip():
        yield Finding("the dashboard has no title", pointer=("title",))


RULE = Rule(__name__, Severity.ERROR, peers={"mixtool": "dashboard title"}, dashboard=check)
