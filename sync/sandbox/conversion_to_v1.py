"""v2beta1 dashboards as classic JSON."""

from __future__ import annotations

from typing import Any

from sync.migration import SCHEMA_VERSION

_CROSSHAIR = {"Off": 0, "Crosshair": 1, "Tooltip": 2}
_VARIABLES = {
    "QueryVariable": "query",
    "TextVariable": "textbox",
    "ConstantVariable": "constant",
    "DatasourceVariable": "datasource",
    "IntervalVariable": "interval",
    "CustomVariable": "custom",
    "GroupByVariable": "groupby",
    "AdhocVariable": "adhoc",
}
_REFRESH = {"never": 0, "onDashboardLoad": 1, "onTimeRangeChanged": 2}
_HIDE = {"dontHide": 0, "hideLabel": 1, "hideVariable": 2, "inControlsMenu": 3}
_SORT = ("disabled", "alphabeticalAsc", "alphabeticalDesc", "numericalAsc", "numericalDesc",
         "alphabeticalCaseInsensitiveAsc", "alphabeticalCaseInsensitiveDesc", "naturalAsc", "naturalDesc")  # fmt: skip
_AUTO_WIDTH, _AUTO_HEIGHT, _COLUMNS = 8, 8, 24


def v1_from_v2(spec: dict[str, Any]) -> dict[str, Any]:
    """Write a v2beta1 spec as classic dashboard JSON of the current schema version."""
    times = spec.get("timeSettings", {})
    classic: dict[str, Any] = {
        "annotations": {"list": [_annotation(entry["spec"]) for entry in spec.get("annotations", [])]},
        "editable": spec.get("editable", True),
        "fiscalYearStartMonth": times.get("fiscalYearStartMonth", 0),
        "graphTooltip": _CROSSHAIR.get(spec.get("cursorSync", "Off"), 0),
        "panels": _panels(spec.get("elements", {}), spec["layout"]),
        "preload": spec.get("preload", False),
        "refresh": times.get("autoRefresh", ""),
        "schemaVersion": SCHEMA_VERSION,
        "time": {"from": times.get("from", "now-6h"), "to": times.get("to", "now")},
        "timepicker": {"refresh_intervals": times.get("autoRefreshIntervals", [])},
        "timezone": times.get("timezone", ""),
        "title": spec["title"],
    }
    if times.get("hideTimepicker"):
        classic["timepicker"]["hidden"] = True
    variables = [_variable(entry["kind"], entry["spec"]) for entry in spec.get("variables", [])]
    optional = {
        "description": spec.get("description"),
        "links": spec.get("links"),
        "liveNow": spec.get("liveNow"),
        "tags": spec.get("tags"),
        "templating": {"list": variables} if variables else None,
        "weekStart": times.get("weekStart"),
    }
    return classic | {key: value for key, value in optional.items() if value}


def _data_source(query: dict[str, Any]) -> dict[str, Any]:
    reference = {"type": query.get("group", ""), "uid": query.get("datasource", {}).get("name", "")}
    return {key: value for key, value in reference.items() if value}


def _annotation(spec: dict[str, Any]) -> dict[str, Any]:
    query = spec.get("query", {})
    plain: dict[str, Any] = {key: spec[key] for key in ("enable", "hide", "iconColor", "name", "filter") if key in spec}
    if spec.get("builtIn"):
        plain["builtIn"] = 1
    return {"datasource": _data_source(query), **plain, **query.get("spec", {}), **spec.get("legacyOptions", {})}


def _variable(kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    variable = {"type": _VARIABLES.get(kind, kind), **spec}
    query = variable.pop("query", None)
    if isinstance(query, dict):
        inner = query.get("spec", {})
        variable["datasource"] = _data_source(query)
        variable["query"] = inner.get("__legacyStringValue", inner)
    elif query is not None:
        variable["query"] = query
    for key, table in (("hide", _HIDE), ("refresh", _REFRESH)):
        if key in variable:
            variable[key] = table.get(variable[key], 0)
    if variable.get("sort") in _SORT:
        variable["sort"] = _SORT.index(variable["sort"])
    if kind == "DatasourceVariable":
        variable["query"] = variable.pop("pluginId", "")
    return variable


def _panels(elements: dict[str, Any], layout: dict[str, Any]) -> list[dict[str, Any]]:
    panels: list[dict[str, Any]] = []
    top = 0
    for title, collapsed, items in _sections(layout):
        row: dict[str, Any] | None = None
        if title is not None:
            place = {"x": 0, "y": top, "w": _COLUMNS, "h": 1}
            row = {"type": "row", "title": title, "collapsed": collapsed, "gridPos": place, "panels": []}
            panels.append(row)
            top += 1
        inner = [_panel(elements[name], {**place, "y": place["y"] + top}) for name, place in items if name in elements]
        (row["panels"] if row is not None and collapsed else panels).extend(inner)
        top = max([top, *(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in inner)])
    highest = max((panel.get("id", 0) for panel in panels), default=0)
    for panel in panels:
        if panel.get("type") == "row":
            highest += 1
            panel["id"] = highest
    return panels


def _sections(layout: dict[str, Any]) -> list[tuple[str | None, bool, list[tuple[str, dict[str, int]]]]]:
    """Flatten a layout into sections of (title, collapsed, [(element, place)]); without a title it is no row."""
    spec = layout["spec"]
    match layout["kind"]:
        case "GridLayout":
            return [(None, False, [_grid_item(item["spec"]) for item in spec.get("items", [])])]
        case "AutoGridLayout":
            return [(None, False, [_auto_item(n, item["spec"]) for n, item in enumerate(spec.get("items", []))])]
        case kind:
            parts = spec.get("rows" if kind == "RowsLayout" else "tabs", [])
            return [
                (part["spec"].get("title", ""), bool(part["spec"].get("collapse")), items)
                for part in parts
                for _, _, items in _sections(part["spec"]["layout"])
            ]


def _grid_item(spec: dict[str, Any]) -> tuple[str, dict[str, int]]:
    place = {"x": spec.get("x", 0), "y": spec.get("y", 0), "w": spec.get("width", 12), "h": spec.get("height", 8)}
    return spec["element"]["name"], place


def _auto_item(number: int, spec: dict[str, Any]) -> tuple[str, dict[str, int]]:
    row, column = divmod(number, _COLUMNS // _AUTO_WIDTH)
    place = {"x": column * _AUTO_WIDTH, "y": row * _AUTO_HEIGHT, "w": _AUTO_WIDTH, "h": _AUTO_HEIGHT}
    return spec["element"]["name"], place


def _panel(element: dict[str, Any], place: dict[str, int]) -> dict[str, Any]:
    spec = element["spec"]
    panel: dict[str, Any] = {"gridPos": place, "id": spec.get("id", 0), "title": spec.get("title", "")}
    if element["kind"] == "LibraryPanel":
        return panel | {"libraryPanel": spec.get("libraryPanel", {})}
    drawing = spec.get("vizConfig", {})
    data = spec.get("data", {}).get("spec", {})
    targets = [_target(entry["spec"]) for entry in data.get("queries", [])]
    config = drawing.get("spec", {})
    panel |= {"type": drawing.get("group", ""), "options": config.get("options", {}), "targets": targets}
    if config.get("fieldConfig") not in (None, {"defaults": {}, "overrides": []}):
        panel["fieldConfig"] = config["fieldConfig"]
    sources = [target["datasource"] for target in targets if target.get("datasource")]
    if sources:
        mixed = {"type": "mixed", "uid": "-- Mixed --"}
        panel["datasource"] = sources[0] if all(source == sources[0] for source in sources) else mixed
    transformations = [{"id": entry["kind"], **entry["spec"]} for entry in data.get("transformations", [])]
    optional = {
        "description": spec.get("description"),
        "links": spec.get("links"),
        "pluginVersion": drawing.get("version"),
        "transformations": transformations,
        "transparent": spec.get("transparent"),
        **data.get("queryOptions", {}),
    }
    return panel | {key: value for key, value in optional.items() if value}


def _target(spec: dict[str, Any]) -> dict[str, Any]:
    query = spec.get("query", {})
    target: dict[str, Any] = {"refId": spec.get("refId", ""), **query.get("spec", {})}
    if source := _data_source(query):
        target["datasource"] = source
    if spec.get("hidden"):
        target["hide"] = True
    return target
