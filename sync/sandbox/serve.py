"""Running the sandbox: as a process of its own, or inside a test."""

from __future__ import annotations

import sys
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from sync import loopback
from sync.errors import DashSyncError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sync.loopback_server import LoopbackServer
    from sync.sandbox.store import Store

_WHO = "the sandbox"
_START_SECONDS = 10


def serve(port: int, data: Path | None) -> None:
    """Serve until SIGINT or SIGTERM; `port` 0 takes a free one, `data` None keeps the state in memory.

    Once it answers, the URL is the one line on stdout. Raises `PortUnavailable`, `PackageMissing` and, when `data` is
    no database of the sandbox's or can't be written, `FileProblem`.
    """
    _check_packages()
    from sync.sandbox.store import Store

    with closing(loopback.listen(port, who=_WHO)) as listener, closing(Store(data)) as store:
        url = loopback.address(listener)
        _server(store, ready=lambda: _announce(url, data)).run(sockets=[listener])


@contextmanager
def running_sandbox(data: Path | None = None) -> Iterator[str]:
    """Run a sandbox on a free port in a thread of this process, for as long as the block; yields its URL."""
    _check_packages()
    from sync.sandbox.store import Store

    with closing(loopback.listen(0, who=_WHO)) as listener, closing(Store(data)) as store:
        ready = threading.Event()
        server = _server(store, ready=ready.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="sandbox", daemon=True)
        thread.start()
        try:
            if not ready.wait(_START_SECONDS):
                raise DashSyncError(f"the sandbox did not start within {_START_SECONDS} seconds")
            yield loopback.address(listener)
        finally:
            server.should_exit = True
            thread.join()


def _server(store: Store, *, ready: Callable[[], None]) -> LoopbackServer:
    from sync.loopback_server import LoopbackServer
    from sync.sandbox.app import create_app
    from sync.sandbox.connections import TrackedProtocol

    return LoopbackServer(create_app(store), ready=ready, http=TrackedProtocol)


def _announce(url: str, data: Path | None) -> None:
    kept = f"in {data}" if data else "in memory, gone when it ends"
    print(  # noqa: T201 - the start message; stdout has the URL alone
        f"dash-sync's sandbox, not Grafana: it keeps dashboards and draws nothing. Log in as admin/admin.\n"
        f"State: {kept}. Ctrl-C ends it.",
        file=sys.stderr,
    )
    print(url, flush=True)  # noqa: T201 - what scripts wait for


def _check_packages() -> None:
    loopback.require("starlette", "uvicorn", who=_WHO, extra="sandbox")
