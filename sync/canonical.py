"""The canonical form: what is left of a dashboard when everything is taken away that a server adds, fills in or counts.

Two documents with one canonical form show the same thing: key order, null and empty values, defaults, migrations and
volatile numbers are no change. Written from recordings of what both APIs give back for what was sent.
"""

from __future__ import annotations

from copy import deepcopy
from hashlib import sha256
from typing import Any

import orjson

from sync.migration import BUILT_IN_ANNOTATION, SCHEMA_VERSION, migrated

CHECKSUM_LENGTH = 16
VOLATILE = frozenset({"id", "uid", "version", "iteration", "schemaVersion", "meta", "pluginVersion", "gnetId"})
DEFAULTS: dict[str, Any] = {
    "editable": True,
    "fiscalYearStartMonth": 0,
    "graphTooltip": 0,
    "hideControls": False,
    "liveNow": False,
    "preload": False,
    "refresh": "",
    "style": "dark",
    "time": {"from": "now-6h", "to": "now"},
    "timezone": "",
    "weekStart": "",
}
PANEL_DEFAULTS: dict[str, Any] = {
    "transparent": False,
    "title": "",
    "description": "",
    "repeatDirection": "h",
    "targets": [{"refId": "A"}],
    "gridPos": {"x": 0, "y": 0, "h": 3, "w": 6},
}
LIBRARY_PANEL = frozenset({"id", "title", "gridPos", "libraryPanel"})
EMPTY: tuple[Any, ...] = (None, {}, [])
LISTED_BY_SERVER = frozenset({"query", "datasource"})


def canonical(spec: dict[str, Any]) -> dict[str, Any]:
    """Return the canonical form of a dashboard (v1 or v2 content); `spec` itself is left as it is."""
    if isinstance(spec.get("elements"), dict) and _pruned(spec["elements"]):
        return _pruned_mapping(spec)
    if _schema_version(spec) < SCHEMA_VERSION:
        spec = migrated(deepcopy(spec))
    form = _without({key: value for key, value in spec.items() if key not in VOLATILE}, DEFAULTS)
    for key, kept in (("annotations", _annotation), ("templating", _variable)):
        section = form.get(key)
        if isinstance(section, dict) and isinstance(section.get("list"), list):
            form[key] = {**section, "list": [entry for item in section["list"] if (entry := kept(item)) is not None]}
    if isinstance(form.get("panels"), list):
        form["panels"] = _panels(form["panels"])
    return _pruned_mapping(form)


def checksum(spec: dict[str, Any]) -> str:
    """Return the first 16 hex digits of the SHA-256 of the canonical form."""
    return sha256(orjson.dumps(canonical(spec), option=orjson.OPT_SORT_KEYS)).hexdigest()[:CHECKSUM_LENGTH]


def _schema_version(spec: dict[str, Any]) -> int:
    version = spec.get("schemaVersion", SCHEMA_VERSION)
    return version if isinstance(version, int) and not isinstance(version, bool) else SCHEMA_VERSION


def _annotation(entry: Any) -> Any:
    return None if entry == BUILT_IN_ANNOTATION else entry


def _variable(variable: Any) -> Any:
    """Take away the values that the server found for a variable; its query is what counts."""
    if isinstance(variable, dict) and variable.get("type") in LISTED_BY_SERVER:
        return {key: value for key, value in variable.items() if key not in {"options", "index"}}
    return variable


def _panels(panels: list[Any]) -> list[Any]:
    """Take the defaults away, and order and number the panels as the server does."""
    found = sorted((panel for panel in panels if isinstance(panel, dict)), key=_place)
    following = max((panel["id"] for panel in found if isinstance(panel.get("id"), int)), default=0)
    forms = []
    for panel in found:
        kept = LIBRARY_PANEL if panel.get("libraryPanel") else panel.keys() - {"pluginVersion"}
        form = _without({key: value for key, value in panel.items() if key in kept}, PANEL_DEFAULTS)
        if not isinstance(form.get("id"), int):
            following += 1
            form["id"] = following
        if isinstance(form.get("panels"), list):
            form["panels"] = _panels(form["panels"])
        forms.append(form)
    return forms


def _place(panel: dict[str, Any]) -> tuple[int, int]:
    place = panel.get("gridPos")
    y, x = (place.get("y"), place.get("x")) if isinstance(place, dict) else (0, 0)
    return (y if isinstance(y, int) else 0, x if isinstance(x, int) else 0)


def _without(mapping: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key not in defaults or value != defaults[key]}


def _pruned_mapping(mapping: dict[str, Any]) -> dict[str, Any]:
    pruned = ((key, _pruned(value)) for key, value in mapping.items())
    return {key: value for key, value in pruned if value not in EMPTY}


def _pruned(value: Any) -> Any:
    """Take null and empty values out of mappings: to Grafana they are the same as an absent key."""
    if isinstance(value, dict):
        return _pruned_mapping(value)
    if isinstance(value, list):
        return [_pruned(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
