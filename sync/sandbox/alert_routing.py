"""Contact points and the routing tree of alerts, by the provisioning API. Nothing is sent."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from sync.sandbox import names
from sync.sandbox.alert_rules import provenance, store_for_writing
from sync.sandbox.answers import RefusalError, answer, objects_in, read_object
from sync.sandbox.legacy_dashboards import bad

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_CONTACTS = "contact-points"
_POLICIES = "policies"
_DEFAULT_POLICY: dict[str, Any] = {"receiver": "empty", "group_by": ["grafana_folder", "alertname"]}


async def add_contact(request: Request) -> Response:
    """Add a contact point."""
    store = store_for_writing(request)
    command = await read_object(request)
    if not command.get("name") or not command.get("type"):
        raise bad("invalid object specification: name and type are required")
    uid = str(command.get("uid") or names.new_uid())
    body: dict[str, Any] = {"uid": uid, "name": str(command["name"]), "type": str(command["type"])}
    body |= {"settings": command.get("settings") or {}, "provenance": provenance(request)}
    body["disableResolveMessage"] = bool(command.get("disableResolveMessage"))
    try:
        store.add_record(_CONTACTS, uid, body)
    except sqlite3.IntegrityError:
        raise bad(
            f"invalid object specification: contact point configuration with UID '{uid}' already exists"
        ) from None
    return answer({key: value for key, value in body.items() if key != "provenance"}, 202)


async def list_contacts(request: Request) -> Response:
    """List the contact points."""
    contacts = request.app.state.store.records(_CONTACTS)
    return answer(
        [{key: value for key, value in contact.items() if key != "id" and value != ""} for contact in contacts]
    )


async def delete_contact(request: Request) -> Response:
    """Delete a contact point."""
    store_for_writing(request).remove_record(_CONTACTS, request.path_params["uid"])
    return answer({"message": "contactpoint deleted"}, 202)


async def get_policies(request: Request) -> Response:
    """Answer the routing tree."""
    kept = request.app.state.store.record(_POLICIES, "root")
    return answer(kept["tree"] if kept else _DEFAULT_POLICY)


async def put_policies(request: Request) -> Response:
    """Replace the routing tree; every receiver in it must exist."""
    store = store_for_writing(request)
    tree = await read_object(request)
    known = {contact["name"] for contact in store.records(_CONTACTS)} | {_DEFAULT_POLICY["receiver"]}
    for receiver in _receivers(tree):
        if receiver not in known:
            cause = f"receiver '{receiver}' does not exist"
            message = f"Invalid format of the submitted route: {cause}. Correct the payload and try again."
            body = {"statusCode": 400, "messageId": "alerting.notifications.routes.invalidFormat", "message": message}
            raise RefusalError(400, {**body, "extra": {"Error": cause}})
    with store.transaction():
        store.remove_record(_POLICIES, "root")
        store.add_record(_POLICIES, "root", {"tree": {**tree, "provenance": provenance(request)}})
    return answer({"message": "policies updated"}, 202)


def _receivers(route: dict[str, Any]) -> list[str]:
    own = [str(route["receiver"])] if route.get("receiver") else []
    return own + [name for inner in objects_in(route, "routes") for name in _receivers(inner)]


_BASE = "/api/v1/provisioning"
routes = [
    Route(f"{_BASE}/contact-points", list_contacts, methods=["GET"]),
    Route(f"{_BASE}/contact-points", add_contact, methods=["POST"]),
    Route(f"{_BASE}/contact-points/{{uid}}", delete_contact, methods=["DELETE"]),
    Route(f"{_BASE}/policies", get_policies, methods=["GET"]),
    Route(f"{_BASE}/policies", put_policies, methods=["PUT"]),
]
