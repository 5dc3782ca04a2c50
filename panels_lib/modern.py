"""The one pass that turns grafanalib's JSON into today's Grafana JSON (schemaVersion 42).

Pure: it reads a dashboard as plain data and returns a new one. Each step mends one thing that grafanalib's output has
and Grafana's types don't, or lacks and Grafana would add on load; a dashboard that is modern already stays as it is.
"""

from panels_lib.modern_frame import annotation, dashboard_link, variable, without_nulls
from panels_lib.modern_panel import modern_panel
from panels_lib.modern_rows import panels_of_rows
from panels_lib.panel import JsonObject

SCHEMA_VERSION = 42
KEPT = (
    "annotations",
    "description",
    "editable",
    "fiscalYearStartMonth",
    "graphTooltip",
    "links",
    "liveNow",
    "panels",
    "preload",
    "refresh",
    "schemaVersion",
    "tags",
    "templating",
    "time",
    "timepicker",
    "timezone",
    "title",
    "uid",
    "weekStart",
)
DEFAULTS: JsonObject = {
    "editable": True,
    "fiscalYearStartMonth": 0,
    "graphTooltip": 0,
    "preload": False,
    "time": {"from": "now-6h", "to": "now"},
    "timezone": "browser",
    "weekStart": "",
}


def modern(dashboard: JsonObject) -> JsonObject:
    """Return the dashboard in today's form."""
    panels = panels_of_rows(dashboard)
    marks = [annotation(one) for one in dashboard.get("annotations", {}).get("list", [])]
    found: JsonObject = {**DEFAULTS, **{key: dashboard[key] for key in KEPT if dashboard.get(key) is not None}}
    if dashboard.get("sharedCrosshair"):
        found["graphTooltip"] = 1
    found |= {
        "annotations": {"list": marks if any(mark.get("builtIn") for mark in marks) else [annotation(None), *marks]},
        "links": [dashboard_link(one) for one in dashboard.get("links") or []],
        "panels": [modern_panel(panel) for panel in panels],
        "refresh": dashboard.get("refresh") or "",
        "schemaVersion": SCHEMA_VERSION,
        "tags": list(dashboard.get("tags") or []),
        "templating": {"list": [variable(one) for one in dashboard.get("templating", {}).get("list", [])]},
        "timepicker": timepicker(dashboard.get("timepicker") or {}),
    }
    cleaned: JsonObject = without_nulls(found)
    return cleaned


def timepicker(given: JsonObject) -> JsonObject:
    """Keep what Grafana still reads and only where it differs from what Grafana does anyway."""
    kept = {key: given[key] for key in ("nowDelay", "quick_ranges") if given.get(key)}
    if given.get("hidden"):
        kept["hidden"] = True
    intervals = given.get("refresh_intervals")
    if intervals and intervals != ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"]:
        kept["refresh_intervals"] = intervals
    return kept
