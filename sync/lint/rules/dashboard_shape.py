"""A part of a dashboard that is not what Grafana expects there.

FAIL dashboard:
    panels: {"1": {type: stat}}

FAIL dashboard:
    templating: {list: {a: b}}

FAIL panel:
    {type: timeseries, title: A, targets: {expr: up}}

FAIL panel:
    {title: A, libraryPanel: {name: Cache size}}

FAIL dashboard:
    time: {from: now-6hours, to: now}

FAIL dashboard:
    templating: {list: [{type: interval, name: window, query: "1m,5 min"}]}

FAIL dashboard:
    templating: {list: [{type: datasource, name: ds, query: promtheus}]}

PASS dashboard:
    templating:
      list: [{type: query, name: label, datasource: {type: loki, uid: $ds}, query: {label: "", refId: A, type: 0}}]

PASS dashboard:
    time: {from: now-1w/w, to: "2026-11-30T00:00:00Z"}
    templating: {list: [{type: interval, name: window, query: "1m,auto,'1h',$__auto_interval_window"}]}

PASS panel:
    {title: A, libraryPanel: {name: Cache size, uid: cache-size}}

FAIL dashboard:
    templating: {list: [{type: custom, name: quantile, query: ""}]}

FAIL panel:
    {type: table, title: A, targets: [{expr: up, refId: A}], transformations: [{id: organise, options: {}}]}

FAIL panel:
    {type: stat, title: A, targets: [{expr: up, refId: A}], options: {reduceOptions: {calcs: [lastNotNul]}}}

FAIL dashboard:
    templating: {list: [{type: query, name: job, datasource: {type: loki, uid: $ds}, query: {query: "", refId: A}}]}

FAIL dashboard:
    refresh: 1 minute

FAIL panel:
    type: stat
    title: A
    targets: [{expr: up, refId: A}]
    fieldConfig: {overrides: [{matcher: {id: byRegex, options: up}, properties: [{id: units, value: s}]}]}

FAIL file open.json:
    {"title": "A", "panels": [{"type": "row", "title": "B", "collapsed": false, "panels": [{"type": "stat"}]}]}

FAIL file slow.json:
    {"title": "A", "panels": [{"type": "stat", "title": "B", "interval": "30 sec"}]}

PASS file slow.json:
    {"title": "A", "panels": [{"type": "stat", "title": "B", "interval": ">30s", "timeFrom": "now/d"}]}

PASS file last.json:
    {"title": "A", "refresh": "off", "panels": [
        {"type": "stat", "title": "B", "timeFrom": "now-1d/d"}, {"type": "stat", "title": "C", "timeFrom": "+1h"}]}

PASS panel:
    type: stat
    title: What JavaScript alone reads
    targets: [{expr: up, refId: A}]
    fieldConfig: {overrides: [{matcher: {id: byRegexp, options: "/a[^]b/"}, properties: [{id: unit, value: s}]}]}

FAIL dashboard:
    elements: {failed: {kind: Panel, spec: {id: 1, title: A}}}
    layout: {kind: AutoGridLayout, spec: {items: [{kind: AutoGridLayoutItem, spec: {element: {name: faild}}}]}}

FAIL dashboard:
    elements: {up: {kind: Panel, spec: {id: 1, title: A}}}
    variables: [{kind: CustomVar, spec: {name: a, query: b}}]
    layout: {kind: GridLayout, spec: {items: [{kind: GridLayoutItem, spec: {element: {name: up}}}]}}

FAIL dashboard:
    elements: {up: {kind: Panel, spec: {id: 1, title: A}}}
    layout: {kind: GridLayuot, spec: {items: [{kind: GridLayoutItem, spec: {element: {name: up}}}]}}

FAIL dashboard:
    elements: {up: {kind: Panel, spec: {id: 1, title: A}}}
    timeSettings: {from: now-6hrs, to: now, autoRefresh: 1m}
    layout: {kind: GridLayout, spec: {items: [{kind: GridLayoutItem, spec: {element: {name: up}}}]}}

FAIL dashboard:
    elements: {up: {kind: Panel, spec: {id: 1, title: A}}}
    layout: {kind: GridLayout, spec: {items: []}}

PASS dashboard:
    elements: {up: {kind: Panel, spec: {id: 1, title: A}}}
    layout: {kind: TabsLayout, spec: {tabs: [{kind: TabsLayoutTab, spec: {layout: {kind: AutoGridLayout, spec: {items: [
        {kind: AutoGridLayoutItem, spec: {element: {kind: ElementReference, name: up}}}]}}}}]}}

PASS panel:
    {type: timeseries, title: A, targets: [{expr: up, refId: A}]}
"""

from __future__ import annotations

import re
from typing import Any

from sync.lint.dashboard import Dashboard, Variable
from sync.lint.known import nearest
from sync.lint.layout import KINDS, items, kinds
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.registered_names import misnamed
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_text

_WORDS: dict[type, str] = {dict: "an object", list: "a list", str: "text", int: "a number", bool: "true or false"}
_TOP: dict[str, type] = {
    "title": str,
    "uid": str,
    "panels": list,
    "templating": dict,
    "annotations": dict,
    "tags": list,
    "links": list,
    "time": dict,
    "schemaVersion": int,
    "editable": bool,
    "graphTooltip": int,
}
_PANEL: dict[str, type] = {
    "type": str,
    "title": str,
    "targets": list,
    "gridPos": dict,
    "fieldConfig": dict,
    "options": dict,
}


def check(dashboard: Dashboard, _project: Project) -> Findings:
    """Compare kinds of values with those that Grafana reads."""
    yield from _variables(dashboard)
    yield from _registered(dashboard)
    yield from _time(dashboard)
    if dashboard.is_v2:
        yield from _layout(dashboard.raw)
        yield from _library(dashboard)
        return
    yield from _kinds(dashboard.raw, _TOP, ())
    for key in ("templating", "annotations"):
        value = as_dict(dashboard.raw.get(key)).get("list")
        if value is not None and not isinstance(value, list):
            yield Finding(f"{key}.list has to be a list", pointer=(key, "list"))
    for number, raw in enumerate(as_list(dashboard.raw.get("panels"))):
        if not isinstance(raw, dict):
            yield Finding("a panel has to be an object", pointer=("panels", number))
    for panel in dashboard.panels:
        here = panel.pointer[len(dashboard.base) :]
        yield from _kinds(panel.raw, _PANEL, here)
        for number, target in enumerate(as_list(panel.raw.get("targets"))):
            if not isinstance(target, dict):
                yield Finding("a query has to be an object", pointer=(*here, "targets", number))
    yield from _library(dashboard)


def _time(dashboard: Dashboard) -> Findings:
    """Look at the times that a dashboard begins with, of those that count from now, and how often it asks again."""
    v2 = as_dict(dashboard.raw.get("timeSettings"))
    times, where = (v2, ("timeSettings",)) if dashboard.is_v2 else (as_dict(dashboard.raw.get("time")), ("time",))
    key: Pointer = (*where, "autoRefresh") if dashboard.is_v2 else ("refresh",)
    refresh = as_text(v2.get("autoRefresh") if dashboard.is_v2 else dashboard.raw.get("refresh")).strip()
    if refresh not in {"", "auto", "off", "0"} and not _INTERVAL.fullmatch(refresh):
        yield Finding(f"{refresh} is no interval like 1m: the page doesn't refresh", pointer=key)
    for end in ("from", "to"):
        said = as_text(times.get(end)).strip()
        if said.startswith("now") and not _TIME.fullmatch(said) and "$" not in said:
            yield Finding(f"{said} is no time that Grafana reads, as now-6h", pointer=(*where, end))


_TIME = re.compile(r"now\s*(?:[+-]\s*\d*(?:ms|fQ|fy|[smhdwMQy])\s*)*(?:/(?:fQ|fy|[smhdwMQy]))?")
_KINDS = frozenset(
    {
        "query",
        "custom",
        "constant",
        "datasource",
        "interval",
        "textbox",
        "adhoc",
        "groupby",
        "system",
        "switch",
        "snapshot",
    }
)
_INTERVAL = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|us|ns|[smhdwMQy]))+|auto|\$.*")
_SLIPS = frozenset({"prometheus", "loki", "tempo", "elasticsearch", "influxdb", "alertmanager", "jaeger"})
"""Data sources whose name a slip of the hand is told from; there are others, of plugins."""


def _variables(dashboard: Dashboard) -> Findings:
    """Look at the kinds of variables, at the lengths of intervals, and at the kind of data source that is chosen."""
    for each in dashboard.variables:
        here = each.pointer[len(dashboard.base) :]
        if each.kind and each.kind not in _KINDS:
            yield Finding(f"Grafana has no variable of kind {each.kind}{nearest(each.kind, _KINDS)}", pointer=here)
        asked = as_text(each.raw.get("query")) or as_text(each.raw.get("pluginId"))
        if each.kind == "custom" and not asked.strip() and not as_list(each.raw.get("options")):
            yield Finding(f"{each.name or 'a variable'} has no choices", pointer=here, severity=Severity.WARNING)
        if each.kind == "datasource" and asked not in _SLIPS and "-" not in asked and nearest(asked, _SLIPS):
            yield Finding(f"there is no data source of kind {asked}{nearest(asked, _SLIPS)}", pointer=here)
        if each.kind == "query" and _asks_nothing(each):
            message = f"{each.name or 'a variable'} is asked of nothing: it has no choices"
            yield Finding(message, pointer=here, severity=Severity.WARNING)
        for length in asked.split(",") if each.kind == "interval" else []:
            if length.strip() and not _INTERVAL.fullmatch(length.strip().strip("\"'")):
                yield Finding(f"{length.strip()} is no interval like 5m", pointer=here)


def _asks_nothing(variable: Variable) -> bool:
    """Whether the query for a variable's choices is there, and empty."""
    query = variable.raw.get("query")
    asked = as_dict(as_dict(query).get("spec")) if "kind" in as_dict(query) else as_dict(query)
    if "type" in asked or "qryType" in asked:  # the first kind is 0: the names of all labels
        return False
    is_empty = query == "" or (isinstance(query, dict) and not any(asked[key] for key in asked.keys() - {"refId"}))
    return is_empty and variable.datasource.kind in {"prometheus", "loki"}


def _registered(dashboard: Dashboard) -> Findings:
    """Look for slips in the names that Grafana looks up, and for durations of panels that are none."""
    for panel in dashboard.panels:
        for message, pointer in misnamed(panel):
            yield Finding(message, pointer=panel.place(pointer)[len(dashboard.base) :])
        for key in ("interval", "timeFrom", "timeShift"):
            said = as_text(panel.raw.get(key)).strip()
            if not said or "$" in said:
                continue
            if not _SPAN.fullmatch(said) and not (key == "timeFrom" and _FROM.fullmatch(said)):
                pointer = panel.place((key,))[len(dashboard.base) :]
                yield Finding(f"{key} is {said}, which is no duration like 5m", pointer=pointer)
        if panel.kind == "row" and panel.raw.get("collapsed") is not True and as_list(panel.raw.get("panels")):
            message = f"the row {panel.name!r} is open, and has panels within: Grafana shows those beside it alone"
            yield Finding(message, pointer=(*panel.pointer[len(dashboard.base) :], "panels"))


_SPAN = re.compile(r"now/\w+|[<>]?=?\s*-?\d+(?:\.\d+)?(?:ms|fQ|fy|[smhdwMQy])?(?:/\w+)?|auto")
_FROM = re.compile(r"(?:now[+-]|\+)\d+[smhdwMQy](?:/\w+)?")
"""What Grafana takes beside a duration for the time that a panel shows: it writes now- before one itself."""


def _library(dashboard: Dashboard) -> Findings:
    for panel in dashboard.panels:
        if panel.is_library and not as_text(as_dict(panel.raw["libraryPanel"]).get("uid")):
            pointer = (*panel.pointer[len(dashboard.base) :], "libraryPanel")
            yield Finding("a library panel is found by its uid, and none is given", pointer=pointer)


def _layout(spec: dict[str, Any]) -> Findings:
    """Compare the elements of schema v2 with those that its layout shows."""
    for kind, pointer in kinds(spec.get("layout"), ("layout",)):
        if kind not in KINDS:
            yield Finding(f"Grafana has no {kind} in a layout{nearest(kind, KINDS)}", pointer=pointer)
    elements, shown = as_dict(spec.get("elements")), set[str]()
    for item in items(spec.get("layout")):
        shown.add(item.element)
        if item.element not in elements:
            message = f"the layout shows the element {item.element}, which isn't there"
            yield Finding(message + nearest(item.element, elements), pointer=(*item.pointer, "element", "name"))
    for name in elements.keys() - shown:
        message = f"the layout doesn't show the element {name}: nobody sees it"
        yield Finding(message, pointer=("elements", name), severity=Severity.WARNING)


def _kinds(raw: dict[str, Any], expected: dict[str, type], pointer: Pointer) -> Findings:
    for key, kind in expected.items():
        value = raw.get(key)
        if value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
            yield Finding(f"{key} has to be {_WORDS[kind]}", pointer=(*pointer, key))


RULE = Rule(__name__, Severity.ERROR, dashboard=check)
