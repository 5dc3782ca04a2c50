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
    """Show an object in an API version; a spec that is stored in that version is passed through unparsed."""
    body: dict[str, Any] = {
        "kind": kind.name,
        "apiVersion": kind.api_version(version),
        "metadata": orjson.Fragment(row.metadata),
    }
    if row.api == version:
        return {**body, "spec": orjson.Fragment(row.spec), **({"status": {}} if kind.has_status else {})}
    spec, error = converted(row, version)
    status: dict[str, Any] = {"failed": error is not None, "storedVersion": row.api}
    if error is not None:
        status["error"] = error
    return {**body, "spec": spec, "status": {"conversion": status}}


def converted(row: Row, version: str) -> tuple[dict[str, Any], str | None]:
    """Convert a stored dashboard; where its content can't be, only the title comes over and the reason is told."""
    try:
        return convert(row.read_spec(), stored=row.api, wanted=version), None
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        return {"title": row.title}, f"the content can't be converted from {row.api} to {version}: {error!r}"


def shown_metadata(row: Row) -> dict[str, Any]:
    """Show an object without its spec."""
    return {
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": orjson.Fragment(row.metadata),
    }
