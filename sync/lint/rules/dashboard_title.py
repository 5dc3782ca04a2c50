"""A dashboard without a title, or with one that a tool or a hurry left behind.

FAIL dashboard:
    title: ""

FAIL dashboard:
    title: New dashboard

FAIL dashboard:
    title: System Overview Copy

PASS dashboard:
    title: System Overview
"""

from __future__ import annotations

import re

from sync.lint.dashboard import Dashboard
from sync.lint.placeholders import is_no_title
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule

_COPY = re.compile(r"\S [- ]*Copy(?: \d+)?$")
"""What Grafana calls a dashboard that is saved as another."""


def check(dashboard: Dashboard, _project: Project) -> Findings:
    """Look at the title."""
    if not dashboard.title.strip():
        yield Finding("the dashboard has no title", pointer=("title",))
    elif is_no_title(dashboard.title) or _COPY.search(dashboard.title):
        message = f"the title {dashboard.title!r} doesn't say what the dashboard is of"
        yield Finding(message, pointer=("title",), severity=Severity.WARNING)


RULE = Rule(__name__, Severity.ERROR, peers={"mixtool": "dashboard title"}, dashboard=check)
