"""An alert without a severity, or with one that no route knows; a route for one that no alert has.

Routes tell a page from a ticket by it. The severities are `alert-severities` in dash-sync-lint.yaml: critical, warning,
info and none (which no one is told) when not set. A severity that a template fills in is let pass. Of routes
and inhibitions, a severity is named that is a slip away from these and from those of the alerts among the files.

FAIL alert:
    {alert: A, expr: up == 0}

FAIL alert:
    {alert: A, expr: up == 0, labels: {severity: criticl}}

FAIL alertmanager:
    route: {receiver: a, routes: [{receiver: a, matchers: ['severity=~"warning|critcal"']}]}
    receivers: [{name: a}]

PASS alertmanager:
    route: {receiver: a, routes: [{receiver: a, matchers: ['severity=~"warning|page|sev1"', 'team="critcal"']}]}
    receivers: [{name: a}]

PASS alert:
    {alert: A, expr: up == 0, labels: {severity: critical}}

PASS alert with alert-severities page:
    {alert: A, expr: up == 0, labels: {severity: page}}
"""

from __future__ import annotations

import difflib

from sync.lint.alertmanager import AlertmanagerConfig
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


def check_routes(config: AlertmanagerConfig, project: Project) -> Findings:
    """Look for slips in the severities by which routes choose."""
    set_by = {rule.labels.get("severity", "") or as_group_label(rule) for rule in project.rules if rule.alert}
    known = {*project.settings.alert_severities, *set_by} - {""}
    for route in config.routes:
        for match in route.matches:
            wanted = match.value.split("|") if match.operator in {"=~", "!~"} else [match.value]
            for severity in wanted if match.label == "severity" else ():
                near = difflib.get_close_matches(severity, known, n=1, cutoff=0.8)
                if severity not in known | _USUAL and near and severity.isalpha():
                    message = f"no alert has the severity {severity}; did you mean {near[0]}?"
                    yield Finding(message, pointer=match.pointer[len(config.base) :])


RULE = Rule(
    __name__,
    Severity.WARNING,
    peers={"mixtool": "alert-severity-rule", "pint": "rule/label"},
    rule=check,
    alertmanager=check_routes,
)
