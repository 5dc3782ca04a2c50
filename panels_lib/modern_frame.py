"""Mending what surrounds the panels: variables, annotations, links, nulls."""

from panels_lib.annotations import built_in
from panels_lib.links import link
from panels_lib.panel import Json, JsonObject
from panels_lib.plain import LEAVES

VARIABLE_KEYS: dict[str, tuple[str, ...]] = {
    "query": (
        "allValue",
        "allowCustomValue",
        "current",
        "datasource",
        "includeAll",
        "multi",
        "options",
        "query",
        "refresh",
        "regex",
        "regexApplyTo",
        "sort",
    ),
    "custom": ("allValue", "allowCustomValue", "current", "includeAll", "multi", "options", "query"),
    "datasource": (
        "allValue",
        "allowCustomValue",
        "current",
        "includeAll",
        "multi",
        "options",
        "query",
        "refresh",
        "regex",
    ),
    "interval": ("current", "options", "query", "refresh"),
    "textbox": ("current", "options", "query"),
    "constant": ("current", "query"),
    "adhoc": ("datasource",),
}
COMMON_KEYS = ("description", "hide", "label", "name", "skipUrlSync", "type")
DROPPED_WHEN_OFF = ("hide", "label", "multi", "skipUrlSync", "sort", "description")


def variable(given: JsonObject) -> JsonObject:
    """Return a variable with the keys of its kind, as Grafana's own save writes it."""
    kind = given.get("type") or "query"
    keys = (*COMMON_KEYS, *VARIABLE_KEYS.get(kind, tuple(given)))
    found = {key: given[key] for key in keys if given.get(key) is not None} | {"type": kind}
    for key in DROPPED_WHEN_OFF:
        if not found.get(key):
            found.pop(key, None)
    if kind == "query":
        found["datasource"] = data_source(given.get("datasource"), "prometheus")
        found = {"refresh": 1, "regex": "", "includeAll": False, **found, "options": []}
        if isinstance(found.get("query"), str):
            found["query"] = {
                "qryType": 5,
                "query": found["query"],
                "refId": "PrometheusVariableQueryEditor-VariableQuery",
            }
    if kind == "datasource":
        found = {"includeAll": False, "refresh": 1, "regex": "", **found, "options": []}
    found["current"] = current(given.get("current") or {})
    return found


def current(given: JsonObject) -> JsonObject:
    """Return what is chosen; with nothing chosen Grafana takes the first value."""
    value = given.get("value")
    if value is None:
        return {"text": "", "value": ""}
    return {"text": given.get("text") or value, "value": value}


def annotation(given: JsonObject | None) -> JsonObject:
    """Return an annotation with what Grafana asks for; None is the built-in one."""
    if given is None:
        return built_in()
    found = {"enable": True, "hide": False, "iconColor": "red", "name": "Annotations", **given}
    found["datasource"] = data_source(given.get("datasource"), "grafana")
    return found


def dashboard_link(given: JsonObject) -> JsonObject:
    """Return a link with every key that Grafana's type asks for."""
    whole = link(
        given.get("title") or "",
        given.get("url") or "",
        kind=given.get("type") or "link",
        carried=False,
        tags=given.get("tags") or [],
    )
    return {**whole, **{key: value for key, value in given.items() if key in whole and value is not None}}


def data_source(given: Json, kind: str) -> JsonObject:
    """Return `{type, uid}` for a data source given as a name, which Grafana stopped to read."""
    if isinstance(given, dict):
        return given
    if given in {"-- Mixed --", "-- Dashboard --"}:
        return {"type": "datasource", "uid": given}
    if given in {"-- Grafana --", "grafana"}:
        return {"type": "grafana", "uid": "-- Grafana --"}
    if isinstance(given, str) and given and given != "default":
        return {"type": kind, "uid": given}
    return {"type": "grafana", "uid": "-- Grafana --"} if kind == "grafana" else {"type": kind}


def without_nulls(value: Json) -> Json:
    """Drop nulls, which mean nothing to Grafana, but for an open threshold or range."""
    if isinstance(value, dict):
        return {
            key: inner if type(inner) in LEAVES else without_nulls(inner)
            for key, inner in value.items()
            if inner is not None
            or (key == "value" and "color" in value)
            or (key in {"from", "to"} and "result" in value)
        }
    if isinstance(value, list):
        return [inner if type(inner) in LEAVES else without_nulls(inner) for inner in value]
    return value
