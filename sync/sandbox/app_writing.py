"""Writing on the app platform: create, replace, patch, delete, with compare and swap on the resource version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from sync.sandbox import access, names
from sync.sandbox.answers import answer, failure, success
from sync.sandbox.app_content import checked_content
from sync.sandbox.app_requests import Call, bad_request, checked, details, managed_fields, read_call, read_sent
from sync.sandbox.folder_tree import delete_for_good, is_empty
from sync.sandbox.kinds import FOLDER
from sync.sandbox.objects import FOLDER as FOLDER_ANNOTATION
from sync.sandbox.objects import Write, create, created, update, updated
from sync.sandbox.patching import patched
from sync.sandbox.rendering import shown

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from sync.sandbox.store import Row


async def post(request: Request) -> Response:
    """Create an object; 409 (folders: 412) when it exists."""
    call = read_call(request)
    sent = await read_sent(call)
    with call.store.transaction():
        return _create(call, sent)


async def put(request: Request) -> Response:
    """Replace an object, or create it where there is none; without a resource version whatever is there is lost."""
    call = read_call(request)
    sent = await read_sent(call)
    with call.store.transaction():
        row = call.store.get(call.kind.resource, call.name)
        return _create(call, sent) if row is None else _replace(call, row, sent)


async def patch(request: Request) -> Response:
    """Change parts of an object (JSON merge patch or JSON patch)."""
    call = read_call(request)
    body = await request.body()
    with call.store.transaction():
        row = call.store.get(call.kind.resource, call.name)
        if row is None:
            raise call.not_found()
        current = orjson.loads(orjson.dumps(shown(row, call.kind, call.version)))
        current["metadata"].pop("resourceVersion")
        sent = patched(current, body, request.headers.get("content-type", ""))
        return _replace(call, row, checked(call, sent))


async def delete(request: Request) -> Response:
    """Delete an object; a folder must be empty."""
    call = read_call(request)
    options = await _delete_options(request)
    with call.store.transaction():
        row = call.store.get(call.kind.resource, call.name)
        if row is None:
            raise call.not_found()
        if not access.may(call.store, call.who, row, access.EDIT):
            raise failure(403)
        uid = row.read_metadata()["uid"]
        wanted = options.get("preconditions") or {}
        if wanted.get("resourceVersion", str(row.version)) != str(row.version) or wanted.get("uid", uid) != uid:
            raise call.stale()
        if call.kind == FOLDER and not is_empty(call.store, row.name):
            raise failure(
                400,
                "Folder cannot be deleted: folder is not empty",
                reason="BadRequest",
                details={"uid": "folder.not-empty"},
            )
        if not call.dry_run and "All" not in (options.get("dryRun") or ()):
            delete_for_good(call.store, row, author=call.who.author)
    return answer(success({**details(call.kind, call.name), "uid": uid}))


async def _delete_options(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if not raw:
        return {}
    try:
        options = orjson.loads(raw)
    except orjson.JSONDecodeError:
        options = None
    if not isinstance(options, dict):
        raise bad_request("the body of a delete must be DeleteOptions")
    return options


def _create(call: Call, sent: dict[str, Any]) -> Response:
    metadata = sent["metadata"]
    folder = metadata["annotations"].get(FOLDER_ANNOTATION, "")
    if not access.may_create_in(call.store, call.who, folder):
        raise failure(403)
    names.check_uid(metadata["name"], bad_request)
    if metadata.get("resourceVersion"):
        raise failure(500, "resourceVersion should not be set on objects to be created")
    if call.store.get(call.kind.resource, metadata["name"]) is not None:
        raise _exists(call, metadata["name"])
    write, warnings = _write(call, sent, moved=bool(folder))
    row = created(write) if call.dry_run else create(call.store, write)
    return answer(shown(row, call.kind, call.version), 201, headers=_warning(warnings))


def _exists(call: Call, name: str) -> Exception:
    if call.kind == FOLDER:
        return failure(412, "the folder has been changed by someone else")
    message = f'{call.kind.qualified} "{name}" already exists'
    return failure(409, message, reason="AlreadyExists", details=details(call.kind, name))


def _replace(call: Call, row: Row, sent: dict[str, Any]) -> Response:
    if not access.may(call.store, call.who, row, access.EDIT):
        raise failure(403)
    folder = sent["metadata"]["annotations"].get(FOLDER_ANNOTATION, "")
    if folder != row.folder and not access.may_create_in(call.store, call.who, folder):
        raise failure(403)
    expected = sent["metadata"].get("resourceVersion")
    if expected and expected != str(row.version):
        raise call.stale()
    write, warnings = _write(call, sent, moved=folder != row.folder)
    new = updated(row, write) if call.dry_run else update(call.store, row, write)
    return answer(shown(new, call.kind, call.version), headers=_warning(warnings))


def _write(call: Call, sent: dict[str, Any], *, moved: bool) -> tuple[Write, list[str]]:
    v2 = call.version.startswith("v2")
    owned = None if v2 else managed_fields(call, sent)
    spec, warnings = checked_content(call, sent, moved=moved)
    metadata = sent["metadata"]
    write = Write(
        kind=call.kind.resource,
        name=metadata["name"],
        api=call.version,
        spec=spec,
        author=call.who.author,
        annotations=metadata["annotations"],
        labels=metadata["labels"],
        managed_fields=owned,
    )
    return write, warnings


def _warning(warnings: list[str]) -> dict[str, str]:
    """Write the `Warning` header of the app platform (RFC 7234's form, code 299)."""
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in warnings)
    return {"warning": ", ".join(f'299 - "{text}"' for text in quoted)} if warnings else {}
