"""What frames the panels of a dashboard: its settings, variables, annotations and links, in comparable form."""

from __future__ import annotations

from typing import Any

from sync.diff import defaults
from sync.diff.datasources import reference
from sync.diff.model import Notes
from sync.diff.strip import strip
from sync.diff.values import Json, empty, listing, mapping, objects, text, whole

# Identity, what is compared elsewhere, and what Grafana has dropped or never keeps.
NOISE = frozenset({
    "id", "uid", "title", "version", "schemaVersion", "iteration", "gnetId", "revision", "panels", "rows",
    "templating", "annotations", "links", "__inputs", "__requires", "__elements", "style", "hideControls",
    "sharedCrosshair", "originalTitle", "folderUid", "folderId", "message", "overwrite", "meta", "snapshot",
    "pulldowns", "nav", "services", "slug", "url", "_", "scopeMeta", "$$hashKey", "variables", "isStarred",
})  # fmt: skip
VARIABLE_NOISE = frozenset({
    "options", "definition", "error", "global", "id", "index", "state", "initLock", "rootStateKey", "tags",
    "tagsQuery", "tagValuesQuery", "useTags", "allFormat", "multiFormat", "selected", "queryValue", "originalQuery",
    "hideLabel", "hideVariable", "filter", "$$hashKey",
})  # fmt: skip
# A textbox and a constant are what their query says; an interval's and a custom's choices too.
SAYS_ITSELF = frozenset({"constant", "textbox"})


def settings(spec: Json, *, schema: int, notes: Notes) -> Json:
    """Return the dashboard's own fields without identity, state and defaults."""
    found = {key: value for key, value in spec.items() if key not in NOISE and not key.startswith("_")}
    if schema < 14 and spec.get("sharedCrosshair"):
        found["graphTooltip"] = 1
    refresh = spec.get("refresh")
    found["refresh"] = refresh if isinstance(refresh, str) else ""
    picker = mapping(spec.get("timepicker"))
    dropped = {"time_options", "collapse", "enable", "notice", "now", "status", "type", "$$hashKey"}
    found["timepicker"] = {key: value for key, value in picker.items() if key not in dropped}
    found["tags"] = sorted({text(tag) for tag in listing(spec.get("tags")) if text(tag)})
    return strip(found, defaults.DASHBOARD, dropped=notes.defaults)


def variables(spec: Json, *, schema: int, inputs: dict[str, Json], notes: Notes) -> tuple[Json, ...]:
    """Return the variables in their order."""
    return tuple(
        _variable(item, schema=schema, inputs=inputs, notes=notes)
        for item in objects(mapping(spec.get("templating")).get("list"))
    )


def _variable(item: Json, *, schema: int, inputs: dict[str, Json], notes: Notes) -> Json:
    kind = text(item.get("type")) or "query"
    kind = "query" if kind == "filter" and schema < 6 else kind
    hidden = item.get("hide", 2 if item.get("hideVariable") else 1 if item.get("hideLabel") else 0)
    if kind == "constant" and schema < 27 and whole(hidden) in {0, 1}:
        kind = "textbox"
    found = {key: value for key, value in item.items() if key not in VARIABLE_NOISE}
    found |= {
        "type": kind,
        "hide": whole(hidden),
        "query": _input(_query_text(item.get("query")), inputs),
        "refresh": None,
    }
    if kind == "query":
        refresh = whole(item.get("refresh")) if not isinstance(item.get("refresh"), bool) else int(item["refresh"])
        found["refresh"] = refresh if refresh in {1, 2} or (schema >= 29 and "refresh" in item) else 1
    if "datasource" in item:
        found["datasource"] = reference(item["datasource"], inputs=inputs)
    found["current"] = None if kind in SAYS_ITSELF else _current(item.get("current"))
    if kind == "datasource" and inputs:
        found["current"] = None
    return strip(found, defaults.VARIABLE, dropped=notes.defaults, at="variable")


def _query_text(query: Any) -> Any:
    """Return the text of a variable's query, which newer data sources wrap in an object."""
    if not isinstance(query, dict):
        return query
    if isinstance(query.get("__legacyStringValue"), str):
        return query["__legacyStringValue"]
    rest = {
        key: value for key, value in query.items() if key not in {"refId", "qryType", "datasource"} and not empty(value)
    }
    return rest["query"] if list(rest) == ["query"] else rest


def _input(value: Any, inputs: dict[str, Json]) -> Any:
    """Return the value of an export's constant where a variable's query names it."""
    if isinstance(value, str) and value.startswith("${") and value[2:-1] in inputs:
        return inputs[value[2:-1]].get("value", value)
    return value


def _current(current: Any) -> Any:
    """Return the value that a variable starts with; a list of one is that one."""
    value = mapping(current).get("value")
    if isinstance(value, list):
        return value[0] if len(value) == 1 else value
    return "$__all" if value is None and mapping(current).get("text") == "All" else value


def annotation_queries(spec: Json, *, inputs: dict[str, Json], notes: Notes) -> tuple[Json, ...]:
    """Return the annotation queries, Grafana's own first: where it isn't written, Grafana adds it as it usually is."""
    own: Json = {"name": defaults.BUILT_IN_NAME, "builtIn": True}
    found = []
    for item in objects(mapping(spec.get("annotations")).get("list")):
        tree = dict(item)
        if whole(tree.pop("builtIn", None)) == 1 or item.get("builtIn") is True:
            own = _own(item, usual=own)
            notes.defaults.append("annotation of Grafana's own")
            continue
        if "datasource" in item:
            tree["datasource"] = reference(item["datasource"], inputs=inputs)
        found.append(strip(tree, defaults.ANNOTATION, dropped=notes.defaults, at="annotation"))
    return (own, *found)


def _own(item: Json, *, usual: Json) -> Json:
    """Return Grafana's own entry with what somebody made of it."""
    tree = usual | {"name": item.get("name") or usual["name"], "filter": item.get("filter")}
    tree |= {"iconColor": item.get("iconColor"), "enable": item.get("enable"), "shown": item.get("hide") is False}
    return strip(tree, defaults.ANNOTATION, dropped=[])


def links(spec: Json, *, notes: Notes) -> tuple[Json, ...]:
    """Return the dashboard's links."""
    return tuple(strip(item, defaults.LINK, dropped=notes.defaults, at="link") for item in objects(spec.get("links")))
