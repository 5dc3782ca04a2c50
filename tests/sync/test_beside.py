"""Work beside other work: done in a child where one can be had, by the caller otherwise, with one result."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sync.beside import beside

PROGRAM = """
import os, sys
from sync.beside import beside

def large():
    return os.getpid(), b"x" * 1_000_000

def failing():
    raise ValueError(f"in {os.getpid()}")

here = os.getpid()
child, content = beside(large)()
assert len(content) == 1_000_000
assert (child == here) is (len(sys.argv) > 1), (child, here)
try:
    beside(failing)()
except ValueError as error:
    assert str(error) == f"in {here}"
beside(large)  # nobody waits
print("done")
"""


def run(*arguments: str, prefix: str = "") -> str:
    command = [sys.executable, "-c", prefix + PROGRAM, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout


def test_a_child_does_the_work_and_the_caller_raises_what_it_raised() -> None:
    assert run(prefix="import os; os.cpu_count = lambda: 2\n") == "done\n"


@pytest.mark.parametrize("prefix", ["import os; os.cpu_count = lambda: 1\n", "import os; del os.fork\n"])
def test_the_caller_does_the_work_where_no_child_can(prefix: str) -> None:
    assert run("here", prefix=prefix) == "done\n"


def test_a_process_with_threads_is_not_forked() -> None:
    prefix = "import threading; threading.Thread(target=threading.Event().wait, args=(5,), daemon=True).start()\n"
    assert run("here", prefix=prefix) == "done\n"


def test_work_that_is_quick_has_its_result_at_once() -> None:
    assert beside(lambda: {"a": b"1"})() == {"a": b"1"}
