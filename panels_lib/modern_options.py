"""Living kinds whose settings grafanalib writes where their plugin doesn't look, as a panel with them in place."""

from panels_lib.defaults import OPTIONS
from panels_lib.panel import JsonObject


def gauge(panel: JsonObject) -> JsonObject:
    """Lift a gauge's options out of its field configuration."""
    config, defaults = panel["fieldConfig"], panel["fieldConfig"]["defaults"]
    lifted = {key: config[key] for key in ("showThresholdLabels", "showThresholdMarkers") if key in config}
    if "calcs" in defaults:
        lifted["reduceOptions"] = {"calcs": defaults["calcs"], "fields": "", "values": bool(defaults.get("values"))}
    return {**panel, "options": {**lifted, **(panel.get("options") or {})}}


def bar_gauge(panel: JsonObject) -> JsonObject:
    """Split a bar gauge's `fieldOptions` into reduceOptions and field defaults."""
    options = dict(panel.get("options") or {})
    old = options.pop("fieldOptions", None) or {}
    defaults = panel["fieldConfig"]["defaults"]
    if old:
        reduced: JsonObject = {
            "calcs": old.get("calcs") or ["lastNotNull"],
            "fields": "",
            "values": bool(old.get("values")),
        }
        if old.get("limit"):
            reduced["limit"] = old["limit"]
        options = {"reduceOptions": reduced, **options}
    said = {key: value for key, value in (old.get("defaults") or {}).items() if value not in (None, [], "")}
    defaults = {**said, **defaults}
    if old.get("thresholds") and not (defaults.get("thresholds") or {}).get("steps"):
        defaults["thresholds"] = {"mode": "absolute", "steps": old["thresholds"]}
    kept = {key: value for key, value in options.items() if key in OPTIONS["bargauge"]}
    return {**panel, "options": kept, "fieldConfig": {**panel["fieldConfig"], "defaults": defaults}}


def heatmap(panel: JsonObject) -> JsonObject:
    """Return today's heatmap; grafanalib's speaks to the plugin that was retired with Grafana 9."""
    if isinstance(panel.get("options"), dict) and panel["options"]:
        return panel
    options: JsonObject = {"calculate": panel.get("dataFormat") == "timeseries"}
    unit = (panel.get("yAxis") or {}).get("format")
    if unit:
        options["yAxis"] = {"unit": unit}
    return {**panel, "options": options}


def news(panel: JsonObject) -> JsonObject:
    """Keep what the news panel still reads: the proxy went with Grafana 8."""
    options = panel.get("options") or {}
    return {**panel, "options": {key: value for key, value in options.items() if key in OPTIONS["news"]}}


def alert_list(panel: JsonObject) -> JsonObject:
    """Return today's alert list; of the one for the alerting that Grafana 11 removed, what still has a meaning."""
    options = panel.get("options") or {}
    if "stateFilter" in options:
        return panel
    states = panel.get("stateFilter") or []
    kept = {
        "alertName": options.get("alertName") or panel.get("nameFilter") or "",
        "dashboardAlerts": bool(panel.get("onlyAlertsOnDashboard")),
        "maxItems": panel.get("limit") or 20,
        "sortOrder": panel.get("sortOrder") or 1,
        "stateFilter": {"firing": not states or "alerting" in states, "normal": "ok" in states},
    }
    return {**panel, "options": kept}


def dashboard_list(panel: JsonObject) -> JsonObject:
    """Move a dashboard list's settings into its options."""
    names = {
        "headings": "showHeadings",
        "search": "showSearch",
        "recent": "showRecentlyViewed",
        "starred": "showStarred",
        "limit": "maxItems",
        "query": "query",
        "tags": "tags",
    }
    moved = {new: panel[old] for old, new in names.items() if panel.get(old) is not None}
    return {**panel, "options": {**moved, **(panel.get("options") or {})}}
