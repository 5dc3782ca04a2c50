"""One Grafana over HTTP: grafana-client's session, repeats of what may be repeated, failures as our own errors."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import grafana_client.client
import niquests
import orjson

from sync import errors
from sync.grafana.failures import (
    ATTEMPTS,
    broken_connection,
    kind_of,
    not_json,
    read_retry_after,
    tls_fault,
    wait_before,
)
from sync.trust import origin
from sync.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from sync.trust import Credentials

REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Answer:
    """A status and the JSON that came with it."""

    status: int
    body: Any


@dataclass(frozen=True)
class Received:
    """What came back for one request, whole."""

    status: int
    reason: str
    headers: Mapping[str, str]
    content: bytes


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
                wait = wait_before(error, method, attempt)
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
            if response.status not in REDIRECTS:
                break
            url = self._redirected(method, url, response, request=request, subject=subject)
        else:
            raise errors.NotGrafana("it redirects in a circle", server=self.server, request=request, subject=subject)
        return self._answer(response, request=request, subject=subject, allowed=allowed)

    def _exchange(
        self, method: str, url: str, data: bytes | None, headers: Mapping[str, str], *, request: str, subject: str
    ) -> Received:
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
                stream=True,
            )
            content = self._body(response, until=started + self._timeout)
        except niquests.exceptions.Timeout:
            raise failed(errors.TimedOut, f"no answer within {self._timeout:g} seconds") from None
        except niquests.exceptions.SSLError as error:
            raise failed(errors.TlsFailed, tls_fault(error)) from None
        except (niquests.exceptions.ChunkedEncodingError, niquests.exceptions.ContentDecodingError):
            raise failed(errors.BrokenAnswer, "the answer ended early") from None
        except niquests.exceptions.RequestException as error:
            kind, what = broken_connection(error)
            raise failed(kind, what) from None
        if self._log is not None:
            self._log(f"{request} {response.status_code} {(time.monotonic() - started) * 1000:.0f} ms")
        return Received(int(response.status_code or 0), response.reason or "", response.headers, content)

    def _body(self, response: Any, *, until: float) -> bytes:
        """Read the body as it comes: the session's own timeout is one read's, so that a trickle would never end."""
        parts = []
        for part in response.iter_content(-1):
            parts.append(part)
            if time.monotonic() > until:
                response.close()
                raise niquests.exceptions.Timeout
        return b"".join(parts)

    def _redirected(self, method: str, url: str, response: Received, *, request: str, subject: str) -> str:
        target = urljoin(url, str(response.headers.get("Location", "")))
        if origin(target) != origin(url):
            what = f"it redirects to {origin(target)}, and credentials don't follow to another origin"
            remedy = "Put the address that it redirects to into the context's url, if that is your Grafana."
            raise errors.Untrusted(what, where=f"{self.server} ({request})", remedy=remedy)
        if method != "GET" and response.status not in {307, 308}:
            what = f"it redirects a {method} to {urlsplit(target).path}"
            raise errors.NotGrafana(what, server=self.server, request=request, subject=subject)
        return target

    def _answer(self, response: Received, *, request: str, subject: str, allowed: Collection[int]) -> Answer:
        status, content = response.status, response.content
        kind = response.headers.get("Content-Type", "")
        body: Any = None
        if "json" in kind or content[:1] in {b"{", b"["}:
            with contextlib.suppress(orjson.JSONDecodeError):
                body = orjson.loads(content)
        if status == 204:
            return Answer(status, None)
        if status < 400 and body is None:
            if "json" in kind or content[:1] in {b"{", b"["}:
                raise errors.BrokenAnswer(
                    "the answer is half a JSON document", server=self.server, request=request, subject=subject
                )
            raise errors.NotGrafana(not_json(kind, content), server=self.server, request=request, subject=subject)
        if status < 400 or (status in allowed and body is not None):
            return Answer(status, body)
        raise self._refusal(status, body, response, request=request, subject=subject)

    def _refusal(self, status: int, body: Any, response: Received, *, request: str, subject: str) -> errors.ServerError:
        said = self._said(body)
        kind = kind_of(status, body)
        where = {"server": self.server, "request": request, "subject": subject}
        if kind is errors.Forbidden and "ermissions needed:" in said:
            said = "not allowed; permissions needed: " + said.partition("ermissions needed:")[2].strip()
        what = f"{status}: {said}" if said else f"{status} {response.reason}".strip()
        if body is None and "html" in response.headers.get("Content-Type", ""):
            what += " (an HTML page, so a proxy's answer rather than Grafana's)"
        error = kind(what, **where)
        error.status = status
        if status in {409, 412} and kind is errors.Rejected:
            error.remedy = "Nobody else has written it; look into Grafana's log, then push again."
        if kind is errors.Unauthorized and self.credentials.user:
            error.remedy = "Look at what the variables hold that the context's user-env and password-env name."
        error.retry_after = read_retry_after(response.headers.get("Retry-After"))
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
