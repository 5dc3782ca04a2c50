"""One Grafana over HTTP: grafana-client's session, repeats of what may be repeated, failures as our own errors."""

from __future__ import annotations

import contextlib
import random
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import grafana_client.client
import niquests
import orjson

from sync import errors
from sync.trust import origin
from sync.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from sync.trust import Credentials

ATTEMPTS = 5
LONGEST_WAIT = 30.0
REDIRECTS = frozenset({301, 302, 303, 307, 308})
LOCKED = ("database is locked", "database table is locked", "sqlite_busy")


@dataclass(frozen=True)
class Answer:
    """A status and the JSON that came with it."""

    status: int
    body: Any


class Http:
    """Requests to one Grafana. Safe to use from several threads."""

    def __init__(
        self,
        url: str,
        credentials: Credentials,
        *,
        timeout: float,
        connections: int,
        ca: str | None = None,
        org_id: int | None = None,
        log: Callable[[str], None] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(url)
        self.url = url.rstrip("/")
        self.server = self.url
        self.credentials = credentials
        client = grafana_client.client.GrafanaClient(
            credentials.auth(),
            host=parts.hostname or "",
            port=parts.port,
            protocol=parts.scheme,
            user_agent=f"dash-sync/{__version__}",
            organization_id=org_id,
            session_pool_size=connections,
        )
        self._session = client.s
        self._auth = client.auth or _no_auth
        self._verify: bool | str = ca or True
        self._timeout = timeout
        self._log = log
        self._sleep = sleep
        self.busy: Callable[[], None] = lambda: None

    def get(self, path: str, *, subject: str = "", accept: str = "application/json", missing: bool = False) -> Any:
        """Return the JSON at `path`; None for a 404 where `missing` allows it."""
        answer = self.send("GET", path, subject=subject, headers={"Accept": accept}, allowed={404} if missing else ())
        return None if answer.status == 404 else answer.body

    def send(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        subject: str = "",
        headers: Mapping[str, str] | None = None,
        allowed: Collection[int] = (),
    ) -> Answer:
        """Send a request, again where that is safe; raises the ServerError that fits, unless `allowed`."""
        request = f"{method} {path}"
        data = None if body is None else orjson.dumps(body)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._once(
                    method, path, data, request=request, subject=subject, headers=headers or {}, allowed=allowed
                )
            except errors.ServerError as error:
                wait = _wait(error, method, attempt)
                if wait is None:
                    raise
                self.busy()
                self._sleep(wait)
        raise AssertionError("the last attempt either returns or raises")

    def _once(
        self,
        method: str,
        path: str,
        data: bytes | None,
        *,
        request: str,
        subject: str,
        headers: Mapping[str, str],
        allowed: Collection[int],
    ) -> Answer:
        url = self.url + path
        for _ in range(5):
            response = self._exchange(method, url, data, headers, request=request, subject=subject)
            if response.status_code not in REDIRECTS:
                break
            url = self._redirected(method, url, response, request=request, subject=subject)
        else:
            raise errors.NotGrafana("it redirects in a circle", server=self.server, request=request, subject=subject)
        return self._answer(response, request=request, subject=subject, allowed=allowed)

    def _exchange(
        self, method: str, url: str, data: bytes | None, headers: Mapping[str, str], *, request: str, subject: str
    ) -> Any:
        sent = {
            "Accept": "application/json",
            **({"Content-Type": "application/json"} if data is not None else {}),
            **headers,
        }
        started = time.monotonic()

        def failed(kind: type[errors.ServerError], what: str) -> errors.ServerError:
            return kind(what, server=self.server, request=request, subject=subject)

        try:
            response = self._session.request(
                method,
                url,
                data=data,
                headers=sent,
                auth=self._auth,
                verify=self._verify,
                timeout=self._timeout,
                allow_redirects=False,
            )
            response.content  # noqa: B018 reads the body, so that a connection that ends early is seen here
        except niquests.exceptions.Timeout:
            raise failed(errors.TimedOut, f"no answer within {self._timeout:g} seconds") from None
        except niquests.exceptions.SSLError as error:
            raise failed(errors.TlsFailed, f"no trusted TLS connection: {_cause(error)}") from None
        except (niquests.exceptions.ChunkedEncodingError, niquests.exceptions.ContentDecodingError):
            raise failed(errors.BrokenAnswer, "the answer ended early") from None
        except niquests.exceptions.RequestException as error:
            kind, what = _broken_connection(error)
            raise failed(kind, what) from None
        if self._log is not None:
            self._log(f"{request} {response.status_code} {(time.monotonic() - started) * 1000:.0f} ms")
        return response

    def _redirected(self, method: str, url: str, response: Any, *, request: str, subject: str) -> str:
        target = urljoin(url, str(response.headers.get("Location", "")))
        if origin(target) != origin(url):
            what = f"it redirects to {origin(target)}, and credentials don't follow to another origin"
            remedy = "Put the address that it redirects to into the context's url, if that is your Grafana."
            raise errors.Untrusted(what, where=f"{self.server} ({request})", remedy=remedy)
        if method != "GET" and response.status_code not in {307, 308}:
            what = f"it redirects a {method} to {urlsplit(target).path}"
            raise errors.NotGrafana(what, server=self.server, request=request, subject=subject)
        return target

    def _answer(self, response: Any, *, request: str, subject: str, allowed: Collection[int]) -> Answer:
        status = int(response.status_code)
        kind = response.headers.get("Content-Type", "")
        content = response.content or b""
        body: Any = None
        if "json" in kind or content[:1] in {b"{", b"["}:
            with contextlib.suppress(orjson.JSONDecodeError):
                body = orjson.loads(content)
        if status < 400 and body is None:
            if "json" in kind or content[:1] in {b"{", b"["}:
                raise errors.BrokenAnswer(
                    "the answer is half a JSON document", server=self.server, request=request, subject=subject
                )
            raise errors.NotGrafana(_not_json(kind, content), server=self.server, request=request, subject=subject)
        if status < 400 or (status in allowed and body is not None):
            return Answer(status, body)
        raise self._refusal(status, body, response, request=request, subject=subject)

    def _refusal(self, status: int, body: Any, response: Any, *, request: str, subject: str) -> errors.ServerError:
        said = self._said(body)
        kind = _kind(status, body)
        where = {"server": self.server, "request": request, "subject": subject}
        if kind is errors.Forbidden and "ermissions needed:" in said:
            said = "not allowed; permissions needed: " + said.partition("ermissions needed:")[2].strip()
        what = f"{status}: {said}" if said else f"{status} {response.reason or ''}".strip()
        if body is None and "html" in response.headers.get("Content-Type", ""):
            what += " (an HTML page, so a proxy's answer rather than Grafana's)"
        error = kind(what, **where)
        error.status = status
        error.retry_after = _retry_after(response.headers.get("Retry-After"))
        return error

    def _said(self, body: Any) -> str:
        if not isinstance(body, dict):
            return ""
        causes = (body.get("details") or {}).get("causes") if isinstance(body.get("details"), dict) else None
        if causes:
            said = "; ".join(f"{cause.get('field')}: {cause.get('message')}" for cause in causes[:3])
        else:
            said = str(body.get("message") or body.get("reason") or "")
        return self.credentials.redacted(said)[:1000]


def _no_auth(request: Any) -> Any:
    """Leave a request without credentials: without this, the session would take some from a .netrc file."""
    return request


KINDS: dict[int, type[errors.ServerError]] = {
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    413: errors.TooLarge,
    429: errors.Overloaded,
}


def _kind(status: int, body: Any) -> type[errors.ServerError]:
    """Choose the error; 409 and 412 are conflicts only where the answer says that somebody else has written."""
    said = body if isinstance(body, dict) else {}
    by_another = (
        said.get("reason") in {"Conflict", "AlreadyExists"}
        or said.get("status") == "version-mismatch"
        or "changed by someone else" in str(said.get("message"))
    )
    if status in {409, 412} and by_another:
        return errors.Conflict
    return KINDS.get(status) or (errors.Failing if status >= 500 else errors.Rejected)


def _wait(error: errors.ServerError, method: str, attempt: int) -> float | None:
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
    if error.retry_after is not None:
        return error.retry_after if error.retry_after <= LONGEST_WAIT else None
    return random.uniform(0.5, 1.0) * min(0.1 * 2.0**attempt, LONGEST_WAIT)  # noqa: S311 jitter


def _retry_after(value: str | None) -> float | None:
    """Read Retry-After: seconds, or a date."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        with contextlib.suppress(ValueError, TypeError):
            return float(max(0.0, parsedate_to_datetime(value).timestamp() - time.time()))
    return None


def _broken_connection(error: Exception) -> tuple[type[errors.ServerError], str]:
    text = _cause(error)
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


def _cause(error: BaseException) -> str:
    """Return the words of an error and of what caused it, in one line, without addresses in memory."""
    words: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(words) < 5:
        words.append(str(seen))
        seen = seen.__cause__ or seen.__context__
    return " / ".join(" ".join(word.split()) for word in dict.fromkeys(words) if word)[:400]


def _not_json(kind: str, content: bytes) -> str:
    if not content:
        return "an empty answer where JSON was expected"
    if "html" in kind or content.lstrip()[:1] == b"<":
        return "HTML where JSON was expected"
    return f"{kind.split(';', maxsplit=1)[0] or 'something else'} where JSON was expected"
