"""Annotations: marks on the time axis, such as a deploy."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from sync.sandbox import access
from sync.sandbox.answers import access_denied, answer, number_in, read_object, refusal, whole_number
from sync.sandbox.auth import USERS, identity_of
from sync.sandbox.legacy_dashboards import bad
from sync.sandbox.objects import DASHBOARDS, internal_id

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from sync.sandbox.store import Store

_KIND = "annotations"
_LIMIT = 100


async def post(request: Request) -> Response:
    """Add an annotation, of a dashboard or of the whole organisation. Times are milliseconds since 1970."""
    store: Store = request.app.state.store
    who = identity_of(request)
    command = await read_object(request)
    text = str(command.get("text") or "")
    uid = str(command.get("dashboardUID") or "")
    row = store.get(DASHBOARDS, uid) if uid else None
    if uid and row is None:
        raise refusal(404, "Dashboard not found")
    allowed = access.may(store, who, row, access.EDIT) if row is not None else who.may_act_as("Editor")
    if not allowed:
        raise access_denied("annotations:create")
    if not text:
        raise bad("Failed to save annotation: text field should not be empty")
    tags = command.get("tags") or []
    if not isinstance(tags, list):
        raise bad("bad request data")
    now = time.time_ns() // 1_000_000
    start = number_in(command, "time", now)
    body = {
        "dashboardUID": uid,
        "panelId": number_in(command, "panelId", 0),
        "created": now,
        "updated": now,
        "time": start,
        "timeEnd": number_in(command, "timeEnd", start),
        "text": text,
        "tags": [str(tag) for tag in tags],
        "login": who.login,
        "data": command.get("data") or {},
    }
    with store.transaction():
        number = store.next_number("annotation-uids")
        store.add_record(_KIND, str(number), body | {"uid": str(number)})
    return answer({"id": number, "message": "Annotation added"})


async def list_annotations(request: Request) -> Response:
    """Answer annotations, newest first: all tags must match (`matchAny=true`: one of them), and the time range."""
    store, query = request.app.state.store, request.query_params
    tags = set(query.getlist("tags"))
    uid = query.get("dashboardUID", "")
    first, last = (int(query[key]) if query.get(key, "").isdigit() else None for key in ("from", "to"))
    emails = {user["login"]: user["email"] for user in store.records(USERS)}
    found = []
    for entry in sorted(store.records(_KIND), key=lambda entry: -entry["time"]):
        matching = tags & set(entry["tags"])
        if tags and not (matching if query.get("matchAny") == "true" else matching == tags):
            continue
        outside = (first is not None and entry["timeEnd"] < first) or (last is not None and entry["time"] > last)
        if not outside and uid in {"", entry["dashboardUID"]}:
            found.append(_shown(store, entry, emails))
    return answer(found[: whole_number(request, "limit", _LIMIT)])


def _shown(store: Store, entry: dict[str, Any], emails: dict[str, str]) -> dict[str, Any]:
    row = store.get(DASHBOARDS, entry["dashboardUID"]) if entry["dashboardUID"] else None
    shown = {key: value for key, value in entry.items() if key != "uid" and not (key == "panelId" and not value)}
    shown |= {"dashboardId": internal_id(row.read_metadata()) if row else 0}
    return shown | {"email": emails.get(entry["login"], ""), "avatarUrl": "/public/img/user_profile.png"}


async def delete(request: Request) -> Response:
    """Delete an annotation."""
    store: Store = request.app.state.store
    if not identity_of(request).may_act_as("Editor"):
        raise access_denied("annotations:delete")
    uid = str(request.path_params["number"])
    if store.record(_KIND, uid) is None:
        raise refusal(404, "annotation not found")
    store.remove_record(_KIND, uid)
    return answer({"message": "Annotation deleted"})


routes = [
    Route("/api/annotations", list_annotations, methods=["GET"]),
    Route("/api/annotations", post, methods=["POST"]),
    Route("/api/annotations/{number:int}", delete, methods=["DELETE"]),
]
