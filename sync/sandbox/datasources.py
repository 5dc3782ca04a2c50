"""Data sources and correlations. Secrets are write-only: only which ones are set is kept, never their values."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from sync.sandbox import names
from sync.sandbox.accounts import need_admin
from sync.sandbox.answers import access_denied, answer, read_object, refusal
from sync.sandbox.auth import identity_of
from sync.sandbox.legacy_dashboards import bad

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from sync.sandbox.store import Store

_KIND = "datasources"
_CORRELATIONS = "correlations"
_SETTINGS = (
    "access",
    "url",
    "user",
    "database",
    "basicAuth",
    "basicAuthUser",
    "withCredentials",
    "isDefault",
    "jsonData",
)
_DEFAULTS: dict[str, Any] = {
    "access": "proxy",
    "url": "",
    "user": "",
    "database": "",
    "basicAuth": False,
    "basicAuthUser": "",
    "withCredentials": False,
    "isDefault": False,
    "jsonData": {},
}


def _logo(kind: str) -> str:
    name = "prometheus_logo" if kind == "prometheus" else f"{kind}_icon"
    return f"public/plugins/{kind}/img/{name}.svg"


def _shown(source: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": source["id"],
        "uid": source["uid"],
        "orgId": 1,
        "name": source["name"],
        "type": source["type"],
        "typeLogoUrl": _logo(source["type"]),
        **{key: source[key] for key in _SETTINGS},
        "secureJsonFields": dict.fromkeys(source["secrets"], True),
        "version": source["version"],
        "readOnly": source.get("readOnly", False),
        "apiVersion": "",
    }


def _listed(source: dict[str, Any]) -> dict[str, Any]:
    left_out = {"basicAuthUser", "withCredentials", "secureJsonFields", "version", "apiVersion"}
    short = {key: value for key, value in _shown(source).items() if key not in left_out}
    return {**short, "typeName": source["type"].capitalize()}


def _settings(command: dict[str, Any]) -> dict[str, Any]:
    given = {key: command[key] for key in _SETTINGS if command.get(key) is not None}
    return {**_DEFAULTS, **given, "secrets": sorted(command.get("secureJsonData") or {})}


async def post(request: Request) -> Response:
    """Add a data source; 409 when its name or uid is taken."""
    store = need_admin(request, "datasources:create")
    command = await read_object(request)
    name, kind = str(command.get("name") or ""), str(command.get("type") or "")
    if not name or not kind:
        raise bad("bad request data")
    uid = str(command.get("uid") or names.new_uid())
    names.check_uid(uid, bad)
    with store.transaction():
        known = store.records(_KIND)
        if any(source["name"] == name for source in known):
            raise refusal(409, "data source with the same name already exists")
        body = {"uid": uid, "name": name, "type": kind, **_settings(command), "version": 1}
        if not known:
            body["isDefault"] = True
        try:
            number = store.add_record(_KIND, uid, body)
        except sqlite3.IntegrityError:
            raise refusal(409, "data source with the same uid already exists") from None
    return answer(_written({"id": number, **body}, "Datasource added"))


def _written(source: dict[str, Any], message: str) -> dict[str, Any]:
    return {"datasource": _shown(source), "id": source["id"], "message": message, "name": source["name"]}


def _find(request: Request) -> dict[str, Any]:
    found: dict[str, Any] | None = request.app.state.store.record(_KIND, request.path_params["uid"])
    if found is None:
        raise refusal(404, "Data source not found")
    return found


async def list_sources(request: Request) -> Response:
    """List the data sources by name."""
    if not identity_of(request).may_act_as("Editor"):
        raise access_denied("datasources:read")
    return answer(
        [_listed(source) for source in sorted(request.app.state.store.records(_KIND), key=lambda s: s["name"])]
    )


async def get(request: Request) -> Response:
    """Answer one data source."""
    if not identity_of(request).may_act_as("Editor"):
        raise access_denied("datasources:read")
    return answer(_shown(_find(request)))


async def put(request: Request) -> Response:
    """Replace a data source; a version that is given must be the stored one.

    Without one the write is unconditional and the version starts again at 1, as on the recorded server.
    """
    store = need_admin(request, "datasources:write")
    command = await read_object(request)
    with store.transaction():
        source = _find(request)
        if source.get("readOnly"):
            raise refusal(403, "Cannot update read-only data source")
        version = command.get("version")
        if version and version != source["version"]:
            raise refusal(409, "Datasource has already been updated by someone else. Please reload and try again")
        secrets = {*source["secrets"], *_settings(command)["secrets"]}
        changed = {**source, **_settings(command), "secrets": sorted(secrets), "version": (version or 0) + 1}
        changed |= {key: str(command[key]) for key in ("name", "type") if command.get(key)}
        if any(other["name"] == changed["name"] and other["uid"] != source["uid"] for other in store.records(_KIND)):
            raise refusal(409, "data source with the same name already exists")
        store.change_record(_KIND, source["uid"], changed)
    return answer(_written(changed, "Datasource updated"))


async def delete(request: Request) -> Response:
    """Delete a data source and the correlations that start from it."""
    store = need_admin(request, "datasources:delete")
    with store.transaction():
        source = _find(request)
        for correlation in store.records(_CORRELATIONS):
            if correlation["sourceUID"] == source["uid"]:
                store.remove_record(_CORRELATIONS, correlation["uid"])
        store.remove_record(_KIND, source["uid"])
    return answer({"id": source["id"], "message": "Data source deleted"})


async def health(request: Request) -> Response:
    """Tell that the data source can't be reached: the sandbox queries nothing."""
    name = _find(request)["type"].capitalize()
    message = f"Unable to connect with {name}. Please check the server logs for more details."
    raise refusal(400, message, status="ERROR")


async def correlate(request: Request) -> Response:
    """Add a correlation from this data source to another."""
    store = need_admin(request, "datasources:write")
    source = _find(request)
    command = await read_object(request)
    target = str(command.get("targetUID") or "")
    if target and store.record(_KIND, target) is None:
        raise refusal(404, "Data source not found")
    body = {
        "uid": names.new_uid(),
        "sourceUID": source["uid"],
        "orgId": 1,
        "targetUID": target,
        "label": str(command.get("label") or ""),
        "description": str(command.get("description") or ""),
        "config": command.get("config") or {},
        "provisioned": False,
        "type": str(command.get("type") or "query"),
    }
    store.add_record(_CORRELATIONS, body["uid"], body)
    return answer({"result": body, "message": "Correlation created"})


def _find_correlation(request: Request) -> dict[str, Any]:
    source = _find(request)
    found: dict[str, Any] | None = request.app.state.store.record(_CORRELATIONS, request.path_params["correlation"])
    if found is None or found["sourceUID"] != source["uid"]:
        raise refusal(404, "Correlation not found")
    return found


async def change_correlation(request: Request) -> Response:
    """Change label, description or configuration of a correlation (by the documentation, not recorded)."""
    store = need_admin(request, "datasources:write")
    command = await read_object(request)
    with store.transaction():
        found = _find_correlation(request)
        changes = {key: command[key] for key in ("label", "description", "config") if command.get(key) is not None}
        body = {**{key: value for key, value in found.items() if key != "id"}, **changes}
        store.change_record(_CORRELATIONS, found["uid"], body)
    return answer({"result": body, "message": "Correlation updated"})


async def delete_correlation(request: Request) -> Response:
    """Delete a correlation (by the documentation, not recorded)."""
    store = need_admin(request, "datasources:write")
    store.remove_record(_CORRELATIONS, _find_correlation(request)["uid"])
    return answer({"message": "Correlation deleted"})


async def correlations(request: Request) -> Response:
    """List the correlations that start from a data source."""
    store: Store = request.app.state.store
    source = _find(request)
    found = [entry for entry in store.records(_CORRELATIONS) if entry["sourceUID"] == source["uid"]]
    return answer([{key: value for key, value in entry.items() if key != "id"} for entry in found])


routes = [
    Route("/api/datasources", list_sources, methods=["GET"]),
    Route("/api/datasources", post, methods=["POST"]),
    Route("/api/datasources/uid/{uid}", get, methods=["GET"]),
    Route("/api/datasources/uid/{uid}", put, methods=["PUT"]),
    Route("/api/datasources/uid/{uid}", delete, methods=["DELETE"]),
    Route("/api/datasources/uid/{uid}/health", health, methods=["GET"]),
    Route("/api/datasources/uid/{uid}/correlations", correlate, methods=["POST"]),
    Route("/api/datasources/uid/{uid}/correlations", correlations, methods=["GET"]),
    Route("/api/datasources/uid/{uid}/correlations/{correlation}", change_correlation, methods=["PATCH"]),
    Route("/api/datasources/uid/{uid}/correlations/{correlation}", delete_correlation, methods=["DELETE"]),
]
