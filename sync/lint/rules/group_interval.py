"""A group that is evaluated more rarely than Prometheus looks back.

A sample is seen for five minutes. What is recorded every ten minutes is absent half of the time.

FAIL rules:
    groups: [{name: a, interval: 10m, rules: [{record: "a:b", expr: up}]}]

PASS rules:
    groups: [{name: a, interval: 2m, rules: [{record: "a:b", expr: up}]}]
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Group, seconds

LOOKBACK = 300
"""Seconds for which Prometheus goes on showing the last sample (--query.lookback-delta)."""


def check(group: Group, _project: Project) -> Findings:
    """Look at the interval of groups that record."""
    interval = seconds(group.raw.get("interval"))
    if interval and interval > LOOKBACK and any(rule.record for rule in group.rules):
        yield Finding(
            f"recorded every {group.raw['interval']}, and samples are seen for 5m: the series have holes",
            pointer=("interval",),
        )


RULE = Rule(__name__, Severity.WARNING, peers={"pint": "group/interval"}, group=check)
