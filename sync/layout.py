"""Where a dashboard of Grafana's lies as a file: the folders by their titles, and what a folder.yaml must say. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from sync import identity
from sync.files import API_GROUP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sync.files import Folder
    from sync.grafana.api import Content, LiveFolder

FORM = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
NOT_CONTENT = ("id", "version", "uid")


@dataclass(frozen=True)
class Layout:
    """The directories of Grafana's folders: those that the files have already, the others by their titles."""

    live: Mapping[str, LiveFolder]
    known: Mapping[str, Folder] = field(default_factory=dict)

    def directory(self, uid: str) -> str:
        """Return a folder's path below dashboards/, "" for the root; a folder that can't be seen is its uid."""
        above = list(self._upwards(uid))
        top = above[-1].parent if above else uid
        names = [self._name(folder.uid) for folder in reversed(above)]
        if top in self.known:
            names = [self.known[top].path, *names]
        elif top and top not in self.live:
            names = [_safe(top), *names]
        return "/".join(names)

    def _name(self, uid: str) -> str:
        """Return a directory's name: the title where the file system takes it and no sibling has it too."""
        folder = self.live[uid]
        name = _safe(folder.title) or _safe(uid)
        twin = any(
            other.parent == folder.parent and other.uid != uid and other.title.casefold() == folder.title.casefold()
            for other in self.live.values()
        )
        return f"{name} ({_safe(uid)})" if twin else name

    def path(self, content: Content) -> str:
        """Return the file of a dashboard that has none yet."""
        directory, name = self.directory(content.folder), _safe(content.uid)
        return f"dashboards/{directory}/{name}.json" if directory else f"dashboards/{name}.json"

    def folder_files(self, uids: Iterable[str]) -> dict[str, bytes]:
        """Return the folder.yaml of each folder, and of those above, whose uid or title isn't that of its directory."""
        files: dict[str, bytes] = {}
        for uid in uids:
            for folder in self._upwards(uid):
                directory = self.directory(folder.uid)
                said = _said(folder, directory)
                if said:
                    files[f"dashboards/{directory}/folder.yaml"] = said
        return files

    def _upwards(self, uid: str) -> Iterator[LiveFolder]:
        """Walk from a folder to the root, as far as no directory is known; folders in a circle are walked once."""
        seen: set[str] = set()
        while uid not in self.known and uid in self.live and uid not in seen:
            seen.add(uid)
            yield self.live[uid]
            uid = self.live[uid].parent


def _safe(name: str) -> str:
    """Return what a server calls something as the name of a file, which must not lead out of its directory."""
    return FORBIDDEN.sub("-", name).strip(" .")


def _said(folder: LiveFolder, directory: str) -> bytes:
    parts = directory.split("/")
    said = {
        "uid": folder.uid if folder.uid != identity.slug("-".join(parts)) else "",
        "title": folder.title if folder.title != parts[-1] else "",
        "description": folder.description,
    }
    # A JSON text is a YAML value, whatever the title holds.
    return b"".join(f"{key}: ".encode() + orjson.dumps(value) + b"\n" for key, value in said.items() if value)


def document(content: Content, spec: dict[str, Any] | None = None) -> bytes:
    """Return a dashboard as a file: plain JSON, or the document of its version, keys sorted."""
    spec = content.spec if spec is None else spec
    if content.version == "v1":
        return orjson.dumps(
            {**{key: value for key, value in spec.items() if key not in NOT_CONTENT}, "uid": content.uid}, option=FORM
        )
    whole = {
        "apiVersion": f"{API_GROUP}/{content.version}",
        "kind": "Dashboard",
        "metadata": {"name": content.uid},
        "spec": spec,
    }
    return orjson.dumps(whole, option=FORM)
