"""A route that no alert reaches, or one for a value that no alert has.

The first sibling that matches takes the alert, unless it says `continue: true`: a route after one that matches
everything, or the same and more, is never asked. So is one whose own matchers contradict its parents'. Where the rules
among the files set a label, a matcher of a route or inhibition that is a slip away from one of its values is named; a
value that is no slip where every alert sets that label is a hint, for other files may have more alerts. Slips of
severities are `alert-severity`'s; info and none are often routed before there is an alert of them.

FAIL alertmanager:
    route:
      receiver: a
      routes:
        - {receiver: a}
        - {matchers: ['severity="critical"'], receiver: b}
    receivers: [{name: a}, {name: b}]

FAIL alertmanager:
    route:
      receiver: a
      routes:
        - {matchers: ['severity=~"critical|warning"'], receiver: a}
        - {matchers: ['severity="critical"', 'team="web"'], receiver: b}
    receivers: [{name: a}, {name: b}]

FAIL alertmanager:
    route:
      receiver: a
      routes:
        - {matchers: ['severity="critical"'], receiver: a, routes: [{matchers: ['severity="warning"'], receiver: b}]}
    receivers: [{name: a}, {name: b}]

FAIL alertmanager:
    route: {receiver: a, routes: [{matchers: ['severity="crit"'], receiver: a}]}
    inhibit_rules: [{source_matchers: ['severity="critical"'], target_matchers: ['severity="warning"'], equal: [job]}]
    receivers: [{name: a}]

WITH shop-rules.yaml:
    groups:
      - name: shop
        labels: {region: north, severity: critical}
        rules:
          - {alert: OrdersFail, expr: up == 0, labels: {owner: platform}}
          - {alert: OrdersLate, expr: up == 0, labels: {owner: agents, env: "{{ $labels.env }}"}}

FAIL alertmanager:
    route: {receiver: a, routes: [{matchers: ['owner="platfrom"'], receiver: a}]}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, routes: [{matchers: [alertname=~"OrdersFail|OrdersLat"], receiver: a}]}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, routes: [{matchers: [alertname=~"Orders"], receiver: a}]}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, routes: [{matchers: [onwer="web"], receiver: a}]}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, routes: [{matchers: ['owner=~"platform,agents"'], receiver: a}]}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, routes: [{matchers: [owner="web"], receiver: a}]}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a}
    inhibit_rules: [{source_matchers: [severity="page"], target_matchers: [severity="critical"], equal: [job]}]
    receivers: [{name: a}]

FAIL alertmanager:
    route:
      receiver: a
      routes:
        - {matchers: ['team=~"web|app"'], receiver: a, routes: [{matchers: ['team=~"db|cache"'], receiver: b}]}
    receivers: [{name: a}, {name: b}]

FAIL alertmanager:
    route:
      receiver: a
      routes:
        - {matchers: ['alertname=~".+"'], receiver: a}
        - {matchers: ['{severity="critical", team="web"}'], receiver: b}
    receivers: [{name: a}, {name: b}]

FAIL file policies.yaml:
    apiVersion: 1
    policies:
    - {receiver: a, routes: [{receiver: a}, {receiver: b, object_matchers: [[team, "=", web]]}]}

PASS file policies.yaml:
    apiVersion: 1
    policies:
    - {receiver: a, routes: [{receiver: b, object_matchers: [[owner, "=", platfrom]]}]}

PASS alertmanager:
    route: {receiver: a}
    inhibit_rules: [{source_matchers: [severity="critical"], target_matchers: [severity=~"info|none"], equal: [job]}]
    receivers: [{name: a}]

PASS alertmanager:
    route: {receiver: a, routes: [{matchers: [owner=~"agents|web.*", env="prod", team="platfrom"], receiver: a}]}
    receivers: [{name: a}]

PASS alertmanager:
    route:
      receiver: a
      routes:
        - {matchers: ['severity="critical"'], receiver: a, continue: true}
        - {matchers: ['severity="critical"', 'team="web"'], receiver: b}
    receivers: [{name: a}, {name: b}]
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from sync.lint.alertmanager import AlertmanagerConfig, Match, Route
from sync.lint.label_values import LabelValues, label_meant, meant, values_sent, wanted
from sync.lint.matching import admits_within, exclude, is_any
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule


def check(config: AlertmanagerConfig, project: Project) -> Findings:
    """Walk the tree with what holds above each route, then hold every matcher against what alerts have."""
    yield from _below(config.root, (), len(config.base))
    yield from _shortened(config)
    set_by = values_sent(config, project)
    for match in config.matches:
        if match.label in set_by:
            yield from _unanchored(match, set_by[match.label], len(config.base))
            yield from _unknown(match, set_by, len(config.base))
        elif near := label_meant(match.label, project) if match.operator else "":
            message = f"no alert has the label {match.label}; did you mean {near}?"
            yield Finding(message, pointer=match.pointer[len(config.base) :])


def _shortened(config: AlertmanagerConfig) -> Findings:
    """Look for a value that is the beginning of the one that the rest of the configuration has: crit, critical."""
    uses: dict[str, Counter[str]] = {}
    matches = [match for match in config.matches if match.operator in {"=", "=~"} and match.label != "alertname"]
    for match in matches:
        uses.setdefault(match.label, Counter()).update(match.value.split("|"))
    for match in matches:
        known = uses[match.label]
        longer = [each for each in known if match.value != each and each.startswith(match.value)]
        if len(match.value) > _BEGINNING and match.value.isalpha() and known[match.value] == 1 and len(longer) == 1:
            message = f"elsewhere the {match.label} is {longer[0]}, and here {match.value}"
            yield Finding(message, pointer=match.pointer[len(config.base) :], severity=Severity.WARNING)


_BEGINNING = 3
"""Letters that aren't enough to tell that one word is short for another."""


def _unanchored(match: Match, known: LabelValues, base: int) -> Findings:
    """Look for a pattern that is in values of alerts, and is the whole of none; or a list with commas."""
    if match.operator != "=~" or known.templated or any(match.admits(each) is not False for each in known.values):
        return
    listed = match.value.split(",")
    if len(listed) > 1 and all(each.strip() in known.values for each in listed):
        said = f"{match} asks for the commas too: alternatives stand between |"
        yield Finding(said, pointer=match.pointer[base:])
    elif inside := next((each for each in sorted(known.values) if admits_within(match.value, each)), ""):
        said = f"{match} has to hold for the whole value, and {inside} only has it inside: write .* for the rest"
        severity = None if match.label == "alertname" else Severity.INFO
        yield Finding(said, pointer=match.pointer[base:], severity=severity)


def _unknown(match: Match, set_by: Mapping[str, LabelValues], base: int) -> Findings:
    known, pointer = set_by[match.label], match.pointer[base:]
    is_severity = match.label == "severity"
    for value in wanted(match) if not known.templated else ():
        near = meant(value, known.values)
        if is_severity and (near or value in {"info", "none"}):
            continue
        if near:
            message = f"no alert among the files has the {match.label} {value}; did you mean {near}?"
            yield Finding(message, pointer=pointer)
        elif value not in known.values and match.label != "alertname" and known.count == set_by["alertname"].count:
            message = f"no alert among the files has the {match.label} {value}: it may be in another one"
            yield Finding(message, pointer=pointer, severity=Severity.INFO)


def _below(route: Route, above: tuple[Match, ...], base: int) -> Findings:
    taken: list[Route] = []
    for child in route.routes:
        contradiction = _contradiction((*above, *child.matches))
        before = next((each for each in taken if _takes_all(each, (*above, *child.matches))), None)
        where = child.pointer[base:]
        if contradiction:
            yield Finding(f"no alert gets here: {contradiction}", pointer=where)
        elif before is not None:
            what = "matches everything" if not before.matches else "matches all that this one does"
            yield Finding(
                f"no alert gets here: the route number {route.routes.index(before) + 1} above {what}", pointer=where
            )
        if not child.goes_on:
            taken.append(child)
        yield from _below(child, (*above, *child.matches), base)


def _takes_all(earlier: Route, conditions: tuple[Match, ...]) -> bool:
    return all(
        match.operator and (_is_any_alert(match) or any(_implies(condition, match) for condition in conditions))
        for match in earlier.matches
    )


def _is_any_alert(match: Match) -> bool:
    """Whether every alert passes: all have a name."""
    if match.label == "alertname" and (match.operator, match.value) in {("!=", ""), ("=~", ".+"), ("!~", "")}:
        return True
    return match.operator == "=~" and is_any(match.value)


def _implies(condition: Match, match: Match) -> bool:
    """Whether what passes the condition passes the match too."""
    if condition.label != match.label:
        return False
    if (condition.operator, condition.value) == (match.operator, match.value):
        return True
    if condition.operator == "=":
        return match.admits(condition.value) is True
    listed = _LISTED.fullmatch(condition.value)
    if condition.operator == "=~" and listed is not None:
        return all(match.admits(value) is True for value in (listed[1] or listed[2] or listed[3]).split("|"))
    return False


_LISTED = re.compile(r"\^?(?:\((?:\?:)?([\w|-]+)\)|([\w-]+))\$?|([\w|-]+)")
"""A pattern that is one of some values: web|db, ^(web|db)$."""


def _contradiction(conditions: tuple[Match, ...]) -> str:
    for number, one in enumerate(conditions):
        for other in conditions[number + 1 :]:
            if one.label == other.label and one.operator and other.operator and exclude(one, other):
                return f"{one.label} can't be both {one.operator}{one.value} and {other.operator}{other.value}"
    return ""


RULE = Rule(__name__, Severity.ERROR, alertmanager=check)
