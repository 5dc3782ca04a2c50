"""The log of requests, for tests that count and order them. It holds nothing that was sent in headers or bodies."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.routing import Route

from sync.sandbox.answers import answer, empty

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

KEPT = 100_000
"""Requests remembered; the oldest are forgotten first."""

PREFIX = "/_sandbox/"
_SECRET_WORDS = ("token", "key", "password", "secret", "auth")
_HARMLESS = {"continueToken"}


class RequestLog:
    """What was asked, in the order of the answers."""

    def __init__(self) -> None:
        self.entries: deque[dict[str, Any]] = deque(maxlen=KEPT)


def shown_query(raw: bytes) -> dict[str, list[str]]:
    """Read a query string, with the values of what may be a secret masked."""
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(raw.decode("latin-1"), keep_blank_values=True):
        secret = name not in _HARMLESS and any(word in name.lower() for word in _SECRET_WORDS)
        query.setdefault(name, []).append("…" if secret else value)
    return query


class Logging:
    """ASGI middleware that notes every request; one whose answer a fault swallowed has the status null."""

    def __init__(self, app: ASGIApp, log: RequestLog) -> None:
        self.app = app
        self.log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note method, path, query, status, user agent and the fault that was made."""
        if scope["type"] != "http" or scope["path"].startswith(PREFIX):
            await self.app(scope, receive, send)
            return
        agent = next((value.decode("latin-1") for key, value in scope["headers"] if key == b"user-agent"), "")
        entry: dict[str, Any] = {
            "method": scope["method"],
            "path": scope["path"],
            "query": shown_query(scope["query_string"]),
            "status": None,
            "userAgent": agent,
        }

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                entry["status"] = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            if fault := scope.get("state", {}).get("fault"):
                entry["fault"] = fault
            self.log.entries.append(entry)


async def show(request: Request) -> Response:
    """Answer the log, oldest first."""
    log: RequestLog = request.app.state.log
    return answer({"requests": list(log.entries)})


async def clear(request: Request) -> Response:
    """Forget the log."""
    log: RequestLog = request.app.state.log
    log.entries.clear()
    return empty(204)


routes = [
    Route("/_sandbox/requests", show, methods=["GET"]),
    Route("/_sandbox/requests", clear, methods=["DELETE"]),
]
