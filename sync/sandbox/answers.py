"""The shapes of answers: the legacy API's messages and the app platform's `Status` objects."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

LEGACY_TYPE = "application/json"
ACCESS_TYPE = "application/json; charset=UTF-8"
_GREATEST = 2**63 - 1


class RefusalError(Exception):
    """A request is not carried out; holds the whole answer that says so."""

    def __init__(self, status: int, body: Mapping[str, Any], *, media_type: str = LEGACY_TYPE) -> None:
        super().__init__(body.get("message", ""))
        self.status = status
        self.body = body
        self.media_type = media_type

    def answer(self) -> Response:
        """Make the answer that tells it."""
        return Response(orjson.dumps(self.body), self.status, media_type=self.media_type)


def answer(
    body: Any,
    status: int = 200,
    *,
    headers: Mapping[str, str] | None = None,
    media_type: str = LEGACY_TYPE,
) -> Response:
    """Serialise `body` as JSON; `orjson.Fragment`s in it are passed through as they are."""
    return Response(orjson.dumps(body), status, headers=dict(headers or {}), media_type=media_type)


def empty(status: int) -> Response:
    """Make an answer without a body."""
    return Response(b"", status)


def refusal(status: int, message: str, /, **more: Any) -> RefusalError:
    """Make a refusal in the legacy API's form, `{"message": …}`."""
    return RefusalError(status, {"message": message, **more})


def unauthorized(message: str, message_id: str) -> RefusalError:
    """Make the 401 that both APIs share."""
    body = {"extra": None, "message": message, "messageId": message_id, "statusCode": 401, "traceID": ""}
    return RefusalError(401, body, media_type=ACCESS_TYPE)


def access_denied(needed: str) -> RefusalError:
    """Make the legacy 403; `needed` names the permissions, such as `folders:create`."""
    body = {
        "accessErrorId": f"ACE{secrets.randbelow(10**10):010d}",
        "message": "You'll need additional permissions to perform this action. " + f"Permissions needed: {needed}",
        "title": "Access denied",
    }
    return RefusalError(403, body, media_type=ACCESS_TYPE)


def hidden(message: str) -> RefusalError:
    """Make the 404 that somebody gets whose permissions would have to be looked up on an object that doesn't exist."""
    return RefusalError(404, {"message": message, "title": "Not found"}, media_type=ACCESS_TYPE)


def failure(
    code: int,
    message: str = "",
    *,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> RefusalError:
    """Make a refusal in the app platform's form: a `Status` of `Failure`, without the fields that are empty."""
    body: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
    if message:
        body["message"] = message
    if reason:
        body["reason"] = reason
    if details:
        body["details"] = dict(details)
    body["code"] = code
    return RefusalError(code, body)


def success(details: Mapping[str, Any]) -> dict[str, Any]:
    """Make the `Status` that answers a delete on the app platform."""
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": dict(details)}


async def refused(_request: Request, error: Exception) -> Response:
    """Turn a `RefusalError` into its answer; registered as an exception handler."""
    if not isinstance(error, RefusalError):  # pragma: no cover - starlette only calls this for what is registered
        raise error
    return error.answer()


async def read_object(request: Request) -> dict[str, Any]:
    """Read a legacy request's body, which must be a JSON object."""
    try:
        body = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        raise refusal(400, "bad request data") from None
    if not isinstance(body, dict):
        raise refusal(400, "bad request data")
    return body


def number_in(body: Mapping[str, Any], key: str, default: int) -> int:
    """Read a whole number of 64 bits from a body; null, 0 and a missing one count as not given, else it is refused."""
    value = body.get(key) or default
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _GREATEST:
        raise refusal(400, "bad request data")
    return value


def objects_in(body: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Read a list of objects from a body; null and a missing one count as empty, anything else is refused."""
    value = body.get(key) or []
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise refusal(400, "bad request data")
    return value


def whole_number(request: Request, name: str, default: int) -> int:
    """Read a query parameter as a whole number of at least 1; anything else counts as not given."""
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and int(text) > 0 else default
