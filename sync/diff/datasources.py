"""References to data sources: names of old, `{type, uid}` of today, variables, the `__inputs` of an export."""

from __future__ import annotations

import re
from typing import Any

from sync.diff.values import Json, text

_VARIABLE = re.compile(r"^(?:\$(\w+)|\$\{(\w+)(?::\w+)?\}|\[\[(\w+)\]\])$")
GRAFANA = {"grafana", "-- Grafana --"}


def reference(value: Any, *, inputs: dict[str, Json]) -> Json:
    """Return `{uid, type}` of a data source reference, {} for the default one.

    An export's `${DS_X}` stands for whatever data source of its kind the importer chooses: `{type, input: true}`.
    """
    if isinstance(value, str):
        uid, kind = value, ""
    elif isinstance(value, dict):
        uid, kind = text(value.get("uid")) or text(value.get("name")), text(value.get("type"))
    else:
        return {}
    if uid in {"", "default"} and not kind:
        return {}
    variable = _VARIABLE.match(uid)
    if variable:
        name = next(part for part in variable.groups() if part)
        if name in inputs:
            return {"type": text(inputs[name].get("pluginId")) or kind, "input": True}
        return {"uid": f"${{{name}}}", "type": kind}
    if uid in GRAFANA:
        return {"uid": "-- Grafana --", "type": "grafana"}
    return {"uid": uid, "type": kind} if kind or uid else {}


def same(before: Json, after: Json) -> bool:
    """Whether two references mean one data source as far as a file can tell."""
    kinds = [kind for kind in (before.get("type"), after.get("type")) if kind]
    if kinds and kinds[0] != kinds[-1]:
        return False
    if before.get("input") or after.get("input"):
        return True
    return before.get("uid", "") == after.get("uid", "") or (
        bool(kinds) and not (before.get("uid") and after.get("uid")) and before != {} and after != {}
    )


def shown(ref: Json) -> str:
    """Return a reference as people name it."""
    if not ref:
        return "default"
    uid, kind = text(ref.get("uid")), text(ref.get("type"))
    if ref.get("input"):
        return f"any {kind}" if kind else "any"
    return f"{uid} ({kind})" if uid and kind and uid != kind else uid or kind
