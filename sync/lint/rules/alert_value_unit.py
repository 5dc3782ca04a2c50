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
    {alert: A, expr: bad / (bad + good) * 100 > 5, annotations: {summary: "{{ humanizePercentage $value }} fail"}}

FAIL alert:
    {alert: A, expr: sum(bad) / sum(all) > 0.05, annotations: {description: "{{ $value | humanize }}% fail"}}

FAIL alert:
    {alert: A, expr: memory_bytes > 1e9, annotations: {description: "It has {{ $value | humanizeDuration }}"}}

FAIL alert:
    {alert: A, expr: free_bytes < 1e9, annotations: {summary: '{{ printf "%.1f" $value }} GB are free'}}

FAIL alert:
    {alert: A, expr: "histogram_quantile(0.9, rate(a_seconds_bucket[5m])) > 1", annotations: {a: "{{ $value }}ms"}}

FAIL alert:
    {alert: A, expr: time() - backup_timestamp_seconds > 86400, annotations: {summary: "{{ $value }} hours ago"}}

FAIL alert:
    {alert: A, expr: a_timestamp_seconds < time() - 60, annotations: {summary: "{{ $value | humanizeDuration }} ago"}}

FAIL alert:
    {alert: A, expr: free_bytes < 1e9, annotations: {summary: "Memory is low: {{ $value | humanize }}."}}

FAIL alert:
    alert: A
    expr: a_cert_not_after_timestamp_seconds - time() < 86400
    annotations: {summary: "It ends at {{ $value | humanizeTimestamp }}"}

PASS alert:
    {alert: A, expr: free_bytes / 1024^3 < 1, annotations: {summary: '{{ printf "%.1f" $value }} GB are free'}}

PASS alert:
    {alert: A, expr: free_bytes < 1e9, annotations: {summary: "{{ $value | humanize1024 }}B are free"}}

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

FAIL alert:
    {alert: A, expr: "increase(a_total[1h]) > 5", annotations: {summary: "{{ $value }} errors per second"}}

FAIL alert:
    {alert: A, expr: "sum(rate(a_total[5m])) > 5", annotations: {summary: "{{ $value }} errors in the last 5 minutes"}}

PASS alert:
    {alert: A, expr: "rate(a_total[5m]) > 5", annotations: {summary: "{{ $value }} errors per second in the last 5m"}}

PASS alert:
    {alert: A, expr: "rate(a_cpu_seconds_total[5m]) > 2", annotations: {summary: "{{ $value }} cores in the last 5m"}}

PASS alert:
    {alert: A, expr: "rate(a_total[5m]) > 5", annotations: {summary: "{{ $value }} errors on average in the last 5m"}}

FAIL alert:
    alert: A
    expr: sum(rate(a_errors_total[5m])) / sum(rate(a_requests_total[5m])) > 0.05
    annotations: {summary: "{{ $value | humanize }} of the requests fail"}

PASS alert:
    alert: A
    expr: sum(rate(a_errors_total[5m])) / sum(rate(a_requests_total[5m])) > 0.05
    annotations: {summary: "{{ $value | humanizePercentage }} of the requests fail"}

FAIL alert:
    {alert: A, expr: 'up{job="a"} == 0', annotations: {summary: "Down for {{ $value | humanizeDuration }}"}}
"""

from __future__ import annotations

import re

from sync.lint.known_units import units
from sync.lint.limits import constant
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.dimensions import dimension, is_moment
from sync.lint.promql.factors import core, unscaled
from sync.lint.promql.measures import EVENTS, PERCENT, SHARE, Dimension
from sync.lint.promql.percentages import is_share
from sync.lint.promql.states import is_state
from sync.lint.promql.tree import RATES, Aggregation, Binary, Call, Node, Number, Selector, compared, deciding, turned
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule
from sync.lint.told_units import values_shown

_LINKS = r"(?:for|of|in|on|at|from|by|to|with|and|or|is|are|was|were|over|within|since|during|which|that|when)\b"
_BARE = re.compile(
    r"(?<!\()\{\{-?\s*(?:printf\s+[\"`]%[fveg][\"`]\s+)?(?:\$value|\.Value)\s*-?\}\}"
    rf"(?![ \t]*[)\]\"'`>*_]*[ \t]*(?!{_LINKS})(?:[\w%°/($]|[<>=≤≥]+\s*\d))"
)
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
_PERCENT = re.compile(r"%|percent|pct|\brate\b|ratio|share", re.IGNORECASE)
_SHOWN = r"\{\{[^{}]*(?:\$value|\.Value)[^{}]*\}\}(?P<said>\s*(?:(?!(?:per|rate)\b)[a-zA-Z]+\s+){0,3}"
_A_SECOND = re.compile(_SHOWN + r"(?:per sec(?:ond)?\b|a second\b|/ ?s(?:ec(?:ond)?)?\b))", re.IGNORECASE)
_LONGER = re.compile(
    _SHOWN + r"(?:(?P<past>(?:in|over|within|during) the (?:last|past)\b)"
    r"|(?:per|an?|each|every) (?:minute|hour|day)\b|/ ?(?:min|hour)\b))",
    re.IGNORECASE,
)
_MEAN = re.compile(r"\b(?:average|avg|mean)\b", re.IGNORECASE)
"""What a rate over a window is: errors of a second, on average over the last five minutes."""
_COUNTS = re.compile(
    r"\b(?:count|counts|number|amount|total)\b[^.!?{}]{0,60}$|\bqueue (?:size|length|depth)(?: is|:)? ?$", re.IGNORECASE
)


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
    yield from _other_pace(rule, project) if rule.alert else ()


def _unit(tree: Node, project: Project) -> Dimension | None:
    """Return the unit of an alert's value; None for a share in an hour, which is told as one."""
    inner, factor = unscaled(tree)
    if factor == 100 and is_share(inner):
        return PERCENT
    unit = dimension(tree, units(project))
    return None if unit and (unit.bytes, unit.seconds, unit.events) == (0, -1, 0) else unit


def _is_beyond_a_share(rule: FileRule, project: Project) -> bool:
    """Whether what is recorded elsewhere is compared with more than 1: it may well be in percent whatever its name."""
    limits = [turned(node).right for node in deciding(rule.query.as_promql.tree)]
    names = {each.name for each, _ in rule.query.as_promql.selectors}
    elsewhere = any(":" in name and name not in project.recorded for name in names)
    return elsewhere and any(isinstance(limit, Number) and limit.value > 1 for limit in limits)


_LONG_AGO = 1e8
"""Seconds since 1970 that were over in 1973: who compares with fewer compares no moment."""


def _told_wrong(rule: FileRule, project: Project) -> Findings:  # noqa: C901 one branch a kind of mistake
    """Look at values that a text calls a percentage, a time or an amount of bytes."""
    tree = compared(rule.query.as_promql.tree)
    if tree is None:
        return
    unit = _unit(tree, project)
    unit = None if unit == SHARE and _is_beyond_a_share(rule, project) else unit
    share = unit or (SHARE if is_share(tree) else None)
    inner = core(tree)
    timed = EVENTS if isinstance(inner, Selector) and is_state(inner.name) else unit
    limits = [turned(node).right for node in deciding(rule.query.as_promql.tree)]
    within = all(not isinstance(limit, Number) or limit.value <= 1 for limit in limits)
    is_quotient = within and unit == SHARE and isinstance(inner, Binary)
    is_time_left = any(0 < (constant(limit) or 0) < _LONG_AGO for limit in limits)
    for name, text in rule.annotations.items():
        for shown in values_shown(text):
            own = timed if any(each.seconds for each in shown.told) else share
            words = ""
            if is_moment(tree) and not is_time_left and any(each.seconds for each in shown.told):
                words = f"the value is a moment, seconds since 1970, {shown.words}: subtract it from time()"
            elif unit is not None and shown.is_moment and not is_moment(tree):
                words = f"the value is {unit.words}, {shown.words}"
            elif own is not None and shown.told and not any(map(own.is_near, shown.told)):
                words = f"the value is {own.words}, {shown.words}"
            elif unit == PERCENT and not shown.told and not _PERCENT.search(_TEMPLATE.sub("", text)):
                words = f"{name} shows the value without saying that it is in percent"
            elif is_quotient and not shown.told and _is_part_of(text, shown.piece):
                words = f"{name} shows a share as it is: humanizePercentage makes percent of it"
            elif unit is not None and unit not in (SHARE, EVENTS) and shown.is_bare:
                words = f"{name} shows the value without its unit, {unit.words}"
            if words:
                yield Finding(
                    f"{rule.alert}: {words}",
                    pointer=("annotations", name),
                    piece=shown.piece,
                    severity=Severity.WARNING if shown.told or shown.is_moment else None,
                )


def _is_part_of(text: str, shown: str) -> bool:
    """Whether words say that it is a part: `{{ $value | humanize }} of the requests`."""
    return _OF_ALL.match(text.partition(shown)[2]) is not None and not _PERCENT.search(_TEMPLATE.sub("", text))


_OF_ALL = re.compile(r"\s*\b(?:of|used|full|left|free|remaining|busy|utili[sz])\b")


def _other_pace(rule: FileRule, project: Project) -> Findings:
    """Look at what grew in an hour and is told as of a second, and the other way round."""
    tree = compared(rule.query.as_promql.tree)
    inner, factor = unscaled(tree) if tree is not None else (None, 1)
    while isinstance(inner, Aggregation):
        inner = inner.body
    if not isinstance(inner, Call) or inner.name not in RATES or factor != 1:
        return
    pattern, is_of = (_A_SECOND, "what it grew by") if inner.name == "increase" else (_LONGER, "a rate per second")
    for name, text in rule.annotations.items():
        found = pattern.search(text)
        is_past = found is not None and found.groupdict().get("past") is not None
        if found and not (is_past and (_MEAN.search(text) or not _is_of_events(inner, project))):
            said = " ".join(found["said"].split())
            message = f"{rule.alert}: the value is {is_of}, and told as “{said}”"
            yield Finding(message, pointer=("annotations", name), piece=said, severity=Severity.WARNING)


def _is_of_events(rate: Call, project: Project) -> bool:
    """Whether it counts what happened in a second: a rate of seconds or bytes is how much was used all the time."""
    unit = dimension(rate, units(project))
    return unit is None or (unit.bytes, unit.seconds) == (0, -1)


RULE = Rule(__name__, Severity.INFO, rule=check, managed=check)
