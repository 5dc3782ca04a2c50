"""The folder of generated files: compared byte by byte, written atomically, cleared of what nothing makes any more."""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import orjson

from sync.errors import DashSyncError, FileProblem, RenderError

if TYPE_CHECKING:
    from collections.abc import Mapping

OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
SOURCES = "sources.json"
State = Literal["created", "updated", "removed", "extra", "unchanged"]


@dataclass(frozen=True)
class Made:
    """One file of rendered/, and the module that made it."""

    content: bytes
    source: str
    line: int = 0


@dataclass
class Rendering:
    """All of rendered/: what to write where. Two things on one path, or two dashboards with one uid, are errors."""

    files: dict[str, Made] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _uids: dict[str, str] = field(default_factory=dict)

    def add(self, path: str, made: Made) -> None:
        """Take a file; paths that differ by case only are one path on some machines, so they collide too."""
        taken = self._names.setdefault(path.casefold(), path)
        if path in self.files or taken != path:
            other = self.files[taken].source
            what = f"it makes {path}, which {other} makes too"
            raise RenderError(
                what, path=made.source, line=made.line, remedy="Rename one of the modules, or give one another FOLDER."
            )
        self.files[path] = made

    def add_dashboard(self, path: str, made: Made, *, uid: str) -> None:
        """Take a dashboard's file."""
        if other := self._uids.get(uid):
            whose = f"is that of {other} too" if other != made.source else "stands on two of its dashboards"
            what = f"the uid {uid!r} {whose}, so one would overwrite the other"
            raise RenderError(what, path=made.source, line=made.line, remedy="Give one of them another uid.")
        self._uids[uid] = made.source
        self.add(path, made)

    def finish(self) -> dict[str, bytes]:
        """Return {path: bytes} and the table of sources: which module made which file."""
        sources = {path: made.source for path, made in self.files.items()}
        self.add(SOURCES, Made(orjson.dumps(sources, option=OPTIONS), "dash-sync render"))
        return {path: self.files[path].content for path in sorted(self.files)}


def compare(folder: Path, files: Mapping[str, bytes]) -> dict[str, State]:
    """Return the state of each path, sorted: what writing `files` would do to `folder`.

    `removed` was made by an earlier rendering (sources.json names it) and isn't any more; `extra` was never made by
    one, so it is left alone.
    """
    ours = _made_before(folder / SOURCES)
    states: dict[str, State] = {}
    for path, content in files.items():
        try:
            states[path] = "unchanged" if (folder / path).read_bytes() == content else "updated"
        except FileNotFoundError:
            states[path] = "created"
        except OSError as error:
            raise DashSyncError(
                f"it can't be read: {error.strerror}",
                where=str(folder / path),
                remedy="Move away what stands in its place.",
            ) from None
    for path in _present(folder) - set(files):
        states[path] = "removed" if path in ours else "extra"
    return dict(sorted(states.items()))


def write(folder: Path, files: Mapping[str, bytes], states: Mapping[str, State]) -> None:
    """Write what differs, each file replaced whole, then remove what is no longer made; raises DashSyncError."""
    for path, state in states.items():
        if state in {"created", "updated"}:
            replace(folder / path, files[path])
    for path, state in states.items():
        if state == "removed":
            (folder / path).unlink(missing_ok=True)
            _remove_empty((folder / path).parent, folder)


def replace(file: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old or the new one, never a part."""
    temporary = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            os.fchmod(stream.fileno(), 0o644)
        Path(temporary).replace(file)
        temporary = None
    except OSError as error:
        raise FileProblem(
            f"it can't be written: {error.strerror}",
            path=str(file),
            remedy="Make room or give write permission, then run it again.",
        ) from None
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def _made_before(sources: Path) -> set[str]:
    try:
        table = orjson.loads(sources.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return set()
    return set(table) if isinstance(table, dict) else set()


def _present(folder: Path) -> set[str]:
    files = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file() or file.is_symlink())
    return {file.as_posix() for file in files if not any(part.startswith(".") for part in file.parts)}


def _remove_empty(folder: Path, top: Path) -> None:
    while folder != top:
        with contextlib.suppress(OSError):
            folder.rmdir()
        folder = folder.parent
