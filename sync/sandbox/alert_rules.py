"""Alert rules, by the provisioning API. Nothing is evaluated."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from sync.sandbox import names
from sync.sandbox.answers import RefusalError, access_denied, answer, empty, number_in, objects_in, read_object
from sync.sandbox.auth import identity_of
from sync.sandbox.folder_tree import RULES
from sync.sandbox.legacy_dashboards import bad
from sync.sandbox.objects import FOLDERS

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from sync.sandbox.store import Store

_RULES = RULES
_INTERVALS = "rule-group-intervals"
_DEFAULT_INTERVAL = 60
_NEVER = "0001-01-01T00:00:00Z"
_NEED = "alert.provisioning:write"
EVALUATIONS = "missingSeriesEvalsToResolve"


def store_for_writing(request: Request) -> Store:
    """Refuse whoever may not provision alerts; returns the store."""
    if not identity_of(request).may_act_as("Editor"):
        raise access_denied(_NEED)
    store: Store = request.app.state.store
    return store


def provenance(request: Request) -> str:
    """Tell who may change what is written now: `api` locks it against the UI."""
    return "" if request.headers.get("x-disable-provenance") else "api"


def _rule(store: Store, command: dict[str, Any], uid: str) -> dict[str, Any]:
    """Read a rule as it is kept; an unknown condition is accepted, as on the real server."""
    for key in ("title", "ruleGroup", "folderUID"):
        if not command.get(key):
            raise bad(f"invalid alert rule: {key} is required")
    if store.get(FOLDERS, str(command["folderUID"])) is None:
        raise bad("invalid alert rule: folder does not exist")
    queries = objects_in(command, "data")
    if not queries:
        raise bad("invalid alert rule: no queries or expressions are found")
    return {
        "uid": uid,
        "orgID": 1,
        "folderUID": str(command["folderUID"]),
        "ruleGroup": str(command["ruleGroup"]),
        "title": str(command["title"]),
        "condition": str(command.get("condition") or ""),
        "data": [_query(query) for query in queries],
        "noDataState": command.get("noDataState") or "NoData",
        "execErrState": command.get("execErrState") or "Alerting",
        "for": command.get("for") or "0s",
        "keep_firing_for": command.get("keep_firing_for") or "0s",
        "annotations": command.get("annotations") or {},
        "labels": command.get("labels") or {},
        "isPaused": bool(command.get("isPaused")),
        "notification_settings": command.get("notification_settings"),
        "record": command.get("record"),
        **({EVALUATIONS: command[EVALUATIONS]} if command.get(EVALUATIONS) else {}),
    }


def _query(query: dict[str, Any]) -> dict[str, Any]:
    model = query.get("model") or {}
    if not isinstance(model, dict):
        raise bad("bad request data")
    model = {"intervalMs": 1000, "maxDataPoints": 43200, **model}
    return {
        "refId": query.get("refId", ""),
        "queryType": query.get("queryType", ""),
        "relativeTimeRange": query.get("relativeTimeRange", {"from": 0, "to": 0}),
        "datasourceUid": query.get("datasourceUid", ""),
        "model": dict(sorted(model.items())),
    }


def _shown(rule: dict[str, Any]) -> dict[str, Any]:
    shown = {key: value for key, value in rule.items() if key != "provenance"}
    return {**shown, **({"provenance": rule["provenance"]} if rule["provenance"] else {})}


def _in_group(rule: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in rule.items() if key != "provenance"}


async def add_rule(request: Request) -> Response:
    """Add a rule; 409 when its uid is taken."""
    store = store_for_writing(request)
    command = await read_object(request)
    uid = str(command.get("uid") or names.new_uid())
    names.check_uid(uid, bad)
    body = {**_rule(store, command, uid), "updated": names.now_exact(), "provenance": provenance(request)}
    try:
        number = store.add_record(_RULES, uid, body)
    except sqlite3.IntegrityError:
        cause = "UNIQUE constraint failed: alert_rule.org_id, alert_rule.uid"
        message = f"Failed to save alert rule '{uid}' in organization 1 due to conflict: {cause}"
        extra = {"Error": cause, "OrgID": 1, "RuleUID": uid}
        conflict = {"statusCode": 409, "messageId": "alerting.alert-rule.conflict", "message": message, "extra": extra}
        raise RefusalError(409, conflict) from None
    return answer(_shown({"id": number, **body}), 201)


async def list_rules(request: Request) -> Response:
    """List all rules."""
    return answer([_shown(rule) for rule in request.app.state.store.records(_RULES)])


async def get_rule(request: Request) -> Response:
    """Answer one rule."""
    rule = request.app.state.store.record(_RULES, request.path_params["uid"])
    return empty(404) if rule is None else answer(_shown(rule))


async def put_rule(request: Request) -> Response:
    """Replace a rule."""
    store = store_for_writing(request)
    command = await read_object(request)
    uid = request.path_params["uid"]
    with store.transaction():
        if (known := store.record(_RULES, uid)) is None:
            return empty(404)
        body = {**_rule(store, command, uid), "updated": names.now_exact(), "provenance": provenance(request)}
        store.change_record(_RULES, uid, body)
    return answer(_shown({"id": known["id"], **body}))


async def delete_rule(request: Request) -> Response:
    """Delete a rule; a missing one is no error."""
    store_for_writing(request).remove_record(_RULES, request.path_params["uid"])
    return empty(204)


def _group_rules(request: Request) -> list[dict[str, Any]]:
    wanted = (request.path_params["folder"], request.path_params["group"])
    rules = request.app.state.store.records(_RULES)
    return [rule for rule in rules if (rule["folderUID"], rule["ruleGroup"]) == wanted]


def _interval(store: Store, folder: str, group: str) -> int:
    kept = store.record(_INTERVALS, f"{folder}/{group}")
    return int(kept["seconds"]) if kept else _DEFAULT_INTERVAL


async def get_group(request: Request) -> Response:
    """Answer a group with its rules."""
    folder, group = request.path_params["folder"], request.path_params["group"]
    rules = _group_rules(request)
    if not rules:
        return empty(404)
    head = {"title": group, "folderUid": folder, "interval": _interval(request.app.state.store, folder, group)}
    return answer({**head, "rules": [_in_group(rule) for rule in rules]})


async def put_group(request: Request) -> Response:
    """Replace a group: rules that it doesn't name are removed. The answer is the request, without ids and times."""
    store = store_for_writing(request)
    command = await read_object(request)
    folder, group = request.path_params["folder"], request.path_params["group"]
    seconds = number_in(command, "interval", _DEFAULT_INTERVAL)
    echoed = []
    with store.transaction():
        before = {rule["uid"] for rule in _group_rules(request)}
        for entry in objects_in(command, "rules"):
            uid = str(entry.get("uid") or names.new_uid())
            body = {
                **_rule(store, {**entry, "folderUID": folder, "ruleGroup": group}, uid),
                "updated": names.now_exact(),
            }
            body["provenance"] = provenance(request)
            if store.record(_RULES, uid) is None:
                store.add_record(_RULES, uid, body)
            else:
                store.change_record(_RULES, uid, body)
            before.discard(uid)
            models = [query.get("model") or {} for query in entry["data"]]
            data = [{**query, "model": model} for query, model in zip(body["data"], models, strict=True)]
            echoed.append(_in_group({"id": 0, **body, "data": data, "updated": _NEVER}))
        for uid in before:
            store.remove_record(_RULES, uid)
        store.remove_record(_INTERVALS, f"{folder}/{group}")
        store.add_record(_INTERVALS, f"{folder}/{group}", {"seconds": seconds})
    return answer({"title": group, "folderUid": folder, "interval": seconds, "rules": echoed})


async def delete_group(request: Request) -> Response:
    """Delete a group with its rules."""
    store = store_for_writing(request)
    with store.transaction():
        for rule in _group_rules(request):
            store.remove_record(_RULES, rule["uid"])
    return empty(204)


async def export(request: Request) -> Response:
    """Answer all rules as a provisioning file holds them (JSON only)."""
    store: Store = request.app.state.store
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for rule in store.records(_RULES):
        groups.setdefault((rule["folderUID"], rule["ruleGroup"]), []).append(_exported(rule))
    written = []
    for (uid, name), rules in groups.items():
        folder = store.get(FOLDERS, uid)
        head = {"orgId": 1, "name": name, "folder": folder.title if folder else uid}
        written.append({**head, "interval": _duration(_interval(store, uid, name)), "rules": rules})
    return answer({"apiVersion": 1, "groups": written})


def _exported(rule: dict[str, Any]) -> dict[str, Any]:
    keys = ("uid", "title", "condition", "noDataState", "execErrState", "for", "annotations", "labels", "isPaused")
    queries = [{key: value for key, value in query.items() if key != "queryType"} for query in rule["data"]]
    return {**{key: rule[key] for key in keys}, "data": queries}


def _duration(seconds: int) -> str:
    return f"{seconds // 60}m" if seconds % 60 == 0 else f"{seconds}s"


_BASE = "/api/v1/provisioning"
routes = [
    Route(f"{_BASE}/alert-rules", list_rules, methods=["GET"]),
    Route(f"{_BASE}/alert-rules", add_rule, methods=["POST"]),
    Route(f"{_BASE}/alert-rules/export", export, methods=["GET"]),
    Route(f"{_BASE}/alert-rules/{{uid}}", get_rule, methods=["GET"]),
    Route(f"{_BASE}/alert-rules/{{uid}}", put_rule, methods=["PUT"]),
    Route(f"{_BASE}/alert-rules/{{uid}}", delete_rule, methods=["DELETE"]),
    Route(f"{_BASE}/folder/{{folder}}/rule-groups/{{group}}", get_group, methods=["GET"]),
    Route(f"{_BASE}/folder/{{folder}}/rule-groups/{{group}}", put_group, methods=["PUT"]),
    Route(f"{_BASE}/folder/{{folder}}/rule-groups/{{group}}", delete_group, methods=["DELETE"]),
]
