"""A rule that sets a label which the team or Prometheus' external labels reserve, or which its expression has.

An external label of the same name is dropped, or overwritten, when the alert leaves Prometheus. Reserved are those of
`forbidden-labels` in dash-sync-lint.yaml and the external_labels of the prometheus.yml among the files. A label by
which the expression groups is overwritten too.

WITH prometheus.yml:
    global: {external_labels: {cluster: a}}
    scrape_configs: []

FAIL alert:
    {alert: A, expr: up == 0, labels: {cluster: b}}

FAIL alert with forbidden-labels pager:
    {alert: A, expr: up == 0, labels: {pager: b}}

FAIL rules:
    groups: [{name: a, rules: [{alert: A, expr: avg by (job) (config_loaded) != 1, labels: {job: receiver}}]}]

PASS alert:
    {alert: A, expr: up == 0, labels: {severity: page}}
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Aggregation, compared
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule


def check(rule: FileRule, project: Project) -> Findings:
    """Look at the labels that the rule sets."""
    for label in rule.labels:
        if label in project.external_labels:
            yield Finding(
                f"{rule.name} sets {label}, which is an external label of Prometheus", pointer=("labels", label)
            )
        elif label in project.settings.forbidden_labels:
            yield Finding(f"{rule.name} sets {label}, which the team reserves", pointer=("labels", label))
        elif label in _kept(rule) and "{{" not in rule.labels[label]:
            message = f"{rule.name} sets {label} over the one that the expression keeps"
            yield Finding(message, pointer=("labels", label), severity=Severity.INFO)


def _kept(rule: FileRule) -> frozenset[str]:
    """Return the labels that the expression groups by, so that its series are told apart by them."""
    tree = compared(rule.query.tree) or rule.query.tree
    grouped = isinstance(tree, Aggregation) and tree.labels is not None and not tree.without
    return frozenset(tree.labels or ()) if isinstance(tree, Aggregation) and grouped else frozenset()


RULE = Rule(__name__, Severity.WARNING, peers={"pint": "rule/reject (in part), labels/conflict"}, rule=check)
