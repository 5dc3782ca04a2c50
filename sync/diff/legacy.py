"""Panel kinds that Grafana no longer has, said in the terms of the kinds that took their place.

What a kind of old says of units, axes, thresholds, mappings and legends is carried over as Grafana's own migration
handlers do it (public/app/plugins/panel/*/migrations.ts), so that a `graph` and the `timeseries` that the UI made of it
on the next save are the same panel.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sync.diff import defaults
from sync.diff.legacy_graph import DRAWN, coloured, from_graph
from sync.diff.values import Json, listing, mapping, number, objects, text

if TYPE_CHECKING:
    from collections.abc import Callable

REDUCERS = {"current": "lastNotNull", "last": "last", "avg": "mean", "total": "sum", "name": "lastNotNull"}
RENAMED = {
    "table2": "table", "text2": "text", "heatmap-new": "heatmap", "graphite": "timeseries", "gauge-new": "gauge",
    "natel-discrete-panel": "state-timeline", "grafana-worldmap-panel": "geomap",
}  # fmt: skip


def modern(panel: Json, *, schema: int) -> tuple[Json, str]:
    """Return the panel in the terms of today's kinds and the kind it was of, "" when it is of today."""
    kind = text(panel.get("type"))
    was = text(panel.get("autoMigrateFrom")) or kind
    if (
        was == "table"
        and panel.get("styles")
        and panel.get("table") != "table2"
        and (schema < 24 or "fieldConfig" not in panel)
    ):
        was = "table-old"
    convert = CONVERSIONS.get(was)
    if convert is not None and (was in {kind, "table-old"} or "autoMigrateFrom" in panel):
        return convert(panel), was
    if kind in RENAMED:
        return panel | {"type": RENAMED[kind]}, kind
    if kind == "heatmap" and not panel.get("options") and ("dataFormat" in panel or "cards" in panel):
        return panel, "heatmap of before 9.0"
    if kind in defaults.OPTIONS and "autoMigrateFrom" not in panel:
        # What a panel was made of before it became of this kind stays in its JSON and means nothing.
        return without(panel, *LEFTOVERS), ""
    return panel, text(panel.get("autoMigrateFrom"))


LEFTOVERS = frozenset(DRAWN) | {
    "format", "decimals", "nullText", "colors", "valueMaps", "rangeMaps", "mappingType", "mappingTypes", "valueName",
    "tableColumn", "gauge", "sparkline", "colorBackground", "colorValue", "valueFontSize", "prefix",
    "prefixFontSize", "postfix", "postfixFontSize", "styles", "columns", "pageSize", "scroll", "fontSize",
    "showHeader", "sort", "transform", "legendType", "pieType", "strokeWidth", "breakPoint", "combine",
    "hideTimeOverride", "cacheTimeout",
}  # fmt: skip


def without(panel: Json, *keys: str) -> Json:
    """Return the panel without the keys."""
    return {key: value for key, value in panel.items() if key not in keys}


def _from_singlestat(panel: Json) -> Json:
    gauge = mapping(panel.get("gauge"))
    sparkline = mapping(panel.get("sparkline"))
    fields: Json = mapping(mapping(panel.get("fieldConfig")).get("defaults")) | {
        "unit": panel.get("format"), "decimals": panel.get("decimals"), "noValue": panel.get("nullText"),
        "nullValueMode": panel.get("nullPointMode"),
    }  # fmt: skip
    colours = listing(panel.get("colors"))
    if isinstance(panel.get("thresholds"), str) and panel["thresholds"] and colours:
        levels = [None, *panel["thresholds"].split(",")]
        steps = [{"color": colour, "value": number(level)} for colour, level in zip(colours, levels, strict=False)]
        fields["thresholds"] = {"mode": "absolute", "steps": steps}
    fields["mappings"] = _singlestat_mappings(panel)
    if gauge.get("show"):
        fields |= {"min": gauge.get("minValue"), "max": gauge.get("maxValue")}
    reduce: Json = {"calcs": [REDUCERS.get(text(panel.get("valueName")), text(panel.get("valueName")) or "mean")]}
    if panel.get("tableColumn"):
        reduce["fields"] = f"/^{panel['tableColumn']}$/"
    options = {
        "reduceOptions": reduce, "orientation": "horizontal", "graphMode": "area" if sparkline.get("show") else "none",
        "colorMode": "background" if panel.get("colorBackground") else "value" if panel.get("colorValue") else "none",
        "textMode": "name" if panel.get("valueName") == "name" else "auto",
    }  # fmt: skip
    return without(panel, *LEFTOVERS) | {
        "type": "stat",
        "fieldConfig": {"defaults": fields, "overrides": []},
        "options": options,
    }


def _singlestat_mappings(panel: Json) -> list[Json]:
    values = [
        {"type": 1, "value": item.get("value"), "text": item.get("text")} for item in objects(panel.get("valueMaps"))
    ]
    ranges = [{"type": 2, **without(item)} for item in objects(panel.get("rangeMaps"))]
    match panel.get("mappingType"):
        case 1:
            return values
        case 2:
            return ranges
        case _:
            return values + ranges


TRANSFORMS = {
    "timeseries_to_rows": "seriesToRows", "timeseries_to_columns": "seriesToColumns",
    "timeseries_aggregations": "reduce", "table": "merge",
}  # fmt: skip
CELLS = {"cell": "color-background", "row": "color-background", "value": "color-text"}


def _from_table(panel: Json) -> Json:
    styles = objects(panel.get("styles"))
    everything = next((style for style in styles if style.get("pattern") == "/.*/"), {})
    overrides = [_override(style) for style in styles if style.get("pattern") != "/.*/"]
    transformations = objects(panel.get("transformations"))
    name = TRANSFORMS.get(text(panel.get("transform")))
    if name is not None:
        options: Json = {"reducers": []}
        if name == "reduce":
            reducers = [
                REDUCERS.get(text(column.get("value")), text(column.get("value")))
                for column in objects(panel.get("columns"))
            ]
            options = {"includeTimeField": False, "reducers": reducers}
        transformations = [*transformations, {"id": name, "options": options}]
    fields = {item["id"]: item["value"] for item in _override(everything)["properties"] if item["id"] != "links"}
    custom = {key.removeprefix("custom."): fields.pop(key) for key in list(fields) if key.startswith("custom.")}
    config = {
        "defaults": fields | {"custom": custom},
        "overrides": [item for item in overrides if item["properties"]],
    }
    return without(panel, *LEFTOVERS) | {"type": "table", "transformations": transformations, "fieldConfig": config}


def _override(style: Json) -> Json:
    pattern = text(style.get("pattern"))
    found: Json = {}
    if style.get("alias"):
        found["displayName"] = style["alias"]
    if style.get("unit"):
        found["unit"] = style["unit"]
    if style.get("decimals"):
        found["decimals"] = style["decimals"]
    if style.get("type") == "date":
        found["unit"] = f"time: {text(style.get('dateFormat'))}"
    if style.get("type") == "hidden":
        found["custom.hidden"] = True
    if style.get("link"):
        link = {
            "title": text(style.get("linkTooltip")),
            "url": text(style.get("linkUrl")),
            "targetBlank": style.get("linkTargetBlank"),
        }
        found["links"] = [link]
    if text(style.get("colorMode")) in CELLS:
        found["custom.cellOptions"] = {"type": CELLS[style["colorMode"]]}
    if style.get("align") and style["align"] != "auto":
        found["custom.align"] = style["align"]
    thresholds = listing(style.get("thresholds"))
    if thresholds:
        levels = [None, *(number(level) for level in thresholds)]
        colours = [*listing(style.get("colors")), *["red"] * len(levels)]
        steps = [{"color": colour, "value": level} for colour, level in zip(colours, levels, strict=False)]
        found["thresholds"] = {"mode": "absolute", "steps": steps}
    matcher = "byRegexp" if re.fullmatch(r"/.*/", pattern) else "byName"
    properties = [{"id": key, "value": value} for key, value in found.items()]
    return {"matcher": {"id": matcher, "options": pattern}, "properties": properties}


def _from_piechart(panel: Json) -> Json:
    old = mapping(panel.get("legend"))
    place = text(panel.get("legendType"))
    values = [name for name, key in (("value", "values"), ("percent", "percentage")) if old.get(key)]
    on_graph = place == "On graph"
    options: Json = {
        "pieType": panel.get("pieType"),
        "reduceOptions": {"calcs": [REDUCERS.get(text(panel.get("valueName")), text(panel.get("valueName")))]},
        "legend": {
            "placement": "bottom" if place == "Under graph" else "right", "displayMode": "table", "values": values,
            "showLegend": bool(old.get("show")) and bool(values) and not on_graph,
        },
    }  # fmt: skip
    if on_graph:
        options["displayLabels"] = ["name", *values]
    colours = [coloured(name, colour) for name, colour in mapping(panel.get("aliasColors")).items()]
    fields = {"unit": panel.get("format"), "decimals": panel.get("decimals") or 0}
    return without(panel, *LEFTOVERS) | {
        "type": "piechart",
        "options": options,
        "fieldConfig": {"defaults": fields, "overrides": colours},
    }


CONVERSIONS: dict[str, Callable[[Json], Json]] = {
    "graph": from_graph,
    "singlestat": _from_singlestat,
    "grafana-singlestat-panel": lambda panel: (
        _from_singlestat(panel) if "valueName" in panel else panel | {"type": "stat"}
    ),
    "table-old": _from_table,
    "grafana-piechart-panel": _from_piechart,
}


def text_panel(panel: Json) -> Json:
    """Return a text panel of any age with its content and mode in the options."""
    options: Any = mapping(panel.get("options"))
    if "content" in panel and "content" not in options:
        options = options | {"content": panel["content"], "mode": panel.get("mode")}
    if text(options.get("mode")) not in {"markdown", "html", "code"}:
        options = options | {"mode": "markdown"}
    return without(panel, "content", "mode", "angular") | {"options": options}
