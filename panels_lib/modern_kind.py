"""Panel kinds that Grafana no longer has, as the kinds that took their place."""

from collections.abc import Callable

from panels_lib import modern_graph
from panels_lib.panel import JsonObject

SUCCESSORS = {
    "graph": "timeseries",
    "singlestat": "stat",
    "grafana-singlestat-panel": "stat",
    "table-old": "table",
    "grafana-piechart-panel": "piechart",
    "natel-discrete-panel": "state-timeline",
    "flant-statusmap-panel": "status-history",
    "grafana-worldmap-panel": "geomap",
}
STAT_CALCULATIONS = {"avg": "mean", "current": "lastNotNull", "total": "sum"}


def revived(given: JsonObject) -> JsonObject:
    """Return the panel as a living kind, its settings carried over where both kinds have them."""
    panel = {**given, "fieldConfig": copy_of(given.get("fieldConfig"))}
    kind = panel.get("type") or "timeseries"
    panel["type"] = SUCCESSORS.get(kind, kind)
    mend = MENDERS.get(kind)
    return mend(panel) if mend else panel


def copy_of(config: JsonObject | None) -> JsonObject:
    """Return a copy deep enough to mend."""
    config = config or {}
    return {**config, "defaults": dict(config.get("defaults") or {}), "overrides": list(config.get("overrides") or [])}


def stat(panel: JsonObject) -> JsonObject:
    """Return a singlestat as a stat."""
    defaults = panel["fieldConfig"]["defaults"]
    calculation = panel.get("valueName") or "mean"
    panel["options"] = {
        "colorMode": "background" if panel.get("colorBackground") else "value" if panel.get("colorValue") else "none",
        "graphMode": "area" if (panel.get("sparkline") or {}).get("show") else "none",
        "reduceOptions": {"calcs": [STAT_CALCULATIONS.get(calculation, calculation)], "fields": "", "values": False},
    }
    if panel.get("format") not in {None, "none"}:
        defaults["unit"] = panel["format"]
    if panel.get("decimals") is not None:
        defaults["decimals"] = panel["decimals"]
    words = {
        str(one["value"]): {"index": place, "text": one["text"]}
        for place, one in enumerate(panel.get("valueMaps") or [])
        if one.get("value") not in {None, "null"} and one.get("text")
    }
    if words:
        defaults["mappings"] = [{"type": "value", "options": words}]
    bounds = [float(part) for part in str(panel.get("thresholds") or "").split(",") if is_number(part)]
    colours = panel.get("colors") or ["green", "orange", "red"]
    if bounds and len(colours) > len(bounds):
        bands = zip(colours, [None, *bounds], strict=False)
        defaults["thresholds"] = {"mode": "absolute", "steps": [{"color": c, "value": v} for c, v in bands]}
    return panel


def is_number(text: str) -> bool:
    """Whether a part of a singlestat's thresholds is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def alert_list(panel: JsonObject) -> JsonObject:
    """Return today's alert list; of the one for the alerting that Grafana 11 removed, what still has a meaning."""
    options = dict(panel.get("options") or {})
    if "stateFilter" in options:
        return panel
    states = panel.get("stateFilter") or []
    panel["options"] = {
        "alertInstanceLabelFilter": "",
        "alertName": options.get("alertName") or panel.get("nameFilter") or "",
        "dashboardAlerts": bool(panel.get("onlyAlertsOnDashboard")),
        "maxItems": panel.get("limit") or 20,
        "sortOrder": panel.get("sortOrder") or 1,
        "stateFilter": {"firing": not states or "alerting" in states, "normal": "ok" in states},
    }
    return panel


def dashboard_list(panel: JsonObject) -> JsonObject:
    """Return a dashboard list whose settings sit in its options."""
    switches = {
        "headings": "showHeadings",
        "search": "showSearch",
        "recent": "showRecentlyViewed",
        "starred": "showStarred",
    }
    texts = {"limit": "maxItems", "query": "query", "tags": "tags"}
    moved = {new: panel[old] for old, new in {**switches, **texts}.items() if panel.get(old) is not None}
    panel["options"] = {**moved, **(panel.get("options") or {})}
    return panel


MENDERS: dict[str, Callable[[JsonObject], JsonObject]] = {
    "graph": modern_graph.time_series,
    "singlestat": stat,
    "grafana-singlestat-panel": stat,
    "alertlist": alert_list,
    "dashlist": dashboard_list,
}
