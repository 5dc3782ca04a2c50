"""The legacy API of a dashboard's versions: list, read one, restore."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from sync.sandbox import access
from sync.sandbox.answers import answer, read_object, refusal, whole_number
from sync.sandbox.auth import identity_of, login_of
from sync.sandbox.legacy_dashboards import ANONYMOUS, answer_of_save, classic, find, write
from sync.sandbox.objects import CREATED_BY, DASHBOARDS, MESSAGE, UPDATED_AT, UPDATED_BY, internal_id
from sync.sandbox.paging import Place, read_place

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from sync.sandbox.store import Row, Store

_DEFAULT_LIMIT = 1000
_RESTORED = "Restored from version "
_NEED = "dashboards:write"


async def versions(request: Request) -> Response:
    """Answer a page of versions, newest first."""
    row = find(request, access.EDIT, _NEED)
    store: Store = request.app.state.store
    limit = whole_number(request, "limit", _DEFAULT_LIMIT)
    token = request.query_params.get("continueToken", "")
    place = read_place(token) if token else Place(0, 0)
    if place is None:
        raise refusal(400, "the continue token is not one that this server gave")
    rows = store.history(DASHBOARDS, row.name, before=place.version or None)
    found = list(islice(rows, limit + 1))
    more = len(found) > limit
    found = found[:limit]
    listed = []
    for version in found:
        shown = _version(store, version)
        if shown["restoredFrom"]:
            shown["message"] = f"{_RESTORED}{shown['restoredFrom']}"
        if shown["parentVersion"] == 0:
            shown["message"] = "Initial save"
        listed.append(shown)
    token = Place(place.offset + len(found), found[-1].version).token() if more else ""
    return answer({"continueToken": token, "versions": listed})


async def version(request: Request) -> Response:
    """Answer one version; a missing one is a 500, as on the real server."""
    row = find(request, access.EDIT, _NEED)
    number = request.path_params["number"]
    found = _find(request, row, number)
    if found is None:
        number_of_row = internal_id(row.read_metadata())
        raise refusal(500, f"Dashboard version {number} not found for dashboardId {number_of_row}")
    shown = _version(request.app.state.store, found)
    if UPDATED_BY not in found.read_metadata()["annotations"]:
        shown["createdBy"] = ANONYMOUS
    return answer(shown)


async def restore(request: Request) -> Response:
    """Save an old version's content again, as a new version whose message says so."""
    row = find(request, access.EDIT, _NEED)
    store, who = request.app.state.store, identity_of(request)
    command = await read_object(request)
    number = command.get("version")
    with store.transaction():
        found = _find(request, row, number) if isinstance(number, int) else None
        if found is None:
            raise refusal(404, "Dashboard not found")
        spec = classic(found)
        if spec | {"version": row.generation} == classic(row):
            raise refusal(400, "Current dashboard is identical to the specified version")
        message = f"{_RESTORED}{number}"
        saved = write(store, who, uid=row.name, spec=spec, folder=row.folder, message=message)
    return answer(answer_of_save(saved))


def _find(request: Request, row: Row, number: int) -> Row | None:
    history = request.app.state.store.history(DASHBOARDS, row.name)
    return next((old for old in history if old.generation == number), None)


def _version(store: Store, row: Row) -> dict[str, Any]:
    metadata = row.read_metadata()
    annotations = metadata["annotations"]
    message = annotations.get(MESSAGE, "")
    restored = re.fullmatch(rf"{_RESTORED}(\d+)", message)
    author = annotations.get(UPDATED_BY) or annotations.get(CREATED_BY, "")
    return {
        "id": row.generation,
        "dashboardId": internal_id(metadata),
        "uid": row.name,
        "parentVersion": row.generation - 1,
        "restoredFrom": int(restored[1]) if restored else 0,
        "version": row.generation,
        "created": annotations.get(UPDATED_AT, metadata["creationTimestamp"]),
        "message": message,
        "data": classic(row),
        "createdBy": login_of(store, author) or ANONYMOUS,
    }


routes = [
    Route("/api/dashboards/uid/{uid}/versions", versions, methods=["GET"]),
    Route("/api/dashboards/uid/{uid}/versions/{number:int}", version, methods=["GET"]),
    Route("/api/dashboards/uid/{uid}/restore", restore, methods=["POST"]),
]
