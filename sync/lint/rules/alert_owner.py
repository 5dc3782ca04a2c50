"""An alert that belongs to nobody.

A label or annotation `owner` or `team` (or one of `alert-labels` in dash-sync-lint.yaml) says who mends the alert and
what it watches. Said only where others among the files have one, or settings ask for it.

FAIL rules:
    groups:
      - name: a
        rules:
          - {alert: A, expr: up == 0, labels: {team: web}}
          - {alert: B, expr: up == 0, labels: {team: web}}
          - {alert: C, expr: up == 1}

FAIL rules:
    groups:
      - name: a
        rules:
          - {alert: A, expr: up == 0, labels: {team: web}}
          - {alert: B, expr: up == 0, labels: {team: ""}}

FAIL alert with alert-labels team:
    {alert: A, expr: up == 0, labels: {severity: page}}

PASS alert with alert-labels team:
    {alert: A, expr: up == 0, labels: {severity: page, team: web}}

PASS alert:
    {alert: A, expr: up == 0, labels: {severity: page}}
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule
from sync.lint.rule_file import mostly_owned


def check(rule: FileRule, project: Project) -> Findings:
    """Look for the owner, and for the labels that settings name."""
    if not rule.alert:
        return
    has = {name for name, text in rule.texts.items() if text.strip()}
    where = ("labels",) if "labels" in rule.raw else ("alert",)
    for label in project.settings.alert_labels:
        if label not in has:
            yield Finding(f"{rule.alert} has no label {label}", pointer=where, severity=Severity.WARNING)
    if (
        not project.settings.alert_labels
        and not rule.has_owner
        and (mostly_owned(rule.group.file.rules) or project.is_owned)
    ):
        yield Finding(f"{rule.alert} has no owner, as the others have", pointer=where)


RULE = Rule(__name__, Severity.INFO, peers={"pint": "rule/owner, rule/label"}, rule=check)
