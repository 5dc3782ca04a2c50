"""Sets of files to compare: what is in them, cheaply; their content, only where it is asked for."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from hashlib import sha1
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sync.errors import FileProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SUFFIXES = frozenset({".json", ".yaml", ".yml", ".md"})
SKIPPED = frozenset({"node_modules", "__pycache__"})


class Files(Protocol):
    """A set of files by their path within it, each with its size in bytes."""

    label: str
    shown: str

    @property
    def sizes(self) -> Mapping[str, int]:
        """Return every file and its size in bytes."""

    def blob(self, path: str) -> str:
        """Return git's id of the content of a file."""

    def read(self, paths: Iterable[str]) -> Mapping[str, bytes]:
        """Return the content of files."""


def blob_id(content: bytes) -> str:
    """Return the id under which git keeps a content."""
    return sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


@dataclass
class Directory:
    """The files below a folder; hidden ones, and links that lead out of it, are not part of it."""

    root: Path
    label: str = ""
    shown: str = ""
    sizes: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.root.is_dir():
            raise FileProblem(
                "there is no such folder", path=str(self.root), remedy="Name a folder of dashboards, or a file."
            )
        self.label = self.label or str(self.root)
        self.shown = self.shown or f"{self.root}/"
        self.sizes = dict(sorted(_walk(str(self.root), "")))

    def blob(self, path: str) -> str:
        """Return git's id of the content of a file."""
        return blob_id(self._content(path))

    def read(self, paths: Iterable[str]) -> dict[str, bytes]:
        """Return the content of files."""
        return {path: self._content(path) for path in paths}

    def _content(self, path: str) -> bytes:
        try:
            return (self.root / path).read_bytes()
        except OSError as error:
            raise FileProblem(f"it can't be read: {error.strerror}", path=str(self.root / path)) from None


def _walk(root: str, below: str) -> Iterator[tuple[str, int]]:
    try:
        entries = list(os.scandir(os.path.join(root, below)))  # noqa: PTH118 (a fast path: thousands of files)
    except OSError as error:
        raise FileProblem(f"it can't be read: {error.strerror}", path=error.filename or root) from None
    for entry in entries:
        path = f"{below}/{entry.name}" if below else entry.name
        if entry.name.startswith(".") or entry.name in SKIPPED:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(root, path)
        elif entry.is_file() and _suffix(entry.name) in SUFFIXES and (not entry.is_symlink() or _inside(root, path)):
            yield path, entry.stat().st_size


def _suffix(name: str) -> str:
    return name[name.rfind(".") :].lower() if "." in name else ""


def _inside(root: str, path: str) -> bool:
    """Whether a link leads to a file of the same folder; one that leads out is not read."""
    return Path(root, path).resolve().is_relative_to(Path(root).resolve())


@dataclass
class Memory:
    """Contents at hand: a single file, a live Grafana's dashboards, git's objects once they are read."""

    contents: Mapping[str, bytes]
    label: str
    shown: str = ""

    @property
    def sizes(self) -> dict[str, int]:
        """Return every file and its size in bytes."""
        return {path: len(content) for path, content in self.contents.items()}

    def blob(self, path: str) -> str:
        """Return git's id of the content of a file."""
        return blob_id(self.contents[path])

    def read(self, paths: Iterable[str]) -> dict[str, bytes]:
        """Return the content of files."""
        return {path: self.contents[path] for path in paths}


def single(path: Path, *, named: str) -> Memory:
    """Return a set of the one file, under a name of the caller's choosing so that two such sets compare."""
    try:
        return Memory({named: path.read_bytes()}, str(path), str(path))
    except OSError as error:
        raise FileProblem(f"it can't be read: {error.strerror}", path=str(path)) from None
