"""What a running Prometheus knows of metrics: their names and kinds, and the labels of those that queries use."""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from sync.errors import BrokenAnswer, Failing, ServerError, TimedOut, Unreachable
from sync.lint.known import Known, Metric
from sync.lint.shape import as_dict, as_list, as_text
from sync.version import __version__

MOST = 500
"""Metrics whose labels are asked for, a request each."""


def ask(url: str, known: Known, names: Iterable[str], *, timeout: float) -> None:
    """Add what the Prometheus at `url` knows; `names` are those that queries use. Raises ServerError."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ServerError("a Prometheus has an http or https address", server=url)
    existing = {as_text(name) for name in as_list(_get(url, "/api/v1/label/__name__/values", timeout))}
    metadata = as_dict(_get(url, "/api/v1/metadata", timeout))
    used = sorted(existing & set(names))[:MOST]
    with ThreadPoolExecutor(max_workers=8) as pool:
        paths = [f"/api/v1/labels?match[]={quote(name)}" for name in used]
        labels = dict(zip(used, pool.map(lambda path: _get(url, path, timeout), paths), strict=True))
    for name in existing:
        kind = _kind(name, metadata)
        told = frozenset(map(as_text, as_list(labels[name]))) - {"__name__"} if name in labels else None
        known.add(Metric(name, kind, told, source=url, exact=told is not None))
    known.covers_all = True


def _kind(name: str, metadata: dict[str, Any]) -> str:
    described = as_list(metadata.get(name))
    if described:
        return as_text(as_dict(described[0]).get("type"))
    base = name
    for suffix in ("_bucket", "_count", "_sum"):
        base = base.removesuffix(suffix)
    described = as_list(metadata.get(base))
    whole = as_text(as_dict(described[0]).get("type")) if described else ""
    return "counter" if base != name and whole in {"histogram", "summary"} else ""


def _get(url: str, path: str, timeout: float) -> Any:
    server = url.rstrip("/")
    request = Request(server + path, headers={"User-Agent": f"dash-sync/{__version__}"})  # noqa: S310 http(s) is checked
    try:
        with urlopen(request, timeout=timeout) as answer:  # noqa: S310 http(s) is checked
            document = json.loads(answer.read())
    except HTTPError as error:
        raise Failing(f"it answered {error.code}", server=server, request=f"GET {path}") from None
    except TimeoutError:
        raise TimedOut(f"no answer within {timeout:g} s", server=server, request=f"GET {path}") from None
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise Unreachable(
            f"no connection: {reason}", server=server, remedy="Is the Prometheus running there?"
        ) from None
    except ValueError:
        raise BrokenAnswer("it answers, but not as a Prometheus does", server=server, request=f"GET {path}") from None
    if as_dict(document).get("status") != "success":
        raise BrokenAnswer("it answers, but not as a Prometheus does", server=server, request=f"GET {path}")
    return as_dict(document).get("data")
