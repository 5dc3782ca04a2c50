"""The files of a git revision, read from git's objects: no checkout, filter or hook, so none of its code runs."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sync.diff.filesets import SKIPPED, SUFFIXES
from sync.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Iterable

LINK = "120000"


@dataclass
class Revision:
    """The files below a folder as they are in a revision; paths are relative to the folder."""

    repository: Path
    commit: str
    folder: str
    label: str
    shown: str = ""
    sizes: dict[str, int] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def blob(self, path: str) -> str:
        """Return git's id of the content of a file."""
        return self.ids[path]

    def read(self, paths: Iterable[str]) -> dict[str, bytes]:
        """Return the content of files, all through one `git cat-file --batch`."""
        wanted = list(paths)
        if not wanted:
            return {}
        asked = "".join(f"{self.ids[path]}\n" for path in wanted)
        output = git(self.repository, "cat-file", "--batch", stdin=asked.encode())
        found: dict[str, bytes] = {}
        offset = 0
        for path in wanted:
            end = output.index(b"\n", offset)
            header = output[offset:end].split()
            if len(header) != 3:
                what = f"{path} of {self.label} is missing from this clone"
                raise GitError(
                    what, where=str(self.repository), remedy="Fetch it: `git fetch --unshallow`, or --depth deeper."
                )
            size = int(header[2])
            found[path] = output[end + 1 : end + 1 + size]
            offset = end + 1 + size + 1
        return found


def revision(name: str, folder: Path) -> Revision:
    """Return the files below `folder` in a revision.

    A name that ends in `...` is the point where HEAD left it: `origin/main...`. GitError where there is no such one.
    """
    start = folder.absolute()
    while not start.is_dir():
        start = start.parent
    top = Path(git(start, "rev-parse", "--show-toplevel").decode().rstrip("\n"))
    commit = _commit(top, name)
    inside = folder.resolve()
    if not inside.is_relative_to(top.resolve()):
        raise GitError(
            "it is outside of the repository",
            where=str(folder),
            remedy="Name a folder inside the repository with --dir.",
        )
    below = inside.relative_to(top.resolve()).as_posix()
    found = Revision(top, commit, below, label=name.removesuffix("..."), shown=f"{'' if below == '.' else below + '/'}")
    tree = f"{commit}:{'' if below == '.' else below}"
    if below != "." and not _exists(top, tree):
        return found
    for entry in git(top, "ls-tree", "-r", "-z", "--long", tree).decode("utf-8", "surrogateescape").split("\0"):
        head, tab, path = entry.partition("\t")
        if tab and _wanted(path):
            mode, kind, ident, size = head.split()
            if kind == "blob" and mode != LINK:
                found.sizes[path], found.ids[path] = int(size), ident
    return found


def _wanted(path: str) -> bool:
    parts = path.split("/")
    return Path(path).suffix.lower() in SUFFIXES and not any(part.startswith(".") or part in SKIPPED for part in parts)


def _commit(top: Path, name: str) -> str:
    base = name.removesuffix("...")
    try:
        commit = git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}").decode().strip()
    except GitError:
        remedy = "Name a branch, tag or commit that this clone has; on CI, fetch it first: `git fetch origin main`."
        raise GitError(f"there is no revision {base!r}", where=str(top), remedy=remedy) from None
    if name != base:
        return git(top, "merge-base", commit, "HEAD").decode().strip()
    return commit


def _exists(top: Path, tree: str) -> bool:
    try:
        git(top, "cat-file", "-e", tree)
    except GitError:
        return False
    return True


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    """Run a plumbing command of git; GitError carries its own words."""
    command = ["git", "-C", str(folder), "--no-replace-objects", *arguments]
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, check=False)
    except OSError as error:
        raise GitError(f"git can't be run: {error.strerror}", remedy="Install git, or compare two folders.") from None
    if done.returncode != 0:
        words = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        raise GitError(
            words or f"git {arguments[0]} failed", where=str(folder), remedy="Run it inside a git repository."
        )
    return done.stdout
