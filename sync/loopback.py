"""Servers of ours: on the loopback address only, on a port of their own, until they are told to end."""

from __future__ import annotations

import errno
import importlib.util
import socket

from sync.errors import PackageMissing, PortUnavailable

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
"""What a request may call us: under any other name a page of the web would reach us (DNS rebinding)."""

_BACKLOG = 512


def listen(port: int, *, who: str) -> socket.socket:
    """Listen on a port, 0 for a free one; PortUnavailable says that `who` can't."""
    # asyncio turns Nagle's algorithm off only where the protocol is named; with it each answer takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        taken = error.errno == errno.EADDRINUSE
        reason = "another process listens there" if taken else str(error.strerror)
        raise PortUnavailable(f"{who} can't listen there: {reason}", where=f"{HOST}:{port}") from error
    return listener


def address(listener: socket.socket) -> str:
    """Return the URL of a listener."""
    return f"http://{HOST}:{listener.getsockname()[1]}"


def require(*packages: str, who: str, extra: str) -> None:
    """Raise PackageMissing where `who` lacks a package of an extra."""
    for name in packages:
        if importlib.util.find_spec(name) is None:
            raise PackageMissing(
                f"{who} needs the package {name}, which is not installed",
                remedy=f"Install what it needs: pip install 'dash-sync[{extra}]'",
            )
