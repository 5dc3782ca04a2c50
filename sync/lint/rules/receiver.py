"""An Alertmanager receiver that a route names and that isn't there, or that no route names.

Alertmanager doesn't start with the first; the second gets no alert, ever.

FAIL alertmanager:
    route: {receiver: slack}
    receivers: [{name: slak}]

FAIL alertmanager:
    route: {receiver: slack}
    receivers: [{name: slack}, {name: pager}]

FAIL file manifest.yaml:
    apiVersion: v1
    kind: Secret
    data: {alertmanager.yaml: cm91dGU6IHtyZWNlaXZlcjogYX0KcmVjZWl2ZXJzOiBbe25hbWU6IGJ9XQo=}

PASS alertmanager:
    route: {receiver: slack, routes: [{matchers: ['severity="critical"'], receiver: pager}]}
    receivers: [{name: slack}, {name: pager}]
"""

from __future__ import annotations

from sync.lint.alertmanager import AlertmanagerConfig
from sync.lint.known import nearest
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_text


def check(config: AlertmanagerConfig, _project: Project) -> Findings:
    """Compare the receivers with those that routes name."""
    base, used = len(config.base), set[str]()
    if not as_text(config.root.raw.get("receiver")) and not config.is_resource and not config.is_values:
        yield Finding("the root route has to name a receiver", pointer=("route",))
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


RULE = Rule(__name__, Severity.ERROR, alertmanager=check)
