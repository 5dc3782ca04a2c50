"""The connections behind requests, so that faults can break them as a network does."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from starlette.types import Scope

_open: dict[tuple[str, int, int], asyncio.Transport] = {}


class TrackedProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, remembering each connection by its client's address and the port it came in by."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember a connection."""
        super().connection_made(transport)
        host, port = transport.get_extra_info("peername")[:2]
        self._address = (host, port, transport.get_extra_info("sockname")[1])
        _open[self._address] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        _open.pop(self._address, None)
        super().connection_lost(exc)


def close(scope: Scope) -> None:
    """Close a request's connection once what was written is out: the client sees the end of the stream."""
    _connection(scope).close()


def reset(scope: Scope) -> None:
    """Break a request's connection: the client sees a reset."""
    transport = _connection(scope)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _connection(scope: Scope) -> asyncio.Transport:
    host, port = scope["client"]
    return _open[host, port, scope["server"][1]]
