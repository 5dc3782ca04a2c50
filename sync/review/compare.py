"""The comment's text: what `dash-sync diff` says of two commits, run where it can't see the token."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sync.errors import DashSyncError

LONGEST = 300.0  # seconds
CHANGES = 10
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_NEEDED = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT", "VIRTUAL_ENV", "PYTHONPATH")


@dataclass(frozen=True)
class Text:
    """The comment, and whether anything has changed."""

    body: str
    changed: bool


def text(base: str, head: str, *, folder: Path, link: str, pictures_at: str) -> Text:
    """Return what changed in the rendered files in `folder` between two commits that git has here."""
    command = [sys.executable, "-P", "-m", "sync", "diff", "--base", commit(base), commit(head), "--dir", str(folder),
               "--format", "markdown", "--exit-code", "--link", link, "--pictures-at", pictures_at]  # fmt: skip
    # Only what a process needs to start: a fault in reading a stranger's files must find no token.
    environment = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, timeout=LONGEST, check=False)
    except subprocess.TimeoutExpired:
        raise DashSyncError(f"`dash-sync diff` took more than {LONGEST:.0f} s", remedy="Run it by hand.") from None
    if done.returncode not in {0, CHANGES}:
        words = done.stderr.decode(errors="replace").strip()[-500:] or f"status {done.returncode}"
        raise DashSyncError(f"`dash-sync diff` failed: {words}", remedy="Run it by hand.")
    return Text(done.stdout.decode(), done.returncode == CHANGES)


def commit(name: str) -> str:
    """Return the name of a commit, if it is one in full: nothing else is handed to git."""
    if not _COMMIT.fullmatch(name):
        raise DashSyncError(f"{name[:80]!r} is no commit", remedy="CI names both commits in full.")
    return name


def git(*arguments: str, secret: str = "") -> str:
    """Run git here and return what it prints; `secret` is a header for its requests, handed over unseen."""
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    if secret:
        environment |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "http.extraHeader", "GIT_CONFIG_VALUE_0": secret}
    done = subprocess.run(["git", *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        words = done.stderr.strip().splitlines()
        raise DashSyncError(
            f"git {arguments[0]} failed: {words[-1] if words else done.returncode}",
            remedy="Check out with all history.",
        )
    return done.stdout.strip()
