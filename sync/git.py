"""Git, asked as little as possible: which commit the files are of, and whether they are that commit's."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.mark import NO_COMMIT

if TYPE_CHECKING:
    from pathlib import Path

COMMIT_LENGTH = 12
PUSHED = ("/", ".json", ".yaml", ".yml")


@dataclass(frozen=True)
class Revision:
    """The commit (12 hex digits, or "none" outside a repository, and why) and the paths that differ from it."""

    commit: str
    changed: tuple[str, ...] = ()
    reason: str = ""

    @property
    def dirty(self) -> bool:
        """Tell whether what is pushed is not what the commit holds."""
        return bool(self.changed)


def revision(folder: Path, *others: Path) -> Revision:
    """Return the revision of `folder` and the other paths; `Revision("none")` without git, a repository or a commit."""
    listed = ["--porcelain=v2", "--branch", "--untracked-files=all", "--ignored=matching", "-z"]
    command = ["git", "-C", str(folder), "status", *listed, "--"]
    try:
        done = subprocess.run(
            [*command, *map(str, (folder, *others))], capture_output=True, check=False, text=True, errors="replace"
        )
    except OSError:
        return Revision(NO_COMMIT, reason="git can't be run")
    fields = done.stdout.split("\0")
    commit = next((field.split()[-1] for field in fields if field.startswith("# branch.oid ")), "(initial)")
    if done.returncode != 0 or commit == "(initial)":
        said = done.stderr.strip().partition("\n")[0].removeprefix("fatal: ")
        return Revision(NO_COMMIT, reason=said or "there is no commit yet")
    changed = tuple(field.split(" ", _columns(field))[-1] for field in fields if _differs(field))
    return Revision(commit[:COMMIT_LENGTH], changed)


def _differs(field: str) -> bool:
    """Tell whether an entry of porcelain v2 is a file that the commit holds otherwise, or not at all.

    What git ignores is in no commit either; of that only counts what could be pushed.
    """
    return field[:2] in {"1 ", "2 ", "u ", "? "} or (field[:2] == "! " and field.endswith(PUSHED))


def _columns(field: str) -> int:
    """Return how many columns stand before the path of an entry of porcelain v2."""
    return {"1": 8, "2": 9, "u": 10, "?": 1, "!": 1}[field[0]]


def is_shallow(folder: Path) -> bool:
    """Tell whether the clone lacks older commits."""
    command = ["git", "-C", str(folder), "rev-parse", "--is-shallow-repository"]
    try:
        done = subprocess.run(command, capture_output=True, check=False, text=True)
    except OSError:
        return False
    return done.stdout.strip() == "true"
