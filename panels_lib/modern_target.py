"""Mending queries: the fields that each data source's query model has today."""

from itertools import count

from panels_lib.modern_frame import data_source
from panels_lib.panel import JsonObject
from panels_lib.targets import ref_id

PROMETHEUS_KEYS = (
    "datasource",
    "editorMode",
    "exemplar",
    "expr",
    "format",
    "hide",
    "instant",
    "interval",
    "legendFormat",
    "range",
    "refId",
)
DEAD_KEYS = frozenset({"metric", "step", "target", "intervalFactor"})


def mended_targets(targets: list[JsonObject], panel_source: JsonObject) -> list[JsonObject]:
    """Return the queries of a panel, each with a refId of its own."""
    taken = {target["refId"] for target in targets if target.get("refId")}
    free = (ref for ref in map(ref_id, count()) if ref not in taken)
    used: set[str] = set()
    found = []
    for target in targets:
        ref = target.get("refId")
        if not ref or ref in used:
            ref = next(free)
        used.add(ref)
        found.append(mended({**target, "refId": ref}, panel_source))
    return found


def mended(target: JsonObject, panel_source: JsonObject) -> JsonObject:
    """Return one query in its data source's form."""
    source = data_source(target["datasource"], "prometheus") if target.get("datasource") else panel_source
    kind = source.get("type")
    found = {**target, "datasource": source}
    if kind == "prometheus":
        return prometheus(found)
    if kind == "loki":
        found = {key: value for key, value in found.items() if key not in DEAD_KEYS | {"query", "format"}}
        found.setdefault("queryType", "instant" if found.pop("instant", False) else "range")
    found = {
        key: value
        for key, value in found.items()
        if value is not None and not (key in DEAD_KEYS and value in {"", 2, 10})
    }
    return found if found.get("hide") else {key: value for key, value in found.items() if key != "hide"}


def prometheus(target: JsonObject) -> JsonObject:
    """Return a Prometheus query; grafanalib's copies of the expression and its loss of resolution go."""
    found = {key: target[key] for key in PROMETHEUS_KEYS if target.get(key) is not None}
    instant = bool(target.get("instant"))
    found = {
        "editorMode": "code",
        "exemplar": False,
        "format": "time_series",
        "instant": instant,
        "legendFormat": "__auto",
        "range": not instant,
        **found,
    }
    found["legendFormat"] = found["legendFormat"] or "__auto"
    for key in ("hide", "interval"):
        if not found.get(key):
            found.pop(key, None)
    return found
