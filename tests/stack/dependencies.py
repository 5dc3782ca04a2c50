"""A trial of what Phoenix depends on: real servers under load are scraped by a real Prometheus, then ended one by one.

Two Redis servers with their exporters, HAProxy before two web servers, node_exporter. What Prometheus saw is kept as
blocks, with the time of each phase and what the machine itself said of its memory and CPU.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml

from stack.exporters import running_haproxy, running_node_exporter, running_redis, running_redis_exporter
from stack.servers import free_port, running_prometheus
from tests.stack.prometheus_api import PrometheusApi

SCRAPE = 1  # seconds
HEALTHY, REPLICA_KILLED, ALL_KILLED = "healthy", "replica killed", "master, servers and node killed"
SETTLED = {HEALTHY: 12.0, REPLICA_KILLED: 5.0, ALL_KILLED: 9.0}  # seconds of each phase that Prometheus must have seen
_PATIENCE = 30.0


class _Orchestrator(BaseHTTPRequestHandler):
    """Answers 200 to everything."""

    def do_GET(self) -> None:
        with contextlib.suppress(OSError):  # HAProxy closes a check's connection as soon as it has the status
            self.send_response(200)
            self.send_header("Content-Length", "3")
            self.end_headers()
            self.wfile.write(b"ok\n")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def run(folder: Path) -> None:
    """Live through the phases; leave `blocks/` and `phases.json` in the folder."""
    with ExitStack() as alive:
        ports = {name: free_port() for name in ("master", "replica", "door")}
        master = alive.enter_context(running_redis(port=ports["master"]))
        replica = ExitStack()
        alive.enter_context(replica)
        replica.enter_context(running_redis(port=ports["replica"], master=ports["master"]))
        servers = [alive.enter_context(_web_server()) for _ in range(2)]
        names = {f"orchestrator-{number}": server.server_port for number, server in enumerate(servers, start=1)}
        balancer = alive.enter_context(running_haproxy(names, door=ports["door"]))
        node = alive.enter_context(ExitStack())
        targets = {
            ("redis", "redis-1"): alive.enter_context(running_redis_exporter(master.url)).url,
            ("redis", "redis-2"): alive.enter_context(
                running_redis_exporter(f"redis://127.0.0.1:{ports['replica']}")
            ).url,
            ("haproxy", "lb-1"): balancer.url,
            ("node", "node-1"): node.enter_context(running_node_exporter()).url,
        }
        config = _config(folder, targets)
        server = alive.enter_context(running_prometheus(config, flags=["--web.enable-admin-api"]))
        prometheus, phases = PrometheusApi(server.url), {}
        alive.enter_context(_load(ports))

        phases[HEALTHY] = _settled(prometheus, HEALTHY)
        machine = _machine()

        replica.close()
        phases[REPLICA_KILLED] = _settled(prometheus, REPLICA_KILLED)

        replica.enter_context(running_redis(port=ports["replica"], master=ports["master"]))
        _until(lambda: _value(prometheus, 'redis_master_link_up{instance="redis-2"}') == 1)
        killed = time.time()
        os.kill(master.pid, 9)
        node.close()
        _kill_in_turn(prometheus, dict(zip(names, servers, strict=True)))
        phases[ALL_KILLED] = _settled(prometheus, ALL_KILLED, began=killed)

        _keep_blocks(server.url, server.log.parent / "data", folder / "blocks")
    (folder / "phases.json").write_text(json.dumps({"phases": phases, "machine": machine}))


def _kill_in_turn(prometheus: PrometheusApi, servers: dict[str, ThreadingHTTPServer]) -> None:
    """Kill each web server once HAProxy has noticed the loss of the one before.

    While one of several is lost, HAProxy moves requests to another; when the last is lost it can only try again. Killed
    together, it would be left to chance which of the two it does.
    """
    for name, server in servers.items():
        server.shutdown()
        server.server_close()
        down = f'haproxy_server_status{{server="{name}",state="DOWN"}}'
        _until(lambda down=down: _value(prometheus, down) == 1)


def _settled(prometheus: PrometheusApi, phase: str, *, began: float | None = None) -> tuple[float, float]:
    """Wait until every target was scraped for long enough; return the phase's start and end."""
    start = time.time()
    end = start + SETTLED[phase]
    _until(lambda: (_value(prometheus, "min(timestamp(up))") or 0) > end)
    return began or start, end


def _until(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not ready():
        assert time.monotonic() < deadline, "the trial's servers didn't come this far in time"
        time.sleep(0.1)


def _value(prometheus: PrometheusApi, expr: str) -> float | None:
    found = prometheus.instant(expr)
    return found[0].last if found else None


def _config(folder: Path, targets: dict[tuple[str, str], str]) -> Path:
    labels = {"environment": "production", "cluster": "eu-1"}
    jobs = sorted({job for job, _ in targets})
    scrapes = [
        {
            "job_name": job,
            "static_configs": [
                {"targets": [url.removeprefix("http://")], "labels": {**labels, "instance": instance}}
                for (of, instance), url in targets.items()
                if of == job
            ],
        }
        for job in jobs
    ]
    path = folder / "prometheus.yaml"
    interval = f"{SCRAPE}s"
    path.write_text(
        yaml.safe_dump({"global": {"scrape_interval": interval, "scrape_timeout": interval}, "scrape_configs": scrapes})
    )
    return path


def _keep_blocks(url: str, data: Path, kept: Path) -> None:
    request = urllib.request.Request(f"{url}/api/v1/admin/tsdb/snapshot", method="POST")
    with urllib.request.urlopen(request, timeout=30) as answer:
        name = json.load(answer)["data"]["name"]
    shutil.copytree(data / "snapshots" / name, kept)


def _machine() -> dict[str, float]:
    """Return what the kernel says of this machine, now."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    memory = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    return {
        "memory used": 1 - memory["MemAvailable"] / memory["MemTotal"],
        "cores": os.cpu_count() or 0,
        "uptime": float(Path("/proc/uptime").read_text().split()[0]),
    }


@contextmanager
def _web_server() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Orchestrator)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def _load(ports: dict[str, int]) -> Iterator[None]:
    """Ask the servers something, many times a second, until the end; one client waits in a blocking command."""
    ended = threading.Event()

    def visits(path: str) -> None:
        while not ended.wait(0.1):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{ports['door']}{path}", timeout=2).close()

    def lookups(port: int) -> None:
        # Two lookups of three find their key; INCR of a word fails; `gone` expires.
        while not ended.wait(0.1):
            _redis(port, "SET word hello", "SET gone x PX 50", "GET word", "GET word", "GET none", "INCR word")

    asking = [(visits, path) for path in ("/v1/plans", "/v1/tasks", "/admin")]
    asking += [(lookups, ports[name]) for name in ("master", "replica")]
    threads = [threading.Thread(target=ask, args=(what,), daemon=True) for ask, what in asking]
    for thread in threads:
        thread.start()
    with socket.create_connection(("127.0.0.1", ports["master"])) as waiting:
        waiting.sendall(b"BLPOP queue 0\r\n")
        try:
            yield
        finally:
            ended.set()
            for thread in threads:
                thread.join()


def _redis(port: int, *commands: str) -> None:
    """Send commands and read until all are answered; a server that isn't there is left alone."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        connection.sendall("".join(f"{command}\r\n" for command in (*commands, "QUIT")).encode())
        while connection.recv(4096):
            pass
