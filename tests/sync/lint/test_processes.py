"""The processes among which files are shared out end without a word."""

from __future__ import annotations

import subprocess
import sys

SHARED = """
import signal
from sync.lint import check

signal.signal(signal.SIGTERM, signal.default_int_handler)  # as `dash-sync` has it, and as a forked process inherits it
for _ in range(40):
    assert check({"a.json": b"{", "b.json": b"{"}, workers=2)
"""


def test_a_process_that_has_done_its_part_says_nothing() -> None:
    run = subprocess.run([sys.executable, "-c", SHARED], capture_output=True, text=True, check=False, timeout=60)
    assert (run.returncode, run.stderr) == (0, "")
