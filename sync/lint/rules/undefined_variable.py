"""A variable that the dashboard doesn't have.

Grafana sends `$instance` as it stands; the query selects nothing. Titles and addresses of links are judged only in
dashboards that have variables, and of a name without braces only one that begins with a small letter: a $ in a text
may be anything.

FAIL dashboard:
    panels: [{type: stat, title: A, targets: [{expr: 'up{instance="$instance"}', refId: A}]}]

FAIL dashboard:
    panels: [{type: stat, title: A, repeat: instance, targets: [{expr: up, refId: A}]}]

FAIL dashboard:
    templating: {list: [{type: query, name: instance, query: "label_values(up, instance)"}]}
    panels: [{type: stat, title: "Load of ${host}", targets: [{expr: 'up{instance="$instance"}', refId: A}]}]

FAIL dashboard:
    templating: {list: [{type: query, name: instance, query: "label_values(up, instance)"}]}
    links: [{type: link, title: Logs, url: "/d/logs?var-instance=${instnace}"}]
    panels: [{type: stat, title: A, targets: [{expr: 'up{instance="$instance"}', refId: A}]}]

FAIL dashboard:
    templating: {list: [{type: query, name: instance, query: "label_values(up, instance)"}]}
    panels: [{type: stat, title: "Memory of $node", targets: [{expr: 'up{instance="$instance"}', refId: A}]}]

PASS dashboard:
    templating: {list: [{type: query, name: instance, query: "label_values(up, instance)"}]}
    panels: [{type: stat, title: "$instance: $USD", targets: [{expr: 'up{instance="$instance"}', refId: A}]}]

PASS dashboard:
    templating: {list: [{type: query, name: instance, query: "label_values(up, instance)"}]}
    links: [{type: link, title: Logs, url: "/d/logs?${__url_time_range}&${instance:queryparam}"}]
    panels: [{type: stat, title: "$5 for ${instance}", targets: [{expr: 'up{instance="$instance"}', refId: A}]}]

PASS dashboard:
    templating: {list: [{type: query, name: instance, query: "label_values(up, instance)"}]}
    panels: [{type: stat, title: A, targets: [{expr: 'rate(up{instance="$instance"}[$__rate_interval])', refId: A}]}]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sync.lint.dashboard import Dashboard
from sync.lint.known import nearest
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project, places
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_text

_NAMED = re.compile(r"\$(?:\{(\w+)(?::[^}]*)?\}|([a-z]\w*))")
_BUILT_IN = frozenset({"timeFilter", "timezone", "interval", "from", "to", "dashboard", "user", "org"})


def check(dashboard: Dashboard, _project: Project) -> Findings:
    """Compare the names that queries use with the dashboard's variables."""
    base = len(dashboard.base)
    for name, pointer, where in _uses(dashboard):
        if name not in dashboard.defined and not name.startswith("__"):
            if name in _BUILT_IN - {"interval"}:
                continue
            what = f"{where!r} uses" if where else "it uses"
            yield Finding(
                f"{what} the variable {name}, which isn't defined{nearest(name, dashboard.defined)}",
                pointer=pointer[base:],
                piece=name,
            )


def _uses(dashboard: Dashboard) -> Iterator[tuple[str, Pointer, str]]:
    for query, pointer, where in places(dashboard):
        for name in sorted(query.variables):
            yield name, pointer, where
    yield from _linked(dashboard, dashboard.raw.get("links"), (*dashboard.base, "links"), "")
    for panel in dashboard.panels:
        repeat = as_text(panel.raw.get("repeat"))
        if repeat:
            yield repeat, panel.place(("repeat",)), panel.name
        yield from _named(dashboard, panel.raw.get("title"), (*panel.pointer, "title"), panel.name)
        yield from _linked(dashboard, panel.raw.get("links"), (*panel.pointer, "links"), panel.name)
        for target in panel.targets:
            yield from _named(dashboard, target.legend, (*target.pointer, "legendFormat"), panel.name)
        fields = panel.place(("fieldConfig", "defaults", "links"))
        yield from _linked(dashboard, panel.defaults.get("links"), fields, panel.name)
        own = ((each.datasource, each.pointer) for each in panel.targets if "datasource" in each.raw)
        sources = [(panel.datasource, panel.pointer), *own]
        for source, where_it_stands in sources:
            if source.variable:
                yield source.variable, (*where_it_stands, "datasource"), panel.name


def _linked(dashboard: Dashboard, links: Any, pointer: Pointer, where: str) -> Iterator[tuple[str, Pointer, str]]:
    for number, link in enumerate(as_list(links)):
        yield from _named(dashboard, as_dict(link).get("url"), (*pointer, number, "url"), where)


def _named(dashboard: Dashboard, text: Any, pointer: Pointer, where: str) -> Iterator[tuple[str, Pointer, str]]:
    if isinstance(text, str) and "$" in text and dashboard.variables:
        for braced, bare in _NAMED.findall(text):
            yield braced or bare, pointer, where


RULE = Rule(__name__, Severity.ERROR, dashboard=check)
