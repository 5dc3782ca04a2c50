"""The legacy API of folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from sync.sandbox import access, names
from sync.sandbox.answers import access_denied, answer, hidden, read_object, refusal, whole_number
from sync.sandbox.auth import identity_of, login_of
from sync.sandbox.folder_tree import DEPTH_LIMIT, RULES, ancestors, delete_with_content, too_deep, would_circle
from sync.sandbox.legacy_dashboards import ANONYMOUS, bad
from sync.sandbox.objects import (
    CREATED_BY,
    FOLDER,
    FOLDERS,
    UPDATED_AT,
    UPDATED_BY,
    Write,
    create,
    internal_id,
    update,
)

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from sync.sandbox.auth import Identity
    from sync.sandbox.store import Row, Store

_API = "v1beta1"
_LIST_LIMIT = 1000


async def post(request: Request) -> Response:
    """Create a folder; 412 when the uid is taken."""
    store, who = request.app.state.store, identity_of(request)
    command = await read_object(request)
    parent = str(command.get("parentUid") or "")
    if not access.may_create_in(store, who, parent):
        raise access_denied("folders:create")
    uid = str(command.get("uid") or names.new_uid())
    names.check_uid(uid, bad)
    with store.transaction():
        if parent and store.get(FOLDERS, parent) is None:
            raise refusal(404, "folder not found", status="not-found")
        if too_deep(store, parent):
            raise bad(f"folder max depth exceeded, max depth is {DEPTH_LIMIT}")
        write = _write(who, uid, command.get("title"), str(command.get("description") or ""), parent)
        if store.get(FOLDERS, uid) is not None:
            raise refusal(412, "the folder has been changed by someone else")
        row = create(store, write)
    return answer(_folder(store, who, row))


def _write(who: Identity, uid: str, title: Any, description: str, parent: str) -> Write:
    if not isinstance(title, str) or not title.strip():
        raise bad("folder title cannot be empty")
    fields: dict[str, Any] = {"f:spec": {"f:description": {}, "f:title": {}}}
    owned = {"manager": "grafana", "operation": "Update", "apiVersion": f"folder.grafana.app/{_API}"}
    owned |= {"time": names.now(), "fieldsType": "FieldsV1"}
    return Write(
        kind=FOLDERS,
        name=uid,
        api=_API,
        spec={"title": title, "description": description},
        author=who.author,
        annotations={FOLDER: parent},
        managed_fields=[{**owned, "fieldsV1": fields}],
    )


def find(request: Request, needed: int, permission: str) -> Row:
    """Find the folder that a path names, for an identity that has this level on it."""
    store, who = request.app.state.store, identity_of(request)
    uid = request.path_params["uid"]
    row: Row | None = store.get(FOLDERS, uid)
    if row is None and who.role != "Admin":
        raise hidden("folder not found")
    if row is None and request.method == "DELETE":
        raise refusal(404, f'folders.folder.grafana.app "{uid}" not found')
    if row is None:
        raise refusal(404, "folder not found", status="not-found")
    if not access.may(store, who, row, needed):
        raise access_denied(permission)
    return row


async def get(request: Request) -> Response:
    """Answer a folder, with the folders above it."""
    row = find(request, access.VIEW, "folders:read")
    return answer(_folder(request.app.state.store, identity_of(request), row))


async def list_folders(request: Request) -> Response:
    """Answer a page of the folders in `parentUid` (none: the root), by title."""
    store, who = request.app.state.store, identity_of(request)
    parent = request.query_params.get("parentUid", "")
    rows = [row for row in store.inside(FOLDERS, parent) if access.may(store, who, row, access.VIEW)]
    rows.sort(key=lambda row: row.title.lower())
    limit, page = whole_number(request, "limit", _LIST_LIMIT), whole_number(request, "page", 1)
    listed = []
    for row in rows[(page - 1) * limit : page * limit]:
        short = {"id": internal_id(row.read_metadata()), "uid": row.name, "title": row.title}
        listed.append({**short, **({"parentUid": row.folder} if row.folder else {})})
    return answer(listed)


async def put(request: Request) -> Response:
    """Rename a folder, when its version is the stored one or `overwrite` says so."""
    find(request, access.EDIT, "folders:write")
    store, who = request.app.state.store, identity_of(request)
    command = await read_object(request)
    with store.transaction():
        row = find(request, access.EDIT, "folders:write")
        if not command.get("overwrite") and command.get("version") != row.generation:
            raise refusal(412, "The dashboard has been changed by someone else")
        before = row.read_spec()
        description = command.get("description", before.get("description", ""))
        write = _write(who, row.name, command.get("title", row.title), str(description), row.folder)
        row = update(store, row, write)
    return answer(_folder(store, who, row))


async def move(request: Request) -> Response:
    """Move a folder into another, or to the root."""
    find(request, access.EDIT, "folders:write")
    store, who = request.app.state.store, identity_of(request)
    parent = str((await read_object(request)).get("parentUid") or "")
    with store.transaction():
        row = find(request, access.EDIT, "folders:write")
        if parent and store.get(FOLDERS, parent) is None:
            raise refusal(404, "folder not found", status="not-found")
        if not access.may_create_in(store, who, parent):
            raise access_denied("folders:write")
        if parent and would_circle(store, row.name, parent):
            raise bad("cannot move folder under its own descendant, this would create a circular reference")
        write = _write(who, row.name, row.title, str(row.read_spec().get("description", "")), parent)
        row = update(store, row, write)
    return answer(_folder(store, who, row))


async def delete(request: Request) -> Response:
    """Delete a folder with everything inside; alert rules must be allowed to go by `forceDeleteRules=true`."""
    store: Store = request.app.state.store
    forced = request.query_params.get("forceDeleteRules") == "true"
    with store.transaction():
        row = find(request, access.EDIT, "folders:delete")
        if not forced and any(rule["folderUID"] == row.name for rule in store.records(RULES)):
            raise bad("folder cannot be deleted: folder contains alert rules")
        delete_with_content(store, row, author=identity_of(request).author)
    return answer({"message": "Folder deleted"})


def _folder(store: Store, who: Identity, row: Row) -> dict[str, Any]:
    shown = _one(store, who, row)
    if row.folder:
        shown |= {"parentUid": row.folder, "parents": [_one(store, who, above) for above in ancestors(store, row)]}
    return shown


def _one(store: Store, who: Identity, row: Row) -> dict[str, Any]:
    metadata = row.read_metadata()
    annotations = metadata["annotations"]
    reached = access.level(store, who, row)
    edits = reached >= access.EDIT
    created = metadata["creationTimestamp"]
    description = row.read_spec().get("description")
    return {
        "id": internal_id(metadata),
        "uid": row.name,
        "orgId": 1,
        "title": row.title,
        **({"description": description} if description else {}),
        "url": f"/dashboards/f/{row.name}/{names.slug(row.title)}",
        "hasAcl": False,
        "canSave": edits,
        "canEdit": edits,
        "canAdmin": reached >= access.ADMINISTER,
        "canDelete": edits,
        "createdBy": login_of(store, annotations.get(CREATED_BY, "")) or ANONYMOUS,
        "created": created,
        "updatedBy": login_of(store, annotations.get(UPDATED_BY, "")) or ANONYMOUS,
        "updated": annotations.get(UPDATED_AT, created),
        "version": row.generation,
    }


routes = [
    Route("/api/folders", list_folders, methods=["GET"]),
    Route("/api/folders", post, methods=["POST"]),
    Route("/api/folders/{uid}", get, methods=["GET"]),
    Route("/api/folders/{uid}", put, methods=["PUT"]),
    Route("/api/folders/{uid}", delete, methods=["DELETE"]),
    Route("/api/folders/{uid}/move", move, methods=["POST"]),
]
