"""A Prometheus that answers the queries of a page, several at once; one that doesn't is told in each panel's box."""

from __future__ import annotations

import base64
import http.client
import json
import math
import re
import socket
import ssl
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from sync.diff.values import listing, mapping, text
from sync.errors import DashSyncError
from sync.preview import ranges
from sync.preview.data import Answer, Query, Series, Span

if TYPE_CHECKING:
    from sync.preview.data import Values

LARGEST = 64 * 1024 * 1024
MOST_SERIES = 500
SCRAPE = 15.0  # what Grafana assumes where its data source doesn't say


class _ProblemError(Exception):
    """A request that failed, in words."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follow no redirect: credentials must not go to where an answer says."""

    def redirect_request(self, *_arguments: Any, **_named: Any) -> None:
        return None


@dataclass
class Prometheus:
    """A Prometheus at a URL; credentials in the URL go to it alone and into no message."""

    url: str
    timeout: float = 30.0
    workers: int = 8
    name: str = ""
    invents: bool = False
    _headers: dict[str, str] = field(default_factory=dict)
    _down: str = ""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise DashSyncError(
                f"{self.url!r} is no address of a Prometheus",
                remedy="Give its root as http://HOST:PORT or https://HOST/PATH.",
            )
        bare = parts.netloc.rpartition("@")[2]
        if "@" in parts.netloc:
            said = f"{parts.username or ''}:{parts.password or ''}"
            self._headers["Authorization"] = "Basic " + base64.b64encode(said.encode()).decode()
        self.url = self.name = urlunsplit((parts.scheme, bare, parts.path.rstrip("/"), "", ""))
        self._opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler())

    def scrape_interval(self) -> float:
        """Return how often it scrapes by its own configuration, in seconds; 15 where it doesn't say."""
        try:
            said = text(mapping(self._get("/api/v1/status/config", {})).get("yaml"))
        except _ProblemError:
            return SCRAPE
        found = re.search(r"^\s+scrape_interval:\s*(\S+)", said, re.MULTILINE)
        return (ranges.seconds(found[1]) if found else None) or SCRAPE

    def ask(self, queries: list[tuple[Query, Span]]) -> list[Answer]:
        """Return an answer for each query; equal ones are sent once."""
        distinct = list(dict.fromkeys((query.text, query.instant, span) for query, span in queries))
        with ThreadPoolExecutor(self.workers) as pool:
            found = dict(zip(distinct, pool.map(lambda key: self._one(*key), distinct), strict=True))
        return [self._answer(query, *found[query.text, query.instant, span]) for query, span in queries]

    def label_values(self, label: str, selector: str) -> list[str]:
        """Return the values of a label, [] where it can't be asked."""
        matched = {"match[]": selector} if selector else {}
        try:
            return sorted(text(value) for value in listing(self._get(f"/api/v1/label/{quote(label)}/values", matched)))
        except _ProblemError:
            return []

    def _answer(self, query: Query, series: tuple[Series, ...], problem: str) -> Answer:
        if query.language != "promql":
            return Answer(query, problem=f"{query.language or 'this query'} isn't asked of a Prometheus")
        return Answer(query, series, problem)

    def _one(self, expression: str, instant: bool, span: Span) -> tuple[tuple[Series, ...], str]:
        if not expression.strip():
            return (), ""
        parameters = {"query": expression}
        path = "/api/v1/query" if instant else "/api/v1/query_range"
        times = span.times
        if instant:
            parameters["time"] = f"{span.end / 1000:.3f}"
        else:
            parameters |= {
                "start": f"{times[0] / 1000:.3f}", "end": f"{times[-1] / 1000:.3f}", "step": f"{span.step / 1000:g}",
            }  # fmt: skip
        try:
            data = mapping(self._get(path, parameters))
        except _ProblemError as problem:
            return (), str(problem)
        return tuple(_series(data, [span.end] if instant else times)), ""

    def _get(self, path: str, parameters: dict[str, str]) -> Any:
        """Return the data of an answer; a server that refuses connections is not asked again."""
        if self._down:
            raise _ProblemError(self._down)
        request = urllib.request.Request(  # noqa: S310 (the scheme is checked above)
            f"{self.url}{path}" + (f"?{urlencode(parameters)}" if parameters else ""),
            headers={"Accept": "application/json", **self._headers},
        )
        try:
            with self._opener.open(request, timeout=self.timeout) as answer:
                body = answer.read(LARGEST + 1)
        except urllib.error.HTTPError as error:
            raise _ProblemError(self._refusal(error)) from None
        except TimeoutError:
            raise _ProblemError(f"{self.name} didn't answer within {self.timeout:g} s") from None
        except (urllib.error.URLError, http.client.HTTPException, OSError, ssl.SSLError) as error:
            raise _ProblemError(self._unreachable(error)) from None
        if len(body) > LARGEST:
            raise _ProblemError(f"{self.name} answers with more than {LARGEST // 2**20} MiB")
        return self._data(body)

    def _data(self, body: bytes) -> Any:
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            raise _ProblemError(f"{self.name} answers with something that isn't JSON: is a Prometheus there?") from None
        if not isinstance(found, dict) or found.get("status") != "success":
            said = text(found.get("error")) if isinstance(found, dict) else ""
            raise _ProblemError(
                f"{self.name}: {said[:300]}" if said else f"{self.name} answers with no Prometheus answer"
            )
        return found.get("data")

    def _refusal(self, error: urllib.error.HTTPError) -> str:
        try:
            said = text(mapping(json.loads(error.read(65536))).get("error"))
        except (ValueError, OSError, http.client.HTTPException):
            said = ""
        return f"{self.name} answers {error.code}" + (f": {said[:300]}" if said else f" {error.reason}")

    def _unreachable(self, error: Exception) -> str:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(reason, TimeoutError):
            return f"{self.name} didn't answer within {self.timeout:g} s"
        if isinstance(reason, ConnectionRefusedError):
            self._down = f"{self.name} refuses the connection"
            return self._down
        if isinstance(reason, socket.gaierror):
            self._down = f"there is no host {urlsplit(self.url).hostname}"
            return self._down
        return f"{self.name} cut the connection: {type(reason).__name__}"


def _series(data: dict[str, Any], times: list[int]) -> list[Series]:
    """Return the series of an answer on the grid of times, None where it has no sample."""
    kind = data.get("resultType")
    if kind in {"scalar", "string"}:
        return [Series({}, times[-1:], [_number(listing(data.get("result"))[1:])])]
    position = {moment: index for index, moment in enumerate(times)}
    found = []
    for item in listing(data.get("result"))[:MOST_SERIES]:
        labels = {text(name): text(value) for name, value in mapping(mapping(item).get("metric")).items()}
        values: Values = [None] * len(times)
        if kind == "vector":
            values = [_number(listing(item.get("value"))[1:])]
        for sample in listing(item.get("values")):
            index = position.get(round(float(sample[0]) * 1000))
            if index is not None:
                values[index] = _number(sample[1:])
        found.append(Series(labels, times, values))
    return sorted(found, key=lambda one: sorted(one.labels.items())) if kind == "matrix" else found


def _number(sample: list[Any]) -> float | None:
    try:
        found = float(sample[0])
    except (IndexError, TypeError, ValueError):
        return None
    return None if math.isnan(found) else found
