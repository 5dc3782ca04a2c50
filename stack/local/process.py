"""Processes that outlive the command that started them, and are ended by another: only ever the very same process.

A process id alone says little: the system gives it to others once its process has ended. So what is written down is the
id with the moment of birth as the kernel tells it, and the boot that it belongs to. Linux only, as .tools is.
"""

import json
import os
import select
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from stack.tools import ROOT

GRACE = 10.0  # seconds that a process has to end by itself
_RECORD, LOG = "process.json", "log"
_BOOT = Path("/proc/sys/kernel/random/boot_id")
# In /proc/<pid>/stat the name, in parentheses, may hold anything; these are counted from behind it.
_STATE, _STARTED = 0, 19


@dataclass(frozen=True)
class Process:
    """A process as it was written down: its id, and its birth, by which it is known."""

    pid: int
    birth: str

    @property
    def alive(self) -> bool:
        """Whether this very process runs."""
        return birth(self.pid) == self.birth


def can_be_ended() -> bool:
    """Whether this system lets a process be ended as the very one that it is; else none should be started."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):  # not Linux, an old one, or a container that forbids it
        return False
    return True


def birth(pid: int) -> str | None:
    """Return what tells a process from every other that has its id at another time; None if none runs."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    if fields[_STATE] in "ZX":  # ended, and only not yet collected
        return None
    return f"{_BOOT.read_text(encoding='utf-8').strip()} {fields[_STARTED]}"


def start(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Process:
    """Start a command in a session of its own, with its output in the folder's log, and write it down there."""
    with (folder / LOG).open("wb") as output:
        started = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    process = Process(started.pid, birth(started.pid) or "ended at once")
    (folder / _RECORD).write_text(json.dumps(asdict(process)), encoding="utf-8")
    return process


def written_down(folder: Path) -> Process | None:
    """Return the process that was started with this folder; None if none was, or it was ended."""
    try:
        return Process(**json.loads((folder / _RECORD).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def forget(folder: Path) -> None:
    """Strike out the process of this folder."""
    (folder / _RECORD).unlink(missing_ok=True)


def end(process: Process) -> bool:
    """End a process, kill it if it doesn't end by itself; return False, and do nothing, if it runs no more."""
    try:
        handle = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return False
    try:
        # The handle is that of one process for ever, so what is true of it now stays true.
        if not process.alive:
            return False
        for number in (signal.SIGTERM, signal.SIGKILL):
            signal.pidfd_send_signal(handle, number)
            if select.select([handle], [], [], GRACE)[0]:
                break
    finally:
        os.close(handle)
    return True
