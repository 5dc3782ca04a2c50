"""An Alertmanager receiver that a route names and that isn't there, or that no route names.

Alertmanager doesn't start with the first; the second gets no alert, ever. So it is with the contact points of Grafana's
own Alertmanager where files provision them, all of which are read together: Grafana doesn't start
(grafana/grafana#115670).

FAIL alertmanager:
    route: {receiver: slack}
    receivers: [{name: slak}]

FAIL alertmanager:
    route: {receiver: slack}
    receivers: [{name: slack}, {name: pager}]

FAIL alertmanager:
    route: {receiver: slack, routes: [{matchers: ['severity="critical"'], receiver: pager}]}
    receivers: [{name: slack, slack_configs: [{channel: "#a", api_url_file: /a}]}, {name: pager}]

FAIL alertmanager:
    route:
      receiver: slack
      routes: [{matchers: ['team="web"'], receiver: web}, {matchers: ['team="db"'], receiver: db}]
    receivers:
      - {name: slack, slack_configs: [{channel: "#a", api_url_file: /a}]}
      - {name: web, slack_configs: [{channel: "#web", api_url_file: /a}]}
      - {name: db}

FAIL alertmanager:
    route:
      receiver: slack-warning
      routes:
        - {matchers: ['severity="warning"'], receiver: pager-critical}
        - {matchers: ['severity="info"'], receiver: slack-warning}
    receivers:
      - {name: slack-warning, slack_configs: [{channel: "#a", api_url_file: /a}]}
      - {name: pager-critical, pagerduty_configs: [{routing_key_file: /a}]}

FAIL file manifest.yaml:
    apiVersion: v1
    kind: Secret
    data: {alertmanager.yaml: cm91dGU6IHtyZWNlaXZlcjogYX0KcmVjZWl2ZXJzOiBbe25hbWU6IGJ9XQo=}

FAIL file policies.yaml:
    apiVersion: 1
    contactPoints: [{name: mail, receivers: [{uid: a, type: email, settings: {addresses: a@example.org}}]}]
    policies: [{receiver: mail, routes: [{receiver: male, object_matchers: [[severity, "=", critical]]}]}]

FAIL file policies.yaml:
    apiVersion: 1
    policies: [{group_by: [alertname]}, {receiver: grafana-default-email}]

PASS file policies.yaml:
    apiVersion: 1
    policies: [{receiver: mail, routes: [{receiver: made by hand, matchers: ["severity = critical"]}]}]

WITH points.yaml:
    apiVersion: 1
    contactPoints: [{name: mail, receivers: [{uid: a, type: email, settings: {addresses: a@example.org}}]}]

FAIL managed:
    notification_settings: {receiver: mial}
    data: [{model: {expr: up < 1, instant: true}}, {model: ABOVE}]

PASS managed:
    notification_settings: {receiver: mail}
    data: [{model: {expr: up < 1, instant: true}}, {model: ABOVE}]

PASS alertmanager:
    route: {receiver: slack, routes: [{matchers: ['severity="critical"'], receiver: pager}]}
    receivers: [{name: slack}, {name: pager, pagerduty_configs: [{routing_key_file: /a}]}]
"""

from __future__ import annotations

import difflib
import re

from sync.lint.alertmanager import AlertmanagerConfig, Match, Route
from sync.lint.known import nearest
from sync.lint.loading import Loaded
from sync.lint.managed import ManagedRules
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_text


def check(config: AlertmanagerConfig, project: Project) -> Findings:
    """Compare the receivers with those that routes name."""
    is_root = config.is_whole or (config.is_provisioned and "route" in config.raw)
    if is_root and not as_text(config.root.raw.get("receiver")):
        yield Finding("the root route has to name a receiver", pointer=("route",))
    if config.is_provisioned:
        yield from _contact_points(config, project)
    else:
        yield from _receivers(config)
        yield from _empty(config)
        yield from _of_another_severity(config)


def _receivers(config: AlertmanagerConfig) -> Findings:
    base, used = len(config.base), set[str]()
    for route in config.routes:
        name = as_text(route.raw.get("receiver"))
        used.add(name)
        if name and name not in config.receivers:
            yield Finding(
                f"there is no receiver {name}{nearest(name, config.receivers)}",
                pointer=(*route.pointer[base:], "receiver"),
            )
    for number, name in enumerate(config.receivers):
        if name in config.receivers[:number]:
            yield Finding(f"two receivers are called {name}", pointer=("receivers", number, "name"))
        elif name not in used:
            yield Finding(
                f"no route leads to the receiver {name}",
                pointer=("receivers", number, "name"),
                severity=Severity.WARNING,
            )


def _empty(config: AlertmanagerConfig) -> Findings:
    """Look for receivers that send nothing of what is urgent, or alone send nothing, and aren't called so."""
    urgent = {as_text(each.raw.get("receiver")) for each in config.routes if any(map(_is_urgent, each.matches))}
    asked = {as_text(each.raw.get("receiver")) for each in config.routes if each.matches}
    receivers = [as_dict(raw) for raw in as_list(config.raw.get("receivers"))]
    sending = [any(key.lower().endswith("configs") for key in raw) for raw in receivers]
    is_alone = sending.count(False) == 1 and len(sending) > _FEW
    for number, (raw, sends) in enumerate(zip(receivers, sending, strict=True)):
        name = as_text(raw.get("name"))
        is_meant = name in urgent or (is_alone and name in asked and name != as_text(config.root.raw.get("receiver")))
        if is_meant and not sends and not _QUIET.search(name):
            said = f"the receiver {name} has no service to send to: what is routed to it reaches nobody"
            yield Finding(said, pointer=("receivers", number), severity=Severity.INFO)


_FEW = 2


def _of_another_severity(config: AlertmanagerConfig) -> Findings:
    """Look for a receiver that is named after one severity alone, on the way of another."""
    base = len(config.base)
    ways = [(route, _severity(route), as_text(route.raw.get("receiver"))) for route in config.routes]
    taken = {(severity, name) for _, severity, name in ways}
    for route, severity, name in ways:
        told = [each for each in _SEVERITIES if re.search(rf"(?<![a-z]){each}(?![a-z])", name.lower())]
        if len(told) == 1 and severity in _SEVERITIES and severity not in told and (told[0], name) not in taken:
            said = f"the receiver {name} is named after {told[0]}, and gets what is {severity}"
            yield Finding(said, pointer=(*route.pointer[base:], "receiver"), severity=Severity.WARNING)


def _severity(route: Route) -> str:
    return next((match.value for match in route.matches if match.label == "severity" and match.operator == "="), "")


_SEVERITIES = ("critical", "warning", "info")


def _is_urgent(match: Match) -> bool:
    return match.operator in {"=", "=~"} and _URGENT.search(match.value) is not None


_URGENT = re.compile(r"\b(?:critical|crit|page|high|emergency|disaster|p1|sev1)\b", re.IGNORECASE)
_QUIET = re.compile(r"null|none|black|hole|drop|discard|silen|mute|ignore|noop|dummy|empty|void|trash", re.IGNORECASE)
"""Names of receivers that are to tell nobody."""


def _contact_points(config: AlertmanagerConfig, project: Project) -> Findings:
    """Compare the policies and contact points of Grafana's provisioning, which may be in several files."""
    base = len(config.base)
    first = {as_text(route.raw.get("receiver")): route for route in reversed([*config.routes])}
    for name, route in first.items():
        if said := _missing(name, project):
            severity = None if config.receivers or "did you mean" in said else Severity.WARNING
            yield Finding(said, pointer=(*route.pointer[base:], "receiver"), severity=severity)
    used = {as_text(route.raw.get("receiver")) for each in project.provisioned for route in each.routes}
    used |= {rule.receiver for rule in project.managed_rules}
    for number, name in enumerate(config.receivers if any(used) else ()):
        if name not in used and "$" not in name:
            said = f"no policy and no alert rule leads to the contact point {name}"
            yield Finding(said, pointer=("receivers", number, "name"), severity=Severity.INFO)


def check_managed(loaded: Loaded, project: Project) -> Findings:
    """Look up the contact points that alert rules of Grafana's name themselves."""
    for document in loaded.documents:
        for group in document.groups if isinstance(document, ManagedRules) else ():
            for rule in group.rules:
                if said := _missing(rule.receiver, project):
                    severity = None if "did you mean" in said else Severity.WARNING
                    yield Finding(said, pointer=(*rule.pointer, "notification_settings", "receiver"), severity=severity)


def _missing(name: str, project: Project) -> str:
    """Say that no file has a contact point, which may be made by hand; '' where there is one, or none at all."""
    known = project.contact_points | _ALWAYS_THERE
    if not name or name in known or "$" in name or not project.contact_points:
        return ""
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=_ALIKE)
    return f"there is no contact point {name} among the files" + (f"; did you mean {near[0]}?" if near else "")


_ALIKE = 0.85
"""How alike two names are of which one is a slip of the other: most end in the same word."""
_ALWAYS_THERE = frozenset({"grafana-default-email", "email receiver", "empty"})
"""Contact points that Grafana makes itself."""


RULE = Rule(__name__, Severity.ERROR, alertmanager=check, document=check_managed)
