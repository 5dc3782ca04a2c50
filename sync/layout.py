"""Where a dashboard of Grafana's lies as a file: the folders by their titles, and what a folder.yaml must say. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any

import orjson

from sync import identity
from sync.files import API_GROUP

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from sync.files import Folder
    from sync.grafana.api import Content, LiveFolder

FORM = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
NAME_BYTES = 200
"""File systems take 255; the rest is for what tells twins apart. A title may have 5,000 characters."""
NOT_CONTENT = ("id", "version", "uid")


@dataclass(frozen=True)
class Layout:
    """The directories of Grafana's folders: those that the files have already, the others by their titles.

    `taken` are the files that dashboards have already, which no other may get.
    """

    live: Mapping[str, LiveFolder]
    known: Mapping[str, Folder] = field(default_factory=dict)
    taken: Collection[str] = ()

    def directory(self, uid: str) -> str:
        """Return a folder's path below dashboards/, "" for the root; a folder that can't be seen is its uid."""
        above = list(self._upwards(uid))
        top = above[-1].parent if above else uid
        names = [self._names[folder.uid] for folder in reversed(above)]
        if top in self.known:
            names = [self.known[top].path, *names]
        elif top and top not in self.live:
            names = [_safe(top), *names]
        return "/".join(names)

    @cached_property
    def _names(self) -> dict[str, str]:
        """The name of each new directory: the title where the file system takes it and no sibling has it too."""
        plain = {uid: _safe(folder.title) or _safe(uid) for uid, folder in self.live.items() if uid not in self.known}
        names = Counter((self.live[uid].parent, name.casefold()) for uid, name in plain.items())
        names.update((folder.parent, folder.path.rpartition("/")[2].casefold()) for folder in self.known.values())

        def twin(uid: str, name: str) -> bool:
            return names[self.live[uid].parent, name.casefold()] > 1

        return {uid: f"{name} ({_safe(uid)})" if twin(uid, name) else name for uid, name in plain.items()}

    def path(self, content: Content) -> str:
        """Return the file of a dashboard that has none yet."""
        directory, name = self.directory(content.folder), _safe(content.uid)
        place = f"dashboards/{directory}/{name}" if directory else f"dashboards/{name}"
        taken = {path.casefold() for path in self.taken}
        candidates = (f"{place} ({number}).json" if number > 1 else f"{place}.json" for number in count(1))
        return next(path for path in candidates if path.casefold() not in taken)

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
    plain = FORBIDDEN.sub("-", name).strip(" .")
    return plain.encode()[:NAME_BYTES].decode(errors="ignore").strip(" .")


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
