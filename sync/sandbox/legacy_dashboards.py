"""The legacy API of dashboards: save, read, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from starlette.routing import Route

from sync.sandbox import access, names
from sync.sandbox.answers import access_denied, answer, hidden, read_object, refusal
from sync.sandbox.auth import identity_of, login_of
from sync.sandbox.folder_tree import delete_for_good
from sync.sandbox.objects import (
    CREATED_BY,
    DASHBOARDS,
    FOLDER,
    FOLDERS,
    MESSAGE,
    UPDATED_AT,
    UPDATED_BY,
    Write,
    create,
    internal_id,
    update,
)
from sync.sandbox.rendering import converted

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from sync.sandbox.auth import Identity
    from sync.sandbox.store import Row, Store

API = "v0alpha1"
"""The version in which the legacy API stores and reads."""

ANONYMOUS = "Anonymous"
_SAVE = "any of dashboards:create, dashboards:write"


def bad(message: str) -> Exception:
    """Make the legacy 400."""
    return refusal(400, message)


def find(request: Request, needed: int, permission: str) -> Row:
    """Find the dashboard that a path names, for an identity that has this level on it."""
    store, who = request.app.state.store, identity_of(request)
    row: Row | None = store.get(DASHBOARDS, request.path_params["uid"])
    if row is None:
        raise refusal(404, "Dashboard not found") if who.role == "Admin" else hidden("Dashboard not found")
    if not access.may(store, who, row, needed):
        raise access_denied(permission)
    return row


async def save(request: Request) -> Response:
    """Create a dashboard, or save over it when its version is the stored one or `overwrite` says so."""
    store, who = request.app.state.store, identity_of(request)
    if not (who.may_act_as("Editor") or _has_edit_anywhere(store, who)):
        raise access_denied(_SAVE)
    command = await read_object(request)
    spec = command.get("dashboard")
    if not isinstance(spec, dict):
        raise bad("bad request data")
    with store.transaction():
        return answer(_save(store, who, command, spec))


def _has_edit_anywhere(store: Store, who: Identity) -> bool:
    return any(access.may(store, who, folder, access.EDIT) for folder in store.after(FOLDERS))


def _save(store: Store, who: Identity, command: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    message = str(command.get("message") or "")
    title = spec.get("title")
    if not isinstance(title, str) or not title.strip():
        raise refusal(400, "Dashboard title cannot be empty", status="empty-name")
    uid = str(spec.get("uid") or names.new_uid())
    names.check_uid(uid, bad)
    names.check_dashboard(spec, message, bad)
    folder = str(command.get("folderUid") or "")
    if folder and store.get(FOLDERS, folder) is None:
        raise bad("folder not found")
    row = store.get(DASHBOARDS, uid)
    number = spec.get("id")
    if number and (row is None or internal_id(row.read_metadata()) != number):
        raise refusal(404, "Dashboard not found", status="not-found")
    if row is not None and not command.get("overwrite") and spec.get("version", 0) != row.generation:
        raise refusal(412, "The dashboard has been changed by someone else", status="version-mismatch")
    return answer_of_save(write(store, who, uid=uid, spec=spec, folder=folder, message=message))


def write(store: Store, who: Identity, *, uid: str, spec: dict[str, Any], folder: str, message: str) -> Row:
    """Store a dashboard as the legacy API does: only the folder and the message are left of its annotations.

    A save that changes neither content nor folder makes no new version; its message replaces the last one.
    """
    row = store.get(DASHBOARDS, uid)
    allowed = access.may_create_in(store, who, folder)
    if row is not None:
        allowed = access.may(store, who, row, access.EDIT) and (allowed or folder == row.folder)
    if not allowed:
        raise access_denied(_SAVE)
    fields: dict[str, Any] = {f"f:{key}": {} for key in sorted({*spec, "id", "uid", "version"})}
    content = {key: value for key, value in spec.items() if key not in {"id", "version"}} | {"uid": uid}
    wanted = Write(
        kind=DASHBOARDS,
        name=uid,
        api=API,
        spec=content,
        author=who.author,
        annotations={FOLDER: folder, MESSAGE: message},
        managed_fields=[
            {
                "manager": "grafana",
                "operation": "Update",
                "apiVersion": f"dashboard.grafana.app/{API}",
                "time": names.now(),
                "fieldsType": "FieldsV1",
                "fieldsV1": {"f:metadata": {"f:annotations": {"f:grafana.app/message": {}}}, "f:spec": fields},
            }
        ],
    )
    if row is None:
        return create(store, wanted)
    same = row.api == API and row.folder == folder and row.spec == orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    return update(store, row, wanted, bump=not same)


def answer_of_save(row: Row) -> dict[str, Any]:
    """Write what a save answers."""
    slug = names.slug(row.title)
    return {
        "folderUid": row.folder,
        "id": internal_id(row.read_metadata()),
        "slug": slug,
        "status": "success",
        "uid": row.name,
        "url": f"/d/{row.name}/{slug}",
        "version": row.generation,
    }


def classic(row: Row) -> dict[str, Any]:
    """Write a dashboard's content as the legacy API shows it: classic JSON with uid and version."""
    spec, _ = converted(row, API)
    return {**spec, "uid": row.name, "version": row.generation}


async def get(request: Request) -> Response:
    """Answer a dashboard with its `meta`."""
    row = find(request, access.VIEW, "dashboards:read")
    store, who = request.app.state.store, identity_of(request)
    metadata = row.read_metadata()
    reached = access.level(store, who, row)
    edits, administers = reached >= access.EDIT, reached >= access.ADMINISTER
    annotations = metadata["annotations"]
    # The recorded server knows neither author until a dashboard has been changed once.
    updated_by = annotations.get(UPDATED_BY)
    creator = login_of(store, annotations.get(CREATED_BY, "")) if updated_by else None
    slug = names.slug(row.title)
    annotating = {"canAdd": edits, "canEdit": edits, "canDelete": edits}
    meta = {
        "type": "db",
        "canSave": edits,
        "canEdit": edits,
        "canAdmin": administers,
        "canStar": who.kind == "user",
        "canDelete": edits,
        "slug": slug,
        "url": f"/d/{row.name}/{slug}",
        "expires": "0001-01-01T00:00:00Z",
        "created": metadata["creationTimestamp"],
        "updated": annotations.get(UPDATED_AT, metadata["creationTimestamp"]),
        "updatedBy": (login_of(store, updated_by) if updated_by else None) or ANONYMOUS,
        "createdBy": creator or ANONYMOUS,
        "version": row.generation,
        "hasAcl": False,
        "isFolder": False,
        "apiVersion": API,
        **_folder_fields(store, row),
        "provisioned": False,
        "provisionedExternalId": "",
        "annotationsPermissions": {"dashboard": annotating, "organization": annotating},
    }
    return answer({"meta": meta, "dashboard": {**classic(row), "id": internal_id(metadata)}})


def _folder_fields(store: Store, row: Row) -> dict[str, Any]:
    folder = store.get(FOLDERS, row.folder) if row.folder else None
    if folder is None:
        return {"folderId": 0, "folderUid": row.folder, "folderTitle": "General", "folderUrl": ""}
    return {
        "folderId": internal_id(folder.read_metadata()),
        "folderUid": folder.name,
        "folderTitle": folder.title,
        "folderUrl": f"/dashboards/f/{folder.name}/{names.slug(folder.title)}",
    }


async def delete(request: Request) -> Response:
    """Delete a dashboard."""
    row = find(request, access.EDIT, "dashboards:delete")
    delete_for_good(request.app.state.store, row, author=identity_of(request).author)
    return answer({"message": f"Dashboard {row.title} deleted", "title": row.title, "uid": row.name})


routes = [
    Route("/api/dashboards/db", save, methods=["POST"]),
    Route("/api/dashboards/uid/{uid}", get, methods=["GET"]),
    Route("/api/dashboards/uid/{uid}", delete, methods=["DELETE"]),
]
