"""A group with more rules than are evaluated in time.

The rules of a group run one after the other. A long group comes late and misses evaluations; groups run side by side.
The limit is `rules-in-group` in dash-sync-lint.yaml, 20 when not set.

FAIL rules with rules-in-group 1:
    groups: [{name: a, rules: [{record: "a:b", expr: up}, {record: "c:d", expr: up}]}]

PASS rules:
    groups: [{name: a, rules: [{record: "a:b", expr: up}, {record: "c:d", expr: up}]}]
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Group


def check(group: Group, project: Project) -> Findings:
    """Count the rules."""
    limit = project.settings.rules_in_group
    if len(group.rules) > limit:
        yield Finding(f"the group {group.name} has {len(group.rules)} rules, more than {limit}: split it")


RULE = Rule(__name__, Severity.INFO, peers={"mixtool": "alert-group-rule-count"}, group=check)
