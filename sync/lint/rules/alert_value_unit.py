"""A value in an alert's text without its unit, or with all its digits.

"The value is 0.08333333333333333" makes its reader count zeros. `humanizePercentage`, `humanizeDuration`, `humanize`
and `printf` round it; a unit after it says what it is.

FAIL alert:
    {alert: A, expr: up == 0, annotations: {description: "The value is {{ $value }}"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {description: 'The value is {{ printf "%f" $value }}'}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {description: "the p99 is {{ $value }} for {{ $labels.server }}"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {description: "{{ $value }} of compactions fail"}}

PASS alert:
    {alert: A, expr: up == 0, annotations: {description: "more than 128 subsystems. Current count: {{ $value }}."}}

PASS alert:
    {alert: A, expr: up == 0, annotations: {description: "the number of members is {{ $value }}"}}

PASS alert:
    {alert: A, expr: up == 0, annotations: {description: "{{ $value | humanizePercentage }} of requests fail"}}

PASS alert:
    {alert: A, expr: up == 0, annotations: {description: "members are missing ({{ $value }})"}}

PASS alert:
    {alert: A, expr: up == 0, annotations: {description: "{{ $value }} pods are down"}}

PASS alert:
    {alert: A, expr: up == 0, annotations: {description: "{{ $value }}% of memory is used"}}
"""

from __future__ import annotations

import re

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule

_LINKS = r"(?:for|of|in|on|at|from|by|to|with|and|or|is|are|was|were|over|within|since|during|which|that|when)\b"
_BARE = re.compile(
    r"(?<!\()\{\{-?\s*(?:printf\s+[\"`]%[fveg][\"`]\s+)?(?:\$value|\.Value)\s*-?\}\}"
    rf"(?![ \t]*[)\]\"'`>*_]*[ \t]*(?!{_LINKS})[\w%°/($])"
)
_COUNTS = re.compile(r"\b(?:count|counts|number|amount|total)\b[^.!?{}]{0,60}$", re.IGNORECASE)


def check(rule: FileRule, _project: Project) -> Findings:
    """Find values with nothing after them that says what they are."""
    for name, text in rule.annotations.items() if rule.alert else ():
        if any(not _COUNTS.search(text[: found.start()]) for found in _BARE.finditer(text)):
            yield Finding(
                f"{rule.alert}: {name} shows $value without a unit: round it (humanize…) and say what it is",
                pointer=("annotations", name),
                piece="value",
            )


RULE = Rule(__name__, Severity.INFO, rule=check)
