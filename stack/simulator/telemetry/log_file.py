"""Where log lines go: a file that never grows beyond bounds, or standard output."""

import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from stack.simulator.telemetry.log_line import LogLine
from stack.simulator.telemetry.said_once import SaidOnce

LARGEST = 64 * 2**20  # bytes of one file; the full one before it is kept as NAME.1


class LogFile:
    """Appends to a file; `-` is standard output. OSError when the file can't be opened.

    A disk that is full later is said once and costs lines, nothing else; a pipe that nobody reads ends the process.
    """

    def __init__(self, path: str, *, largest: int = LARGEST) -> None:
        self.path = None if path == "-" else Path(path)
        self.largest = largest
        self._trouble = SaidOnce()
        self._stream: TextIO = sys.stdout if self.path is None else _opened(self.path)

    def write(self, lines: Iterable[LogLine]) -> None:
        """Append lines and let every reader see them."""
        try:
            if self.path and self._stream.tell() >= self.largest:
                self._stream.close()
                self.path.replace(self.path.with_name(self.path.name + ".1"))
                self._stream = _opened(self.path)
            self._stream.writelines(f"{line}\n" for line in lines)
            self._stream.flush()
        except BrokenPipeError:  # whoever read the lines is gone, so nobody needs the simulator
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
            signal.raise_signal(signal.SIGTERM)
        except OSError as problem:
            self._trouble.say(
                f"can't write logs to {self.path or 'standard output'}: {problem.strerror}; lines are lost"
            )
        else:
            self._trouble.over()

    def close(self) -> None:
        """Write nothing more."""
        if self.path:
            self._stream.close()


def _opened(path: Path) -> TextIO:
    return path.open("a", encoding="utf-8")
