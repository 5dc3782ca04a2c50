"""The HTTP server that carries an application of ours."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from types import FrameType

    from starlette.types import ASGIApp
    from uvicorn.protocols.http.h11_impl import H11Protocol

_GRACE_SECONDS = 2
"""How long answers that are under way may take when the server is told to end."""


class LoopbackServer(uvicorn.Server):
    """uvicorn over an application; calls `ready` once requests are answered, `stopping` when it is told to end."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        ready: Callable[[], None],
        stopping: Callable[[], None] | None = None,
        http: type[H11Protocol] | None = None,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=http or "h11",
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
        self._stopping = stopping

    def stop(self) -> None:
        """End soon; from any thread."""
        if self._stopping is not None:
            self._stopping()
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End on a signal; on a second SIGINT without waiting for answers."""
        if self._stopping is not None:
            self._stopping()
        super().handle_exit(sig, frame)

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
