"""A rule whose aggregation drops a label that the team wants kept.

Alerts are routed by labels: one without `team` or `environment` reaches the wrong people. The labels stand under
`keep-labels` in dash-sync-lint.yaml; a label that the rule sets by itself counts.

FAIL alert-expr with keep-labels environment:
    sum by (job) (rate(http_request_errors_total[5m])) > 1

PASS alert-expr with keep-labels environment:
    sum by (job, environment) (rate(http_request_errors_total[5m])) > 1
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.recorded_labels import lacks
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule


def check(rule: FileRule, project: Project) -> Findings:
    """Look at the labels of the result."""
    tree = rule.query.tree
    for label in project.settings.keep_labels if tree is not None else ():
        if tree is not None and label not in rule.labels and lacks(tree, label, project):
            yield Finding(f"{rule.name} loses the label {label}: keep it in by (…)", pointer=("expr",))


RULE = Rule(__name__, Severity.WARNING, peers={"pint": "promql/aggregate"}, needs="keep-labels", rule=check)
