"""The sandbox as an ASGI application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from sync.loopback import NAMES
from sync.sandbox import (
    accounts,
    alert_routing,
    alert_rules,
    app_platform,
    auth,
    datasources,
    faults,
    legacy_dashboards,
    legacy_folders,
    legacy_permissions,
    legacy_search,
    legacy_versions,
    library,
    pages,
    request_log,
    time_marks,
)
from sync.sandbox.answers import RefusalError, failure, refusal, refused

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from sync.sandbox.store import Store

_ROOMS = (
    app_platform,
    legacy_dashboards,
    legacy_versions,
    legacy_permissions,
    legacy_folders,
    legacy_search,
    accounts,
    library,
    time_marks,
    datasources,
    alert_rules,
    alert_routing,
    pages,
    request_log,
    faults,
)


def create_app(store: Store) -> Starlette:
    """Make the application over a store; the store gets its administrator (admin/admin) when it has no user yet."""
    auth.prepare(store)
    log, waiting = request_log.RequestLog(), faults.Faults()
    app = Starlette(
        routes=[route for room in _ROOMS for route in room.routes],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(NAMES)),
            Middleware(request_log.Logging, log=log),
            Middleware(faults.FaultInjection, faults=waiting),
            Middleware(auth.Authentication, store=store),
        ],
        exception_handlers={RefusalError: refused, HTTPException: _unknown},
    )
    app.state.store, app.state.log, app.state.faults = store, log, waiting
    return app


async def _unknown(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    if request.url.path.startswith("/apis/"):
        return failure(status, "the server could not find the requested resource", reason="NotFound").answer()
    return refusal(status, "Not found" if status == 404 else "Method not allowed").answer()
