"""The server, its organisation, users, service accounts and their tokens."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from sync.sandbox import auth, names
from sync.sandbox.answers import access_denied, answer, read_object, refusal, unauthorized
from sync.sandbox.auth import ACCOUNTS, ROLES, TOKENS, USERS, identity_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from sync.sandbox.store import Store

VERSION = "12.4.0"
"""The Grafana version whose behaviour is imitated, as clients ask for it."""

_COMMIT = "sandbox"


def need_admin(request: Request, permission: str) -> Store:
    """Refuse whoever is not an administrator; returns the store."""
    if identity_of(request).role != "Admin":
        raise access_denied(permission)
    store: Store = request.app.state.store
    return store


async def health(_request: Request) -> Response:
    """Tell that the server is up; open to everybody."""
    return answer({"database": "ok", "version": VERSION, "commit": _COMMIT})


async def settings(request: Request) -> Response:
    """Answer the little of the frontend's settings that clients read."""
    if identity_of(request).role == "None":
        raise unauthorized("Unauthorized", "auth.unauthorized")
    build = {"version": VERSION, "commit": _COMMIT, "edition": "Open Source", "env": "sandbox", "hideVersion": False}
    return answer({"buildInfo": build, "namespace": "default", "appSubUrl": "", "anonymousEnabled": False})


async def organisation(_request: Request) -> Response:
    """Answer the one organisation."""
    address = dict.fromkeys(("address1", "address2", "city", "zipCode", "state", "country"), "")
    return answer({"id": 1, "name": "Main Org.", "address": address})


async def current_user(request: Request) -> Response:
    """Answer who is asking; a service account is no user."""
    who = identity_of(request)
    user = request.app.state.store.record(USERS, who.login) if who.kind == "user" else None
    if user is None:
        raise refusal(404, "user not found")
    shown = {key: user[key] for key in ("id", "uid", "email", "name", "login")}
    return answer({**shown, "orgId": 1, "isGrafanaAdmin": user["role"] == "Admin", "isDisabled": False})


async def list_users(request: Request) -> Response:
    """List the organisation's users."""
    users = need_admin(request, "org.users:read").records(USERS)
    keys = ("uid", "email", "name", "login", "role")
    return answer([{"orgId": 1, "userId": user["id"], **{key: user[key] for key in keys}} for user in users])


async def add_user(request: Request) -> Response:
    """Add a user, a Viewer until its role is changed."""
    store = need_admin(request, "users:create")
    command = await read_object(request)
    login = str(command.get("login") or command.get("email") or "")
    password = str(command.get("password") or "")
    if not login or not password:
        raise refusal(400, "Validation error, need specify either username or email, and a password")
    try:
        number = auth.new_user(
            store,
            login,
            password,
            role="Viewer",
            email=str(command.get("email", "")),
            name=str(command.get("name", "")),
        )
    except sqlite3.IntegrityError:
        raise refusal(412, "User already exists") from None
    return answer({"id": number, "message": "User created"})


async def change_role(request: Request) -> Response:
    """Change a user's role."""
    store = need_admin(request, "org.users:write")
    role = (await read_object(request)).get("role")
    if role not in ROLES:
        raise refusal(400, "Invalid role specified")
    for user in store.records(USERS):
        if user["id"] == request.path_params["number"]:
            store.change_record(USERS, user["login"], {**user, "role": role})
            return answer({"message": "Organization user updated"})
    raise refusal(404, "user not found")


async def add_account(request: Request) -> Response:
    """Add a service account."""
    store = need_admin(request, "serviceaccounts:create")
    command = await read_object(request)
    name, role = str(command.get("name") or ""), command.get("role") or "Viewer"
    if not name:
        raise refusal(400, "name is required")
    if role not in ROLES:
        raise refusal(400, "invalid role value")
    login = f"sa-1-{names.slug(name)}"
    body: dict[str, Any] = {"uid": names.new_uid(), "name": name, "login": login, "role": role, "isDisabled": False}
    try:
        number = store.add_record(ACCOUNTS, login, body)
    except sqlite3.IntegrityError:
        raise refusal(400, "service account already exists") from None
    return answer(_account(store, {"id": number, **body}), 201)


def _account(store: Store, account: dict[str, Any]) -> dict[str, Any]:
    keys = ("id", "uid", "name", "login", "isDisabled", "role")
    tokens = sum(token["account"] == account["login"] for token in store.records(TOKENS))
    return {**{key: account[key] for key in keys}, "orgId": 1, "tokens": tokens, "avatarUrl": ""}


def _find_account(request: Request, store: Store) -> dict[str, Any]:
    for account in store.records(ACCOUNTS):
        if account["id"] == request.path_params["number"]:
            return account
    raise refusal(404, "service account not found")


async def search_accounts(request: Request) -> Response:
    """Find service accounts whose name contains `query`."""
    store = need_admin(request, "serviceaccounts:read")
    query = request.query_params.get("query", "").lower()
    found = [_account(store, account) for account in store.records(ACCOUNTS) if query in account["name"].lower()]
    return answer({"totalCount": len(found), "serviceAccounts": found, "page": 1, "perPage": 1000})


async def delete_account(request: Request) -> Response:
    """Delete a service account with its tokens."""
    store = need_admin(request, "serviceaccounts:delete")
    account = _find_account(request, store)
    with store.transaction():
        for token in store.records(TOKENS):
            if token["account"] == account["login"]:
                store.remove_record(TOKENS, token["digest"])
        store.remove_record(ACCOUNTS, account["login"])
    return answer({"message": "Service account deleted"})


async def add_token(request: Request) -> Response:
    """Make a token; its key is shown this once."""
    store = need_admin(request, "serviceaccounts:write")
    account = _find_account(request, store)
    name = str((await read_object(request)).get("name") or "")
    if not name:
        raise refusal(400, "name is required")
    key, digest = auth.new_key()
    with store.transaction():
        if any(token["account"] == account["login"] and token["name"] == name for token in store.records(TOKENS)):
            raise refusal(409, "service account token with given name already exists in the organization")
        number = store.add_record(TOKENS, digest, {"account": account["login"], "name": name, "digest": digest})
    return answer({"id": number, "name": name, "key": key})


async def list_tokens(request: Request) -> Response:
    """List a service account's tokens, without their keys."""
    store = need_admin(request, "serviceaccounts:read")
    account = _find_account(request, store)
    tokens = [token for token in store.records(TOKENS) if token["account"] == account["login"]]
    return answer([{"id": token["id"], "name": token["name"]} for token in tokens])


async def delete_token(request: Request) -> Response:
    """Revoke a token."""
    store = need_admin(request, "serviceaccounts:write")
    account = _find_account(request, store)
    for token in store.records(TOKENS):
        if token["account"] == account["login"] and token["id"] == request.path_params["token"]:
            store.remove_record(TOKENS, token["digest"])
            return answer({"message": "Service account token deleted"})
    raise refusal(404, "service account token not found")


routes = [
    Route("/api/health", health, methods=["GET"]),
    Route("/healthz", health, methods=["GET"]),
    Route("/api/frontend/settings", settings, methods=["GET"]),
    Route("/api/org", organisation, methods=["GET"]),
    Route("/api/user", current_user, methods=["GET"]),
    Route("/api/org/users", list_users, methods=["GET"]),
    Route("/api/org/users/{number:int}", change_role, methods=["PATCH"]),
    Route("/api/admin/users", add_user, methods=["POST"]),
    Route("/api/serviceaccounts", add_account, methods=["POST"]),
    Route("/api/serviceaccounts/search", search_accounts, methods=["GET"]),
    Route("/api/serviceaccounts/{number:int}", delete_account, methods=["DELETE"]),
    Route("/api/serviceaccounts/{number:int}/tokens", add_token, methods=["POST"]),
    Route("/api/serviceaccounts/{number:int}/tokens", list_tokens, methods=["GET"]),
    Route("/api/serviceaccounts/{number:int}/tokens/{token:int}", delete_token, methods=["DELETE"]),
]
