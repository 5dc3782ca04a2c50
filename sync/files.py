"""rendered/ read: dashboards in the directories that are their folders, and folder.yaml where one says more."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from sync import identity
from sync.errors import DashboardFileError, DashSyncError

if TYPE_CHECKING:
    from collections.abc import Mapping

API_GROUP = "dashboard.grafana.app"
VERSIONS = ("v0alpha1", "v1alpha1", "v1beta1", "v1", "v2alpha1", "v2beta1", "v2")
RESERVED = {
    "general": "Grafana's name for the root, whose dashboards lie in no directory",
    "sharedwithme": "Grafana's name for what is shared with a user",
}
"""Folders that no Grafana takes."""
FOLDER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "uid": {"type": "string", "pattern": "^[a-zA-Z0-9_-]{1,40}$"},
        "title": {"type": "string", "minLength": 1},
        "description": {"type": "string"},
    },
}


@dataclass(frozen=True)
class Folder:
    """A folder of Grafana's: the directory `path` below dashboards/, uid, title, and its parent's uid ("" the root).

    `said` tells that a folder.yaml says the title or the uid.
    """

    path: str
    uid: str
    title: str
    parent: str = ""
    description: str = ""
    said: bool = False

    @property
    def digest(self) -> str:
        """Return a checksum of all that a push gives the folder."""
        return digest_of(self.uid, self.title, self.parent, self.description)


def digest_of(uid: str, title: str, parent: str, description: str) -> str:
    """Return a checksum of a folder's state."""
    return "sha256:" + sha256(repr((uid, title, parent, description)).encode()).hexdigest()


@dataclass(frozen=True)
class DashboardFile:
    """One dashboard: its file (`path` below rendered/), content, folder's uid, and the module that made it."""

    path: str
    uid: str
    title: str
    content: bytes
    folder: str = ""
    version: str = "v1"
    source: str = ""

    def spec(self) -> dict[str, Any]:
        """Return the dashboard itself, parsed anew: thousands of them are not kept in memory."""
        spec: dict[str, Any] = identity.spec_of(orjson.loads(self.content))
        return spec

    @property
    def place(self) -> str:
        """Return folder and name, which --select matches."""
        return self.path.removeprefix("dashboards/").removesuffix(".json")


@dataclass(frozen=True)
class LibraryFile:
    """One library panel: `{uid, name, model}` in library/<folder>/, beside dashboards/."""

    path: str
    uid: str
    name: str
    content: bytes
    folder: str = ""

    def model(self) -> dict[str, Any]:
        """Return the panel itself, parsed anew."""
        model: dict[str, Any] = orjson.loads(self.content)["model"]
        return model

    @property
    def place(self) -> str:
        """Return the path without its ending, which --select matches."""
        return self.path.removesuffix(".json")


@dataclass(frozen=True)
class Rendered:
    """All of rendered/ that goes to Grafana, by uid: folders (parents before children), dashboards, library panels.

    `directory` is where it stands; the files of what is pushed only when it is asked for are read from there.
    """

    folders: Mapping[str, Folder] = field(default_factory=dict)
    dashboards: Mapping[str, DashboardFile] = field(default_factory=dict)
    library: Mapping[str, LibraryFile] = field(default_factory=dict)
    directory: Path | None = None


def read(directory: Path) -> Rendered:
    """Read rendered/; raises DashboardFileError with the file, and the line where it is no JSON."""
    try:
        return _read(directory)
    except DashboardFileError as error:
        path = f"{_shown(directory)}/{error.path}"
        raise DashboardFileError(
            error.what, path=path, line=error.line, column=error.column, remedy=error.remedy
        ) from None


def _shown(directory: Path) -> str:
    """Return a folder's path as a terminal's user can open it: from where he is, if it is below."""
    here, path = Path.cwd(), directory.resolve()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(directory)


def _read(directory: Path) -> Rendered:
    top = directory / "dashboards"
    if not top.is_dir() and not (directory / "library").is_dir():
        raise DashSyncError(
            "there are no rendered dashboards",
            where=str(top),
            remedy="Make them with `dash-sync render`, or name their folder with --dir.",
        )
    sources = _sources(directory)
    folders = {"": Folder("", "", "")}
    dashboards: dict[str, DashboardFile] = {}
    for file, parts in _below(top):
        folder = _folder(top, parts[:-1], folders)
        found = _dashboard(file, file.relative_to(directory).as_posix(), folder.uid, sources)
        if found.uid in dashboards:
            what = f"its uid {found.uid!r} is that of {dashboards[found.uid].path} too"
            raise DashboardFileError(what, path=found.path, remedy="Give one of them another uid.")
        dashboards[found.uid] = found
    library: dict[str, LibraryFile] = {}
    for file, parts in _below(directory / "library"):
        panel = _library_panel(file, file.relative_to(directory).as_posix(), _folder(top, parts[:-1], folders).uid)
        if panel.uid in library:
            what = f"its uid {panel.uid!r} is that of {library[panel.uid].path} too"
            raise DashboardFileError(what, path=panel.path, remedy="Give one of them another uid.")
        library[panel.uid] = panel
    return Rendered({folder.uid: folder for path, folder in folders.items() if path}, dashboards, library, directory)


def _below(top: Path) -> list[tuple[Path, tuple[str, ...]]]:
    """Return the JSON files below a folder, and their path in it as parts; hidden ones are left out."""
    found = ((file, file.relative_to(top).parts) for file in top.rglob("*.json"))
    shown = [(file, parts) for file, parts in found if not any(part.startswith(".") for part in parts)]
    return sorted(shown, key=lambda pair: pair[1])


def read_if_any(directory: Path) -> Rendered:
    """Read rendered/; nothing where there is none yet."""
    return read(directory) if any((directory / name).is_dir() for name in ("dashboards", "library")) else Rendered()


def _sources(directory: Path) -> Mapping[str, Any]:
    try:
        table = orjson.loads((directory / "sources.json").read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return table if isinstance(table, dict) else {}


def _folder(top: Path, parts: tuple[str, ...], folders: dict[str, Folder]) -> Folder:
    path = "/".join(parts)
    if path in folders:
        return folders[path]
    parent = _folder(top, parts[:-1], folders)
    said = folder_yaml(top / path / "folder.yaml", f"dashboards/{path}/folder.yaml")
    folder = Folder(
        path,
        said.get("uid", identity.slug("-".join(parts))),
        said.get("title", parts[-1]),
        parent.uid,
        said.get("description", ""),
        bool(said),
    )
    if folder.uid in RESERVED:
        what = f"its folder's uid {folder.uid!r} is {RESERVED[folder.uid]}"
        remedy = "Put the files one directory higher, or give it another uid in a folder.yaml."
        raise DashboardFileError(what, path=f"dashboards/{path}", remedy=remedy)
    other = next((known for known in folders.values() if known.uid == folder.uid), None)
    if other is not None:
        what = f"its folder's uid {folder.uid!r} is that of dashboards/{other.path} too"
        raise DashboardFileError(
            what, path=f"dashboards/{path}", remedy="Give one of them another uid in a folder.yaml."
        )
    folders[path] = folder
    return folder


def folder_yaml(file: Path, shown: str) -> dict[str, str]:
    """Return what a folder.yaml says, {} where there is none; DashboardFileError where it is wrong."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise DashboardFileError(f"it can't be read: {error}", path=shown) from None
    from sync.yamlfile import Document, YamlError

    try:
        document = Document(text)
        document.check(FOLDER_SCHEMA)
    except YamlError as error:
        raise DashboardFileError(error.what, path=shown, line=error.line, column=error.column) from None
    said: dict[str, str] = document.data
    return said


def _dashboard(file: Path, path: str, folder: str, sources: Mapping[str, Any]) -> DashboardFile:
    content = _content(file, path)
    document = _parsed(content, path)
    version = _version(document, path)
    spec = identity.spec_of(document)
    if not isinstance(spec, dict):
        raise DashboardFileError("its document has no spec", path=path)
    uid = identity.name_of(document)
    for fault in (
        identity.uid_fault(uid),
        identity.title_fault(spec.get("title")),
        identity.tags_fault(spec.get("tags")),
    ):
        if fault:
            raise DashboardFileError(fault, path=path)
    return DashboardFile(path, uid, spec["title"], content, folder, version, str(sources.get(path, "")))


def _library_panel(file: Path, path: str, folder: str) -> LibraryFile:
    content = _content(file, path)
    document = _parsed(content, path)
    uid, name, model = (document.get(key) for key in ("uid", "name", "model"))
    if fault := identity.uid_fault(uid):
        raise DashboardFileError(fault, path=path)
    if not isinstance(name, str) or not name.strip() or not isinstance(model, dict):
        what = "a library panel's file holds uid, name and model (the panel)"
        raise DashboardFileError(what, path=path, remedy="Mend the file; nothing was sent.")
    return LibraryFile(path, str(uid), name, content, folder)


def _content(file: Path, path: str) -> bytes:
    try:
        path.encode()
        return file.read_bytes()
    except UnicodeEncodeError:
        shown = path.encode("ascii", "backslashreplace").decode()
        raise DashboardFileError(
            "its name is not UTF-8, so it can't be sent", path=shown, remedy="Rename it."
        ) from None
    except OSError as error:
        raise DashboardFileError(f"it can't be read: {error.strerror}", path=path) from None


def _parsed(content: bytes, path: str) -> dict[str, Any]:
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise DashboardFileError(f"not JSON: {error.msg}", path=path, line=error.lineno, column=error.colno) from None
    if not isinstance(document, dict):
        raise DashboardFileError("it is JSON, but no object, so no dashboard", path=path)
    try:
        orjson.dumps(document)
    except orjson.JSONEncodeError:  # it reads deeper than it writes, and what can't be written can't be sent
        raise DashboardFileError("it is nested deeper than 250 levels, which no dashboard is", path=path) from None
    return document


def _version(document: dict[str, Any], path: str) -> str:
    """Return the version of the content, v1 for a plain dashboard."""
    if "apiVersion" not in document:
        return "v1"
    group, _, version = str(document["apiVersion"]).partition("/")
    if group != API_GROUP or version not in VERSIONS or document.get("kind") != "Dashboard":
        what = f"it is of the kind {document.get('kind')} of {document['apiVersion']}, not a Dashboard of {API_GROUP}"
        raise DashboardFileError(what, path=path)
    return version
