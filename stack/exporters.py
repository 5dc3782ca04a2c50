"""What Phoenix depends on, for real: Redis with its exporter, HAProxy with its endpoint, node_exporter.

Each listens on a free port of 127.0.0.1 and is ended by its process id. Raises ServerError when a server doesn't become
ready, ToolMissingError when there is none.
"""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from stack.servers import Server, answers, free_port, running, wait_until
from stack.tools import tool

HAPROXY_CONFIG = """
global
    maxconn 200
defaults
    mode http
    timeout connect 500ms
    timeout client 5s
    timeout server 5s
    timeout queue 2s
    timeout check 3s
    retries 3
    option redispatch
frontend metrics
    bind 127.0.0.1:{metrics}
    http-request use-service prometheus-exporter if {{ path /metrics }}
frontend fe_masters
    bind 127.0.0.1:{door}
    maxconn 100
    http-request deny if {{ path /admin }}
    default_backend be_masters
backend be_masters
    option httpchk GET /health
    # Noticed after two seconds, so that what is tried until then is seen too.
    default-server check inter 200ms fall 10 rise 1
{servers}
"""


@contextmanager
def running_redis(*, port: int = 0, master: int = 0, memory: str = "64mb") -> Iterator[Server]:
    """Run a Redis that keeps nothing after its end; `master` is the port of the one that it follows."""
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        log = Path(folder, "log")
        command = redis_command(port, Path(folder), master=master, memory=memory)
        with running(command, log) as process:
            wait_until(lambda: listens(port), process, log, "redis-server")
            yield Server(f"redis://127.0.0.1:{port}", process.pid, log)


def redis_command(port: int, folder: Path, *, master: int = 0, memory: str = "64mb") -> list[str]:
    """Return the command of a Redis that works in `folder` and keeps nothing after its end."""
    settings = ["--port", port, "--bind", "127.0.0.1", "--maxmemory", memory, "--save", "", "--appendonly", "no"]
    # Replicas are synchronised at once, and a lost one is noticed at once.
    settings += ["--repl-diskless-sync-delay", 0, "--repl-ping-replica-period", 1, "--enable-debug-command", "no"]
    if master:
        settings += ["--replicaof", f"127.0.0.1 {master}"]
    return [str(tool("redis-server")), *map(str, settings), "--dir", str(folder)]


@contextmanager
def running_redis_exporter(redis: str) -> Iterator[Server]:
    """Run the exporter of the Redis at a URL, which may be down."""
    address = f"127.0.0.1:{free_port()}"
    with _exporter(redis_exporter_command(redis, address), address, "redis-exporter") as server:
        yield server


def redis_exporter_command(redis: str, address: str) -> list[str]:
    """Return the command of the exporter of the Redis at a URL."""
    return [str(tool("redis-exporter")), f"--redis.addr={redis}", f"--web.listen-address={address}"]


@contextmanager
def running_node_exporter() -> Iterator[Server]:
    """Run node_exporter on this machine."""
    address = f"127.0.0.1:{free_port()}"
    with _exporter(node_exporter_command(address), address, "node-exporter") as server:
        yield server


def node_exporter_command(address: str) -> list[str]:
    """Return the command of node_exporter."""
    return [str(tool("node-exporter")), f"--web.listen-address={address}"]


@contextmanager
def running_haproxy(servers: Mapping[str, int], *, door: int) -> Iterator[Server]:
    """Run HAProxy on the port `door` before servers (name to port); its URL is that of its metrics."""
    metrics = free_port()
    listed = "\n".join(f"    server {name} 127.0.0.1:{port}" for name, port in servers.items())
    with tempfile.TemporaryDirectory(prefix="haproxy-") as folder:
        config, log = Path(folder, "haproxy.cfg"), Path(folder, "log")
        config.write_text(HAPROXY_CONFIG.format(metrics=metrics, door=door, servers=listed), encoding="utf-8")
        with running([str(tool("haproxy")), "-db", "-f", str(config)], log) as process:
            wait_until(lambda: answers(f"http://127.0.0.1:{metrics}/metrics"), process, log, "haproxy")
            yield Server(f"http://127.0.0.1:{metrics}", process.pid, log)


@contextmanager
def _exporter(command: list[str], address: str, name: str) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix=f"{name}-") as folder:
        log = Path(folder, "log")
        with running(command, log) as process:
            wait_until(lambda: answers(f"http://{address}/metrics"), process, log, name)
            yield Server(f"http://{address}", process.pid, log)


def listens(port: int) -> bool:
    """Whether something listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
