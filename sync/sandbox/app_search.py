"""The app platform's search: dashboards and folders by words, tag and folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sync.sandbox.answers import answer
from sync.sandbox.auth import identity_of
from sync.sandbox.objects import DASHBOARDS, FOLDERS, MANAGER_ID, MANAGER_KIND
from sync.sandbox.searching import Wanted, find

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from sync.sandbox.searching import Found

_KINDS = {"dashboard": (DASHBOARDS,), "folder": (FOLDERS,)}


async def search(request: Request) -> Response:
    """Answer what matches; `tag` selects, `tags` (not a parameter of the real server either) is ignored."""
    query = request.query_params
    wanted = Wanted(
        kinds=_KINDS.get(query.get("type", ""), (DASHBOARDS, FOLDERS)),
        words=query.get("query", ""),
        tags=tuple(query.getlist("tag")),
        folders=tuple(query.getlist("folder")),
        names=tuple(query.getlist("name")),
    )
    found = find(request.app.state.store, identity_of(request), wanted)
    limit, offset = (
        int(query[key]) if query.get(key, "").isdigit() else default for key, default in (("limit", 50), ("offset", 0))
    )
    hits = [_hit(thing) for thing in found[offset : offset + limit]]
    return answer({"totalHits": len(found), "hits": hits, "queryCost": 0, "maxScore": 1})


def _hit(found: Found) -> dict[str, Any]:
    hit: dict[str, Any] = {"resource": found.row.kind, "name": found.row.name, "title": found.row.title}
    if found.tags:
        hit["tags"] = found.tags
    if found.row.folder:
        hit["folder"] = found.row.folder
    annotations = found.row.read_metadata().get("annotations", {})
    if MANAGER_KIND in annotations:
        hit["managedBy"] = {"kind": annotations[MANAGER_KIND], "id": annotations.get(MANAGER_ID, "")}
    return hit
