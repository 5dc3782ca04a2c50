"""A dashboard of schema v1 written in the forms of schema v2, to hold what rules find in the one against the other."""

from __future__ import annotations

from typing import Any

KINDS = {
    "query": "QueryVariable",
    "custom": "CustomVariable",
    "datasource": "DatasourceVariable",
    "interval": "IntervalVariable",
    "textbox": "TextVariable",
    "constant": "ConstantVariable",
    "adhoc": "AdhocVariable",
    "groupby": "GroupByVariable",
}
REFRESH = {0: "never", 1: "onDashboardLoad", 2: "onTimeRangeChanged"}
SIDES = {"x": "x", "y": "y", "w": "width", "h": "height"}


def resource(raw: dict[str, Any], version: str) -> dict[str, Any]:
    """Write a dashboard as `version` (v2alpha1, v2beta1, v2) has it."""
    items: list[dict[str, Any]] = []
    spec = {
        **{key: raw[key] for key in ("title", "description", "links", "editable") if key in raw},
        "variables": [_variable(each, version) for each in raw.get("templating", {}).get("list", [])],
        "annotations": [_annotation(each, version) for each in raw.get("annotations", {}).get("list", [])],
        "elements": {f"panel-{number}": _panel(each, version) for number, each in enumerate(raw.get("panels", []))},
        "layout": {"kind": "GridLayout", "spec": {"items": items}},
    }
    for number, panel in enumerate(raw.get("panels", [])):
        item = {SIDES[side]: value for side, value in panel.get("gridPos", {}).items()}
        if panel.get("repeat"):
            item["repeat"] = {"mode": "variable", "value": panel["repeat"], "direction": "h"}
        items.append({"kind": "GridLayoutItem", "spec": {**item, "element": {"name": f"panel-{number}"}}})
    metadata = {"name": raw.get("uid", "example")}
    return {"apiVersion": f"dashboard.grafana.app/{version}", "kind": "Dashboard", "metadata": metadata, "spec": spec}


def _panel(raw: dict[str, Any], version: str) -> dict[str, Any]:
    same = {key: raw[key] for key in ("id", "title", "description", "transparent", "links") if key in raw}
    if "libraryPanel" in raw:
        return {"kind": "LibraryPanel", "spec": {**same, "libraryPanel": raw["libraryPanel"]}}
    shape = {"fieldConfig": raw.get("fieldConfig", {}), "options": raw.get("options", {})}
    viz = {"kind": raw.get("type", ""), "spec": shape}
    if version != "v2alpha1":
        viz = {"kind": "VizConfig", "group": raw.get("type", ""), "spec": shape}
    queries = [_target(each, raw.get("datasource"), version) for each in raw.get("targets", [])]
    changes = [_transformation(each, version) for each in raw.get("transformations", [])]
    data = {"kind": "QueryGroup", "spec": {"queries": queries, "transformations": changes}}
    return {"kind": "Panel", "spec": {**same, "data": data, "vizConfig": viz}}


def _target(raw: dict[str, Any], source: Any, version: str) -> dict[str, Any]:
    own = {key: value for key, value in raw.items() if key not in {"refId", "datasource", "hide"}}
    spec = {"refId": raw.get("refId", ""), "hidden": raw.get("hide", False)}
    return {"kind": "PanelQuery", "spec": spec | _query(raw.get("datasource", source), own, version)}


def _query(source: Any, own: dict[str, Any], version: str) -> dict[str, Any]:
    source = source if isinstance(source, dict) else {"type": "prometheus", "uid": source}
    kind, uid = source.get("type", "prometheus"), source.get("uid")
    if version == "v2alpha1":
        return {"datasource": {"type": kind, "uid": uid}, "query": {"kind": kind, "spec": own}}
    named = {"datasource": {"name": uid}} if uid else {}
    return {"query": {"kind": "DataQuery", "group": kind, "version": "v0", **named, "spec": own}}


def _transformation(raw: dict[str, Any], version: str) -> dict[str, Any]:
    if version == "v2":
        rest = {key: value for key, value in raw.items() if key != "id"}
        return {"kind": "Transformation", "group": raw["id"], "spec": rest}
    return {"kind": raw["id"], "spec": raw}


def _variable(raw: dict[str, Any], version: str) -> dict[str, Any]:
    kind = raw.get("type", "")
    spec = {key: value for key, value in raw.items() if key not in {"type", "datasource"}}
    if "refresh" in raw:
        spec["refresh"] = REFRESH[raw["refresh"]]
    if kind == "datasource":
        spec["pluginId"] = spec.pop("query", "")
    elif kind == "query":
        asked = spec.pop("query", "")
        own = asked if isinstance(asked, dict) else {"query": asked}
        spec |= _query(raw.get("datasource"), own, version)
    return {"kind": KINDS.get(kind, ""), "spec": spec}


def _annotation(raw: dict[str, Any], version: str) -> dict[str, Any]:
    own = {key: raw[key] for key in ("expr",) if key in raw}
    texts = {key: raw[key] for key in ("titleFormat", "textFormat", "tagKeys") if key in raw}
    spec = {"name": raw.get("name", ""), **_query(raw.get("datasource"), own, version), "legacyOptions": texts}
    return {"kind": "AnnotationQuery", "spec": spec | ({"builtIn": True} if raw.get("builtIn") else {})}
