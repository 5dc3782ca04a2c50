"""Running the sandbox: as a process of its own, or inside a test."""

from __future__ import annotations

import errno
import socket
import sys
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from sync.errors import DashSyncError, PackageMissing, PortUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOST = "127.0.0.1"
_BACKLOG = 512
_START_SECONDS = 10


def serve(port: int, data: Path | None) -> None:
    """Serve until SIGINT or SIGTERM; `port` 0 takes a free one, `data` None keeps the state in memory.

    Once it answers, the URL is the one line on stdout. Raises `PortUnavailable`, `PackageMissing` and, when `data` is
    no database of the sandbox's or can't be written, `FileProblem`.
    """
    _check_packages()
    from sync.sandbox.server import SandboxServer
    from sync.sandbox.store import Store

    with closing(listen(port)) as listener, closing(Store(data)) as store:
        url = _url(listener)
        SandboxServer(store, ready=lambda: _announce(url, data)).run(sockets=[listener])


@contextmanager
def running_sandbox(data: Path | None = None) -> Iterator[str]:
    """Run a sandbox on a free port in a thread of this process, for as long as the block; yields its URL."""
    _check_packages()
    from sync.sandbox.server import SandboxServer
    from sync.sandbox.store import Store

    with closing(listen(0)) as listener, closing(Store(data)) as store:
        ready = threading.Event()
        server = SandboxServer(store, ready=ready.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="sandbox", daemon=True)
        thread.start()
        try:
            if not ready.wait(_START_SECONDS):
                raise DashSyncError(f"the sandbox did not start within {_START_SECONDS} seconds")
            yield _url(listener)
        finally:
            server.should_exit = True
            thread.join()


def listen(port: int) -> socket.socket:
    """Listen on a port of the loopback address."""
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
        raise PortUnavailable(f"the sandbox can't listen there: {reason}", where=f"{HOST}:{port}") from error
    return listener


def _url(listener: socket.socket) -> str:
    return f"http://{HOST}:{listener.getsockname()[1]}"


def _announce(url: str, data: Path | None) -> None:
    kept = f"in {data}" if data else "in memory, gone when it ends"
    print(  # noqa: T201 - the start message; stdout has the URL alone
        f"dash-sync's sandbox, not Grafana: it keeps dashboards and draws nothing. Log in as admin/admin.\n"
        f"State: {kept}. Ctrl-C ends it.",
        file=sys.stderr,
    )
    print(url, flush=True)  # noqa: T201 - what scripts wait for


def _check_packages() -> None:
    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise PackageMissing(
            f"the sandbox needs the package {error.name}, which is not installed",
            remedy="Install what it needs: pip install 'dash-sync[sandbox]'",
        ) from error
