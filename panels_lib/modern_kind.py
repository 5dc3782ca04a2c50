"""Panel kinds that Grafana no longer has, as the kinds that took their place."""

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


def revived(given: JsonObject) -> JsonObject:
    """Return the panel as a living kind, its settings carried over where both kinds have them."""
    panel = {**given, "fieldConfig": copy_of(given.get("fieldConfig"))}
    kind = panel.get("type") or "timeseries"
    panel["type"] = SUCCESSORS.get(kind, kind)
    if kind == "graph":
        return graph(panel)
    if kind in {"singlestat", "grafana-singlestat-panel"}:
        return single_stat(panel)
    if kind == "alertlist":
        return alert_list(panel)
    return panel


def copy_of(config: JsonObject | None) -> JsonObject:
    """Return a copy deep enough to mend."""
    config = config or {}
    return {**config, "defaults": dict(config.get("defaults") or {}), "overrides": list(config.get("overrides") or [])}


def graph(panel: JsonObject) -> JsonObject:
    """Return a graph as a time series."""
    defaults = panel["fieldConfig"]["defaults"]
    left: JsonObject = (panel.get("yaxes") or [{}])[0] or {}
    null_mode = panel.get("nullPointMode")
    custom: JsonObject = {
        "drawStyle": "bars" if panel.get("bars") else "line" if panel.get("lines", True) else "points",
        "fillOpacity": min(100, 10 * int(panel.get("fill") or 0)),
        "lineWidth": panel.get("linewidth", 1),
        "pointSize": panel.get("pointradius") or 5,
        "showPoints": "always" if panel.get("points") else "never",
        "spanNulls": null_mode == "connected",
        "stacking": {
            "group": "A",
            "mode": "percent" if panel.get("percentage") else "normal" if panel.get("stack") else "none",
        },
    }
    if panel.get("steppedLine"):
        custom["lineInterpolation"] = "stepAfter"
    if (left.get("logBase") or 1) > 1:
        custom["scaleDistribution"] = {"type": "log", "log": left["logBase"]}
    if left.get("label"):
        custom["axisLabel"] = left["label"]
    defaults["custom"] = {**custom, **(defaults.get("custom") or {})}
    for key, value in (("unit", left.get("format")), ("min", left.get("min")), ("max", left.get("max"))):
        if value not in (None, "", "short" if key == "unit" else None) and key not in defaults:
            defaults[key] = float(value) if key != "unit" else value
    lines = [line for line in panel.get("thresholds") or [] if isinstance(line, dict) and line.get("value") is not None]
    if lines:
        defaults["thresholds"] = {"mode": "absolute", "steps": graph_steps(lines)}
        defaults["custom"]["thresholdsStyle"] = {"mode": "line"}
    else:
        defaults.pop("thresholds", None)
    panel["options"] = {
        "legend": graph_legend(panel.get("legend") or {}),
        "tooltip": graph_tooltip(panel.get("tooltip") or {}),
    }
    panel["fieldConfig"]["overrides"] += [
        series_override(one) for one in panel.get("seriesOverrides") or [] if one.get("alias")
    ]
    return panel


def graph_steps(lines: list[JsonObject]) -> list[JsonObject]:
    """Return a graph's threshold lines as steps."""
    colours = {"critical": "red", "warning": "orange", "ok": "green"}
    steps = [
        {
            "color": colours.get(line.get("colorMode", "critical"), line.get("lineColor") or "red"),
            "value": line["value"],
        }
        for line in lines
    ]
    return [{"color": "transparent", "value": None}, *sorted(steps, key=lambda step: float(step["value"]))]


def graph_legend(given: JsonObject) -> JsonObject:
    """Return a graph's legend: its switches as calculations."""
    names = {"current": "lastNotNull", "avg": "mean", "min": "min", "max": "max", "total": "sum"}
    calcs = [calc for switch, calc in names.items() if given.get("values") and given.get(switch)]
    return {
        "calcs": calcs,
        "displayMode": "table" if given.get("alignAsTable") else "list",
        "placement": "right" if given.get("rightSide") else "bottom",
        "showLegend": given.get("show", True),
    }


def graph_tooltip(given: JsonObject) -> JsonObject:
    """Return a graph's tooltip."""
    order = {1: "asc", 2: "desc"}.get(given.get("sort", 0), "none")
    return {"hideZeros": False, "mode": "multi" if given.get("shared", True) else "single", "sort": order}


def series_override(given: JsonObject) -> JsonObject:
    """Return a series override of old: its alias is a name or /a pattern/."""
    alias = given["alias"]
    pattern = len(alias) > 1 and alias.startswith("/") and alias.endswith("/")
    properties: list[JsonObject] = []
    if given.get("color"):
        properties.append({"id": "color", "value": {"mode": "fixed", "fixedColor": given["color"]}})
    if given.get("dashes"):
        properties.append(
            {
                "id": "custom.lineStyle",
                "value": {"fill": "dash", "dash": [given.get("dashLength") or 10, given.get("spaceLength") or 10]},
            }
        )
    if isinstance(given.get("fill"), int):
        properties.append({"id": "custom.fillOpacity", "value": min(100, 10 * given["fill"])})
    if given.get("yaxis") == 2:
        properties.append({"id": "custom.axisPlacement", "value": "right"})
    return {"matcher": {"id": "byRegexp" if pattern else "byName", "options": alias}, "properties": properties}


def single_stat(panel: JsonObject) -> JsonObject:
    """Return a singlestat as a stat."""
    defaults = panel["fieldConfig"]["defaults"]
    value = panel.get("valueName") or "mean"
    calc = {"avg": "mean", "current": "lastNotNull", "total": "sum"}.get(value, value)
    panel["options"] = {
        "colorMode": "background" if panel.get("colorBackground") else "value" if panel.get("colorValue") else "none",
        "graphMode": "area" if (panel.get("sparkline") or {}).get("show") else "none",
        "reduceOptions": {"calcs": [calc], "fields": "", "values": False},
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
    bounds = [float(value) for value in str(panel.get("thresholds") or "").split(",") if is_number(value)]
    colours = panel.get("colors") or ["green", "orange", "red"]
    if bounds and len(colours) > len(bounds):
        steps = [{"color": colours[0], "value": None}]
        steps += [{"color": colour, "value": value} for colour, value in zip(colours[1:], bounds, strict=False)]
        defaults["thresholds"] = {"mode": "absolute", "steps": steps}
    elif not isinstance((defaults.get("thresholds") or {}).get("steps"), list):
        defaults.pop("thresholds", None)
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
    if "stateFilter" not in options:
        states = panel.get("stateFilter") or []
        options = {
            "alertInstanceLabelFilter": "",
            "alertName": options.get("alertName") or panel.get("nameFilter") or "",
            "dashboardAlerts": bool(panel.get("onlyAlertsOnDashboard")),
            "groupBy": [],
            "groupMode": "default",
            "maxItems": panel.get("limit") or 20,
            "sortOrder": panel.get("sortOrder") or 1,
            "stateFilter": {
                "error": True,
                "firing": not states or "alerting" in states,
                "noData": False,
                "normal": "ok" in states,
                "pending": True,
            },
            "viewMode": "list",
        }
    return {**panel, "options": options}
