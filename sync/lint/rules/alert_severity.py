"""An alert without a severity, or with one that no route knows.

Routes tell a page from a ticket by it. The severities are `alert-severities` in dash-sync-lint.yaml: critical, warning,
info and none (which no one is told) when not set. A severity that a template fills in is let pass.

FAIL alert:
    {alert: A, expr: up == 0}

FAIL alert:
    {alert: A, expr: up == 0, labels: {severity: criticl}}

PASS alert:
    {alert: A, expr: up == 0, labels: {severity: critical}}

PASS alert with alert-severities page:
    {alert: A, expr: up == 0, labels: {severity: page}}
"""

from __future__ import annotations

import difflib

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule

_USUAL = frozenset(
    {
        "critical",
        "warning",
        "info",
        "page",
        "ticket",
        "notify",
        "error",
        "none",
        "high",
        "medium",
        "low",
        "minor",
        "major",
        "p1",
        "p2",
        "p3",
    }
)


def check(rule: FileRule, project: Project) -> Findings:
    """Look at the label."""
    if not rule.alert:
        return
    severity = rule.labels.get("severity") or as_group_label(rule)
    known = project.settings.alert_severities
    if not severity:
        yield Finding(f"{rule.alert} has no severity", pointer=("labels",) if "labels" in rule.raw else ("alert",))
    elif severity not in known and "{{" not in severity:
        misspelt = severity not in _USUAL and difflib.get_close_matches(severity, known, n=1)
        yield Finding(
            f"{rule.alert} has the severity {severity}; known are {', '.join(known)}",
            pointer=("labels", "severity"),
            severity=None if misspelt else Severity.INFO,
        )


def as_group_label(rule: FileRule) -> str:
    """Return the severity that the group gives all its rules, '' for none."""
    labels = rule.group.raw.get("labels")
    return str(labels.get("severity", "")) if isinstance(labels, dict) else ""


RULE = Rule(__name__, Severity.WARNING, peers={"mixtool": "alert-severity-rule", "pint": "rule/label"}, rule=check)
