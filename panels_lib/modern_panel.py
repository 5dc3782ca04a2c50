"""Mending one panel: envelope, kind, queries, fields, options."""

from panels_lib.defaults import COLOUR, CUSTOM, OPTIONS, WITHOUT_FIELDS, filled
from panels_lib.modern_frame import dashboard_link, data_source
from panels_lib.modern_kind import revived
from panels_lib.modern_options import custom_fields, panel_options
from panels_lib.modern_target import mended_targets
from panels_lib.panel import Json, JsonObject

PLUGIN_VERSION = "12.4.0"
ENVELOPE = (
    "cacheTimeout",
    "datasource",
    "description",
    "fieldConfig",
    "gridPos",
    "hideTimeOverride",
    "id",
    "interval",
    "libraryPanel",
    "links",
    "maxDataPoints",
    "maxPerRow",
    "options",
    "pluginVersion",
    "queryCachingTTL",
    "repeat",
    "repeatDirection",
    "targets",
    "timeCompare",
    "timeFrom",
    "timeShift",
    "title",
    "transformations",
    "transparent",
    "type",
)
ONLY_WHEN_SET = (
    "cacheTimeout",
    "description",
    "hideTimeOverride",
    "interval",
    "links",
    "maxPerRow",
    "repeat",
    "repeatDirection",
    "timeFrom",
    "timeShift",
    "transformations",
    "transparent",
)
FIELD_KEYS = (
    "actions",
    "color",
    "custom",
    "decimals",
    "description",
    "displayName",
    "filterable",
    "links",
    "mappings",
    "max",
    "min",
    "noValue",
    "thresholds",
    "unit",
)
DEFAULT_STEPS: list[JsonObject] = [{"color": "green", "value": None}, {"color": "red", "value": 80}]


def modern_panel(given: JsonObject) -> JsonObject:
    """Return a panel or a row in today's form."""
    if given.get("libraryPanel"):
        return {key: given[key] for key in ("gridPos", "id", "libraryPanel", "title") if key in given} | {
            "type": "library-panel-ref"
        }
    if given.get("type") == "row":
        return modern_row(given)
    panel = revived(given)
    kind = panel["type"]
    found = {key: panel[key] for key in ENVELOPE if panel.get(key) is not None}
    for key in ONLY_WHEN_SET:
        if not found.get(key):
            found.pop(key, None)
    if found.get("maxDataPoints") == 100:  # grafanalib's default, which draws a line of a hundred points
        del found["maxDataPoints"]
    found["options"] = filled(panel_options(panel), OPTIONS.get(kind, {}))
    found["fieldConfig"] = fields(panel)
    found["pluginVersion"] = PLUGIN_VERSION
    found["title"] = panel.get("title") or ""
    if "links" in found:
        found["links"] = [dashboard_link(one) for one in found["links"]]
    return found | queried(panel)


def modern_row(given: JsonObject) -> JsonObject:
    """Return a row's header."""
    found = {
        "collapsed": bool(given.get("collapsed")),
        "gridPos": given["gridPos"],
        "id": given["id"],
        "panels": [modern_panel(panel) for panel in given.get("panels") or []],
        "title": given.get("title") or "",
        "type": "row",
    }
    return found | ({"repeat": given["repeat"]} if given.get("repeat") else {})


def queried(panel: JsonObject) -> JsonObject:
    """Return the data source and the queries; a panel that asks nothing has neither."""
    if panel["type"] in {"text", "alertlist", "dashlist", "annolist", "news"} and not panel.get("targets"):
        return {"datasource": None, "targets": None}
    source = data_source(panel.get("datasource"), "prometheus")
    targets = mended_targets(panel.get("targets") or [], source)
    sources = [target["datasource"] for target in targets]
    if sources and all(one == sources[0] for one in sources) and not panel.get("datasource"):
        source = sources[0]
    return {"datasource": source, "targets": targets}


def fields(panel: JsonObject) -> JsonObject:
    """Return the field configuration with all that Grafana fills in."""
    kind = panel["type"]
    given = panel.get("fieldConfig") or {}
    defaults = {
        key: value for key, value in (given.get("defaults") or {}).items() if key in FIELD_KEYS and value is not None
    }
    overrides = [mended_override(one) for one in given.get("overrides") or []]
    if kind in WITHOUT_FIELDS:
        return {"defaults": {}, "overrides": overrides}
    defaults["thresholds"] = thresholds(defaults.get("thresholds") or {})
    defaults.setdefault("mappings", [])
    if not defaults.get("color") or not defaults["color"].get("mode"):
        defaults["color"] = {"mode": COLOUR.get(kind, "thresholds")}
    defaults["mappings"] = [mended_mapping(one) for one in defaults["mappings"] if isinstance(one, dict)]
    custom = filled(custom_fields(kind, defaults.get("custom") or {}), CUSTOM.get(kind, {}))
    defaults.pop("custom", None)
    if custom:
        defaults["custom"] = custom
    for key in ("unit", "links", "displayName", "noValue", "description"):
        if not defaults.get(key):
            defaults.pop(key, None)
    return {"defaults": defaults, "overrides": overrides}


def mended_override(given: JsonObject) -> JsonObject:
    """Return an override without properties that say nothing."""
    properties = [
        {"id": one["id"], "value": one["value"]}
        for one in given.get("properties") or []
        if one.get("value") is not None
    ]
    return {"matcher": given["matcher"], "properties": properties}


def mended_mapping(given: JsonObject) -> JsonObject:
    """Return a value mapping; those from before Grafana 8 say their type by number."""
    if given.get("type") not in {1, 2}:
        return given
    result = {"index": 0, "text": given.get("text") or ""}
    if given["type"] == 1:
        return {"type": "value", "options": {str(given.get("value")): result}}
    low, high = number(given.get("from")), number(given.get("to"))
    return {"type": "range", "options": {"from": as_float(low), "to": as_float(high), "result": result}}


def as_float(given: Json) -> float | None:
    """Return a bound that may come as text."""
    return None if given is None else float(given)


def thresholds(given: JsonObject) -> JsonObject:
    """Return thresholds whose first step is open; grafanalib writes the word 'null' there and fields nobody reads."""
    listed = given.get("steps")
    steps = [
        {"color": one["color"], "value": number(one.get("value"))}
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and "color" in one
    ]
    if not steps:
        steps = [dict(step) for step in DEFAULT_STEPS]
    head, *rest = sorted(steps, key=lambda step: (step["value"] is not None, step["value"] or 0))
    return {"mode": given.get("mode") or "absolute", "steps": [{**head, "value": None}, *rest]}


def number(value: Json) -> Json:
    """Return a number, or None for 'null'."""
    return None if value in {None, "null", ""} else value
