"""The legacy API of permissions on dashboards and folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from sync.sandbox import access, legacy_dashboards, legacy_folders, names
from sync.sandbox.access import PERMISSIONS, record_name
from sync.sandbox.answers import answer, read_object
from sync.sandbox.auth import ACCOUNTS, ROLES, USERS
from sync.sandbox.legacy_dashboards import bad
from sync.sandbox.objects import FOLDERS, internal_id

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from sync.sandbox.store import Row, Store


def _find(request: Request, permission: str) -> Row:
    if request.url.path.startswith("/api/folders/"):
        return legacy_folders.find(request, access.ADMINISTER, f"folders.permissions:{permission}")
    return legacy_dashboards.find(request, access.ADMINISTER, f"dashboards.permissions:{permission}")


async def get(request: Request) -> Response:
    """List an object's permissions, its own first, then what it inherits."""
    store: Store = request.app.state.store
    row = _find(request, "read")
    own, *above = access.chain(store, row)
    listed = [_shown(store, row, entry, inherited=False) for entry in access.entries(store, own)]
    listed += [_shown(store, row, entry, inherited=True) for place in above for entry in access.entries(store, place)]
    return answer(listed)


async def post(request: Request) -> Response:
    """Replace an object's own permissions."""
    store: Store = request.app.state.store
    row = _find(request, "write")
    items = (await read_object(request)).get("items")
    if not isinstance(items, list):
        raise bad("bad request data")
    entries = [_entry(store, item) for item in items]
    with store.transaction():
        store.remove_record(PERMISSIONS, record_name(row))
        store.add_record(PERMISSIONS, record_name(row), {"items": entries})
    return answer({"message": "Folder permissions updated" if row.kind == FOLDERS else "Dashboard permissions updated"})


def _entry(store: Store, item: Any) -> dict[str, Any]:
    if not isinstance(item, dict) or item.get("permission") not in access.LEVEL_NAMES:
        raise bad("Invalid permission")
    if item.get("role"):
        if item["role"] not in ROLES:
            raise bad("Invalid role")
        return {"permission": item["permission"], "role": item["role"]}
    for user in store.records(USERS):
        if item.get("userId") == user["id"]:
            return {"permission": item["permission"], "author": f"user:{user['uid']}"}
    raise bad("Permissions may be given to roles and users; the sandbox has no teams")


def _shown(store: Store, row: Row, entry: dict[str, Any], *, inherited: bool) -> dict[str, Any]:
    metadata = row.read_metadata()
    is_folder = row.kind == FOLDERS
    person = _person(store, entry.get("author", ""))
    slug = names.slug(row.title)
    return {
        "folderId" if is_folder else "dashboardId": internal_id(metadata),
        "created": metadata["creationTimestamp"],
        "updated": metadata["creationTimestamp"],
        "userId": person.get("id", 0),
        "userUid": person.get("uid", ""),
        "userLogin": person.get("login", ""),
        "userEmail": person.get("email", ""),
        "userAvatarUrl": "/public/img/user_profile.png",
        "teamId": 0,
        "teamUid": "",
        "teamEmail": "",
        "teamAvatarUrl": "",
        "team": "",
        **({"role": entry["role"]} if "role" in entry else {}),
        "permission": entry["permission"],
        "permissionName": access.LEVEL_NAMES[entry["permission"]],
        "uid": row.name,
        "title": row.title,
        "slug": "" if is_folder else slug,
        "isFolder": is_folder,
        "url": f"/dashboards/f/{row.name}/{slug}" if is_folder else f"/d/{row.name}/{slug}",
        "inherited": inherited,
    }


def _person(store: Store, author: str) -> dict[str, Any]:
    kind, _, uid = author.partition(":")
    known = store.records(USERS if kind == "user" else ACCOUNTS)
    return next((person for person in known if person["uid"] == uid), {})


routes = [
    Route(f"/api/{place}/{{uid}}/permissions", endpoint, methods=[method])
    for place in ("dashboards/uid", "folders")
    for method, endpoint in (("GET", get), ("POST", post))
]
