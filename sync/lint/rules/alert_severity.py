"""An alert without a severity, or with one that no route knows; a route for one that no alert has.

Routes tell a page from a ticket by it. The severities are `alert-severities` in dash-sync-lint.yaml. When not set they
are those that houses use: critical, warning, info and none (which no one is told), page and ticket, high to low, p1 to
p5, sev1 to sev5 and such. A severity that a template fills in is let pass. Of routes and inhibitions, a severity is
named that is a slip away from these and from those of the alerts among the files.

FAIL alert:
    {alert: A, expr: up == 0}

FAIL alert:
    {alert: A, expr: up == 0, labels: {severity: criticl}}

FAIL alertmanager:
    route: {receiver: a, routes: [{receiver: a, matchers: ['severity=~"warning|critcal"']}]}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a}
    inhibit_rules: [{source_matchers: [severity="critcal"], target_matchers: [severity="warning"], equal: [job]}]
    receivers: [{name: a}]

PASS alertmanager:
    route: {receiver: a, routes: [{receiver: a, matchers: ['severity=~"warning|page|sev1"', 'team="critcal"']}]}
    receivers: [{name: a}]

PASS alert:
    {alert: A, expr: up == 0, labels: {severity: critical}}

PASS alert:
    {alert: A, expr: up == 0, labels: {severity: sev1}}

PASS alert with alert-severities page:
    {alert: A, expr: up == 0, labels: {severity: page}}

FAIL alert with alert-severities page:
    {alert: A, expr: up == 0, labels: {severity: critical}}
"""

from __future__ import annotations

import difflib

from sync.lint.alertmanager import AlertmanagerConfig
from sync.lint.label_values import LabelValues, meant, values_sent, wanted
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule

_MAIN = ("critical", "warning", "info", "none")
_USUAL = frozenset(_MAIN) | {"page", "ticket", "task", "notify", "notice", "error", "emergency", "debug"}
_USUAL |= {"major", "minor", "high", "medium", "low"}
_USUAL |= {f"{word}{number}" for word in ("p", "sev") for number in range(1, 6)}


def check(rule: FileRule, project: Project) -> Findings:
    """Look at the label."""
    if not rule.alert:
        return
    severity = rule.labels.get("severity") or as_group_label(rule)
    settled = project.settings.alert_severities
    if not severity:
        yield Finding(f"{rule.alert} has no severity", pointer=("labels",) if "labels" in rule.raw else ("alert",))
    elif severity not in (settled or _USUAL) and "{{" not in severity:
        known = settled or (*_MAIN, "and other usual ones")
        misspelt = difflib.get_close_matches(severity, _MAIN, n=1) or meant(severity, _USUAL)
        yield Finding(
            f"{rule.alert} has the severity {severity}; known are {', '.join(known)}",
            pointer=("labels", "severity"),
            severity=None if settled or misspelt else Severity.INFO,
        )


def as_group_label(rule: FileRule) -> str:
    """Return the severity that the group gives all its rules, '' for none."""
    labels = rule.group.raw.get("labels")
    return str(labels.get("severity", "")) if isinstance(labels, dict) else ""


def check_routes(config: AlertmanagerConfig, project: Project) -> Findings:
    """Look for slips in the severities by which routes choose."""
    set_by = values_sent(config, project).get("severity", LabelValues()).values
    known = {*(project.settings.alert_severities or _MAIN), *set_by}
    for match in config.matches:
        for severity in wanted(match) if match.label == "severity" else ():
            near = "" if severity in _USUAL else meant(severity, known)
            if near:
                message = f"no alert has the severity {severity}; did you mean {near}?"
                yield Finding(message, pointer=match.pointer[len(config.base) :])


RULE = Rule(
    __name__,
    Severity.WARNING,
    peers={"mixtool": "alert-severity-rule", "pint": "rule/label"},
    rule=check,
    alertmanager=check_routes,
)
