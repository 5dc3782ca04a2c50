"""Requests to a forge's API: JSON both ways, pages, redirects refused, errors with what to do."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from sync import errors
from sync.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PAGE = 100
MOST_PAGES = 50
ATTEMPTS = 4
BACK_OFF = 0.25  # seconds, doubled each time
LONGEST_WAIT = 60.0
AGAIN = "Run the job again."
PASSING = frozenset({502, 503, 504})


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nothing: a redirect must not carry the token to another place."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


class Api:
    """An API below `base`; `headers` hold the credentials and go nowhere else; `remedy` says what 403 means there."""

    def __init__(self, base: str, headers: Mapping[str, str], *, remedy: str, timeout: float = 30.0) -> None:
        """Keep what every request needs; DashSyncError where `base` is no address."""
        if urlsplit(base).scheme not in {"http", "https"}:
            raise errors.DashSyncError(f"{base!r} is no address of an API", remedy="CI sets it; unset your own.")
        self._base = base.rstrip("/")
        self._headers = {"User-Agent": f"dash-sync/{__version__}", "Content-Type": "application/json", **headers}
        self._remedy = remedy
        self._timeout = timeout
        self._opener = urllib.request.build_opener(_NoRedirect)

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Return the answer's JSON, None without one. What passes by itself is tried again; DashSyncError else."""
        for attempt in range(ATTEMPTS):
            try:
                return self._once(method, path, body)
            except urllib.error.HTTPError as error:
                with error:
                    wait = _wait(error, method, attempt)
                    if wait is None:
                        raise self._error(error, method, path) from None
            except (OSError, http.client.HTTPException) as error:
                # A write that was carried out and not answered would be written twice.
                if method != "GET" or attempt + 1 == ATTEMPTS:
                    what = f"no answer: {_reason(error)}"
                    raise errors.DashSyncError(what, where=f"{method} {self._base}{path}", remedy=AGAIN) from None
                wait = BACK_OFF * 2.0**attempt
            time.sleep(wait)
        raise AssertionError

    def pages(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        """Yield the objects of a list, page by page."""
        for page in range(1, MOST_PAGES + 1):
            found = self.call("GET", f"{path}?{urlencode({**query, 'per_page': PAGE, 'page': page})}")
            yield from (item for item in found if isinstance(item, dict))
            if len(found) < PAGE:
                return

    def _once(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, method=method, data=data, headers=self._headers)  # noqa: S310 (checked above)
        with self._opener.open(request, timeout=self._timeout) as answer:
            text = answer.read()
        try:
            return json.loads(text) if text else None
        except ValueError:
            where = f"{method} {self._base}{path}"
            raise errors.DashSyncError("the answer is no JSON", where=where, remedy=AGAIN) from None

    def _error(self, error: urllib.error.HTTPError, method: str, path: str) -> errors.DashSyncError:
        where = f"{method} {self._base}{path}"
        match error.code:
            case 401 | 403:
                return errors.NotAllowed(f"it answered {error.code}: {_said(error)}", where=where, remedy=self._remedy)
            case 404:
                return errors.NotAllowed(
                    "it answered 404: there is no such thing, or the token may not see it", where=where,
                    remedy=self._remedy,
                )  # fmt: skip
            case _:
                return errors.DashSyncError(f"it answered {error.code}: {_said(error)}", where=where, remedy=AGAIN)


def _wait(error: urllib.error.HTTPError, method: str, attempt: int) -> float | None:
    """Return how long to wait before the next try; None where it is no use, or might write twice."""
    after = error.headers.get("Retry-After", "")
    limited = error.code == 429 or (error.code == 403 and after)
    if attempt + 1 == ATTEMPTS or not (limited or (method == "GET" and error.code in PASSING)):
        return None
    wait = float(after) if after.isdecimal() else BACK_OFF * 2.0**attempt
    return wait if wait <= LONGEST_WAIT else None


def _said(error: urllib.error.HTTPError) -> str:
    try:
        said = json.loads(error.read(10_000))
    except (ValueError, OSError):
        return error.reason or "no reason"
    words = said.get("message") or said.get("error") if isinstance(said, dict) else None
    return str(words)[:300] if words else str(error.reason)


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    return str(getattr(reason, "strerror", None) or reason or type(error).__name__)
