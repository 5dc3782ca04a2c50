"""A rule that sets a label which the team, or Prometheus' external labels, reserve.

An external label of the same name is dropped, or overwritten, when the alert leaves Prometheus. Reserved are those of
`forbidden-labels` in dash-sync-lint.yaml and the external_labels of the prometheus.yml among the files.

WITH prometheus.yml:
    global: {external_labels: {cluster: a}}
    scrape_configs: []

FAIL alert:
    {alert: A, expr: up == 0, labels: {cluster: b}}

FAIL alert with forbidden-labels pager:
    {alert: A, expr: up == 0, labels: {pager: b}}

PASS alert:
    {alert: A, expr: up == 0, labels: {severity: page}}
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
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


RULE = Rule(__name__, Severity.WARNING, peers={"pint": "rule/reject (in part), labels/conflict"}, rule=check)
