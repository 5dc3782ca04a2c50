"""A link to a dashboard, panel, runbook or heading that isn't there.

Dashboards are looked up by uid among the files, when a link's uid shares its first word with one of them (another
team's can't be known); runbooks by file name, when there are runbooks among the files; Markdown links by path and
heading.

FAIL dashboard:
    uid: phoenix-overview
    links: [{type: link, title: Slo, url: /d/phoenix-slos}]

FAIL dashboard:
    uid: phoenix-overview
    panels: [{type: stat, title: A, id: 1, links: [{title: B, url: "/d/phoenix-overview?viewPanel=7"}]}]

FAIL runbook:
    See [memory](#memory-low) for more.

PASS dashboard:
    uid: phoenix-overview
    links: [{title: Here, url: /d/phoenix-overview/overview}, {title: There, url: /d/other-team}]

PASS runbook:
    # Memory low

    See [memory](#memory-low) for more, and [the docs](https://example.com).
"""

from __future__ import annotations

from sync.lint.dashboard import Dashboard
from sync.lint.links import from_dashboard, from_rule, from_runbook
from sync.lint.problem import Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule
from sync.lint.runbook import Runbook


def check_dashboard(dashboard: Dashboard, project: Project) -> Findings:
    """Follow every address in a dashboard."""
    return from_dashboard(dashboard, project)


def check_rule(rule: FileRule, project: Project) -> Findings:
    """Follow every address in an alert's annotations."""
    return from_rule(rule, project)


def check_runbook(runbook: Runbook, project: Project) -> Findings:
    """Follow every link of a runbook."""
    return from_runbook(runbook, project)


RULE = Rule(
    __name__,
    Severity.ERROR,
    peers={"pint": "rule/link (live only)"},
    dashboard=check_dashboard,
    rule=check_rule,
    runbook=check_runbook,
)
