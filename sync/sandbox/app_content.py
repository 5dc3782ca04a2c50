"""What the app platform takes as content: the checks of dashboards and folders, and the form in which they are kept."""

from __future__ import annotations

from typing import Any

import orjson

from sync import migration
from sync.sandbox import dashboard_v2, names
from sync.sandbox.answers import failure
from sync.sandbox.app_requests import Call, bad_request, missing
from sync.sandbox.folder_tree import DEPTH_LIMIT, too_deep, would_circle
from sync.sandbox.kinds import DASHBOARD, FOLDER
from sync.sandbox.objects import FOLDER as FOLDER_ANNOTATION
from sync.sandbox.objects import FOLDERS, MESSAGE

_CUE_TYPES = {bool: "bool", int: "int", float: "float", list: "list", dict: "struct", type(None): "null"}


def checked_content(call: Call, sent: dict[str, Any], *, moved: bool) -> tuple[dict[str, Any], list[str]]:
    """Check what a client wants to store; returns the spec to keep and warnings for the client.

    `moved` tells that the object goes into another folder than it is in, which must exist then.
    """
    spec: dict[str, Any] = sent.get("spec", {})
    folder = sent["metadata"]["annotations"].get(FOLDER_ANNOTATION, "")
    if call.kind == FOLDER:
        return _checked_folder(call, sent["metadata"]["name"], spec, folder, moved=moved), []
    if moved and folder and call.store.get(FOLDERS, folder) is None:
        raise missing(FOLDER, folder)
    return _checked_dashboard(call, sent, spec)


def _checked_folder(call: Call, name: str, spec: dict[str, Any], parent: str, *, moved: bool) -> dict[str, Any]:
    title = spec.get("title")
    if not isinstance(title, str) or not title.strip():
        raise bad_request("folder title cannot be empty")
    if parent and would_circle(call.store, name, parent):
        raise failure(500, "cannot move folder under its own descendant, this would create a circular reference")
    if parent and moved and too_deep(call.store, parent):
        raise bad_request(f"folder max depth exceeded, max depth is {DEPTH_LIMIT}")
    return {key: spec[key] for key in ("title", "description") if key in spec}


def _checked_dashboard(call: Call, sent: dict[str, Any], spec: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    name = sent["metadata"]["name"]
    if "title" in spec and not isinstance(spec["title"], str):
        value = orjson.dumps(spec["title"]).decode()
        found = _CUE_TYPES[type(spec["title"])]
        message = f"Invalid value: conflicting values {value} and string (mismatched types {found} and string)"
        raise invalid(name, [("spec.title", message)])
    if spec.get("title") == "":
        raise bad_request("Dashboard title cannot be empty")
    names.check_dashboard(spec, sent["metadata"]["annotations"].get(MESSAGE, ""), bad_request)
    if call.version == "v1beta1":
        return migration.migrated(spec), []
    if call.version.startswith("v2"):
        problems = dashboard_v2.problems(spec)
        if problems:
            raise invalid(name, problems)
        return dashboard_v2.known_fields(spec)
    return spec, []


def invalid(name: str, problems: list[tuple[str, str]]) -> Exception:
    """Make the 422 that names each wrong field: `problems` are pairs of field and message."""
    listed = ", ".join(f"{field}: {message}" for field, message in problems)
    text = f"[{listed}]" if len(problems) > 1 else listed
    causes = [{"reason": "FieldValueInvalid", "message": message, "field": field} for field, message in problems]
    kind = f"{DASHBOARD.name}.{DASHBOARD.group}"
    details = {"name": name, "group": DASHBOARD.group, "kind": DASHBOARD.name, "causes": causes}
    return failure(422, f'{kind} "{name}" is invalid: {text}', reason="Invalid", details=details)
