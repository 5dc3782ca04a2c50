"""A key or matcher that Alertmanager can't read, or a time interval that isn't there.

Alertmanager refuses a configuration with a key that it doesn't know. One that is no slip of a known key may
be of a newer version.

FAIL alertmanager:
    route: {receiver: a, routes: [{matchers: ['severity == "critical"'], receiver: a}]}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, routes: [{matchers: ['severity=~"crit("'], receiver: a}]}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, routes: [{matchers: ['severity="page"'], receiver: a, mute_time_intervals: [nights]}]}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, group_interwal: 5m}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a}
    inhibit_rules: [{source_matchers: ['severity="critical"'], target_matcher: ['severity="warning"']}]
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a}
    receivers: [{name: a, slack_config: [{channel: "#shop"}]}]

FAIL alertmanager:
    route: {receiver: a, group_by: [alertnmae]}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, group_by: [alertname, sevrity]}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, group_by: ["...", job]}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, matchers: ['severity="page"']}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, group_by: alertname}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, routes: [{matchers: ['service="web|db"'], receiver: a}]}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, routes: [{matchers: ["severity='critical'"], receiver: a}]}
    receivers: [{name: a}]

FAIL alertmanager:
    route: {receiver: a, routes: [{match: {alertname: ".*Down"}, receiver: a}]}
    receivers: [{name: a}]

FAIL file policies.yaml:
    apiVersion: 1
    policies: [{receiver: a, routes: [{receiver: b, object_matchers: [[severity, "==", critical]]}]}]

FAIL file policies.yaml:
    apiVersion: 1
    policies: [{orgId: 1, receiver: a, group_wiat: 30s}]

FAIL file policies.yaml:
    apiVersion: 1
    policies: [{receiver: a, routes: [{receiver: b, matchers: ["team = web"], mute_time_intervals: [nights]}]}]
    muteTimes: [{orgId: 1, name: night, time_intervals: [{weekdays: [sunday]}]}]

PASS file policies.yaml:
    apiVersion: 1
    policies: [{receiver: a, routes: [{receiver: b, matchers: ["team = web"], mute_time_intervals: [nights]}]}]

PASS alertmanager:
    route: {receiver: a, routes: [{matchers: ['"k8s.io/app"="web"', 'k8s.io/tier=web'], receiver: a}]}
    receivers: [{name: a}]

PASS alertmanager:
    route: {receiver: a, group_by: [alertname], group_wait: 30s, group_interval: 5m, repeat_interval: 4h}
    inhibit_rules: [{source_match: {severity: critical}, target_match_re: {severity: "warning|info"}, equal: [job]}]
    receivers: [{name: a}]

PASS alertmanager:
    route: {receiver: a, routes: [{matchers: ['severity=~"critical|page"', team=web], labels: {tier: a}}]}
    receivers: [{name: a}]
"""

from __future__ import annotations

import difflib
import re

from sync.lint.alertmanager import AlertmanagerConfig, Match, Route, matchers
from sync.lint.alertmanager_keys import unknown_keys
from sync.lint.label_values import label_meant
from sync.lint.managed_routing import is_filled_in
from sync.lint.matching import pattern_problem
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_text

_TIMES = {"group_wait", "group_interval", "repeat_interval", "mute_time_intervals", "active_time_intervals"}
_ROUTE = frozenset(
    _TIMES
    | {"receiver", "group_by", "match", "match_re", "matchers", "continue", "routes", "labels"}
    | {"object_matchers", "provenance"}  # Grafana's own Alertmanager
)
_PLAIN = frozenset({"match", "match_re", "labels", "object_matchers", "provenance"})
"""What a resource of the operator lacks."""
_INHIBITION = frozenset({"name", "equal", "sources"}) | {
    f"{side}_{form}" for side in ("source", "target") for form in ("match", "match_re", "matchers")
}
_SERVICES = (
    "discord email incidentio jira mattermost msteams msteamsv2 opsgenie pagerduty pushover rocketchat slack sns"
    " telegram victorops webex webhook wechat"
)
_RECEIVER = frozenset({"name", "labels", "grafana_managed_receiver_configs"}) | {
    f"{service}_configs" for service in _SERVICES.split()
}

_CONTACT_POINT = frozenset({"orgId", "name", "receivers"})


def check(config: AlertmanagerConfig, project: Project) -> Findings:
    """Read the keys and matchers of routes and inhibitions, the keys of receivers, and the names of intervals."""
    base = len(config.base)
    own = (each for key in ("time_intervals", "mute_time_intervals") for each in as_list(config.raw.get(key)))
    intervals = (
        project.time_intervals if config.is_provisioned else {as_text(as_dict(each).get("name")) for each in own}
    )
    is_elsewhere = config.is_provisioned and not intervals
    for route in config.routes:
        yield from _route(config, route, route.pointer[base:], project)
        for key in ("mute_time_intervals", "active_time_intervals") if not is_elsewhere else ():
            for number, name in enumerate(as_list(route.raw.get(key))):
                if as_text(name) not in intervals and not is_filled_in(name):
                    yield Finding(f"there is no time interval {name}", pointer=(*route.pointer[base:], key, number))
    for number, _ in enumerate(as_list(config.raw.get("receivers"))):
        known = _CONTACT_POINT if config.is_provisioned else _RECEIVER
        yield from unknown_keys(config, known, ("receivers", number))
    for number, rule in enumerate(as_list(config.raw.get("inhibit_rules"))):
        yield from unknown_keys(config, _INHIBITION, ("inhibit_rules", number))
        for side in ("source_", "target_"):
            for match in matchers(as_dict(rule), ("inhibit_rules", number), side):
                yield from _match(match, 0)


def _route(config: AlertmanagerConfig, route: Route, pointer: Pointer, project: Project) -> Findings:
    known = _ROUTE - _PLAIN if config.is_resource else _ROUTE
    yield from unknown_keys(config, known | {"orgId"} if config.is_provisioned else known, pointer)
    if isinstance(route.raw.get("group_by"), str):
        yield Finding("group_by is a list: write [alertname]", pointer=(*pointer, "group_by"))
    yield from _grouping(route, pointer, project)
    if pointer == ("route",) and not config.is_resource:  # the operator puts a resource's route below its own root
        yield from _root(route)
    for match in route.matches:
        yield from _match(match, len(route.pointer) - len(pointer))


def _grouping(route: Route, pointer: Pointer, project: Project) -> Findings:
    """Look at the labels of group_by."""
    grouped = [as_text(each) for each in as_list(route.raw.get("group_by"))]
    for number, label in enumerate(grouped):
        if is_filled_in(label):
            continue
        if label in grouped[:number]:
            yield Finding(f"group_by names {label} twice", pointer=(*pointer, "group_by", number))
        elif label == "..." and len(grouped) > 1:
            yield Finding("group_by: ... is all labels, and stands alone", pointer=(*pointer, "group_by", number))
        elif label != "..." and not re.fullmatch(r"[A-Za-z_]\w*", label):
            yield Finding(f"{label!r} in group_by is no label's name", pointer=(*pointer, "group_by", number))
        elif label != "alertname" and difflib.SequenceMatcher(None, label.lower(), "alertname").ratio() > _ALIKE:
            yield Finding(
                f"no alert has a label {label}; did you mean alertname?", pointer=(*pointer, "group_by", number)
            )
        elif near := label_meant(label, project):
            message = f"no alert has a label {label}; did you mean {near}?"
            yield Finding(message, pointer=(*pointer, "group_by", number), severity=Severity.WARNING)


def _root(route: Route) -> Findings:
    """Look for what the root route, which takes every alert, can't have."""
    for key in (
        "match",
        "match_re",
        "matchers",
        "object_matchers",
        "continue",
        "mute_time_intervals",
        "active_time_intervals",
    ):
        if route.raw.get(key):
            message = f"the root route takes every alert: it can't have {key}, put it into a route below"
            yield Finding(message, pointer=("route", key))


_ALIKE = 0.85
"""How alike a label and alertname are where one is a slip of the other."""


def _match(match: Match, base: int) -> Findings:
    pointer = match.pointer[base:]
    if not match.operator and "object_matchers" in pointer:
        said = f'{match.label} is no matcher like [severity, "=", critical], or with !=, =~, !~'
        yield Finding(said, pointer=pointer)
    elif not match.operator or match.value[:1] in {">", "<", "=", "~"}:
        yield Finding(f'{str(match)!r} is no matcher like severity="critical"', pointer=pointer)
    elif _APOSTROPHES.fullmatch(match.value):
        mended = f'{match.label}{match.operator}"{match.value[1:-1]}"'
        yield Finding(f"the apostrophes are a part of the value, which no alert has: write {mended}", pointer=pointer)
    elif match.operator in {"=~", "!~"}:
        problem = pattern_problem(match.value)
        if problem:
            yield Finding(f"{match.value!r} is no regular expression: {problem}", pointer=pointer)
    elif _EITHER.fullmatch(match.value):
        pattern = {"=": "=~", "!=": "!~"}[match.operator]
        message = (
            f"{match.label}{match.operator} compares with {match.value!r} as it is written: a pattern wants {pattern}"
        )
        yield Finding(message, pointer=pointer)


_APOSTROPHES = re.compile(r"'[^']*'")
_EITHER = re.compile(r"[\w-]+(?:\|[\w-]+)+|[\w-]*\.[*+][\w-]*|\^[^$]*\$|\^?\([\w-]+(?:\|[\w-]+)+\)\$?")
"""What is meant as a pattern: names one of which holds, names that begin alike, a name between ^ and $."""


RULE = Rule(__name__, Severity.ERROR, alertmanager=check)
