"""JSON merge patch (RFC 7386) and JSON patch (RFC 6902: add, remove, replace, test)."""

from __future__ import annotations

from typing import Any

import orjson

from sync.sandbox.answers import failure
from sync.sandbox.app_requests import bad_request

_MERGE = "application/merge-patch+json"
_STEPS = "application/json-patch+json"


def patched(current: dict[str, Any], body: bytes, content_type: str) -> Any:
    """Apply a patch to an object, which is changed; refuses a patch of another form, or one that doesn't fit."""
    form = content_type.split(";", 1)[0].strip().lower()
    if form not in {_MERGE, _STEPS}:
        message = f"the body of the request was in an unknown format - accepted media types include: {_STEPS}, {_MERGE}"
        raise failure(415, message, reason="UnsupportedMediaType")
    try:
        patch = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise bad_request(f"the patch is not JSON: {error}") from None
    if form == _MERGE:
        return merged(current, patch)
    try:
        for step in patch:
            _apply(current, step)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise failure(422, f"the patch does not fit the object: {error}", reason="Invalid") from None
    return current


def merged(current: Any, patch: Any) -> Any:
    """Merge a patch into a value: null takes a key away, an object is merged, anything else replaces."""
    if not isinstance(patch, dict):
        return patch
    result = dict(current) if isinstance(current, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def _apply(target: Any, step: dict[str, Any]) -> None:
    *way, last = (part.replace("~1", "/").replace("~0", "~") for part in step["path"].split("/")[1:])
    for part in way:
        target = target[int(part)] if isinstance(target, list) else target[part]
    key: Any = last
    if isinstance(target, list):
        key = len(target) if last == "-" else int(last)
    match step["op"]:
        case "add":
            _put(target, key, step["value"])
        case "replace":
            del target[key]
            _put(target, key, step["value"])
        case "remove":
            del target[key]
        case "test" if target[key] != step["value"]:
            raise ValueError(f"test of {step['path']} failed")
        case "test":
            pass
        case other:
            raise ValueError(f"operation {other} is not supported")


def _put(target: Any, key: Any, value: Any) -> None:
    if isinstance(target, list):
        target.insert(key, value)
    else:
        target[key] = value
