"""The content of a v1 dashboard as a server keeps it: migrated to schemaVersion 42, with the server's defaults. Pure.

Grafana migrates what is written as v1beta1 and what it reads as v1beta1 from older storage. What is read back is
therefore not what was sent: defaults of the dashboard are added, defaults of panels are taken away. Of the migrations
of old schemas this covers those that change a dashboard's frame (rows into the grid, data sources by reference, dead
panel kinds, crosshair, refresh); options inside old panels are left as they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, TypeGuard

SCHEMA_VERSION = 42

BUILT_IN_ANNOTATION = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
_SUCCESSORS = {
    "table-old": "table",
    "singlestat": "stat",
    "grafana-singlestat-panel": "stat",
    "grafana-piechart-panel": "piechart",
    "grafana-worldmap-panel": "geomap",
    "natel-discrete-panel": "state-timeline",
}
_REPLACED = frozenset({"graph", *_SUCCESSORS})
_REPEATED = frozenset({"repeatPanelId", "repeatedByRow"})
_NOT_KEPT = ("id", "uid", "version", "meta", "variables", "preload", "iteration")
_PANEL_DEFAULTS: dict[str, Any] = {
    "gridPos": {"x": 0, "y": 0, "h": 3, "w": 6},
    "targets": [{"refId": "A"}],
    "transparent": False,
    "options": {},
    "links": [],
    "transformations": [],
    "fieldConfig": {"defaults": {}, "overrides": []},
    "title": "",
}
_GRID_COLUMNS = 24
_OLD_COLUMNS = 12
_OLD_SPAN = 4
_OLD_ROW_HEIGHT = 250
_PIXELS_A_GRID_ROW = 38


def migrated(spec: dict[str, Any]) -> dict[str, Any]:
    """Bring a dashboard to the form in which v1beta1 keeps it; changes and returns `spec`."""
    schema = _schema_of(spec)
    if not isinstance(spec.get("panels"), list):
        spec["panels"] = []
    if schema < SCHEMA_VERSION:
        _migrate_frame(spec, schema)
    spec["schemaVersion"] = max(schema, SCHEMA_VERSION)
    _add_defaults(spec)
    for key in _NOT_KEPT:
        spec.pop(key, None)
    for key, default in (("style", "dark"), ("hideControls", False), ("gnetId", None)):
        if key in spec and spec[key] == default:
            del spec[key]
    _clean_variables(spec["templating"])
    _clean_panels(spec)
    return spec


def is_settled(spec: dict[str, Any]) -> bool:
    """Tell whether migrating a dashboard would do no more to it than add defaults and take them away."""
    if _schema_of(spec) < SCHEMA_VERSION or "rows" in spec:
        return False
    ids = set()
    for count, panel in enumerate(panels_of(spec), 1):
        number = panel.get("id")
        if not _is_number(number) or number < 1 or panel.get("type") in _REPLACED or _REPEATED & panel.keys():
            return False
        ids.add(number)
        if len(ids) < count or any(target.get("refId") is None for target in _dicts(panel.get("targets"))):
            return False
    return True


def _schema_of(spec: dict[str, Any]) -> int:
    schema = spec.get("schemaVersion")
    return schema if _is_number(schema) else 0


def _is_number(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _add_defaults(spec: dict[str, Any]) -> None:
    defaults: dict[str, Any] = {
        "title": "No Title",
        "tags": [],
        "timezone": "",
        "weekStart": "",
        "editable": True,
        "graphTooltip": 0,
        "time": {"from": "now-6h", "to": "now"},
        "timepicker": {},
        "fiscalYearStartMonth": 0,
        "links": [],
    }
    for key, default in defaults.items():
        if spec.get(key) is None:
            spec[key] = default
    for key in ("templating", "annotations"):
        if not isinstance(spec.get(key), dict):
            spec[key] = {}
        if not isinstance(spec[key].get("list"), list):
            spec[key]["list"] = []
    annotations = spec["annotations"]["list"]
    if not any(isinstance(entry, dict) and entry.get("builtIn") == 1 for entry in annotations):
        spec["annotations"]["list"] = [dict(BUILT_IN_ANNOTATION), *annotations]


def panels_of(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Walk over the panels, those inside rows after their row."""
    for panel in _dicts(spec.get("panels")):
        yield panel
        yield from _dicts(panel.get("panels"))


def _migrate_frame(spec: dict[str, Any], schema: int) -> None:
    if schema < 14 and "sharedCrosshair" in spec:
        spec["graphTooltip"] = 1 if spec.pop("sharedCrosshair") else 0
    rows = spec.pop("rows", None)
    if schema < 16 and isinstance(rows, list):
        spec["panels"] += _panels_of_rows(_dicts(rows))
    if schema < 36:
        for panel in panels_of(spec):
            _refer_to_data_sources(panel)
    if schema < 40 and not isinstance(spec.get("refresh"), str):
        spec["refresh"] = ""
    if schema < 41 and isinstance(spec.get("timepicker"), dict):
        spec["timepicker"].pop("time_options", None)


def _panels_of_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    placed: list[dict[str, Any]] = []
    shown = any(row.get("showTitle") or row.get("collapse") or row.get("repeat") for row in rows)
    top = 0
    for row in rows:
        height = _grid_height(row.get("height"))
        if shown:
            title = {"type": "row", "title": row.get("title", ""), "collapsed": bool(row.get("collapse")), "panels": []}
            if row.get("repeat"):
                title["repeat"] = row["repeat"]
            placed.append(title | {"gridPos": {"x": 0, "y": top, "w": _GRID_COLUMNS, "h": 1}})
            top += 1
        left = 0
        for panel in _dicts(row.get("panels")):
            width = _grid_width(panel.pop("span", None))
            if left + width > _GRID_COLUMNS:
                left, top = 0, top + height
            placed.append(panel | {"gridPos": {"x": left, "y": top, "w": width, "h": height}})
            left += width
        top += height
    return placed


def _grid_width(span: Any) -> int:
    columns = span if isinstance(span, int) and 0 < span <= _OLD_COLUMNS else _OLD_SPAN
    return columns * _GRID_COLUMNS // _OLD_COLUMNS


def _grid_height(height: Any) -> int:
    pixels = re.fullmatch(r"([0-9]{1,5})(px)?", str(height))
    return math.ceil(((pixels and int(pixels[1])) or _OLD_ROW_HEIGHT) / _PIXELS_A_GRID_ROW)


def _refer_to_data_sources(panel: dict[str, Any]) -> None:
    if isinstance(panel.get("datasource"), str):
        panel["datasource"] = {"uid": panel["datasource"]}
    for target in _dicts(panel.get("targets")):
        if isinstance(target.get("datasource"), str):
            target["datasource"] = {"uid": target["datasource"]}
        elif not target.get("datasource") and isinstance(panel.get("datasource"), dict):
            target["datasource"] = dict(panel["datasource"])


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _clean_variables(templating: dict[str, Any]) -> None:
    drop_nulls(templating)
    for variable in _dicts(templating["list"]):
        variable.pop("index", None)
        match variable.get("type"):
            case "query":
                variable.setdefault("options", [])
            case "datasource":
                variable["options"] = []
            case "constant":
                variable.pop("options", None)


def _clean_panels(spec: dict[str, Any]) -> None:
    kept = [p for p in _dicts(spec["panels"]) if not _REPEATED & p.keys()]
    spec["panels"] = sorted(kept, key=_place)
    taken: set[int] = set()
    highest = max((p["id"] for p in panels_of(spec) if _is_number(p.get("id"))), default=0)
    for panel in panels_of(spec):
        if not _is_number(panel.get("id")) or panel["id"] < 1 or panel["id"] in taken:
            highest += 1
            panel["id"] = highest
        taken.add(panel["id"])
        _clean_panel(panel)


def _place(panel: dict[str, Any]) -> tuple[int, int]:
    place = panel.get("gridPos")
    if not isinstance(place, dict):
        return 0, 0
    y, x = place.get("y"), place.get("x")
    return (y if isinstance(y, int) else 0, x if isinstance(x, int) else 0)


def _clean_panel(panel: dict[str, Any]) -> None:
    kind = panel.get("type")
    if kind == "graph":
        panel |= {"autoMigrateFrom": kind, "type": _graph_successor(panel)}
    elif isinstance(kind, str) and kind in _SUCCESSORS:
        panel |= {"autoMigrateFrom": kind, "type": _SUCCESSORS[kind]}
    if panel.get("libraryPanel"):
        for key in [key for key in panel if key not in {"id", "title", "gridPos", "libraryPanel"}]:
            del panel[key]
        return
    drop_nulls(panel)
    if isinstance(panel.get("fieldConfig"), dict):
        panel["fieldConfig"].setdefault("defaults", {})
        panel["fieldConfig"].setdefault("overrides", [])
    _name_queries(panel)
    for key, default in _PANEL_DEFAULTS.items():
        if key in panel and panel[key] == default:
            del panel[key]
    if panel.get("targets") == []:
        del panel["targets"]


def _graph_successor(panel: dict[str, Any]) -> str:
    axis = panel.get("xaxis")
    mode = axis.get("mode") if isinstance(axis, dict) else None
    if mode == "histogram":
        return "histogram"
    if mode == "series":
        legend = panel.get("legend")
        return "bargauge" if isinstance(legend, dict) and legend.get("values") is True else "barchart"
    return "timeseries"


def _name_queries(panel: dict[str, Any]) -> None:
    targets = _dicts(panel.get("targets"))
    taken = {target["refId"] for target in targets if isinstance(target.get("refId"), str)}
    free = (letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in taken)
    for target in targets:
        if target.get("refId") is None:
            target["refId"] = next(free, "")


def drop_nulls(value: Any) -> None:
    """Take away every key whose value is null, at any depth."""
    if isinstance(value, dict):
        for key in [key for key, inner in value.items() if inner is None]:
            del value[key]
        for inner in value.values():
            if isinstance(inner, (dict, list)):
                drop_nulls(inner)
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, (dict, list)):
                drop_nulls(inner)
