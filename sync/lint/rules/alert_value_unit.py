"""A value in an alert's text without its unit, in another, or with all its digits.

"The value is 0.08333333333333333" makes its reader count zeros. `humanizePercentage`, `humanizeDuration`, `humanize`
and `printf` round it; a unit after it says what it is. A share that the text gives a `%`, or a percentage that
humanizePercentage multiplies by 100 once more, is a hundredfold wrong.

FAIL alert:
    {alert: A, expr: up == 0, annotations: {description: "The value is {{ $value }}"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {description: 'The value is {{ printf "%f" $value }}'}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {description: "the p99 is {{ $value }} for {{ $labels.server }}"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {description: "{{ $value }} of compactions fail"}}

FAIL alert:
    {alert: A, expr: bad / (bad + good) * 100 > 5, annotations: {summary: "{{ $value | humanizePercentage }} fail"}}

FAIL alert:
    {alert: A, expr: sum(bad) / sum(all) > 0.05, annotations: {description: "{{ $value | humanize }}% fail"}}

FAIL alert:
    {alert: A, expr: memory_bytes > 1e9, annotations: {description: "It has {{ $value | humanizeDuration }}"}}

PASS alert:
    {alert: A, expr: sum(bad) / sum(all) > 0.05, annotations: {description: "{{ $value | humanizePercentage }} fail"}}

PASS alert:
    {alert: A, expr: 100 * sum(bad) / sum(all) > 5, annotations: {description: '{{ printf "%.1f" $value }}% fail'}}

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

from sync.lint.known_units import units
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.dimensions import PERCENT, SECONDS, SHARE, dimension
from sync.lint.promql.factors import unscaled
from sync.lint.promql.percentages import is_share
from sync.lint.promql.tree import compared
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule

_LINKS = r"(?:for|of|in|on|at|from|by|to|with|and|or|is|are|was|were|over|within|since|during|which|that|when)\b"
_BARE = re.compile(
    r"(?<!\()\{\{-?\s*(?:printf\s+[\"`]%[fveg][\"`]\s+)?(?:\$value|\.Value)\s*-?\}\}"
    rf"(?![ \t]*[)\]\"'`>*_]*[ \t]*(?!{_LINKS})[\w%°/($])"
)
_COUNTS = re.compile(r"\b(?:count|counts|number|amount|total)\b[^.!?{}]{0,60}$", re.IGNORECASE)


def check(rule: FileRule, project: Project) -> Findings:
    """Find values with nothing after them that says what they are, or that are told in another unit than they have."""
    for name, text in rule.annotations.items() if rule.alert else ():
        if any(not _COUNTS.search(text[: found.start()]) for found in _BARE.finditer(text)):
            yield Finding(
                f"{rule.alert}: {name} shows $value without a unit: round it (humanize…) and say what it is",
                pointer=("annotations", name),
                piece="value",
            )
    yield from _told_wrong(rule, project) if rule.alert else ()


def _told_wrong(rule: FileRule, project: Project) -> Findings:
    """Look at values that a text calls a percentage, a time or an amount of bytes."""
    tree = compared(rule.query.as_promql.tree)
    if tree is None:
        return
    inner, factor = unscaled(tree)
    unit = PERCENT if factor == 100 and is_share(inner) else dimension(tree, units(project))
    share = unit or (SHARE if is_share(tree) else None)
    for name, text in rule.annotations.items():
        for found in _TOLD.finditer(text):
            told = _MEANT.get(found["function"] or "", PERCENT if found["percent"] else None)
            own = unit if told == SECONDS else share
            if told is not None and own is not None and own != told and not own.events:
                said = f"{found['function']} takes it for {told.words}" if found["function"] else "the text says %"
                yield Finding(
                    f"{rule.alert}: the value is {own.words}, {said}",
                    pointer=("annotations", name),
                    piece=found[0],
                    severity=Severity.WARNING,
                )


_TOLD = re.compile(
    r"\{\{-?\s*(?:\$value|\.Value)\s*\|\s*(?P<function>humanizePercentage|humanizeDuration)\s*-?\}\}"
    r"|\{\{-?\s*(?:printf\s+\S+\s+)?(?:\$value|\.Value)\s*(?:\|\s*(?:humanize|printf\s+\S+)\s*)?-?\}\}\s?(?P<percent>%)"
)
_MEANT = {"humanizePercentage": SHARE, "humanizeDuration": SECONDS}


RULE = Rule(__name__, Severity.INFO, rule=check)
