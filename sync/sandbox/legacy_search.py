"""The legacy search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from sync.sandbox import names
from sync.sandbox.answers import answer, whole_number
from sync.sandbox.auth import identity_of
from sync.sandbox.objects import DASHBOARDS, FOLDERS, internal_id
from sync.sandbox.searching import Wanted, find

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from sync.sandbox.searching import Found
    from sync.sandbox.store import Store

_LIMIT = 1000
_MOST = 5000
_KINDS = {"dash-db": (DASHBOARDS,), "dash-folder": (FOLDERS,)}


async def search(request: Request) -> Response:
    """Answer a page of dashboards and folders by title; nothing is ever starred."""
    query = request.query_params
    if query.get("starred") == "true" or query.get("deleted") == "true":
        return answer([])
    wanted = Wanted(
        kinds=_KINDS.get(query.get("type", ""), (DASHBOARDS, FOLDERS)),
        words=query.get("query", ""),
        tags=tuple(query.getlist("tag")),
        folders=tuple(uid for text in query.getlist("folderUIDs") for uid in text.split(",")),
        names=tuple(uid for text in query.getlist("dashboardUIDs") for uid in text.split(",")),
    )
    store: Store = request.app.state.store
    found = find(store, identity_of(request), wanted)
    limit, page = min(whole_number(request, "limit", _LIMIT), _MOST), whole_number(request, "page", 1)
    return answer([_hit(store, thing) for thing in found[(page - 1) * limit : page * limit]])


def _hit(store: Store, found: Found) -> dict[str, Any]:
    row = found.row
    slug = names.slug(row.title)
    is_folder = row.kind == FOLDERS
    hit: dict[str, Any] = {
        "id": internal_id(row.read_metadata()),
        "uid": row.name,
        "orgId": 1,
        "title": row.title,
        "uri": f"db/{slug}",
        "url": f"/dashboards/f/{row.name}/{slug}" if is_folder else f"/d/{row.name}/{slug}",
        "slug": "",
        "type": "dash-folder" if is_folder else "dash-db",
        "tags": found.tags,
        "isStarred": False,
        "sortMeta": 0,
        "isDeleted": False,
    }
    folder = store.get(FOLDERS, row.folder) if row.folder else None
    if folder is not None:
        hit |= {
            "folderId": internal_id(folder.read_metadata()),
            "folderUid": folder.name,
            "folderTitle": folder.title,
            "folderUrl": f"/dashboards/f/{folder.name}/{names.slug(folder.title)}",
        }
    return hit


routes = [Route("/api/search", search, methods=["GET"])]
