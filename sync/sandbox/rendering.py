"""How the app platform shows a stored object: whole in the version asked for, or its metadata alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from sync.sandbox.conversion import convert

if TYPE_CHECKING:
    from starlette.requests import Request

    from sync.sandbox.kinds import Kind
    from sync.sandbox.store import Row


def metadata_only(request: Request) -> bool:
    """Tell whether the client asks for metadata without specs (`as=PartialObjectMetadata` or its list)."""
    return "as=PartialObjectMetadata" in request.headers.get("accept", "")


def shown(row: Row, kind: Kind, version: str) -> dict[str, Any]:
    """Show an object in an API version; a spec stored in that version is passed through unparsed."""
    body: dict[str, Any] = {
        "kind": kind.name,
        "apiVersion": kind.api_version(version),
        "metadata": orjson.Fragment(row.metadata),
    }
    if row.api == version:
        body["spec"] = orjson.Fragment(row.spec)
    else:
        body["spec"] = convert(row.read_spec(), stored=row.api, wanted=version)
    if kind.has_status:
        conversion = {"conversion": {"failed": False, "storedVersion": row.api}}
        body["status"] = {} if row.api == version else conversion
    return body


def shown_metadata(row: Row) -> dict[str, Any]:
    """Show an object without its spec."""
    return {
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": orjson.Fragment(row.metadata),
    }
