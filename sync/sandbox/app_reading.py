"""Reading on the app platform: one object, a page of a list, an object's history, the trash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sync.sandbox import access
from sync.sandbox.answers import answer, failure
from sync.sandbox.app_requests import Call, bad_request, read_call
from sync.sandbox.objects import MANAGER_KIND
from sync.sandbox.paging import Place, read_place
from sync.sandbox.rendering import metadata_only, shown, shown_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from sync.sandbox.store import Row

PAGE_LIMIT = 500
"""Objects on a page when the client names no limit."""

PAGE_BYTES = 2 * 1024 * 1024
"""Stored size at which a page ends, whatever the limit; counted with specs even where only metadata is shown."""

_HISTORY = "grafana.app/get-history"
_TRASH = "grafana.app/get-trash"


async def get(request: Request) -> Response:
    """Answer one object."""
    call = read_call(request)
    row = call.store.get(call.kind.resource, call.name)
    if row is None:
        raise call.not_found()
    if not access.may(call.store, call.who, row, access.VIEW):
        raise failure(403)
    return answer(shown_metadata(row) if metadata_only(request) else shown(row, call.kind, call.version))


async def list_objects(request: Request) -> Response:
    """Answer a page of the collection, of one object's history, or of the trash."""
    call = read_call(request)
    labels = _selector(request.query_params.get("labelSelector", ""))
    fields = _selector(request.query_params.get("fieldSelector", ""))
    if unknown := set(fields) - {"metadata.name", "metadata.namespace"}:
        raise bad_request(f'Unable to find "{call.kind.qualified}" that match field selector "{min(unknown)}"')
    name = fields.get("metadata.name", "")
    place = _place(request)
    if labels.pop(_HISTORY, "") == "true":
        if not name:
            raise bad_request("the history needs a fieldSelector metadata.name=…")
        rows = call.store.history(call.kind.resource, name, before=place.version or None)
    elif labels.pop(_TRASH, "") == "true":
        if not call.who.may_act_as("Editor"):
            raise failure(403)
        unmanaged = (row for row in call.store.deleted(call.kind.resource) if MANAGER_KIND not in _annotations(row))
        rows = (row for row in unmanaged if not place.version or row.version < place.version)
    elif name:
        rows = (row for row in [call.store.get(call.kind.resource, name)] if row is not None)
    else:
        rows = call.store.after(call.kind.resource, place.name)
    if labels:
        rows = (row for row in rows if labels.items() <= row.read_metadata().get("labels", {}).items())
    if call.who.role != "Admin":
        rows = (row for row in rows if access.may(call.store, call.who, row, access.VIEW))
    return answer(_page(call, rows, place))


def _annotations(row: Row) -> dict[str, str]:
    annotations: dict[str, str] = row.read_metadata().get("annotations", {})
    return annotations


def _selector(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(",") if part)
    return {key.strip(): value.removeprefix("=").strip() for key, _, value in pairs}


def _place(request: Request) -> Place:
    token = request.query_params.get("continue", "")
    place = read_place(token) if token else Place(0, 0)
    if place is None:
        raise bad_request("the continue token is not one that this server gave")
    return place


def _page(call: Call, rows: Iterator[Row], place: Place) -> dict[str, Any]:
    limit = call.request.query_params.get("limit", "")
    found, more = _cut(rows, int(limit) if limit.isdigit() and int(limit) else PAGE_LIMIT)
    metadata: dict[str, Any] = {"resourceVersion": str(call.store.last_version())}
    if more:
        metadata["continue"] = Place(place.offset + len(found), found[-1].version, found[-1].name).token()
    if metadata_only(call.request):
        head = {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1"}
        return {**head, "metadata": metadata, "items": [shown_metadata(row) for row in found]}
    head = {"kind": f"{call.kind.name}List", "apiVersion": call.kind.api_version(call.version)}
    return {**head, "metadata": metadata, "items": [shown(row, call.kind, call.version) for row in found]}


def _cut(rows: Iterator[Row], limit: int) -> tuple[list[Row], bool]:
    """Take a page's rows, and tell whether more follow."""
    found: list[Row] = []
    size = 0
    for row in rows:
        if len(found) == limit or size >= PAGE_BYTES:
            return found, True
        size += len(row.metadata) + len(row.spec)
        found.append(row)
    return found, False
