"""The graph panel of old as a time series."""

from panels_lib.panel import JsonObject

CALCULATIONS = {"current": "lastNotNull", "avg": "mean", "min": "min", "max": "max", "total": "sum"}
COLOURS = {"critical": "red", "warning": "orange", "ok": "green"}


def time_series(panel: JsonObject) -> JsonObject:
    """Return the graph's settings as those of a time series."""
    config = panel["fieldConfig"]
    axis: JsonObject = (panel.get("yaxes") or [{}])[0] or {}
    lines = [one for one in panel.get("thresholds") or [] if isinstance(one, dict) and one.get("value") is not None]
    custom = {**drawing(panel, axis), **({"thresholdsStyle": {"mode": "line"}} if lines else {})}
    aliased = [one for one in panel.get("seriesOverrides") or [] if one.get("alias")]
    return {
        **panel,
        "options": {"legend": legend(panel.get("legend") or {}), "tooltip": tooltip(panel.get("tooltip") or {})},
        "fieldConfig": {
            "defaults": {
                **scale(axis),
                **{key: value for key, value in config["defaults"].items() if value not in ("", None)},
                "custom": {**custom, **(config["defaults"].get("custom") or {})},
                "thresholds": {"mode": "absolute", "steps": threshold_steps(lines)},
            },
            "overrides": [*config["overrides"], *(series_override(one) for one in aliased)],
        },
    }


def scale(axis: JsonObject) -> JsonObject:
    """Return an axis' unit and bounds as fields."""
    found: JsonObject = {key: float(axis[key]) for key in ("min", "max") if axis.get(key) not in {None, ""}}
    return found if axis.get("format") in {None, "", "short"} else {**found, "unit": axis["format"]}


def drawing(panel: JsonObject, axis: JsonObject) -> JsonObject:
    """Return how the lines are drawn."""
    custom: JsonObject = {
        "drawStyle": "bars" if panel.get("bars") else "line" if panel.get("lines", True) else "points",
        "fillOpacity": opacity(panel.get("fill") or 0),
        "lineWidth": panel.get("linewidth", 1),
        "pointSize": panel.get("pointradius") or 5,
        "showPoints": "always" if panel.get("points") else "never",
        "spanNulls": panel.get("nullPointMode") == "connected",
        "stacking": {
            "group": "A",
            "mode": "percent" if panel.get("percentage") else "normal" if panel.get("stack") else "none",
        },
    }
    if panel.get("steppedLine"):
        custom["lineInterpolation"] = "stepAfter"
    if (axis.get("logBase") or 1) > 1:
        custom["scaleDistribution"] = {"type": "log", "log": axis["logBase"]}
    if axis.get("label"):
        custom["axisLabel"] = axis["label"]
    return custom


def opacity(fill: float) -> int:
    """Return a graph's fill, 0 to 10, in per cent."""
    return min(100, round(10 * fill))


def threshold_steps(lines: list[JsonObject]) -> list[JsonObject]:
    """Return threshold lines as steps."""
    steps = [
        {"color": COLOURS.get(line.get("colorMode", "critical")) or line.get("lineColor") or "red", **value(line)}
        for line in lines
    ]
    return [
        {"color": "transparent" if lines else "green", "value": None},
        *sorted(steps, key=lambda step: step["value"]),
    ]


def value(line: JsonObject) -> JsonObject:
    """Return where a line stands."""
    return {"value": float(line["value"])}


def legend(given: JsonObject) -> JsonObject:
    """Return a legend, its switches as calculations."""
    return {
        "calcs": [calc for switch, calc in CALCULATIONS.items() if given.get("values") and given.get(switch)],
        "displayMode": "table" if given.get("alignAsTable") else "list",
        "placement": "right" if given.get("rightSide") else "bottom",
        "showLegend": given.get("show", True),
    }


def tooltip(given: JsonObject) -> JsonObject:
    """Return a tooltip."""
    order = {1: "asc", 2: "desc"}.get(given.get("sort", 0), "none")
    return {"hideZeros": False, "mode": "multi" if given.get("shared", True) else "single", "sort": order}


def series_override(given: JsonObject) -> JsonObject:
    """Return an override for a series' alias, which is a name or /a pattern/."""
    alias = given["alias"]
    properties: list[JsonObject] = []
    if given.get("color"):
        properties.append({"id": "color", "value": {"mode": "fixed", "fixedColor": given["color"]}})
    if given.get("dashes"):
        dash = [given.get("dashLength") or 10, given.get("spaceLength") or 10]
        properties.append({"id": "custom.lineStyle", "value": {"fill": "dash", "dash": dash}})
    if isinstance(given.get("fill"), int):
        properties.append({"id": "custom.fillOpacity", "value": opacity(given["fill"])})
    if given.get("yaxis") == 2:
        properties.append({"id": "custom.axisPlacement", "value": "right"})
    pattern = len(alias) > 1 and alias.startswith("/") and alias.endswith("/")
    return {"matcher": {"id": "byRegexp" if pattern else "byName", "options": alias}, "properties": properties}
