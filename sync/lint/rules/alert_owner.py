"""An alert that belongs to nobody.

A label or annotation `owner` or `team` (or one of `alert-labels` in dash-sync-lint.yaml) says who mends the alert and
what it watches. One that the expression's result certainly has counts, as `group_left (team)` brings it. Said only
where others among the files have one, or settings ask for it. One that is a letter away from that of many others is a
slip of it.

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

FAIL rules:
    groups:
      - name: a
        rules:
          - {alert: A, expr: up == 0, labels: {team: infra}}
          - {alert: B, expr: up == 0, labels: {team: infra}}
          - {alert: C, expr: up == 0, labels: {team: infra}}
          - {alert: D, expr: up == 0, labels: {team: infa}}

FAIL rules:
    groups:
      - name: a
        rules:
          - {alert: A, expr: up == 0, labels: {team: web}}
          - {alert: B, expr: up == 0, labels: {team: web}}
          - {alert: C, expr: up == 0, labels: {team: Web}}

PASS rules:
    groups:
      - name: a
        rules:
          - {alert: A, expr: up == 0, labels: {team: web}}
          - {alert: B, expr: up == 0, labels: {team: web}}
          - {alert: C, expr: (up == 0) * on (job) group_left (team) owners}

PASS alert with alert-labels team:
    {alert: A, expr: 'up{team="web"} == 0', labels: {severity: page}}

FAIL alert with alert-labels team:
    {alert: A, expr: up == 0, labels: {severity: page}}

PASS alert with alert-labels team:
    {alert: A, expr: up == 0, labels: {severity: page, team: web}}

PASS alert:
    {alert: A, expr: up == 0, labels: {severity: page}}
"""

from __future__ import annotations

from collections import Counter

from sync.lint.label_values import label_values, meant
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.labels import result_labels
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import OWNERS
from sync.lint.rule_file import Rule as FileRule


def check(rule: FileRule, project: Project) -> Findings:
    """Look for the owner, and for the labels that settings name."""
    if not rule.alert:
        return
    tree = rule.query.as_promql.tree
    brought = result_labels(tree).names if tree is not None else frozenset()
    has = {name for name, text in rule.texts.items() if text.strip()} | brought
    where = ("labels",) if "labels" in rule.raw else ("alert",)
    for label in project.settings.alert_labels:
        if label not in has:
            yield Finding(f"{rule.alert} has no label {label}", pointer=where, severity=Severity.WARNING)
    if not project.settings.alert_labels and not has & OWNERS and (rule.group.file.is_owned or project.is_owned):
        yield Finding(f"{rule.alert} has no owner, as the others have", pointer=where)
    for label in rule.labels.keys() & OWNERS:
        known, owner = label_values(project)[label].values, rule.labels[label]
        near = meant(owner, [each for each, count in known.items() if count >= _OFTEN * known[owner]])
        near = near or _in_other_case(owner, known)
        if near:
            said = f"{rule.alert} belongs to {owner}; did you mean {near}, as {known[near]} others do?"
            yield Finding(said, pointer=("labels", label), severity=Severity.WARNING)


def _in_other_case(owner: str, known: Counter[str]) -> str:
    """Return the name that most give the owner, where this one differs in capitals alone; routes tell them apart."""
    alike = [each for each in known if each.casefold() == owner.casefold() and known[each] > known[owner]]
    return max(alike, key=known.__getitem__, default="")


_OFTEN = 3
"""How many times as often the right name stands as a slip of it."""


RULE = Rule(__name__, Severity.INFO, peers={"pint": "rule/owner, rule/label"}, rule=check)
