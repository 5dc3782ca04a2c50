"""What the app platform says it can do: groups, versions, resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from sync.sandbox.answers import answer, failure
from sync.sandbox.kinds import KINDS, Kind

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_VERBS = ["create", "delete", "get", "list", "patch", "update"]


def _group(kind: Kind) -> dict[str, Any]:
    versions = [{"groupVersion": kind.api_version(version), "version": version} for version in kind.versions]
    return {"name": kind.group, "versions": versions, "preferredVersion": versions[0]}


async def _groups(request: Request) -> Response:
    address = [{"clientCIDR": "0.0.0.0/0", "serverAddress": request.url.netloc}]
    groups = [{**_group(kind), "serverAddressByClientCIDRs": address} for kind in KINDS]
    return answer({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})


async def _one_group(request: Request) -> Response:
    for kind in KINDS:
        if kind.group == request.path_params["group"]:
            return answer({"kind": "APIGroup", "apiVersion": "v1", **_group(kind)})
    raise failure(404, "the server could not find the requested resource", reason="NotFound")


async def _resources(request: Request) -> Response:
    group, version = request.path_params["group"], request.path_params["version"]
    for kind in KINDS:
        if kind.group == group and version in kind.versions:
            resource = {
                "name": kind.resource,
                "singularName": kind.name.lower(),
                "namespaced": True,
                "kind": kind.name,
                "verbs": _VERBS,
            }
            body = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": kind.api_version(version)}
            return answer({**body, "resources": [resource]})
    raise failure(404, "the server could not find the requested resource", reason="NotFound")


routes = [
    Route("/apis", _groups),
    Route("/apis/{group}", _one_group),
    Route("/apis/{group}/{version}", _resources),
]
