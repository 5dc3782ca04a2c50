"""Library panels: the legacy API of library elements."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from sync.migration import panels_of
from sync.sandbox import access, names
from sync.sandbox.answers import access_denied, answer, read_object, refusal, whole_number
from sync.sandbox.auth import identity_of
from sync.sandbox.folder_tree import LIBRARY
from sync.sandbox.legacy_dashboards import API, bad
from sync.sandbox.objects import DASHBOARDS, FOLDERS, internal_id
from sync.sandbox.rendering import converted

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from sync.sandbox.store import Store

_PER_PAGE = 100
_PANEL = 1


async def post(request: Request) -> Response:
    """Create a library panel in a folder."""
    store: Store = request.app.state.store
    if not identity_of(request).may_act_as("Editor"):
        raise access_denied("library.panels:create")
    command = await read_object(request)
    model = command.get("model")
    if not isinstance(model, dict) or not command.get("name"):
        raise bad("bad request data")
    uid = str(command.get("uid") or names.new_uid())
    names.check_uid(uid, bad)
    folder = str(command.get("folderUid") or "")
    if folder and store.get(FOLDERS, folder) is None:
        raise bad("folder not found")
    time = names.now_exact()
    body = {
        "uid": uid,
        "name": str(command["name"]),
        "kind": command.get("kind", _PANEL),
        "folderUid": folder,
        "model": model,
        "version": 1,
        "created": time,
        "updated": time,
        "createdBy": _author(request),
        "updatedBy": _author(request),
    }
    try:
        number = store.add_record(LIBRARY, uid, body)
    except sqlite3.IntegrityError:
        raise bad("library element with that name or UID already exists") from None
    return answer({"result": _shown(store, {"id": number, **body})})


def _author(request: Request) -> dict[str, Any]:
    who = identity_of(request)
    return {"id": who.number, "name": who.login, "avatarUrl": "/public/img/user_profile.png"}


def _shown(store: Store, element: dict[str, Any]) -> dict[str, Any]:
    folder = store.get(FOLDERS, element["folderUid"]) if element["folderUid"] else None
    description = element["model"].get("description", "")
    return {
        "id": element["id"],
        "orgId": 1,
        "folderId": internal_id(folder.read_metadata()) if folder else 0,
        "folderUid": element["folderUid"],
        "uid": element["uid"],
        "name": element["name"],
        "kind": element["kind"],
        "type": element["model"].get("type", ""),
        "description": description,
        "model": {**element["model"], "description": description},
        "version": element["version"],
        "meta": {
            "folderName": folder.title if folder else "",
            "folderUid": element["folderUid"],
            "connectedDashboards": len(_users(store, element["uid"])),
            **{key: element[key] for key in ("created", "updated", "createdBy", "updatedBy")},
        },
    }


def _users(store: Store, uid: str) -> list[str]:
    """List the dashboards that show a library panel."""
    marker = uid.encode()
    found = []
    for row in store.after(DASHBOARDS):
        if marker in row.spec:
            panels = panels_of(converted(row, API)[0])
            if any((panel.get("libraryPanel") or {}).get("uid") == uid for panel in panels):
                found.append(row.name)
    return found


def _find(request: Request) -> dict[str, Any]:
    found: dict[str, Any] | None = request.app.state.store.record(LIBRARY, request.path_params["uid"])
    if found is None:
        raise refusal(404, "library element could not be found")
    return found


async def get(request: Request) -> Response:
    """Answer one library panel."""
    return answer({"result": _shown(request.app.state.store, _find(request))})


async def list_elements(request: Request) -> Response:
    """Answer a page of library panels."""
    store: Store = request.app.state.store
    elements = store.records(LIBRARY)
    per_page, page = whole_number(request, "perPage", _PER_PAGE), whole_number(request, "page", 1)
    shown = [_shown(store, element) for element in elements[(page - 1) * per_page : page * per_page]]
    return answer({"result": {"totalCount": len(elements), "elements": shown, "page": page, "perPage": per_page}})


async def patch(request: Request) -> Response:
    """Change a library panel, when its version is the stored one.

    The answer names no folder unless the request does; stored is the folder it had. So does the recorded server.
    """
    store: Store = request.app.state.store
    _check_edit(request, "library.panels:write")
    command = await read_object(request)
    with store.transaction():
        element = _find(request)
        if command.get("version") != element["version"]:
            raise refusal(412, "the library element has been changed by someone else")
        element |= {key: command[key] for key in ("name", "kind", "model", "folderUid") if command.get(key)}
        element |= {"version": element["version"] + 1, "updated": names.now_exact(), "updatedBy": _author(request)}
        store.change_record(LIBRARY, element["uid"], element)
    return answer({"result": _shown(store, {**element, "folderUid": command.get("folderUid") or ""})})


def _check_edit(request: Request, permission: str) -> None:
    folder = _find(request)["folderUid"]
    if not access.may_create_in(request.app.state.store, identity_of(request), folder):
        raise access_denied(permission)


async def delete(request: Request) -> Response:
    """Delete a library panel that no dashboard shows."""
    store: Store = request.app.state.store
    _check_edit(request, "library.panels:delete")
    with store.transaction():
        element = _find(request)
        if _users(store, element["uid"]):
            raise refusal(403, "the library element has connections")
        store.remove_record(LIBRARY, element["uid"])
    return answer({"id": element["id"], "message": "Library element deleted"})


async def connections(request: Request) -> Response:
    """List the dashboards that show a library panel."""
    element = _find(request)
    using = _users(request.app.state.store, element["uid"])
    return answer({"result": [{"kind": 1, "elementId": element["id"], "connectionUid": uid} for uid in using]})


routes = [
    Route("/api/library-elements", list_elements, methods=["GET"]),
    Route("/api/library-elements", post, methods=["POST"]),
    Route("/api/library-elements/{uid}", get, methods=["GET"]),
    Route("/api/library-elements/{uid}", patch, methods=["PATCH"]),
    Route("/api/library-elements/{uid}", delete, methods=["DELETE"]),
    Route("/api/library-elements/{uid}/connections", connections, methods=["GET"]),
]
