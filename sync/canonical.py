"""The canonical form: what is left of a dashboard when everything is taken away that a server adds, fills in or counts.

Two documents with one canonical form show the same thing: key order, null and empty values, defaults, migrations and
volatile numbers are no change. Written from recordings of what both APIs give back for what was sent.
"""

from __future__ import annotations

from copy import deepcopy
from hashlib import sha256
from typing import Any

import orjson

from sync.migration import BUILT_IN_ANNOTATION, is_settled, migrated

CHECKSUM_LENGTH = 16
EXACT = 2**53
"""From here on servers that keep numbers as floats don't tell a whole number from the next."""
NUMBERS = frozenset({"id", "uid", "version", "iteration", "schemaVersion", "meta", "pluginVersion", "gnetId"})
NOT_STORED = frozenset({"preload", "variables"})
"""What only one of the two APIs keeps."""
VOLATILE = NUMBERS | NOT_STORED
DEFAULTS: dict[str, Any] = {
    "editable": True,
    "fiscalYearStartMonth": 0,
    "graphTooltip": 0,
    "hideControls": False,
    "liveNow": False,
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
LISTED_BY_SERVER = frozenset({"query", "datasource", "constant"})


def canonical(spec: dict[str, Any]) -> dict[str, Any]:
    """Return the canonical form of a dashboard (v1 or v2 content); `spec` itself is left as it is."""
    if isinstance(spec.get("elements"), dict) and _pruned(spec["elements"]):
        return _pruned_mapping(spec)
    if not is_settled(spec):
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


def _annotation(entry: Any) -> Any:
    return None if entry == BUILT_IN_ANNOTATION else entry


def _variable(variable: Any) -> Any:
    """Take away the values that the server found for a variable; its query is what counts."""
    if not isinstance(variable, dict):
        return variable
    taken = {"options", "index"} if variable.get("type") in LISTED_BY_SERVER else {"index"}
    return {key: value for key, value in variable.items() if key not in taken}


def _panels(panels: list[Any]) -> list[Any]:
    """Take the defaults away, and order the panels as the server does."""
    forms = []
    for panel in sorted((panel for panel in panels if isinstance(panel, dict)), key=_place):
        kept = LIBRARY_PANEL if panel.get("libraryPanel") else panel.keys() - {"pluginVersion"}
        form = _without({key: value for key, value in panel.items() if key in kept}, PANEL_DEFAULTS)
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
    if isinstance(value, float) and abs(value) < EXACT and value.is_integer():
        return int(value)
    return float(value) if isinstance(value, int) and abs(value) >= EXACT else value
