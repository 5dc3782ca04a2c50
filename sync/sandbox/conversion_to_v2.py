"""Classic dashboards (v1beta1, migrated) as v2beta1."""

from __future__ import annotations

from typing import Any

_CURSOR = ("Off", "Crosshair", "Tooltip")
_VARIABLES = {
    "query": "QueryVariable",
    "textbox": "TextVariable",
    "constant": "ConstantVariable",
    "datasource": "DatasourceVariable",
    "interval": "IntervalVariable",
    "custom": "CustomVariable",
    "groupby": "GroupByVariable",
    "adhoc": "AdhocVariable",
}
_REFRESH = ("never", "onDashboardLoad", "onTimeRangeChanged")
_HIDE = ("dontHide", "hideLabel", "hideVariable", "inControlsMenu")
_SORT = ("disabled", "alphabeticalAsc", "alphabeticalDesc", "numericalAsc", "numericalDesc",
         "alphabeticalCaseInsensitiveAsc", "alphabeticalCaseInsensitiveDesc", "naturalAsc", "naturalDesc")  # fmt: skip
_INTERVALS = ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"]
_QUERY_OPTIONS = (
    "cacheTimeout",
    "interval",
    "maxDataPoints",
    "queryCachingTTL",
    "timeFrom",
    "timeShift",
    "hideTimeOverride",
)
_ANNOTATION_FIELDS = {"builtIn", "datasource", "enable", "filter", "hide", "iconColor", "name", "target"}
_EMPTY_CONFIG: dict[str, Any] = {"defaults": {}, "overrides": []}


def v2_from_v1(spec: dict[str, Any]) -> dict[str, Any]:
    """Write a migrated classic dashboard as a v2beta1 spec."""
    times, picker = spec["time"], spec.get("timepicker", {})
    settings: dict[str, Any] = {
        "timezone": spec.get("timezone", ""),
        "from": times.get("from", ""),
        "to": times.get("to", ""),
        "autoRefresh": spec.get("refresh") or "",
        "autoRefreshIntervals": picker.get("refresh_intervals") or _INTERVALS,
        "hideTimepicker": picker.get("hidden", False),
        "fiscalYearStartMonth": spec.get("fiscalYearStartMonth", 0),
    }
    if spec.get("weekStart"):
        settings["weekStart"] = spec["weekStart"]
    elements, layout = _elements_and_layout(spec["panels"])
    converted = {
        "annotations": [_annotation(entry) for entry in spec["annotations"]["list"]],
        "cursorSync": _of(_CURSOR, spec.get("graphTooltip", 0)),
        "editable": spec.get("editable", True),
        "elements": elements,
        "layout": layout,
        "links": spec.get("links", []),
        "liveNow": spec.get("liveNow", False),
        "preload": spec.get("preload", False),
        "tags": spec.get("tags", []),
        "timeSettings": settings,
        "title": spec["title"],
        "variables": [_variable(entry) for entry in spec["templating"]["list"]],
    }
    return converted | ({"description": spec["description"]} if spec.get("description") else {})


def _of(table: tuple[str, ...], number: Any) -> str:
    return table[number] if isinstance(number, int) and 0 <= number < len(table) else table[0]


def _query(source: Any, spec: dict[str, Any]) -> dict[str, Any]:
    source = source if isinstance(source, dict) else {}
    query: dict[str, Any] = {"kind": "DataQuery", "group": source.get("type", ""), "version": "v0"}
    if source.get("uid"):
        query["datasource"] = {"name": source["uid"]}
    return query | {"spec": spec}


def _annotation(entry: dict[str, Any]) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "query": _query(entry.get("datasource"), entry.get("target") or {}),
        "enable": entry.get("enable", False),
        "hide": entry.get("hide", False),
        "iconColor": entry.get("iconColor", ""),
        "name": entry.get("name", ""),
    }
    if entry.get("builtIn"):
        spec["builtIn"] = True
    if "filter" in entry:
        spec["filter"] = entry["filter"]
    options = {key: value for key, value in entry.items() if key not in _ANNOTATION_FIELDS}
    return {"kind": "AnnotationQuery", "spec": spec | ({"legacyOptions": options} if options else {})}


def _variable(entry: dict[str, Any]) -> dict[str, Any]:
    kind = _VARIABLES.get(str(entry.get("type")), "CustomVariable")
    spec = {key: value for key, value in entry.items() if key not in {"type", "datasource"}}
    spec["hide"] = _of(_HIDE, entry.get("hide", 0))
    if "refresh" in entry:
        spec["refresh"] = _of(_REFRESH, entry["refresh"])
    if kind == "QueryVariable":
        query = entry.get("query", "")
        inner = query if isinstance(query, dict) else {"__legacyStringValue": query}
        spec |= {"query": _query(entry.get("datasource"), inner), "sort": _of(_SORT, entry.get("sort", 0))}
    elif kind == "DatasourceVariable":
        spec["pluginId"] = spec.pop("query", "")
    elif kind in {"AdhocVariable", "GroupByVariable"} and isinstance(entry.get("datasource"), dict):
        source = entry["datasource"]
        return {
            "kind": kind,
            "group": source.get("type", ""),
            "datasource": {"name": source.get("uid", "")},
            "spec": spec,
        }
    return {"kind": kind, "spec": spec}


def _elements_and_layout(panels: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    elements: dict[str, Any] = {}
    sections: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    has_rows = any(panel.get("type") == "row" for panel in panels)
    start = 0
    for panel in panels:
        if panel.get("type") == "row":
            if items and not sections:
                sections.append(_row("", collapsed=False, items=items, hidden=True))
            start = panel.get("gridPos", {}).get("y", 0) + 1
            items = [_item(inner, elements, start) for inner in panel.get("panels") or []]
            sections.append(_row(panel.get("title", ""), collapsed=bool(panel.get("collapsed")), items=items))
        else:
            items.append(_item(panel, elements, start))
    if has_rows:
        return elements, {"kind": "RowsLayout", "spec": {"rows": sections}}
    return elements, {"kind": "GridLayout", "spec": {"items": items}}


def _row(title: str, *, collapsed: bool, items: list[dict[str, Any]], hidden: bool = False) -> dict[str, Any]:
    spec: dict[str, Any] = {"title": title, "collapse": collapsed}
    if hidden:
        spec["hideHeader"] = True
    return {"kind": "RowsLayoutRow", "spec": {**spec, "layout": {"kind": "GridLayout", "spec": {"items": items}}}}


def _item(panel: dict[str, Any], elements: dict[str, Any], start: int) -> dict[str, Any]:
    name = f"panel-{panel.get('id', 0)}"
    elements[name] = _element(panel)
    place = panel.get("gridPos", {"x": 0, "y": 0, "w": 6, "h": 3})
    spec = {"x": place.get("x", 0), "y": max(0, place.get("y", 0) - start)}
    spec |= {"width": place.get("w", 6), "height": place.get("h", 3)}
    return {"kind": "GridLayoutItem", "spec": {**spec, "element": {"kind": "ElementReference", "name": name}}}


def _element(panel: dict[str, Any]) -> dict[str, Any]:
    head = {"id": panel.get("id", 0), "title": panel.get("title", "")}
    if panel.get("libraryPanel"):
        return {"kind": "LibraryPanel", "spec": {**head, "libraryPanel": panel["libraryPanel"]}}
    data = {
        "queries": [_panel_query(target, panel.get("datasource")) for target in panel.get("targets") or []],
        "transformations": [
            {"kind": entry.get("id", ""), "spec": dict(entry)} for entry in panel.get("transformations") or []
        ],
        "queryOptions": {key: panel[key] for key in _QUERY_OPTIONS if key in panel},
    }
    drawing = {"options": panel.get("options", {}), "fieldConfig": panel.get("fieldConfig", _EMPTY_CONFIG)}
    spec = head | {
        "description": panel.get("description", ""),
        "links": panel.get("links", []),
        "data": {"kind": "QueryGroup", "spec": data},
        "vizConfig": {
            "kind": "VizConfig",
            "group": panel.get("type", ""),
            "version": panel.get("pluginVersion", ""),
            "spec": drawing,
        },
    }
    return {"kind": "Panel", "spec": spec | ({"transparent": True} if panel.get("transparent") else {})}


def _panel_query(target: dict[str, Any], panel_source: Any) -> dict[str, Any]:
    inner = {key: value for key, value in target.items() if key not in {"refId", "hide", "datasource"}}
    query = _query(target.get("datasource") or panel_source, inner)
    return {
        "kind": "PanelQuery",
        "spec": {"query": query, "refId": target.get("refId", ""), "hidden": bool(target.get("hide"))},
    }
