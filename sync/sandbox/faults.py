"""Faults on demand: what a network, a proxy or a tired Grafana does, for the requests that a test names.

`POST /_sandbox/faults` takes one fault or a list of them:

    {"fault": "429", "method": "PUT|POST", "path": "/apis/.*", "count": 2, "after": false, "seconds": 1}

`method` and `path` are regular expressions that must match whole (default: everything); `count` requests are hit
(default 1, null: all). `after: true` lets the request be carried out first, so that only its answer is lost. The first
fault that matches is made; `GET` lists those that are left, `DELETE` forgets them.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response
from starlette.routing import Route

from sync.sandbox import connections
from sync.sandbox.answers import answer, empty, failure, refusal, unauthorized
from sync.sandbox.request_log import PREFIX

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TEXTS = {
    "401": "Unauthorized",
    "403": "Access denied",
    "409": "the object has been left in an unexpected state; this is no conflict with another writer",
    "412": "the precondition of the request failed",
    "413": "Request entity too large",
    "429": "Too many requests",
    "500": "Internal server error",
    "502": "Bad gateway",
    "503": "database is locked",
    "504": "Gateway timeout",
}
_REASONS = {"401": "Unauthorized", "403": "Forbidden", "413": "RequestEntityTooLarge", "429": "TooManyRequests"}
_CARRIED_OUT = {"latency", "slow", "truncated"}
KINDS = (*_TEXTS, "latency", "slow", "truncated", "drop", "reset", "html")
_PAGE = b"<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_SLOW_PIECES = 10


@dataclass
class Fault:
    """One fault; `count` is how often it is still to be made (None: always).

    `seconds` is the latency, the time that a slow answer takes, or what `Retry-After` says.
    """

    fault: str
    method: str = ".*"
    path: str = ".*"
    count: int | None = 1
    after: bool = False
    seconds: float = 1.0

    def matches(self, scope: Scope) -> bool:
        """Tell whether a request is to be hit."""
        if self.count == 0:
            return False
        return bool(re.fullmatch(self.method, scope["method"]) and re.fullmatch(self.path, scope["path"]))


@dataclass
class Faults:
    """The faults that are still to be made, in order."""

    waiting: list[Fault] = field(default_factory=list)

    def take(self, scope: Scope) -> Fault | None:
        """Find the fault for a request, and count it."""
        for fault in self.waiting:
            if fault.matches(scope):
                if fault.count is not None:
                    fault.count -= 1
                return fault
        return None


class FaultInjection:
    """ASGI middleware that makes the faults; it needs `TrackedProtocol` to break connections."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self.app = app
        self.faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, or make its fault."""
        hit = scope["type"] == "http" and not scope["path"].startswith(PREFIX)
        fault = self.faults.take(scope) if hit else None
        if fault is None:
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})["fault"] = fault.fault
        if fault.fault == "latency":
            await asyncio.sleep(fault.seconds)
            await self.app(scope, receive, send)
            return
        messages: list[Message] = []
        if fault.after or fault.fault in _CARRIED_OUT:
            messages = await _carried_out(self.app, scope, receive)
        else:
            await _read_all(receive)
        await _make(fault, messages, scope, receive, send)


async def _carried_out(app: ASGIApp, scope: Scope, receive: Receive) -> list[Message]:
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, keep)
    return messages


async def _read_all(receive: Receive) -> None:
    """Take the whole request first: a server that answers and closes early would reset the connection."""
    while (await receive()).get("more_body"):
        pass


async def _make(fault: Fault, messages: list[Message], scope: Scope, receive: Receive, send: Send) -> None:
    match fault.fault:
        case "drop":
            connections.close(scope)
            await _gone(receive)
        case "reset":
            connections.reset(scope)
            await _gone(receive)
        case "truncated":
            start, body = _split(messages)
            await send(start)
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            connections.close(scope)
            await _gone(receive)
        case "slow":
            start, body = _split(messages)
            await send(start)
            step = max(1, -(-len(body) // _SLOW_PIECES))
            for begin in range(0, len(body), step):
                await asyncio.sleep(fault.seconds / _SLOW_PIECES)
                await send({"type": "http.response.body", "body": body[begin : begin + step], "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        case "html":
            await Response(_PAGE, 502, media_type="text/html")(scope, receive, send)
        case status:
            await _refusal(status, fault.seconds, scope)(scope, receive, send)


async def _gone(receive: Receive) -> None:
    """Wait until the server has noticed that the connection is gone, so that it sends nothing more."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _split(messages: list[Message]) -> tuple[Message, bytes]:
    return messages[0], b"".join(message.get("body", b"") for message in messages[1:])


def _refusal(status: str, seconds: float, scope: Scope) -> Response:
    code, text = int(status), _TEXTS[status]
    if status == "401":
        response = unauthorized(text, "auth.unauthorized").answer()
    elif scope["path"].startswith("/apis/"):
        response = failure(code, text, reason=_REASONS.get(status, "")).answer()
    else:
        response = refusal(code, text).answer()
    if status == "429":
        response.headers["Retry-After"] = f"{max(0, round(seconds))}"
    return response


async def show(request: Request) -> Response:
    """List the faults that are still to be made."""
    faults: Faults = request.app.state.faults
    return answer({"faults": [asdict(fault) for fault in faults.waiting if fault.count != 0]})


async def add(request: Request) -> Response:
    """Add faults; what can't be understood is refused whole."""
    faults: Faults = request.app.state.faults
    try:
        given = orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        raise refusal(400, f"not JSON: {error}") from None
    faults.waiting += [_read(entry) for entry in (given if isinstance(given, list) else [given])]
    return await show(request)


def _read(entry: Any) -> Fault:
    try:
        fault = Fault(**entry)
        re.compile(fault.method)
        re.compile(fault.path)
        fault.seconds = float(fault.seconds)
    except (TypeError, ValueError, re.error) as error:
        raise refusal(400, f"{entry}: {error}") from None
    if fault.fault not in KINDS:
        raise refusal(400, f"{fault.fault!r} is no fault; there are: {', '.join(KINDS)}")
    if fault.count is not None and (not isinstance(fault.count, int) or fault.count < 1):
        raise refusal(400, "count must be a whole number of at least 1, or null for every request")
    return fault


async def clear(request: Request) -> Response:
    """Forget all faults."""
    faults: Faults = request.app.state.faults
    faults.waiting.clear()
    return empty(204)


routes = [
    Route("/_sandbox/faults", show, methods=["GET"]),
    Route("/_sandbox/faults", add, methods=["POST"]),
    Route("/_sandbox/faults", clear, methods=["DELETE"]),
]
