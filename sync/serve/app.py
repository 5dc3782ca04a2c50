"""The pages as an ASGI application: who may ask, and what a browser may do with an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse

from sync.errors import DashSyncError
from sync.loopback import NAMES
from sync.serve import loaded, pages

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from sync.serve.site import Site

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A picture that is opened by itself is a document: nothing in it runs or loads.
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_app(site: Site) -> Starlette:
    """Make the application over a site."""
    app = Starlette(
        routes=[*loaded.routes, *pages.routes],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(NAMES)),
            Middleware(OwnPagesOnly),
        ],
        exception_handlers={HTTPException: pages.problem, DashSyncError: pages.problem},
    )
    app.state.site = site
    return app


class OwnPagesOnly:
    """Refuse what other sites' pages ask for, and tell browsers to keep ours to themselves."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                svg = headers.get("content-type", "").startswith("image/svg")
                headers["Content-Security-Policy"] = PICTURE_POLICY if svg else POLICY
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        if _foreign(scope):
            refused = PlainTextResponse("Another site's page asked for this.\n", 403)
            await refused(scope, receive, guarded)
            return
        await self.app(scope, receive, guarded)


def _foreign(scope: Scope) -> bool:
    """Whether a page of another origin asks; following its link to one of our pages is fine."""
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site", "same-origin")
    if site in {"same-origin", "none"}:
        return False
    return scope["method"] != "GET" or headers.get("sec-fetch-mode") != "navigate"
