"""Reading requests to the app platform: which kind, which version, which object, from whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from sync.sandbox import names
from sync.sandbox.answers import failure
from sync.sandbox.auth import Identity, identity_of
from sync.sandbox.kinds import KINDS, Kind
from sync.sandbox.objects import NAMESPACE

if TYPE_CHECKING:
    from starlette.requests import Request

    from sync.sandbox.answers import RefusalError
    from sync.sandbox.store import Store

_MANAGER_LIMIT = 128


@dataclass(frozen=True)
class Call:
    """One request to the app platform, its address understood. `name` is empty for the whole collection."""

    request: Request
    store: Store
    who: Identity
    kind: Kind
    version: str
    name: str
    dry_run: bool

    @property
    def manager(self) -> str:
        """The name under which managedFields remember the writer: the User-Agent up to its slash."""
        given = self.request.query_params.get("fieldManager")
        agent = self.request.headers.get("user-agent", "").split("/", 1)[0]
        return (given or agent or "unknown")[:_MANAGER_LIMIT]

    def not_found(self) -> RefusalError:
        """Make the 404 for the object of this call."""
        return missing(self.kind, self.name)

    def stale(self) -> RefusalError:
        """Make the 409 that says that somebody else was faster."""
        message = (
            f'Operation cannot be fulfilled on {self.kind.qualified} "{self.name}": the object has been modified; '
            "please apply your changes to the latest version and try again"
        )
        return failure(409, message, reason="Conflict", details=details(self.kind, self.name))


def details(kind: Kind, name: str) -> dict[str, Any]:
    """Name an object as the `details` of a `Status` do."""
    return {"name": name, "group": kind.group, "kind": kind.resource}


def missing(kind: Kind, name: str) -> RefusalError:
    """Make the 404 for an object that isn't there."""
    message = f'{kind.qualified} "{name}" not found'
    return failure(404, message, reason="NotFound", details=details(kind, name))


def bad_request(message: str) -> RefusalError:
    """Make the 400 of the app platform."""
    return failure(400, message, reason="BadRequest")


def read_call(request: Request) -> Call:
    """Understand a request's address; refuses a kind, version or namespace that there isn't."""
    path = request.path_params
    kind = next((k for k in KINDS if k.group == path["group"] and k.resource == path["resource"]), None)
    if kind is None or path["version"] not in kind.versions:
        raise failure(404, "the server could not find the requested resource", reason="NotFound")
    if path["namespace"] != NAMESPACE:
        raise failure(403, f'the sandbox has one organisation, namespace "{NAMESPACE}"', reason="Forbidden")
    return Call(
        request=request,
        store=request.app.state.store,
        who=identity_of(request),
        kind=kind,
        version=path["version"],
        name=path.get("name", ""),
        dry_run="All" in request.query_params.getlist("dryRun"),
    )


async def read_sent(call: Call) -> dict[str, Any]:
    """Read the object that a create or an update sends, with `metadata.name` settled."""
    raw = await call.request.body()
    try:
        sent = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise bad_request(
            f"the object provided is unrecognized (must be of type {call.kind.name}): couldn't get version/kind; "
            f"json parse error: unexpected end of JSON input ({raw[:40].decode(errors='replace')})"
        ) from None
    return checked(call, sent)


def checked(call: Call, sent: Any) -> dict[str, Any]:
    """Refuse what is not an object of this call's kind and version."""
    if not isinstance(sent, dict) or not sent.get("kind"):
        raise bad_request(
            f"the object provided is unrecognized (must be of type {call.kind.name}): couldn't get version/kind"
        )
    expected = call.kind.api_version(call.version)
    if sent["kind"] != call.kind.name:
        raise bad_request(
            f'{sent["kind"]} in version "{call.version}" cannot be handled as a {call.kind.name}: '
            f'no kind "{sent["kind"]}" is registered for version "{expected}"'
        )
    given = sent.get("apiVersion")
    if given != expected:
        raise bad_request(f"the API version in the data ({given}) does not match the expected API version ({expected})")
    if not isinstance(sent.get("spec", {}), dict) or not isinstance(sent.get("metadata", {}), dict):
        raise bad_request("metadata and spec must be objects")
    metadata = sent["metadata"] = dict(sent.get("metadata", {}))
    for key in ("annotations", "labels"):
        values = metadata[key] = metadata.get(key) or {}
        if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
            raise bad_request(f"metadata.{key} must map names to strings")
    if call.name and metadata.get("name", call.name) != call.name:
        raise bad_request(
            f"the name of the object ({metadata['name']}) does not match the name on the URL ({call.name})"
        )
    name = metadata.get("name") or call.name
    if not name and metadata.get("generateName"):
        name = f"{metadata['generateName']}{names.new_uid()}"
    if not isinstance(name, str) or not name:
        raise bad_request("name or generateName is required")
    metadata["name"] = name
    return sent


def managed_fields(call: Call, sent: dict[str, Any]) -> list[dict[str, Any]]:
    """Tell which fields the writer owns from now on: those it sent."""
    fields: dict[str, Any] = {}
    annotations: dict[str, Any] = {f"f:{key}": {} for key in sorted(sent["metadata"]["annotations"])}
    if annotations:
        fields["f:metadata"] = {"f:annotations": {".": {}, **annotations}}
    fields["f:spec"] = {f"f:{key}": {} for key in sorted(sent.get("spec", {}))}
    return [
        {
            "manager": call.manager,
            "operation": "Update",
            "apiVersion": call.kind.api_version(call.version),
            "time": names.now(),
            "fieldsType": "FieldsV1",
            "fieldsV1": fields,
        }
    ]
