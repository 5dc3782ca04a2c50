"""Variables that wait for each other, or one whose choices are asked for by its own value.

Each is read once those that it asks by are known: of two that ask by each other neither ever is, and the dashboard goes
on loading. One that asks by itself offers what is chosen already, and nothing else.

FAIL dashboard:
    templating:
      list:
        - {type: query, name: namespace, query: 'label_values(up{pod=~"$pod"}, namespace)'}
        - {type: query, name: pod, query: 'label_values(up{namespace="$namespace"}, pod)'}

FAIL dashboard:
    templating:
      list:
        - {type: query, name: region, query: 'label_values(up{job="$job"}, region)'}
        - {type: query, name: zone, query: 'label_values(up{region="$region"}, zone)'}
        - {type: query, name: job, query: {query: 'label_values(up, job)', refId: A}, regex: "/^${zone}-/"}

FAIL dashboard:
    templating: {list: [{type: query, name: job, query: 'label_values(up{job=~"$job"}, job)'}]}

PASS dashboard:
    templating:
      list:
        - {type: datasource, name: ds, query: prometheus}
        - {type: query, name: job, datasource: {type: prometheus, uid: "$ds"}, query: 'label_values(up, job)'}
        - {type: query, name: pod, datasource: "$ds", query: 'label_values(up{job="$job"}, pod)'}
"""

from __future__ import annotations

from collections.abc import Mapping

from sync.lint.dashboard import Dashboard, Variable
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.variables import names
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_text


def check(dashboard: Dashboard, _project: Project) -> Findings:
    """Follow what each variable asks by until it comes back; a circle is named once, at the first of its variables."""
    asks = {each.name: _asked_by(each) for each in dashboard.variables if each.name}
    seen = set[str]()
    for variable in dashboard.variables:
        circle = _circle(variable.name, asks) if variable.name not in seen else []
        seen.update(circle)
        pointer = (*variable.pointer[len(dashboard.base) :], "name")
        if len(circle) > 1:
            way = " → ".join([*circle, variable.name])
            yield Finding(f"variables wait for each other, and are never read: {way}", pointer=pointer)
        elif circle:
            message = f"{variable.name} asks by its own value: once one is chosen, no other is offered"
            yield Finding(message, pointer=pointer, severity=Severity.WARNING)


def _asked_by(variable: Variable) -> set[str]:
    """Return the names of the variables that a variable needs before it is read."""
    if variable.kind not in {"query", "datasource", "custom"}:
        return set()
    source = variable.datasource.uid if variable.kind == "query" else ""
    return names(f"{variable.text} {as_text(variable.raw.get('regex'))} {source}")


def _circle(start: str, asks: Mapping[str, set[str]]) -> list[str]:
    """Return the shortest way from a variable back to itself, without its end; [] where there is none."""
    ways = [[start]]
    seen = set[str]()
    for way in ways:
        for name in sorted(asks.get(way[-1], ())):
            if name == start:
                return way
            if name in asks and name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


RULE = Rule(__name__, Severity.ERROR, dashboard=check)
