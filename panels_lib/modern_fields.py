"""Mending field configurations: thresholds, mappings, overrides, a kind's custom fields."""

from panels_lib.defaults import COLOUR, CUSTOM, WITHOUT_FIELDS, WITHOUT_STANDARD_FIELDS, filled
from panels_lib.panel import Json, JsonObject

KEYS = (
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
ONLY_WHEN_SET = ("unit", "links", "displayName", "noValue", "description", "custom")
DEFAULT_STEPS: list[JsonObject] = [{"color": "green", "value": None}, {"color": "red", "value": 80}]
GAUGES = {"gradient-gauge": "gradient", "lcd-gauge": "lcd", "basic": "basic"}
VALUE, RANGE = 1, 2  # types of mappings before Grafana 8


def fields(panel: JsonObject) -> JsonObject:
    """Return a panel's field configuration with all that Grafana fills in."""
    kind, config = panel["type"], panel["fieldConfig"]
    given = {} if kind in WITHOUT_FIELDS else config["defaults"]
    found = {key: given[key] for key in KEYS if given.get(key) is not None}
    if kind not in WITHOUT_STANDARD_FIELDS:
        found |= standard(kind, found)
    found["custom"] = filled(custom(kind, found.get("custom") or {}), CUSTOM.get(kind, {}))
    defaults = {key: value for key, value in found.items() if value or key not in ONLY_WHEN_SET}
    if kind == "heatmap":  # its axis and its cells have units of their own
        defaults = {key: defaults[key] for key in ("custom", "links") if key in defaults}
    return {"defaults": defaults, "overrides": [override(one) for one in config["overrides"]]}


def standard(kind: str, given: JsonObject) -> JsonObject:
    """Return the fields that every kind with numbers has."""
    color = given.get("color") or {}
    return {
        "color": color if color.get("mode") else {"mode": COLOUR.get(kind, "thresholds")},
        "mappings": [mapping(one) for one in given.get("mappings") or [] if isinstance(one, dict)],
        "thresholds": thresholds(given.get("thresholds") or {}),
    }


def override(given: JsonObject) -> JsonObject:
    """Return an override without properties that say nothing."""
    properties = [one for one in given.get("properties") or [] if one.get("value") is not None]
    return {"matcher": given["matcher"], "properties": [{"id": one["id"], "value": one["value"]} for one in properties]}


def mapping(given: JsonObject) -> JsonObject:
    """Return a value mapping; those from before Grafana 8 say their type by number."""
    if given.get("type") not in {VALUE, RANGE}:
        return given
    result = {"index": 0, "text": given.get("text") or ""}
    if given["type"] == VALUE:
        return {"type": "value", "options": {str(given.get("value")): result}}
    low, high = (
        None if bound is None else float(bound) for bound in (number(given.get("from")), number(given.get("to")))
    )
    return {"type": "range", "options": {"from": low, "to": high, "result": result}}


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


def custom(kind: str, given: JsonObject) -> JsonObject:
    """Return a kind's custom fields: no nulls, today's names."""
    found = {key: value for key, value in given.items() if value is not None}
    if kind == "table":
        mode = found.pop("displayMode", None)
        if mode and "cellOptions" not in found:
            found["cellOptions"] = cell_options(mode)
        if found.get("filterable") is False:
            del found["filterable"]
    scale = found.get("scaleDistribution")
    if isinstance(scale, dict) and scale.get("type") == "linear":
        found["scaleDistribution"] = {"type": "linear"}
    if not found.get("stacking", True):
        del found["stacking"]
    return found


def cell_options(mode: str) -> JsonObject:
    """Return a table's old display mode as a cell type."""
    if mode in GAUGES:
        return {"type": "gauge", "mode": GAUGES[mode]}
    if mode.startswith("color-background"):
        return {"type": "color-background", "mode": "basic" if mode.endswith("solid") else "gradient"}
    return {"type": mode}
