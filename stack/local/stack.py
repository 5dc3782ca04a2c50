"""The stack's state in a folder: what is started, what runs, what is ended."""

import fcntl
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from stack.local import process
from stack.local.ports import PORTS, PortsTakenError, taken
from stack.local.services import Service, services

PATIENCE = 60.0  # seconds that a server has to become ready
_LAST_WORDS = 10  # lines


class StackError(Exception):
    """The stack didn't come up: which server, and its last words."""


class Stack:
    """The stack whose state is in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep others from starting or ending servers of this stack meanwhile."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @property
    def ports(self) -> dict[str, int] | None:
        """The ports of the stack that runs; None if nothing does."""
        try:
            ports = json.loads((self.folder / "ports.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return ports if any(self.running(service) for service in services(ports)) else None

    def running(self, service: Service) -> bool:
        """Whether this server, as the stack started it, runs."""
        known = process.written_down(self.folder / service.name)
        return known is not None and known.alive

    def up(self, ports: Mapping[str, int], say: Callable[[str], None], *, interval: str = "") -> list[Service]:
        """Start every server that doesn't run, each when those before it are ready; return them all.

        Raises PortsTakenError before anything is started, ToolMissingError, and StackError; then what was started is
        ended again.
        """
        every = services(ports, interval=interval)
        missing = [service for service in every if not self.running(service)]
        if busy := taken({name: ports[name] for service in missing for name in service.ports}):
            raise PortsTakenError(busy)
        (self.folder / "ports.json").write_text(json.dumps(dict(ports)), encoding="utf-8")
        try:
            for service in missing:
                say(f"starting {service.name}")
                self._start(service)
        except BaseException:
            self.down(lambda _: None, only=missing)
            raise
        return every

    def down(self, say: Callable[[str], None], *, only: list[Service] | None = None) -> None:
        """End the servers, the last one started first; what isn't ours any more is left alone."""
        names = self.known if only is None else [service.name for service in only]
        for name in reversed(names):
            known = process.written_down(self.folder / name)
            if known is None:
                continue
            say(f"{name}: ended" if process.end(known) else f"{name}: wasn't running any more")
            process.forget(self.folder / name)

    @property
    def known(self) -> list[str]:
        """The servers that were started and not ended by `down`, in the order of their start."""
        return [service.name for service in services(PORTS) if process.written_down(self.folder / service.name)]

    def _start(self, service: Service) -> None:
        folder = self.folder / service.name
        folder.mkdir(exist_ok=True)
        started = process.start(service.command(folder), folder, service.environment)
        deadline = time.monotonic() + PATIENCE
        while not service.ready():
            if not started.alive:
                raise StackError(f"{service.name} ended; it said last:\n{_last_words(folder)}")
            if time.monotonic() > deadline:
                raise StackError(f"{service.name} wasn't ready after {PATIENCE:.0f} s; it said:\n{_last_words(folder)}")
            time.sleep(0.1)


def _last_words(folder: Path) -> str:
    lines = (folder / process.LOG).read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-_LAST_WORDS:])
