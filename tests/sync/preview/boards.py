"""Dashboards for tests of pictures, and a server that answers as a Prometheus would, or doesn't."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sync.diff import read
from sync.preview.colours import THEMES
from sync.preview.filled import Filled
from sync.preview.page import page
from sync.preview.painting import Painter, painter
from sync.preview.sheet import Sheet, sheet

PROMETHEUS = {"type": "prometheus", "uid": "${datasource}"}


def target(expr: str, ref: str = "A", **more: Any) -> dict[str, Any]:
    return {"refId": ref, "expr": expr, "datasource": PROMETHEUS, "legendFormat": "{{route}}", **more}


def panel(kind: str, title: str = "Panel", *targets: Any, place: Any = (0, 0, 12, 8), **more: Any) -> dict[str, Any]:
    found = {"type": kind, "title": title, "datasource": PROMETHEUS, "targets": list(targets), **more}
    if place is not None:
        found["gridPos"] = dict(zip("xywh", place, strict=True))
    return found


def board(*panels: Any, **more: Any) -> dict[str, Any]:
    return {"uid": "board", "title": "Board", "schemaVersion": 42, "panels": list(panels), **more}


def document(source: dict[str, Any]) -> read.Document:
    return read.document(json.loads(json.dumps(source)))


def filled(source: dict[str, Any], paint: Painter | None = None) -> Filled:
    return (paint or painter(None)).fill(document(source))


def drawn(source: dict[str, Any], *, theme: str = "dark", paint: Painter | None = None) -> Sheet:
    return sheet(filled(source, paint), THEMES[theme])


def boxes(*panels: Any) -> list[Any]:
    return [one.box for one in page(document(board(*panels))).panels]


def matrix(times: list[float], **series: float | Callable[[int], float]) -> dict[str, Any]:
    result = [
        {
            "metric": {"route": name},
            "values": [[moment, str(value(at) if callable(value) else value)] for at, moment in enumerate(times)],
        }
        for name, value in series.items()
    ]
    return {"status": "success", "data": {"resultType": "matrix", "result": result}}


class Answers:
    """What the server says next: a status and a body, or a way to fail."""

    def __init__(self) -> None:
        self.status, self.body, self.headers = 200, b"", {"Content-Type": "application/json"}
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.delay = 0.0
        self.held: dict[str, threading.Event] = {}  # queries that wait for their event
        self.value: float | Callable[[int], float] | None = 0.25  # of each sample by its index; None: no series

    def json(self, content: Any, status: int = 200) -> None:
        self.status, self.body = status, json.dumps(content).encode()


@contextmanager
def prometheus() -> Iterator[tuple[str, Answers]]:
    """A server on a free loopback port that answers every range with one constant series, until told otherwise."""
    answers = Answers()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            answers.asked.append((parts.path, query, dict(self.headers)))
            time.sleep(answers.delay)
            for text, event in answers.held.items():
                if text in query.get("query", parts.path):
                    event.wait(60)
            body = answers.body or json.dumps(self._answer(query)).encode()
            self.send_response(answers.status)
            for name, value in answers.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _answer(self, query: dict[str, str]) -> Any:
            if "start" not in query:
                return {"status": "success", "data": {"resultType": "vector", "result": []}}
            begin, end, step = (float(query[name]) for name in ("start", "end", "step"))
            times = [begin + index * step for index in range(int((end - begin) / step) + 1)]
            return matrix(times, **({} if answers.value is None else {"/api": answers.value}))

        def log_message(self, *_arguments: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", answers
    finally:
        server.shutdown()
        server.server_close()
