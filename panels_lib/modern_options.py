"""Mending a kind's options and custom fields where grafanalib puts them elsewhere or leaves them half."""

from collections.abc import Callable

from panels_lib.defaults import CUSTOM, LEGEND, OPTIONS
from panels_lib.panel import JsonObject

LEGEND_KEYS = (
    "asTable",
    "calcs",
    "displayMode",
    "isVisible",
    "placement",
    "showLegend",
    "sortBy",
    "sortDesc",
    "width",
    "limit",
)


def panel_options(panel: JsonObject) -> JsonObject:
    """Return a panel's options as its plugin reads them."""
    given = panel.get("options")
    options = dict(given) if isinstance(given, dict) else {}
    mend = MENDERS.get(panel["type"])
    if mend:
        options = mend(options, panel)
    if isinstance(options.get("legend"), dict) and panel["type"] != "heatmap":
        options["legend"] = legend(options["legend"])
    return {key: value for key, value in options.items() if value is not None}


def legend(given: JsonObject) -> JsonObject:
    """Return a legend that says whether it is shown; 'hidden' was a display mode once."""
    found = {key: given[key] for key in LEGEND_KEYS if given.get(key) is not None}
    if found.get("displayMode") == "hidden":
        return {**LEGEND, **found, "displayMode": "list", "showLegend": False}
    return {**LEGEND, **found}


def gauge(options: JsonObject, panel: JsonObject) -> JsonObject:
    """Lift what grafanalib writes into the field configuration."""
    config = panel.get("fieldConfig") or {}
    defaults = config.get("defaults") or {}
    lifted = {key: config[key] for key in ("showThresholdLabels", "showThresholdMarkers") if key in config}
    if "calcs" in defaults and "reduceOptions" not in options:
        lifted["reduceOptions"] = {"calcs": defaults["calcs"], "fields": "", "values": bool(defaults.get("values"))}
    return {**lifted, **options}


def bar_gauge(options: JsonObject, panel: JsonObject) -> JsonObject:
    """Turn `fieldOptions` into reduceOptions and fields; thresholds of a bar gauge sit there as well."""
    found = dict(options)
    old = found.pop("fieldOptions", None)
    if old:
        reduced: JsonObject = {
            "calcs": old.get("calcs") or ["lastNotNull"],
            "fields": "",
            "values": bool(old.get("values")),
        }
        if old.get("limit"):
            reduced["limit"] = old["limit"]
        found.setdefault("reduceOptions", reduced)
        defaults = panel.setdefault("fieldConfig", {}).setdefault("defaults", {})
        for key, value in (old.get("defaults") or {}).items():
            if value not in (None, [], "") and key != "title":
                defaults.setdefault(key, value)
        if old.get("thresholds") and not (defaults.get("thresholds") or {}).get("steps"):
            defaults["thresholds"] = {"mode": "absolute", "steps": old["thresholds"]}
    return {key: value for key, value in found.items() if key in OPTIONS["bargauge"]}


def heatmap(options: JsonObject, panel: JsonObject) -> JsonObject:
    """Return today's heatmap; grafanalib's speaks to the plugin that was retired with Grafana 9."""
    if options:
        return {key: value for key, value in options.items() if key != "cards"}
    unit = (panel.get("yAxis") or {}).get("format")
    if unit:
        options["yAxis"] = {"unit": unit}
    if panel.get("dataFormat") == "timeseries":
        options["calculate"] = True
    return options


def news(options: JsonObject, _panel: JsonObject) -> JsonObject:
    """Keep what the news panel still reads: the proxy went with Grafana 8."""
    return {key: value for key, value in options.items() if key in OPTIONS["news"]}


MENDERS: dict[str, Callable[[JsonObject, JsonObject], JsonObject]] = {
    "gauge": gauge,
    "bargauge": bar_gauge,
    "heatmap": heatmap,
    "news": news,
}


def custom_fields(kind: str, given: JsonObject) -> JsonObject:
    """Return a kind's custom fields: numbers as numbers, today's names."""
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
    return found if kind in CUSTOM or found else {}


def cell_options(mode: str) -> JsonObject:
    """Return a table's old display mode as a cell type."""
    gauges = {"gradient-gauge": "gradient", "lcd-gauge": "lcd", "basic": "basic"}
    if mode in gauges:
        return {"type": "gauge", "mode": gauges[mode]}
    if mode.startswith("color-background"):
        return {"type": "color-background", "mode": "basic" if mode.endswith("solid") else "gradient"}
    return {"type": mode}
