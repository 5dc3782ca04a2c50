"""History as TSDB blocks that a Prometheus starts with, made by promtool."""

import subprocess
import tempfile
from pathlib import Path

from stack.simulator.history import RECORDED_STEP, History, write_recorded, write_signals
from stack.tools import tool


class BlocksError(Exception):
    """promtool did not make blocks; its words."""


def write_blocks(history: History, folder: Path, *, old_step: float = RECORDED_STEP) -> int:
    """Write blocks of the scraped and the recorded series into `folder`; return how many samples.

    The text between is temporary. Recorded series reach far back, so they get long blocks of their own: promtool reads
    the whole text again for each block.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="history-") as temporary:
        text = Path(temporary, "history.om")
        count = write_signals(history, text)
        _make(text, folder, longest="54h")
        count += write_recorded(history, text, old_step=old_step)
        _make(text, folder, longest="2160h")
    return count


def _make(text: Path, folder: Path, *, longest: str) -> None:
    options = ["--quiet", f"--max-block-duration={longest}"]
    command = [str(tool("promtool")), "tsdb", "create-blocks-from", "openmetrics", *options, str(text), str(folder)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        raise BlocksError(f"promtool could not make blocks of {text.name}: {made.stderr.strip()}")
