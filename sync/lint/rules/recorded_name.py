"""A recorded series whose name has no colon.

Names with colons are for what rules make: level:metric:operations. Without one, nobody can tell the series from what a
process exposes, and a rule is looked for in the wrong place.

FAIL rules:
    groups: [{name: a, rules: [{record: requests_per_second, expr: "sum(rate(http_requests_total[5m]))"}]}]

PASS rules:
    groups: [{name: a, rules: [{record: "job:up:sum", expr: sum by (job) (up)}]}]
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule


def check(rule: FileRule, _project: Project) -> Findings:
    """Look at the name."""
    if rule.record and ":" not in rule.record and rule.record != "ALERTS":
        yield Finding(
            f"{rule.record} looks like an exposed metric: name it level:metric:operations", pointer=("record",)
        )


RULE = Rule(__name__, Severity.INFO, peers={"pint": "rule/name"}, rule=check)
