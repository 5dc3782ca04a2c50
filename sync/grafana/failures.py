"""What a failure means: which of our errors it is, and whether the request may be sent again."""

from __future__ import annotations

import contextlib
import random
import re
import time
from email.utils import parsedate_to_datetime
from typing import Any

from sync import errors

ATTEMPTS = 5
LONGEST_WAIT = 30.0
LOCKED = ("database is locked", "database table is locked", "sqlite_busy")
TLS_REASON = re.compile(r"\[SSL[^\]]*\] ([^(/]+)")
OBJECT = re.compile(r"<[^<>]* at 0x[0-9a-f]+>:? ?")
KINDS: dict[int, type[errors.ServerError]] = {
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    413: errors.TooLarge,
    429: errors.Overloaded,
}


def kind_of(status: int, body: Any) -> type[errors.ServerError]:
    """Choose the error; 409 and 412 are conflicts only where the answer says that somebody else has written."""
    said = body if isinstance(body, dict) else {}
    by_another = (
        said.get("reason") in {"Conflict", "AlreadyExists"}
        or said.get("status") == "version-mismatch"
        or "by someone else" in str(said.get("message"))
    )
    if status in {409, 412} and by_another:
        return errors.Conflict
    return KINDS.get(status) or (errors.Failing if status >= 500 else errors.Rejected)


def wait_before(error: errors.ServerError, method: str, attempt: int) -> float | None:
    """Return how long to wait before sending again; None where that is no use, or might write twice.

    A 429 and a locked database have written nothing, so that any request may be repeated. What has no answer may have
    been carried out: only a GET is repeated then.
    """
    if attempt >= ATTEMPTS:
        return None
    locked = isinstance(error, errors.Failing) and any(word in error.what.lower() for word in LOCKED)
    lost = isinstance(error, (errors.Unreachable, errors.BrokenAnswer)) and not isinstance(error, errors.Refusing)
    unwell = isinstance(error, errors.Failing) and error.status in {502, 503, 504}
    if not (isinstance(error, errors.Overloaded) or locked or (method == "GET" and (lost or unwell))):
        return None
    back_off = random.uniform(0.5, 1.0) * min(0.1 * 2.0**attempt, LONGEST_WAIT)  # noqa: S311 jitter
    if error.retry_after is None:
        return back_off
    # A server that says 0 to everyone would get all attempts of everyone at once.
    return max(error.retry_after, back_off) if error.retry_after <= LONGEST_WAIT else None


def read_retry_after(value: str | None) -> float | None:
    """Read Retry-After: seconds, or a date."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        with contextlib.suppress(ValueError, TypeError):
            return float(max(0.0, parsedate_to_datetime(value).timestamp() - time.time()))
    return None


def broken_connection(error: Exception) -> tuple[type[errors.ServerError], str]:
    """Return the error and the words for a connection that failed."""
    text = cause_of(error)
    for words, kind, what in CONNECTION_FAULTS:
        if any(word in text for word in words):
            return kind, what
    return errors.Unreachable, f"the connection failed: {text}"


CONNECTION_FAULTS: list[tuple[tuple[str, ...], type[errors.ServerError], str]] = [
    (
        ("Connection refused", "Errno 111", "Errno 61"),
        errors.Refusing,
        "the connection is refused: nothing listens there",
    ),
    (("resolve", "getaddrinfo", "Name or service", "nodename"), errors.Refusing, "there is no host of that name"),
    (("certificate", "CERTIFICATE", "SSL", "TLS"), errors.TlsFailed, "no trusted TLS connection"),
    (("IncompleteRead", "more expected", "incomplete"), errors.BrokenAnswer, "the answer ended early"),
    (("reset", "aborted", "closed", "disconnected", "Broken pipe"), errors.Unreachable, "the connection was cut"),
]


def tls_fault(error: Exception) -> str:
    """Say why there is no TLS connection, in the words of the TLS library's reason alone."""
    text = cause_of(error)
    if "WRONG_VERSION_NUMBER" in text:
        return "no TLS connection: the server doesn't speak TLS on that port, its address may begin with http://"
    reason = TLS_REASON.search(text)
    return f"no trusted TLS connection: {reason[1].strip() if reason else text}"


def cause_of(error: BaseException) -> str:
    """Return the words of an error and of what caused it, in one line, without addresses in memory."""
    words: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(words) < 5:
        words.append(str(seen))
        seen = seen.__cause__ or seen.__context__
    said = (" ".join(OBJECT.sub("", word).split()) for word in words)
    return " / ".join(dict.fromkeys(word for word in said if word))[:400]


def not_json(kind: str, content: bytes) -> str:
    """Say what came where JSON was expected."""
    if not content:
        return "an empty answer where JSON was expected"
    if "html" in kind or content.lstrip()[:1] == b"<":
        return "HTML where JSON was expected"
    return f"{kind.split(';', maxsplit=1)[0] or 'something else'} where JSON was expected"
