"""The simulator's HTTP side: service discovery, one path a target, incidents."""

import json
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from stack.simulator.incidents import INCIDENTS, IncidentError, seconds
from stack.simulator.live import Live


class SimulatorServer(ThreadingHTTPServer):
    """Serves one live world, on loopback unless told otherwise."""

    daemon_threads = True

    def __init__(self, live: Live, *, port: int = 0, host: str = "127.0.0.1") -> None:
        self.live = live
        super().__init__((host, port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that left before it had its answer, as health checks do."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def address(self) -> str:
        """Host and port that it listens on."""
        return f"{self.server_address[0]!s}:{self.server_address[1]}"

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{self.address}"

    def discovery(self, address: str) -> list[dict[str, Any]]:
        """Return the answer of Prometheus's HTTP service discovery: one group a target.

        `address` is where whoever asks has reached the server; in a container that isn't where it listens.
        """
        return [
            {
                "targets": [address],
                "labels": {"__metrics_path__": _path(labels["job"], labels["instance"]), **labels},
            }
            for labels in self.live.targets()
        ]


def _path(job: str, instance: str) -> str:
    return f"/targets/{quote(job, safe='')}/{quote(instance, safe='')}/metrics"


class _Handler(BaseHTTPRequestHandler):
    server: SimulatorServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        match self._parts():
            case ["targets", job, instance, "metrics"]:
                self._metrics(job, instance)
            case ["sd"]:
                self._json(self.server.discovery(self.headers.get("Host") or self.server.address))
            case ["incidents"]:
                known = {name: incident.help for name, incident in sorted(INCIDENTS.items())}
                self._json({"running": self.server.live.running(), "known": known})
            case []:
                self._json({"discovery": "/sd", "incidents": "/incidents", "targets": self.server.live.targets()})
            case _:
                self._missing()

    def do_POST(self) -> None:
        match self._parts():
            case ["incidents", name]:
                lasts = parse_qs(urlsplit(self.path).query).get("for")
                self._incident(lambda: self.server.live.start(name, lasts=seconds(lasts[0]) if lasts else None))
            case _:
                self._missing()

    def do_DELETE(self) -> None:
        match self._parts():
            case ["incidents", name]:
                self._incident(lambda: self.server.live.stop(name))
            case _:
                self._missing()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing: a scrape every few seconds is no news."""

    def _parts(self) -> list[str]:
        return [unquote(part) for part in urlsplit(self.path).path.split("/") if part]

    def _metrics(self, job: str, instance: str) -> None:
        try:
            answer = self.server.live.scrape(job, instance, accept=self.headers.get("Accept", ""))
        except LookupError as problem:
            self._json({"error": str(problem)}, HTTPStatus.NOT_FOUND)
            return
        if answer is None:
            self._json({"error": f"{instance} is gone"}, HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            self._send(*answer)

    def _incident(self, act: Any) -> None:
        try:
            act()
        except IncidentError as problem:
            self._json({"error": str(problem)}, HTTPStatus.NOT_FOUND)
        else:
            self._json({"running": self.server.live.running()})

    def _missing(self) -> None:
        self._json({"error": "there is /sd, /incidents, and for each target its path of /sd"}, HTTPStatus.NOT_FOUND)

    def _json(self, answer: Any, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(json.dumps(answer).encode(), "application/json", status)

    def _send(self, body: bytes, content_type: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        if length := int(self.headers.get("Content-Length") or 0):
            self.rfile.read(length)  # the next request of a kept connection begins after it
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
