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
from sync.lint.rule_file import RuleFile
from sync.lint.shape import as_dict

_OWNERS = frozenset({"owner", "team", "squad"})


def check(rule: FileRule, project: Project) -> Findings:
    """Look for the owner, and for the labels that settings name."""
    if not rule.alert:
        return
    has = rule.labels.keys() | rule.annotations.keys() | as_dict(rule.group.raw.get("labels")).keys()
    where = ("labels",) if "labels" in rule.raw else ("alert",)
    for label in project.settings.alert_labels:
        if label not in has:
            yield Finding(f"{rule.alert} has no label {label}", pointer=where, severity=Severity.WARNING)
    if not project.settings.alert_labels and not has & _OWNERS and _usual(rule.group.file):
        yield Finding(f"{rule.alert} has no owner, as the others have", pointer=where)


def _usual(file: RuleFile) -> bool:
    alerts = [rule for rule in file.rules if rule.alert]
    owned = sum(bool((rule.labels.keys() | rule.annotations.keys()) & _OWNERS) for rule in alerts)
    return owned * 2 > len(alerts)


RULE = Rule(__name__, Severity.INFO, peers={"pint": "rule/owner, rule/label"}, rule=check)
