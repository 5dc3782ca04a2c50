"""The same rule twice, or two recording rules that make the same series.

Two rules that record one name with the same labels write over each other. The same alert twice is told twice. A group
that stands as it is in a PrometheusRule too is one rule for two ways to load it, not two.

FAIL rules:
    groups:
      - name: a
        rules:
          - {record: "job:up:sum", expr: sum by (job) (up)}
          - {record: "job:up:sum", expr: sum by (job) (up)}

FAIL rules:
    groups:
      - {name: a, rules: [{alert: A, expr: up == 0, labels: {severity: page}}]}
      - {name: b, rules: [{alert: A, expr: "up==0", labels: {severity: page}}]}

FAIL rules:
    groups:
      - name: a
        rules:
          - {record: "all:up:sum", expr: sum(up)}
          - {record: "all:up:sum", expr: sum(node_load1)}

PASS rules:
    groups:
      - name: a
        rules:
          - {alert: A, expr: up == 0, labels: {severity: page}}
          - {alert: A, expr: up == 0, labels: {severity: ticket}}

PASS rules:
    groups:
      - name: a
        rules:
          - {record: "job:up:sum", expr: 'sum by (job) (up{env="a"})', labels: {env: a}}
          - {record: "job:up:sum", expr: 'sum by (job) (up{env="b"})', labels: {env: b}}
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import CHOOSING, Aggregation
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Group
from sync.lint.rule_file import Rule as FileRule


def check(rule: FileRule, project: Project) -> Findings:
    """Look for an earlier rule that is the same."""
    others = (project.alerts if rule.alert else project.recorded).get(rule.name, [])
    for other in others:
        if other is rule:
            return
        if other.labels != rule.labels or _is_copy(other.group, rule.group):
            continue
        where = f"{other.group.file.path}, group {other.group.name}"
        if _same(other, rule):
            yield Finding(
                f"{rule.name} stands already in {where}, with the same expression and labels",
                pointer=("alert" if rule.alert else "record",),
            )
            return
        if rule.record and other.group.file is rule.group.file and _is_one_series(other) and _is_one_series(rule):
            message = f"{rule.name} is recorded already in {where}, of something else: each overwrites the other"
            yield Finding(message, pointer=("record",))
            return


def _same(one: FileRule, other: FileRule) -> bool:
    if one.query.text == other.query.text:
        return one.raw.get("for") == other.raw.get("for")
    if one.query.tree is None or one.query.tree != other.query.tree:
        return False
    return one.raw.get("for") == other.raw.get("for")


def _is_one_series(rule: FileRule) -> bool:
    """Whether the result has no labels, so that whatever else is recorded under this name is the same series."""
    tree = rule.query.tree
    return isinstance(tree, Aggregation) and not (
        tree.labels or tree.without or tree.name in CHOOSING | {"count_values"}
    )


def _is_copy(one: Group, other: Group) -> bool:
    """Whether one group stands in a rule file and the other, word for word, in a manifest."""
    return one.file.base != other.file.base and one.raw == other.raw


RULE = Rule(__name__, Severity.WARNING, peers={"pint": "rule/duplicate"}, rule=check)
