"""Work done beside other work, in a child process of its own, where the machine can fork and has a core to spare."""

from __future__ import annotations

import os
import pickle
import sys
import threading
from typing import TYPE_CHECKING, NoReturn, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


def beside(work: Callable[[], Result]) -> Callable[[], Result]:
    """Start the work and return how to wait for its result, which has to be picklable.

    Whoever waits does the work himself where no child could: so what it raises is raised there, with its traceback.
    """
    if not hasattr(os, "fork") or (os.cpu_count() or 1) < 2 or threading.active_count() > 1:
        return work  # a child of a process with threads could wait for a lock that no thread of its own will release
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)  # or writing to a parent that is gone would never end
        _answer(work, writer)
    os.close(writer)

    def wait() -> Result:
        with os.fdopen(reader, "rb") as answer:
            content = answer.read()
        os.waitpid(child, 0)
        result: Result = pickle.loads(content) if content else work()  # noqa: S301 - from our own child
        return result

    return wait


def _answer(work: Callable[[], object], writer: int) -> NoReturn:
    """Write the result, or nothing where there is none, and end this process without the parent's own clean-up."""
    try:
        with os.fdopen(writer, "wb") as answer:
            answer.write(pickle.dumps(work()))
        sys.stderr.flush()
    finally:
        os._exit(0)
