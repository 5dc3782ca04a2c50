"""The files that are served: every dashboard by a name for its address, and what can't be read, each read once."""

from __future__ import annotations

import os
import re
import threading
import time
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sync.diff import read
from sync.diff.filesets import SKIPPED, SUFFIXES
from sync.diff.values import listing, mapping, objects, text
from sync.errors import DashboardFileError
from sync.files import folder_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sync.diff.values import Json

Stamps = dict[str, tuple[int, int]]  # a file's time of change in nanoseconds, and its size in bytes

_FRESH_SECONDS = 0.2
"""How long a look at the folder holds: a page and its pictures ask for it many times at once."""


@dataclass(frozen=True)
class Entry:
    """A dashboard: `name` in addresses, `file` below the folder, `place` its directories, `digest` of its content."""

    name: str
    file: str
    place: str
    digest: str
    uid: str
    title: str
    description: str = ""
    tags: tuple[str, ...] = ()
    panels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a file, with the line and column where they are known."""

    file: str
    what: str
    line: int = 0
    column: int = 0

    @property
    def where(self) -> str:
        """Return file, line and column as editors take them."""
        return ":".join([self.file, *(str(number) for number in (self.line, self.column) if number)])


@dataclass(frozen=True)
class Snapshot:
    """The folder at one moment; `version` is another one as soon as any file is, `facts` when a sample may be.

    `folders` are the titles that a folder.yaml gives, by place.
    """

    version: str
    facts: str
    stamps: Stamps
    entries: Mapping[str, Entry]
    folders: Mapping[str, str]
    troubles: tuple[Trouble, ...]


@dataclass
class Shelf:
    """The dashboards below a folder, those that `select` takes (by uid and place)."""

    directory: Path
    select: Callable[[str, str], bool]
    _seen: dict[str, tuple[tuple[int, int], Entry | Trouble]] = field(default_factory=dict)
    _snapshot: Snapshot | None = None
    _looked: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> Snapshot:
        """Return the folder as it is; only files that changed are read."""
        with self._lock:
            if self._snapshot is None or time.monotonic() - self._looked > _FRESH_SECONDS:
                stamps = dict(sorted(_stamps(self.directory, "")))
                if self._snapshot is None or stamps != self._snapshot.stamps:
                    self._snapshot = self._taken(stamps)
                self._looked = time.monotonic()
            return self._snapshot

    def document(self, entry: Entry) -> read.Document:
        """Return a dashboard's content; raises what `sync.diff.read` raises, and OSError."""
        return read.document(read.parse((self.directory / entry.file).read_bytes()))

    def _taken(self, stamps: Stamps) -> Snapshot:
        # A folder without dashboards/ is taken as one of dashboards, whatever made them.
        top = "dashboards/" if any(file.startswith("dashboards/") for file in stamps) else ""
        files = [file for file in stamps if file.startswith(top) and file.endswith(".json")]
        entries: dict[str, Entry] = {}
        troubles: list[Trouble] = []
        owners: dict[str, str] = {}
        seen = {file: self._read(file, stamps[file], top) for file in files}
        self._seen = {file: (stamps[file], found) for file, found in seen.items()}
        for file, found in seen.items():
            if isinstance(found, Trouble):
                troubles.append(found)
            elif self.select(found.uid, file.removeprefix(top).removesuffix(".json")):
                if found.uid in owners:
                    troubles.append(Trouble(file, f"its uid {found.uid!r} is that of {owners[found.uid]} too"))
                elif found.uid:
                    owners[found.uid] = file
                name = _name(found.uid or Path(file).stem, entries)
                entries[name] = replace(found, name=name)
        folders = self._folders([file for file in stamps if Path(file).name == "folder.yaml"], top, troubles)
        others = {file: stamp for file, stamp in stamps.items() if not file.startswith("dashboards/")}
        return Snapshot(_digest(stamps), _digest(others), stamps, entries, folders, tuple(troubles))

    def _folders(self, files: list[str], top: str, troubles: list[Trouble]) -> dict[str, str]:
        titles = {}
        for file in files:
            try:
                said = folder_yaml(self.directory / file, file)
            except DashboardFileError as error:
                troubles.append(Trouble(file, error.what, error.line, error.column))
                continue
            if "title" in said:
                titles[Path(file.removeprefix(top)).parent.as_posix().removeprefix(".")] = said["title"]
        return titles

    def _read(self, file: str, stamp: tuple[int, int], top: str) -> Entry | Trouble:
        known = self._seen.get(file)
        if known is not None and known[0] == stamp:
            return known[1]
        try:
            content = (self.directory / file).read_bytes()
            return _entry(file, content, read.document(read.parse(content)), top)
        except OSError as error:
            return Trouble(file, f"it can't be read: {error.strerror}")
        except read.UnreadableError as error:
            return Trouble(file, error.what, error.line, error.column)
        except read.NoDashboardError as error:
            return Trouble(file, error.what)


def _stamps(root: Path, below: str) -> Iterator[tuple[str, tuple[int, int]]]:
    try:
        entries = list(os.scandir(root / below))
    except OSError:
        return
    for entry in entries:
        path = f"{below}/{entry.name}" if below else entry.name
        if entry.name.startswith(".") or entry.name in SKIPPED:
            continue
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from _stamps(root, path)
            elif entry.is_file() and Path(entry.name).suffix.lower() in SUFFIXES and _inside(root, entry):
                about = entry.stat()
                yield path, (about.st_mtime_ns, about.st_size)
        except OSError:
            continue  # it went away meanwhile


def _inside(root: Path, entry: os.DirEntry[str]) -> bool:
    """Whether a file is below the folder; a link that leads out of it is not served."""
    return not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(root.resolve())


def _entry(file: str, content: bytes, document: read.Document, top: str) -> Entry:
    spec = document.spec
    return Entry(
        name="",
        file=file,
        place=Path(file.removeprefix(top)).parent.as_posix().removeprefix("."),
        digest=sha256(content).hexdigest()[:16],
        uid=document.uid,
        title=text(spec.get("title")).strip() or "Dashboard without a title",
        description=text(spec.get("description")),
        tags=tuple(text(tag) for tag in listing(spec.get("tags")) if text(tag)),
        panels=tuple(_titles(spec)),
    )


def _titles(spec: Json) -> Iterator[str]:
    """Yield the titles of all panels, in any form of dashboard."""
    waiting: list[Any] = [*objects(spec.get("panels")), *objects(spec.get("rows"))]
    waiting += [mapping(mapping(element).get("spec")) for element in mapping(spec.get("elements")).values()]
    for item in waiting:
        inner = objects(item.get("panels"))
        if item.get("type") != "row" and not inner and text(item.get("title")):
            yield text(item["title"])
        waiting += inner


def _name(wanted: str, taken: Mapping[str, Entry]) -> str:
    """Return a name for addresses: letters, digits, dots, dashes; not another's."""
    safe = re.sub(r"[^\w.-]+", "-", wanted).strip(".-")[:100] or "dashboard"
    found, count = safe, 2
    while found in taken:
        found, count = f"{safe}-{count}", count + 1
    return found


def _digest(stamps: Stamps) -> str:
    return sha256(repr(list(stamps.items())).encode("utf-8", "surrogateescape")).hexdigest()[:16]
