"""Documents of Grafana's dashboard schema v2 (elements and layouts) in the shape of classic dashboard JSON.

Rows and tabs become panels of type "row"; what classic JSON can't say is kept under keys of its own: `_kind` ("tab"),
`_layout` ("auto" for a grid that places its panels itself), `_path` (where a panel stands in the file).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sync.diff.values import Json, mapping, objects, text, whole

if TYPE_CHECKING:
    from sync.diff.read import Path

CURSOR = {"Off": 0, "Crosshair": 1, "Tooltip": 2}
HIDE = {"dontHide": 0, "hideLabel": 1, "hideVariable": 2, "inControlsMenu": 3}
REFRESH = {"never": 0, "onDashboardLoad": 1, "onTimeRangeChanged": 2}
SORT = (
    "disabled",
    "alphabeticalAsc",
    "alphabeticalDesc",
    "numericalAsc",
    "numericalDesc",
    "alphabeticalCaseInsensitiveAsc",
    "alphabeticalCaseInsensitiveDesc",
    "naturalAsc",
    "naturalDesc",
)
VARIABLES = {
    "QueryVariable": "query",
    "TextVariable": "textbox",
    "ConstantVariable": "constant",
    "DatasourceVariable": "datasource",
    "IntervalVariable": "interval",
    "CustomVariable": "custom",
    "GroupByVariable": "groupby",
    "AdhocVariable": "adhoc",
    "SwitchVariable": "switch",
}
DEEPEST = 32


def classic(spec: Json, *, root: Path = ()) -> Json:
    """Return a v2 spec as classic dashboard JSON of schema 42."""
    time = mapping(spec.get("timeSettings"))
    picker = {
        "refresh_intervals": time.get("autoRefreshIntervals"),
        "hidden": time.get("hideTimepicker"),
        "quick_ranges": time.get("quickRanges"),
        "nowDelay": time.get("nowDelay"),
    }
    known = {"elements", "layout", "variables", "annotations", "timeSettings", "cursorSync"}
    return {key: value for key, value in spec.items() if key not in known} | {
        "schemaVersion": 42,
        "graphTooltip": CURSOR.get(text(spec.get("cursorSync")), 0),
        "time": {"from": time.get("from", "now-6h"), "to": time.get("to", "now")},
        "refresh": time.get("autoRefresh"),
        "timezone": time.get("timezone"),
        "weekStart": time.get("weekStart"),
        "fiscalYearStartMonth": time.get("fiscalYearStartMonth", 0),
        "timepicker": picker,
        "templating": {"list": [_variable(item) for item in objects(spec.get("variables"))]},
        "annotations": {"list": [_annotation(mapping(item.get("spec"))) for item in objects(spec.get("annotations"))]},
        "panels": _Layout(mapping(spec.get("elements")), root).panels(spec.get("layout")),
    }


@dataclass(frozen=True)
class _Layout:
    elements: Json
    root: Path

    def panels(self, layout: Any, *, depth: int = 0) -> list[Json]:
        """Return what a layout holds as panels; rows and tabs hold theirs in turn."""
        kind = text(mapping(layout).get("kind"))
        spec = mapping(mapping(layout).get("spec"))
        if depth > DEEPEST:
            return []
        match kind:
            case "RowsLayout":
                return [self._section(row, "row", depth) for row in objects(spec.get("rows"))]
            case "TabsLayout":
                return [self._section(tab, "tab", depth) for tab in objects(spec.get("tabs"))]
        return [panel for item in objects(spec.get("items")) if (panel := self._item(mapping(item.get("spec")), kind))]

    def _section(self, item: Json, kind: str, depth: int) -> Json:
        spec = mapping(item.get("spec"))
        layout = mapping(spec.get("layout"))
        kept = {key: spec.get(key) for key in ("fillScreen", "hideHeader")}
        kept["conditionalRendering"] = _condition(spec.get("conditionalRendering"))
        if layout.get("kind") == "AutoGridLayout":
            kept["grid"] = {key: value for key, value in mapping(layout.get("spec")).items() if key != "items"}
        return kept | {
            "type": "row",
            "_kind": kind,
            "title": spec.get("title"),
            "collapsed": bool(spec.get("collapse")),
            "repeat": mapping(spec.get("repeat")).get("value"),
            "_nested": True,
            "panels": self.panels(layout, depth=depth + 1),
        }

    def _item(self, item: Json, layout: str) -> Json | None:
        name = text(mapping(item.get("element")).get("name"))
        element = mapping(self.elements.get(name))
        if not element:
            return None
        repeat = mapping(item.get("repeat"))
        found = _panel(element) | {
            "_path": (*self.root, "elements", name),
            "repeat": repeat.get("value"),
            "repeatDirection": repeat.get("direction"),
            "maxPerRow": repeat.get("maxPerRow"),
            "conditionalRendering": _condition(item.get("conditionalRendering")),
        }
        if layout == "GridLayout":
            place = {"x": item.get("x"), "y": item.get("y"), "w": item.get("width"), "h": item.get("height")}
            return found | {"gridPos": place}
        return found | {"_layout": "auto"}


def _condition(value: Any) -> str:
    """Return in words when something is shown, "" where nothing is said of it."""
    spec = mapping(mapping(value).get("spec"))
    terms = [_term(item) for item in objects(spec.get("items"))]
    if not terms:
        return ""
    how = "any of" if text(spec.get("condition")) == "or" else "all of"
    said = terms[0] if len(terms) == 1 else f"{how}: {', '.join(terms)}"
    return f"{text(spec.get('visibility')) or 'show'} if {said}"


def _term(item: Json) -> str:
    """Return one condition in words; one of a kind that isn't known here as JSON."""
    spec = mapping(item.get("spec"))
    match text(item.get("kind")).removeprefix("ConditionalRendering"):
        case "Variable":
            return f"variable {text(spec.get('variable'))} {text(spec.get('operator'))} {text(spec.get('value'))}"
        case "Data":
            return "there is data" if spec.get("value") else "there is no data"
        case "TimeRangeSize":
            return f"the time range is less than {text(spec.get('value'))}"
    return json.dumps(item, sort_keys=True)


def _panel(element: Json) -> Json:
    spec = mapping(element.get("spec"))
    if element.get("kind") == "LibraryPanel":
        return {"id": spec.get("id"), "title": spec.get("title"), "libraryPanel": spec.get("libraryPanel")}
    data = mapping(mapping(spec.get("data")).get("spec"))
    viz = mapping(spec.get("vizConfig"))
    drawing = mapping(viz.get("spec"))
    queries = [_target(mapping(item.get("spec"))) for item in objects(data.get("queries"))]
    known = {"data", "vizConfig"}
    return (
        {key: value for key, value in spec.items() if key not in known}
        | mapping(data.get("queryOptions"))
        | {
            "type": viz["kind"] if text(viz.get("kind")) not in {"", "VizConfig"} else viz.get("group"),
            "targets": queries,
            "transformations": [_transformation(item) for item in objects(data.get("transformations"))],
            "options": drawing.get("options"),
            "fieldConfig": drawing.get("fieldConfig"),
        }
    )


def _target(spec: Json) -> Json:
    return _query(spec) | {"refId": spec.get("refId"), "hide": spec.get("hidden")}


def _query(spec: Json) -> Json:
    """Return the query in a spec with its data source: v2beta1 on names it in the query, v2alpha1 beside it."""
    query = mapping(spec.get("query"))
    kind = text(query.get("group")) if query.get("kind") == "DataQuery" else text(query.get("kind"))
    beside, within = mapping(spec.get("datasource")), mapping(query.get("datasource"))
    uid = text(within.get("name")) or text(within.get("uid")) or text(beside.get("uid"))
    source = {"type": kind or text(beside.get("type")), "uid": uid}
    return mapping(query.get("spec")) | ({"datasource": source} if any(source.values()) else {})


def _transformation(item: Json) -> Json:
    spec = mapping(item.get("spec"))
    name = item.get("group") if item.get("kind") == "Transformation" else item.get("kind")
    return spec | {"id": text(spec.get("id")) or text(name)}


def _variable(item: Json) -> Json:
    spec = mapping(item.get("spec"))
    kind = VARIABLES.get(text(item.get("kind")), text(item.get("kind")))
    found = spec | {
        "type": kind,
        "hide": HIDE.get(text(spec.get("hide")), spec.get("hide")),
        "refresh": REFRESH.get(text(spec.get("refresh")), spec.get("refresh")),
        "sort": SORT.index(spec["sort"]) if spec.get("sort") in SORT else spec.get("sort"),
    }
    if isinstance(spec.get("query"), dict):
        inner = _query(spec)
        found |= {"datasource": inner.pop("datasource", None), "query": inner.get("__legacyStringValue", inner)}
    elif kind in {"adhoc", "groupby"}:
        group = text(item.get("group"))
        source = mapping(item.get("datasource")) or mapping(spec.get("datasource"))
        found["datasource"] = {"type": group or source.get("type"), "uid": source.get("name") or source.get("uid")}
    if kind == "datasource":
        found["query"] = spec.get("pluginId")
        found.pop("pluginId", None)
    return found


def _annotation(spec: Json) -> Json:
    inner = _query(spec)
    known = {"query", "legacyOptions", "builtIn", "datasource"}
    kept = {key: value for key, value in spec.items() if key not in known}
    return inner | mapping(spec.get("legacyOptions")) | kept | {"builtIn": whole(bool(spec.get("builtIn")) + 0)}
