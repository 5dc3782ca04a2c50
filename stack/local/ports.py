"""The ports of 127.0.0.1 that the stack listens on: fixed ones, chosen ones, or free ones."""

import random
import socket
from collections.abc import Iterable, Mapping

PORTS = {
    "prometheus": 9090,
    "alertmanager": 9093,
    "simulator": 9700,
    "outbox": 9701,
    "outbox-mail": 9725,
    "redis": 6379,
    "redis-replica": 6380,
    "redis-exporter": 9121,
    "redis-replica-exporter": 9122,
    "haproxy": 8080,
    "haproxy-metrics": 8404,
    "node-exporter": 9100,
}
# Below those that systems give to outgoing connections, so that none of these takes one before its server does.
_FREE = range(20_000, 32_000)


class PortsTakenError(Exception):
    """Ports that something else listens on: which, for what, and what to do."""

    def __init__(self, taken: Mapping[str, int]) -> None:
        self.taken = taken
        listed = ", ".join(f"{port} ({name})" for name, port in taken.items())
        one = next(iter(taken))
        super().__init__(
            f"taken on 127.0.0.1: {listed}. End what listens there, or take others: "
            f"make stack-up ARGS='--port {one}=NUMBER', or ARGS=--free-ports"
        )


def chosen(wishes: Iterable[tuple[str, int]], *, free: bool) -> dict[str, int]:
    """Return a port for each server: the wished one, else its fixed one, or a free one if `free`.

    Raises LookupError for a server that there isn't.
    """
    wished = dict(wishes)
    if unknown := sorted(wished.keys() - PORTS.keys()):
        raise LookupError(f"there is no {unknown[0]!r}; there are {', '.join(sorted(PORTS))}")
    others = (port for port in random.sample(_FREE, len(_FREE)) if _is_free(port))
    return {name: wished.get(name) or (next(others) if free else fixed) for name, fixed in PORTS.items()}


def taken(ports: Mapping[str, int]) -> dict[str, int]:
    """Return those that can't be listened on now."""
    return {name: port for name, port in ports.items() if not _is_free(port)}


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a connection that is just closing is no listener
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
