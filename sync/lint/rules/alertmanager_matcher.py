"""A matcher that Alertmanager can't read, or a time interval that isn't there.

FAIL alertmanager:
    route: {receiver: a, routes: [{matchers: ['severity == "critical"'], receiver: a}]}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, routes: [{matchers: ['severity=~"crit("'], receiver: a}]}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, routes: [{matchers: ['severity="page"'], receiver: a, mute_time_intervals: [nights]}]}
    receivers: [{name: a}]

PASS alertmanager:
    route: {receiver: a, routes: [{matchers: ['severity=~"critical|page"', team=web], receiver: a}]}
    receivers: [{name: a}]
"""

from __future__ import annotations

from sync.lint.alertmanager import AlertmanagerConfig, Match, matcher
from sync.lint.matching import pattern_problem
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_text


def check(config: AlertmanagerConfig, _project: Project) -> Findings:
    """Read the matchers of routes and inhibitions, and the names of intervals."""
    base = len(config.base)
    intervals = {
        as_text(as_dict(each).get("name"))
        for key in ("time_intervals", "mute_time_intervals")
        for each in as_list(config.raw.get(key))
    }
    for route in config.routes:
        for match in route.matches:
            yield from _match(match, base)
        for key in ("mute_time_intervals", "active_time_intervals"):
            for number, name in enumerate(as_list(route.raw.get(key))):
                if as_text(name) not in intervals:
                    yield Finding(f"there is no time interval {name}", pointer=(*route.pointer[base:], key, number))
    for number, rule in enumerate(as_list(config.raw.get("inhibit_rules"))):
        for key in ("source_matchers", "target_matchers"):
            for index, text in enumerate(as_list(as_dict(rule).get(key))):
                yield from _match(matcher(as_text(text), ("inhibit_rules", number, key, index)), 0)


def _match(match: Match, base: int) -> Findings:
    pointer = match.pointer[base:]
    if not match.operator:
        yield Finding(f'{match.label!r} is no matcher like severity="critical"', pointer=pointer)
    elif match.operator in {"=~", "!~"}:
        problem = pattern_problem(match.value)
        if problem:
            yield Finding(f"{match.value!r} is no regular expression: {problem}", pointer=pointer)


RULE = Rule(__name__, Severity.ERROR, alertmanager=check)
