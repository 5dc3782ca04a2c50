"""A difference as one JSON object; its schema is difference.schema.json beside this module."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any

import orjson

from sync.diff import sentences
from sync.version import __version__

if TYPE_CHECKING:
    from sync.diff.change import Change, Difference, Item, Side
    from sync.diff.pictures import Pictures

SCHEMA_VERSION = 1


def schema() -> dict[str, Any]:
    """Return the JSON Schema of what `document` writes."""
    found: dict[str, Any] = orjson.loads(resources.files("sync.diff").joinpath("difference.schema.json").read_bytes())
    return found


def document(difference: Difference, *, pictures: Pictures | None = None) -> str:
    """Return the difference as JSON."""
    found = {
        "kind": "diff",
        "schemaVersion": SCHEMA_VERSION,
        "toolVersion": __version__,
        "summary": {
            "before": difference.before,
            "after": difference.after,
            "words": sentences.counts(difference),
            "changes": difference.changes,
            "unchanged": difference.unchanged,
            "hidden": difference.hidden,
        },
        "rows": [_row(item) | _picture(pictures, index) for index, item in enumerate(difference.items)],
        "problems": [
            {"side": one.side, "file": one.file, "line": one.line, "column": one.column, "what": one.what}
            for one in difference.problems
        ],
    }
    return _dumped(found)


def _dumped(found: dict[str, Any]) -> str:
    try:
        return orjson.dumps(found, option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONEncodeError:  # a lone surrogate in a title is no UTF-8
        import json

        return json.dumps(found, indent=2)


def _row(item: Item) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "status": item.status,
        "before": _side(item.before),
        "after": _side(item.after),
        "summary": item.summary or sentences.gist(item),
        "changes": [_change(change) for change in item.changes],
        "hidden": item.hidden,
    }


def _picture(pictures: Pictures | None, index: int) -> dict[str, str]:
    file = pictures.file(index) if pictures else None
    return {"picture": str(file)} if file else {}


def _side(side: Side | None) -> dict[str, str] | None:
    return None if side is None else {"file": side.file, "folder": side.folder, "title": side.title, "uid": side.uid}


def _change(change: Change) -> dict[str, Any]:
    return {
        "where": list(change.where),
        "what": change.what,
        "op": change.op,
        "before": change.before,
        "after": change.after,
        "details": list(change.details),
        "path": list(change.path),
        "line": change.line,
    }
