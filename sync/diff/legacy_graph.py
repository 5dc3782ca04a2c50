"""The `graph` panel of old (flot) in the terms of time series, bar chart, bar gauge and histogram."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sync.diff.values import Json, mapping, number, objects, text

if TYPE_CHECKING:
    from collections.abc import Callable

REDUCERS = {"current": "lastNotNull", "avg": "mean", "total": "sum", "min": "min", "max": "max", "count": "count"}
DRAWN = (
    "lines", "linewidth", "fill", "fillGradient", "points", "pointradius", "bars", "stack", "percentage",
    "steppedLine", "nullPointMode", "dashes", "dashLength", "spaceLength", "yaxes", "yaxis", "xaxis", "legend",
    "tooltip", "thresholds", "aliasColors", "seriesOverrides", "renderer", "hiddenSeries", "grid", "leftYAxisLabel",
    "rightYAxisLabel", "y_formats", "y-axis", "x-axis", "timeRegions", "paceLength",
)  # fmt: skip


def from_graph(panel: Json) -> Json:
    """Return a `graph` panel as the kind that Grafana turns it into, with what it draws in fieldConfig and options."""
    old = mapping(panel.get("fieldConfig"))
    axes = _axes(panel)
    defaults = mapping(old.get("defaults")) | _axis(axes[0])
    custom = mapping(defaults.get("custom")) | _drawing(panel)
    thresholds = _thresholds(panel)
    if thresholds:
        custom["thresholdsStyle"] = {"mode": thresholds.pop("style")}
        defaults["thresholds"] = thresholds
    overrides = [*objects(old.get("overrides")), *_colours(panel), *_series(panel, axes)]
    if mapping(panel.get("xaxis")).get("show") is False:
        hidden = [{"id": "custom.axisPlacement", "value": "hidden"}]
        overrides.append({"matcher": {"id": "byType", "options": "time"}, "properties": hidden})
    links = mapping(panel.get("options")).get("dataLinks")
    if links:
        defaults["links"] = links
    rest = {key: value for key, value in panel.items() if key not in DRAWN}
    return rest | {
        "type": _kind(panel),
        "fieldConfig": {"defaults": defaults | {"custom": custom}, "overrides": overrides},
        "options": {"legend": _legend(panel), "tooltip": _tooltip(panel)},
    }


def _kind(panel: Json) -> str:
    mode = mapping(panel.get("xaxis")).get("mode")
    if mode == "series":
        return "bargauge" if mapping(panel.get("legend")).get("values") else "barchart"
    return "histogram" if mode == "histogram" else "timeseries"


def _axes(panel: Json) -> list[Json]:
    """Return both axes; dashboards before schema 12 kept them in `grid`."""
    axes = objects(panel.get("yaxes"))
    grid = mapping(panel.get("grid"))
    if not axes and ("leftMin" in grid or "y_formats" in panel):
        formats = [*(panel.get("y_formats") or []), "short", "short"]
        axes = [_old_axis(panel, side, unit) for side, unit in zip(("left", "right"), formats, strict=False)]
    return [*axes, {"show": True}, {"show": True}][: max(2, len(axes))]


def _old_axis(panel: Json, side: str, unit: Any) -> Json:
    grid = mapping(panel.get("grid"))
    return {
        "show": panel.get("y-axis", True),
        "min": grid.get(f"{side}Min"),
        "max": grid.get(f"{side}Max"),
        "logBase": grid.get(f"{side}LogBase"),
        "format": unit,
        "label": panel.get(f"{side}YAxisLabel"),
    }


def _axis(axis: Json) -> Json:
    custom: Json = {"axisPlacement": "auto" if axis.get("show", True) else "hidden"}
    if axis.get("label"):
        custom["axisLabel"] = axis["label"]
    if number(axis.get("logBase")) in {2, 10}:
        custom["scaleDistribution"] = {"type": "log", "log": axis["logBase"]}
    found = {
        "unit": axis.get("format"),
        "decimals": number(axis.get("decimals")),
        "min": number(axis.get("min")),
        "max": number(axis.get("max")),
    }
    return {key: value for key, value in found.items() if value is not None} | {"custom": custom}


def _drawing(panel: Json) -> Json:
    bars, lines = bool(panel.get("bars")), panel.get("lines", True)
    style = "bars" if bars else "line" if lines else "points"
    found: Json = {"drawStyle": style, "lineWidth": panel.get("linewidth")}
    found |= _points(panel, style) | _filling(panel, bars=bars)
    found["spanNulls"] = panel.get("nullPointMode") == "connected"
    if panel.get("dashes"):
        found["lineStyle"] = _dash(panel)
    if panel.get("steppedLine"):
        found["lineInterpolation"] = "stepAfter"
    if panel.get("stack"):
        found["stacking"] = {"mode": "percent" if panel.get("percentage") else "normal", "group": "A"}
    return found


def _points(panel: Json, style: str) -> Json:
    if not panel.get("points"):
        return {} if style == "points" else {"showPoints": "never"}
    radius = number(panel.get("pointradius"))
    return {"showPoints": "always"} | ({} if radius is None else {"pointSize": 2 + radius * 2})


def _filling(panel: Json, *, bars: bool) -> Json:
    """Return opacity and gradient: flot filled from 0 to 10, bars fully, bands by 35 %."""
    gradient = number(panel.get("fillGradient")) or 0
    style = {"gradientMode": "opacity"} if gradient > 0 else {}
    if bars:
        return style | {"fillOpacity": 100}
    if gradient > 0:
        return style | {"fillOpacity": gradient * 10}
    if any("fillBelowTo" in series for series in objects(panel.get("seriesOverrides"))):
        return {"fillOpacity": 35}
    fill = number(panel.get("fill"))
    return {} if fill is None else {"fillOpacity": fill * 10}


def _dash(source: Json, *, of: Json | None = None) -> Json:
    base = of or {}
    lengths = [source.get(key, base.get(key, 10)) for key in ("dashLength", "spaceLength")]
    return {"fill": "dash" if source.get("dashes", base.get("dashes")) else "solid", "dash": lengths}


def _legend(panel: Json) -> Json:
    legend = mapping(panel.get("legend"))
    found: Json = {
        "showLegend": bool(legend.get("show", True)),
        "placement": "right" if legend.get("rightSide") else "bottom",
    }
    found["displayMode"] = "table" if legend.get("alignAsTable") and legend.get("show", True) else "list"
    if legend.get("values"):
        found["calcs"] = [reducer for key, reducer in REDUCERS.items() if legend.get(key)]
    if legend.get("sideWidth"):
        found["width"] = legend["sideWidth"]
    return found


def _tooltip(panel: Json) -> Json:
    tooltip = mapping(panel.get("tooltip"))
    shared = bool(tooltip.get("shared"))
    order = {1: "asc", 2: "desc"}.get(int(number(tooltip.get("sort")) or 0), "none")
    return {"mode": "multi" if shared else "single", "sort": order if shared else "none"}


def _colour(threshold: Json) -> str:
    named = {"critical": "red", "warning": "orange", "ok": "red"}.get(text(threshold.get("colorMode")))
    return named or text(threshold.get("fillColor")) or text(threshold.get("lineColor")) or "red"


def _old_thresholds(panel: Json) -> list[Json]:
    """Return the threshold list; dashboards before schema 13 kept two in `grid`."""
    found = objects(panel.get("thresholds"))
    grid = mapping(panel.get("grid"))
    levels = [number(grid.get(f"threshold{index}")) for index in (1, 2)]
    if levels[0] is None:
        return found
    falling = levels[1] is not None and levels[0] > levels[1]
    style = {"line": True} if grid.get("thresholdLine") else {"fill": True}
    for index, level in enumerate(levels, 1):
        if level is not None:
            colour = {"colorMode": "custom", "fillColor": grid.get(f"threshold{index}Color")}
            found.append({"value": level, "op": "lt" if falling else "gt"} | colour | style)
    return found


def _thresholds(panel: Json) -> Json:
    """Return steps and style; a threshold "lt" colours what is below it."""
    old = sorted(_old_thresholds(panel), key=lambda item: number(item.get("value")) or 0)
    steps: list[Json] = []
    for index, item in enumerate(old):
        following = old[index + 1] if index + 1 < len(old) else {}
        if item.get("op") == "gt":
            steps.append({"value": item.get("value"), "color": _colour(item)})
        elif item.get("op") == "lt":
            if not steps:
                steps.append({"value": None, "color": _colour(item)})
            steps.append(
                {
                    "value": item.get("value"),
                    "color": _colour(following) if following.get("op") == "lt" else "transparent",
                }
            )
    if not steps:
        return {}
    if steps[0]["value"] is not None:
        steps.insert(0, {"value": None, "color": "transparent"})
    area, line = any(item.get("fill") for item in old), any(item.get("line") for item in old)
    return {"mode": "absolute", "steps": steps, "style": "line+area" if area and line else "area" if area else "line"}


def _colours(panel: Json) -> list[Json]:
    colours = mapping(panel.get("aliasColors"))
    return [coloured(alias, colours[alias]) for alias in sorted(colours) if colours[alias]]


def coloured(name: str, colour: Any) -> Json:
    """Return the override that gives a series its colour."""
    value = {"mode": "fixed", "fixedColor": colour}
    return {"matcher": {"id": "byName", "options": name}, "properties": [{"id": "color", "value": value}]}


def _series(panel: Json, axes: list[Json]) -> list[Json]:
    found = []
    for series in objects(panel.get("seriesOverrides")):
        alias = text(series.get("alias"))
        properties = [{"id": key, "value": value} for key, value in _series_properties(series, panel, axes)]
        if alias and properties:
            matcher = "byRegexp" if re.match(r"^([/~@;%#'])(.*?)\1([gimsuy]*)$", alias) else "byName"
            found.append({"matcher": {"id": matcher, "options": alias}, "properties": properties})
    return found


def _series_properties(series: Json, panel: Json, axes: list[Json]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    # By name, as a server that migrated it has them: the later of two settings for one thing holds.
    for key, value in sorted(series.items()):
        if key == "yaxis" and value == 2:
            found += _right_axis(axes)
        elif key in SERIES:
            found += SERIES[key](value)
    if any(key in series for key in ("dashLength", "spaceLength", "dashes")):
        found.append(("custom.lineStyle", _dash(series, of=panel)))
    return found


def _tenfold(value: Any) -> float:
    return (number(value) or 0) * 10


SERIES: dict[str, Callable[[Any], list[tuple[str, Any]]]] = {
    "fill": lambda value: [("custom.fillOpacity", _tenfold(value))],
    "fillBelowTo": lambda value: [("custom.fillBelowTo", value)],
    "fillGradient": lambda value: (
        [("custom.fillGradient", "opacity"), ("custom.fillOpacity", _tenfold(value))] if value else []
    ),
    "points": lambda value: [("custom.showPoints", "always" if value else "never")],
    "bars": lambda value: (
        [("custom.drawStyle", "bars"), ("custom.fillOpacity", 100)] if value else [("custom.drawStyle", "line")]
    ),
    "lines": lambda _value: [("custom.lineWidth", 0)],
    "linewidth": lambda value: [("custom.lineWidth", value)],
    "pointradius": lambda value: [("custom.pointSize", 2 + (number(value) or 0) * 2)],
    "stack": lambda value: [("custom.stacking", {"mode": "normal", "group": value})],
    "color": lambda value: [("color", {"mode": "fixed", "fixedColor": value})],
    "transform": lambda value: [("custom.transform", "negative-Y" if value == "negative-Y" else "constant")],
}


def _right_axis(axes: list[Json]) -> list[tuple[str, Any]]:
    left, right = _axis(axes[0]), _axis(axes[1])
    found = [(key, value) for key, value in right.items() if key != "custom" and value != left.get(key)]
    return found + [
        (f"custom.{key}", value) for key, value in right["custom"].items() if value != left["custom"].get(key)
    ]
