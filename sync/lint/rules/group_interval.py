"""A group that is evaluated more rarely than Prometheus looks back, or than its own rules look.

A sample is seen for five minutes. What is recorded every ten minutes is absent half of the time; an alert of such a
group changes its mind so rarely that it comes and goes, unless `keep_firing_for` bridges the gap. A window that is
shorter than the interval never sees what happens between, and a `for` that is shorter waits for the interval.

FAIL rules:
    groups: [{name: a, interval: 10m, rules: [{record: "a:b", expr: up}]}]

FAIL rules:
    groups: [{name: a, interval: 10m, rules: [{alert: A, expr: up == 0, for: 20m}]}]

FAIL rules:
    groups: [{name: a, interval: 4m, rules: [{alert: A, expr: "rate(errors_total[2m]) > 1", for: 10m}]}]

FAIL rules:
    groups: [{name: a, interval: 4m, rules: [{alert: A, expr: up == 0, for: 1m}]}]

PASS rules:
    groups: [{name: a, interval: 2m, rules: [{record: "a:b", expr: up}]}]

PASS rules:
    groups: [{name: a, interval: 10m, rules: [{alert: A, expr: "rate(errors_total[1h]) > 1", keep_firing_for: 15m}]}]

PASS rules:
    groups: [{name: a, interval: 5m, rules: [{alert: A, expr: "increase(errors_total[5m]) > 1", for: 5m}]}]
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import duration
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Group, seconds
from sync.lint.rule_file import Rule as FileRule

LOOKBACK = 300
"""Seconds for which Prometheus goes on showing the last sample (--query.lookback-delta)."""


def check(group: Group, _project: Project) -> Findings:
    """Compare the interval with what the rules look at and wait for."""
    interval = seconds(group.raw.get("interval"))
    if not interval:
        return
    written = group.raw["interval"]
    if interval > LOOKBACK and any(rule.record for rule in group.rules):
        said = f"recorded every {written}, and samples are seen for 5m: the series have holes"
        yield Finding(said, pointer=("interval",))
    elif interval > LOOKBACK and any(_comes_and_goes(rule, interval) for rule in group.rules):
        said = f"evaluated every {written}: its alerts begin and end that late, and ALERTS, seen for 5m, has holes"
        yield Finding(said, pointer=("interval",))
    for number, rule in enumerate(group.rules):
        shortest = min(_windows(rule), default=interval)
        if shortest < interval:
            said = f"{rule.name} looks at {duration(shortest)}, and is evaluated every {written}: it misses the rest"
            yield Finding(said, pointer=("rules", number, "expr"))
        if 0 < (seconds(rule.raw.get("for")) or 0) < interval:
            said = f"{rule.name} is evaluated every {written}, which is longer than its `for`"
            yield Finding(said, pointer=("rules", number, "for"), severity=Severity.INFO)


def _comes_and_goes(rule: FileRule, interval: float) -> bool:
    return bool(rule.alert) and (seconds(rule.raw.get("keep_firing_for")) or 0) < interval


def _windows(rule: FileRule) -> list[float]:
    found = [selector.window.seconds for selector, _ in rule.query.selectors if selector.window is not None]
    return [length for length in found if length]


RULE = Rule(__name__, Severity.WARNING, peers={"pint": "group/interval"}, group=check)
