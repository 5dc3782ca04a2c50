"""The HTTP server that carries the sandbox."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from sync.sandbox.app import create_app
from sync.sandbox.connections import TrackedProtocol

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from sync.sandbox.store import Store

_GRACE_SECONDS = 2
"""How long answers that are under way may take when the server is told to end."""


class SandboxServer(uvicorn.Server):
    """uvicorn over the sandbox's application; calls `ready` once requests are answered."""

    def __init__(self, store: Store, *, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                create_app(store),
                http=TrackedProtocol,
                ws="none",
                lifespan="off",
                log_level="warning",
                access_log=False,
                server_header=False,
                timeout_keep_alive=60,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to answer, then say so."""
        await super().startup(sockets)
        self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End on SIGINT and SIGTERM as on any other end: being told to stop is no failure of a server."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
