"""A variable that the dashboard doesn't have.

Grafana sends `$instance` as it stands; the query selects nothing. Titles, names of fields, addresses of links and the
like are judged only in dashboards that have variables, and of a name without braces only one that begins with a small
letter: a $ in a text may be anything. In prose a name has to be nearly that of a variable. Names that begin with __ are
Grafana's own: one that it doesn't know is named in queries.

FAIL dashboard:
    panels: [{type: stat, title: A, targets: [{expr: 'up{instance="$instance"}', refId: A}]}]

FAIL dashboard:
    panels: [{type: stat, title: A, repeat: instance, targets: [{expr: up, refId: A}]}]

FAIL dashboard:
    elements: {}
    layout:
      kind: RowsLayout
      spec:
        rows:
          - kind: RowsLayoutRow
            spec: {conditionalRendering: {kind: ConditionalRenderingGroup, spec: {items: [
              {kind: ConditionalRenderingVariable, spec: {variable: region, operator: equals, value: eu}}]}}}

FAIL file old.json:
    {"title": "Old", "rows": [{"title": "Each", "repeat": "instance", "panels": [{"type": "graph", "title": "A"}]}]}

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

FAIL dashboard:
    templating: {list: [{type: query, name: instance, query: "label_values(up, instance)", regex: "/^${clster}-/"}]}
    panels: [{type: stat, title: A, targets: [{expr: 'up{instance="$instance"}', refId: A}]}]

FAIL dashboard:
    templating: {list: [{type: query, name: instance, query: "label_values(up, instance)"}]}
    panels:
      - type: stat
        title: A
        targets: [{expr: 'up{instance="$instance"}', refId: A}]
        fieldConfig:
          overrides: [{matcher: {id: byName, options: Up}, properties: [{id: links, value: [{url: "/d/a?${nod}"}]}]}]

FAIL dashboard:
    panels: [{type: timeseries, title: A, targets: [{expr: 'rate(a_total[$__rateinterval])', refId: A}]}]

PASS dashboard:
    templating: {list: [{type: query, name: instance, query: "label_values(up, instance)"}]}
    panels:
      - {type: stat, title: A, targets: [{expr: 'up{instance="$instance"}  # not $later', refId: A}]}
      - {type: text, options: {content: "Set ${HOME} and look at $instance"}}

PASS dashboard:
    templating: {list: [{type: query, name: instance, query: "label_values(up, instance)"}]}
    panels: [{type: stat, title: "$instance: $USD", targets: [{expr: 'up{instance="$instance"}', refId: A}]}]

FAIL panel:
    type: stat
    title: A
    targets: [{expr: up, refId: A}]
    fieldConfig: {defaults: {links: [{title: Pod, url: "/d/pod?var-pod=${__field.pod}&${__url_timerange}"}]}}

PASS dashboard:
    templating: {list: [{type: query, name: instance, query: "label_values(up, instance)"}]}
    links: [{type: link, title: Logs, url: "/d/logs?${__url_time_range}&${instance:queryparam}"}]
    panels: [{type: stat, title: "$5 for ${instance}", targets: [{expr: 'up{instance="$instance"}', refId: A}]}]

PASS dashboard:
    templating: {list: [{type: query, name: instance, query: "label_values(up, instance)"}]}
    panels: [{type: stat, title: A, targets: [{expr: 'rate(up{instance="$instance"}[$__rate_interval])', refId: A}]}]

PASS dashboard:
    templating: {list: [{type: custom, name: region, query: "a,b"}]}
    panels:
      - type: timeseries
        title: Names that InfluxDB fills in
        targets: [{refId: A, alias: "$tag_host: $col", datasource: {type: influxdb, uid: a}, query: SELECT 1}]

FAIL dashboard:
    templating: {list: [{type: query, name: Node, query: 'a{node=~"^$node$"}', regex: '/pod="(.*?)"/'}]}
    panels: [{type: stat, title: A, targets: [{expr: 'a{node="$Node"}', refId: A}]}]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sync.lint.dashboard import Dashboard
from sync.lint.known import nearest
from sync.lint.layout import conditions
from sync.lint.lexical import uncommented
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.promql.variables import names
from sync.lint.query import Language
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_text

_NAMED = re.compile(r"\$(?:\{(\w+)(?::[^}]*)?\}|([a-z]\w*))|\[\[(\w+)(?::\w+)?\]\]")
_BUILT_IN = frozenset({"timeFilter", "timezone", "interval", "from", "to", "dashboard", "user", "org"})
_GRAFANAS = frozenset(
    {
        "interval",
        "interval_ms",
        "range",
        "range_s",
        "range_ms",
        "rate_interval",
        "rate_interval_ms",
        "from",
        "to",
        "auto",
    }
    | {
        "dashboard",
        "org",
        "user",
        "all",
        "name",
        "searchFilter",
        "timezone",
        "timeFilter",
        "timeRange",
        "value",
        "query",
    }
)
"""What Grafana fills in by itself, after the two underscores."""


def check(dashboard: Dashboard, _project: Project) -> Findings:
    """Compare the names that are used with the dashboard's variables."""
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
    yield from _unknown_to_grafana(dashboard)
    yield from _broken(dashboard)
    yield from _unknown_in_links(dashboard)


_OWN = re.compile(r"\$\{__([A-Za-z_]+)(?:\.(\w+))?")
_MEMBERS = {
    "field": frozenset({"name", "labels", "displayName", "formattedLabels"}),
    "value": frozenset({"raw", "numeric", "text", "time", "calc"}),
    "series": frozenset({"name"}),
    "data": frozenset({"fields", "refId", "name"}),
}
"""What Grafana fills into links and names of fields, of what a reader points at."""
_IN_LINKS = _GRAFANAS | _MEMBERS.keys() | {"url_time_range", "url", "all_variables", "cell", "cell_name", "cell_"}


def _unknown_in_links(dashboard: Dashboard) -> Findings:
    """Look for names of Grafana's own in links and the names of fields that it doesn't have."""
    for key, text, pointer in _texts(dashboard.raw, ()) if "${__" in dashboard.text else ():
        for name, member in _OWN.findall(text) if key not in _PROSE else ():
            said = nearest(name, _IN_LINKS) if name not in _IN_LINKS else ""
            if said:
                message = f"Grafana has no __{name}{said.replace('mean ', 'mean __')}"
                yield Finding(message, pointer=pointer, piece=f"__{name}")
            elif member and member not in _MEMBERS.get(name, {member}):
                has = ", ".join(sorted(_MEMBERS[name]))
                yield Finding(f"__{name} has no {member}; it has {has}", pointer=pointer, piece=f"__{name}.{member}")


_BROKEN = re.compile(r"\$\{[A-Za-z]\w*(?=[\"'])|\$\{[A-Za-z]\w*-\w+\}|%\([A-Za-z_]\w*\)s")


def _broken(dashboard: Dashboard) -> Findings:
    """Look for what was meant as a variable in queries, and isn't one."""
    for query, pointer, where in dashboard.places:
        if found := _BROKEN.search(query.text):
            message = f"{where or 'it'!r} has {found[0]} in a query, which is no variable"
            yield Finding(message, pointer=pointer[len(dashboard.base) :], piece=found[0])


def _unknown_to_grafana(dashboard: Dashboard) -> Findings:
    for query, pointer, _ in dashboard.places:
        for name in sorted(query.variables) if "__" in query.text and query.language is not Language.TRACEQL else ():
            own = name.removeprefix("__")
            if name != own and own not in _GRAFANAS and name not in dashboard.defined and nearest(own, _GRAFANAS):
                yield Finding(
                    f"Grafana has no {name}{nearest(own, _GRAFANAS).replace('mean ', 'mean __')}",
                    pointer=pointer[len(dashboard.base) :],
                    piece=name,
                )


def _uses(dashboard: Dashboard) -> Iterator[tuple[str, Pointer, str]]:
    for query, pointer, where in dashboard.places:
        for name in sorted(names(uncommented(query.text)) if "#" in query.text else query.variables):
            yield name, pointer, where
    for panel in dashboard.panels:
        repeat = as_text(panel.raw.get("repeat"))
        if repeat:
            yield repeat, panel.place(("repeat",)), panel.name
        if panel.datasource.variable:
            yield panel.datasource.variable, (*panel.pointer, "datasource"), panel.name
        for target in panel.targets:
            if target.datasource.variable and "datasource" in target.raw:
                yield target.datasource.variable, (*target.pointer, "datasource"), panel.name
    yield from _of_layout(dashboard)
    yield from _around_panels(dashboard)
    if dashboard.variables and any(not each.startswith("__") for each in dashboard.names - dashboard.defined):
        yield from _in_texts(dashboard)


def _of_layout(dashboard: Dashboard) -> Iterator[tuple[str, Pointer, str]]:
    """Yield what parts of a layout are shown on, and what rows of old dashboards repeat for."""
    for name, pointer in conditions(dashboard.raw.get("layout"), ("layout",)):
        yield name, (*dashboard.base, *pointer), "a condition"
    for number, row in enumerate(map(as_dict, as_list(dashboard.raw.get("rows")))):
        if repeat := as_text(row.get("repeat")):
            yield repeat, (*dashboard.base, "rows", number, "repeat"), as_text(row.get("title"))


def _around_panels(dashboard: Dashboard) -> Iterator[tuple[str, Pointer, str]]:
    """Yield what variables and annotations are asked of, and what variables' patterns and filters name."""
    for variable in dashboard.variables:
        where = f"the variable {variable.name}"
        if variable.datasource.variable:
            yield variable.datasource.variable, (*variable.pointer, "datasource"), where
        asked = as_list(as_dict(variable.raw.get("query")).get("labelFilters"))
        texts: list[tuple[Pointer, object]] = [(("regex",), variable.raw.get("regex"))]
        texts += [
            (("query", "labelFilters", number, "value"), as_dict(each).get("value"))
            for number, each in enumerate(asked)
        ]
        for place, text in texts:
            for name in _named(text):
                yield name, (*variable.pointer, *place), where
    for pointer, name, source in dashboard.annotation_sources():
        if source.variable:
            yield source.variable, (*dashboard.base, *pointer), f"the annotation {name}"


_SHOWN = frozenset(
    {"title", "url", "displayName", "unit", "interval", "timeFrom", "timeShift", "titleFormat", "textFormat"}
    | {"legendFormat"}
)
"""Keys of texts that Grafana fills variables into."""
_CAPITAL = re.compile(r"\$([A-Z]\w*)")
"""What is a variable where others have such names, and may be a currency elsewhere."""
_PROSE = frozenset({"description", "content"})
_VALUES = frozenset({"displayName", "unit"})
"""Properties of an override whose value is such a text."""
_NOT_SHOWN = frozenset({"templating", "variables", "libraryPanel", "__inputs", "__requires", "__elements"})


def _in_texts(dashboard: Dashboard) -> Iterator[tuple[str, Pointer, str]]:
    """Yield what titles, links, names of fields and prose name; in prose what is nearly a variable of the dashboard."""
    titles = {panel.pointer: panel.name for panel in dashboard.panels}
    capitals = any(name[:1].isupper() for name in dashboard.defined)
    for key, text, pointer in _texts(dashboard.raw, dashboard.base):
        for name in (*_named(text), *(_CAPITAL.findall(text) if capitals else ())):
            if key not in _PROSE or nearest(name, dashboard.defined):
                ends = (titles.get(pointer[:end]) for end in range(len(pointer), 1, -1))
                yield name, pointer, next((each for each in ends if each), "")


def _texts(value: Any, pointer: Pointer) -> Iterator[tuple[str, str, Pointer]]:
    """Yield each text that Grafana fills in, with its key and place."""
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _texts(each, (*pointer, number))
    elif isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, (dict, list)):
                if key not in _NOT_SHOWN:
                    yield from _texts(each, (*pointer, key))
            elif isinstance(each, str) and ("$" in each or "[[" in each):
                shown = as_text(value.get("id")) if key == "value" else key
                if key in _PROSE or shown in (_VALUES if key == "value" else _SHOWN):
                    yield key, each, (*pointer, key)


def _named(text: Any) -> Iterator[str]:
    if isinstance(text, str) and ("$" in text or "[[" in text):
        for braced, bare, old in _NAMED.findall(text):
            yield braced or bare or old


RULE = Rule(__name__, Severity.ERROR, dashboard=check)
