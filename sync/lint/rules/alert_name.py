"""An alert whose name isn't in camel case, or is too long.

Names stand in subjects, routes and silences: PodCrashLooping, not pod-crash_looping. One that says nothing, as Test
does, tells nobody what to do; a small letter in front, where no other of the file has one, is overlooked in a route.

FAIL alert:
    {alert: high_latency, expr: up == 0}

FAIL alert:
    {alert: TheLatencyOfTheApiIsHigherThanItHasToBeForUs, expr: up == 0}

FAIL alert:
    {alert: Alert, expr: up == 0}

FAIL rules:
    groups:
      - name: a
        rules:
          - {alert: DiskFull, expr: a == 0}
          - {alert: NodeDown, expr: b == 0}
          - {alert: HighLoad, expr: c == 0}
          - {alert: instanceDown, expr: up == 0}

PASS alert:
    {alert: HighLatency, expr: up == 0}

PASS alert:
    {alert: KubeAPIErrorBudgetBurn, expr: up == 0}
"""

from __future__ import annotations

import re

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule

LONGEST = 40


def check(rule: FileRule, _project: Project) -> Findings:
    """Look at the name."""
    if not rule.alert:
        return
    if "{{" in rule.alert:
        if re.search(r"\{\{-?\s*\$", rule.alert):
            message = "a name is no template, it is sent as it stands: put labels and values into annotations"
            yield Finding(message, pointer=("alert",), severity=Severity.WARNING)
        return
    if not re.fullmatch(r"(?:[A-Z]|[a-z]+[0-9]*[A-Z])[A-Za-z0-9]*", rule.alert):
        yield Finding(f"{rule.alert!r} isn't in camel case", pointer=("alert",))
    elif rule.alert.lower().strip("0123456789") in _EMPTY:
        yield Finding(f"{rule.alert} says nothing of what is wrong", pointer=("alert",))
    elif rule.alert[0].islower() and _is_alone(rule):
        said = f"{rule.alert!r} begins with a small letter, as no other of the file does"
        yield Finding(said, pointer=("alert",))
    elif len(rule.alert) > LONGEST:
        yield Finding(f"the name is {len(rule.alert)} characters long, more than {LONGEST}", pointer=("alert",))


def _is_alone(rule: FileRule) -> bool:
    others = [other.alert for other in rule.group.file.rules if other.alert and other is not rule]
    return len(others) >= _MANY and not any(other[0].islower() for other in others)


_EMPTY = frozenset({"alert", "test", "testalert", "myalert", "newalert", "rule", "todo", "foo", "untitled"})
_MANY = 3


RULE = Rule(__name__, Severity.INFO, peers={"mixtool": "alert-name-camelcase, alert-name-length"}, rule=check)
