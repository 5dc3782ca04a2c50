"""What a panel's fields look like (units, thresholds, mappings, overrides), each said in one way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sync.diff.values import Json, listing, mapping, number, objects, plain, text

if TYPE_CHECKING:
    from collections.abc import Callable

GAUGES = {"basic": "basic", "gradient-gauge": "gradient", "lcd-gauge": "lcd"}
BACKGROUNDS = {"color-background": "gradient", "color-background-solid": "basic"}
MATCHERS = {
    "byName": "",
    "byRegexp": "matching ",
    "byType": "of type ",
    "byFrameRefID": "of query ",
    "byNames": "",
}
OPERATORS = {"gte": "≥", "gt": ">", "lte": "≤", "lt": "<", "eq": "=", "neq": "≠"}


def field_config(config: Any, *, kind: str, schema: int, migrated: bool = False) -> Json:
    """Return fieldConfig with every value in its form of today."""
    source = mapping(config)
    defaults = dict(mapping(source.get("defaults")))
    custom = mapping(defaults.pop("custom", None))
    if "displayMode" in custom and kind == "table":
        custom = {key: value for key, value in custom.items() if key != "displayMode"}
        custom["cellOptions"] = cell(mapping(source["defaults"]["custom"])["displayMode"])
    found = {key: value_of(key, value) for key, value in defaults.items() if key not in {"title", "nullValueMode"}}
    if defaults.get("title") and "displayName" not in found:
        found["displayName"] = defaults["title"]
    found["custom"] = {key: value_of(f"custom.{key}", value) for key, value in custom.items()}
    overrides = [override(item, schema=schema) for item in objects(source.get("overrides"))]
    if kind == "timeseries" and schema < 35 and not migrated and custom.get("axisPlacement") == "hidden":
        # Until then hiding the axes left the one of time.
        overrides.append({"matcher": "of type time", "properties": {"custom.axisPlacement": "auto"}})
    return {"defaults": found, "overrides": overrides}


def override(item: Json, *, schema: int) -> Json:
    """Return an override as the words of what it matches, and its properties by id."""
    properties: Json = {}
    for entry in objects(item.get("properties")):
        name = text(entry.get("id"))
        value = entry.get("value")
        if name == "custom.displayMode":
            name, value = "custom.cellOptions", cell(value)
        if name == "custom.hideFrom" and schema < 42 and mapping(value).get("viz"):
            value = mapping(value) | {"tooltip": True}
        properties[name] = value_of(name, value)
    rest = {key: value for key, value in item.items() if key not in {"matcher", "properties"}}
    return {"matcher": matcher(mapping(item.get("matcher"))), "properties": properties} | rest


def matcher(value: Json) -> str:
    """Return what an override is for, in words."""
    kind, options = text(value.get("id")), value.get("options")
    if kind == "byNames":
        names = ", ".join(text(name) for name in listing(mapping(options).get("names")))
        return f"all but {names}" if mapping(options).get("mode") == "exclude" else names
    if kind == "byValue":
        asked = mapping(options)
        sign = OPERATORS.get(text(asked.get("op")), text(asked.get("op")))
        return f"values with {text(asked.get('reducer'))} {sign} {text(asked.get('value'))}"
    shown = text(options) if not isinstance(options, dict | list) else json.dumps(options, sort_keys=True)
    return f"{MATCHERS[kind]}{shown}" if kind in MATCHERS else f"{kind} {shown}".strip()


def value_of(name: str, value: Any) -> Any:
    """Return a field property in its form of today."""
    form = FORMS.get(name)
    return form(value) if form is not None else value


def _links(value: Any) -> list[Json]:
    return [link(item) for item in objects(value)]


def _colour(value: Any) -> Json:
    if isinstance(value, str):
        return {"mode": "fixed", "fixedColor": value}
    return {key: part for key, part in mapping(value).items() if key != "seriesBy" or part != "last"}


def _level_of(value: Any) -> Any:
    found = number(value)
    return value if found is None else found


def _hidden_from(value: Any) -> Any:
    """Return the parts a field is hidden from; what was `graph` until 8.0 is `viz`."""
    if "graph" not in mapping(value):
        return value
    return {key: part for key, part in value.items() if key != "graph"} | {"viz": value["graph"]}


def _scale(value: Any) -> Any:
    return {"type": "linear"} if mapping(value).get("type") == "linear" else value


def _stacking(value: Any) -> Any:
    return {"mode": "none", "group": "A"} if mapping(value).get("mode") == "none" else value


def _cell_options(value: Any) -> Any:
    return (
        {key: part for key, part in value.items() if key != "mode"} if mapping(value).get("type") == "auto" else value
    )


def thresholds(value: Any) -> Json:
    """Return thresholds with their steps in one text: "green, ≥ 80 red"; the first step holds from minus infinity."""
    source = mapping(value)
    steps = objects(source.get("steps") if isinstance(value, dict) else value)
    if not steps:
        return {}
    words = []
    for index, step in enumerate(steps):
        level = number(step.get("value"))
        shown = "?" if level is None else plain(level)
        words.append(text(step.get("color")) if index == 0 else f"≥ {shown} {text(step.get('color'))}")
    return {"mode": source.get("mode") or "absolute", "steps": ", ".join(words)}


def mappings(value: Any) -> list[Json]:
    """Return value mappings one condition an entry: `{when, text, color, icon}`."""
    found = []
    for item in objects(value):
        options = item.get("options")
        if isinstance(options, dict):
            found += _mapping(text(item.get("type")), options)
        elif item.get("value") is not None or "from" in item:
            found.append(_old_mapping(item))
    return found


def _mapping(kind: str, options: Json) -> list[Json]:
    if kind == "value":
        return [
            {"when": key} | _result(options[key]) for key in sorted(options, key=lambda key: (number(key) or 0, key))
        ]
    if kind == "range":
        when = f"{_level(options.get('from'), '-∞')} to {_level(options.get('to'), '∞')}"
    elif kind == "regex":
        when = f"matches {text(options.get('pattern'))}"
    else:
        when = text(options.get("match")) or kind
    return [{"when": when} | _result(options.get("result"))]


def _old_mapping(item: Json) -> Json:
    """Return a mapping of before schema 30: its type 1 is a value, 2 a range."""
    if item.get("type") == 2 or "value" not in item:
        return {"when": f"{_level(item.get('from'), '-∞')} to {_level(item.get('to'), '∞')}", "text": item.get("text")}
    return {"when": text(item.get("value")), "text": item.get("text")}


def _result(value: Any) -> Json:
    return {key: part for key, part in mapping(value).items() if key != "index"}


def _level(value: Any, otherwise: str) -> str:
    found = number(value)
    return otherwise if found is None else plain(found)


def cell(mode: Any) -> Json:
    """Return a table's cell of before schema 38 in today's form."""
    name = text(mode)
    if name in GAUGES:
        return {"type": "gauge", "mode": GAUGES[name]}
    if name in BACKGROUNDS:
        return {"type": "color-background", "mode": BACKGROUNDS[name]}
    return {"type": name or "auto"}


def link(item: Json) -> Json:
    """Return a panel's or field's link with the url that the dashboards of before schema 19 spelled in parts."""
    url = text(item.get("url"))
    if not url and item.get("dashboard"):
        url = f"dashboard/db/{text(item['dashboard']).lower().replace(' ', '-')}"
    if not url and item.get("dashUri"):
        url = f"dashboard/{text(item['dashUri'])}"
    extra = ["$__url_time_range"] if item.get("keepTime") else []
    extra += ["$__all_variables"] if item.get("includeVars") else []
    extra += [text(item["params"])] if item.get("params") else []
    for part in extra:
        url += ("&" if "?" in url else "?") + part
    old = {"dashboard", "dashUri", "keepTime", "includeVars", "params", "type", "tags"}
    return {key: value for key, value in item.items() if key not in old} | {"url": url}


FORMS: dict[str, Callable[[Any], Any]] = {
    "thresholds": thresholds,
    "mappings": mappings,
    "links": _links,
    "color": _colour,
    "min": _level_of,
    "max": _level_of,
    "decimals": _level_of,
    "custom.hideFrom": _hidden_from,
    "custom.scaleDistribution": _scale,
    "custom.stacking": _stacking,
    "custom.cellOptions": _cell_options,
}
