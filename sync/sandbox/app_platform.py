"""The app platform's routes."""

from __future__ import annotations

from starlette.routing import Route

from sync.sandbox import app_reading, app_search, app_writing, discovery

_COLLECTION = "/apis/{group}/{version}/namespaces/{namespace}/{resource}"
_OBJECT = _COLLECTION + "/{name}"

routes = [
    Route("/apis/dashboard.grafana.app/{version}/namespaces/{namespace}/search", app_search.search, methods=["GET"]),
    Route(_COLLECTION, app_reading.list_objects, methods=["GET"]),
    Route(_COLLECTION, app_writing.post, methods=["POST"]),
    Route(_OBJECT, app_reading.get, methods=["GET"]),
    Route(_OBJECT, app_writing.put, methods=["PUT"]),
    Route(_OBJECT, app_writing.patch, methods=["PATCH"]),
    Route(_OBJECT, app_writing.delete, methods=["DELETE"]),
    *discovery.routes,
]
