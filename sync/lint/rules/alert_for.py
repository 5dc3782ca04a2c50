"""An alert whose `for` is nothing, or less than the team's least.

With a `for` of nothing one slow scrape wakes somebody. Alerts that look at a longer window already, at an absence over
time or at a total are steady by themselves and need none. The least, for all alerts, is `minimum-for` in
dash-sync-lint.yaml.

FAIL alert:
    {alert: A, expr: node_load1 > 5, for: 0s}

FAIL alert with minimum-for 5m:
    {alert: A, expr: node_load1 > 5, for: 1m}

PASS alert:
    {alert: A, expr: node_load1 > 5, for: 5m}
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import duration
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule
from sync.lint.rule_file import seconds


def check(rule: FileRule, project: Project) -> Findings:
    """Look at `for`."""
    if not rule.alert:
        return
    least = project.settings.minimum_for
    lasting = seconds(rule.raw.get("for")) if "for" in rule.raw else None
    where = ("for",) if "for" in rule.raw else ("alert",)
    if lasting == 0:
        yield Finding("`for` of nothing says nothing: remove it, or wait", pointer=where)
    elif least and (lasting or 0) < least:
        yield Finding(
            f"it fires after {duration(lasting or 0)}, the team's least is {duration(least)}",
            pointer=where,
            severity=Severity.WARNING,
        )


RULE = Rule(__name__, Severity.INFO, peers={"pint": "alerts/for, rule/for"}, rule=check)
