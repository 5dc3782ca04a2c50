"""Finding dashboards and folders: what both APIs' searches share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from sync.sandbox import access
from sync.sandbox.objects import DASHBOARDS

if TYPE_CHECKING:
    from sync.sandbox.auth import Identity
    from sync.sandbox.store import Row, Store

ROOT = "general"
"""How searches name the root, whose uid is empty."""


@dataclass(frozen=True)
class Wanted:
    """What to find; an empty field selects nothing out. All words and all tags must match, one folder, one name."""

    kinds: tuple[str, ...]
    words: str = ""
    tags: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """An object that matches, with its tags."""

    row: Row
    tags: list[str]


def find(store: Store, who: Identity, wanted: Wanted) -> list[Found]:
    """Find what an identity may see of what is wanted, by title."""
    words = wanted.words.lower().split()
    folders = {"" if folder == ROOT else folder for folder in wanted.folders}
    found = []
    for kind in wanted.kinds:
        for row in store.after(kind):
            if (folders and row.folder not in folders) or (wanted.names and row.name not in wanted.names):
                continue
            if not all(word in row.title.lower() for word in words):
                continue
            tags = tags_of(row)
            if set(wanted.tags) <= set(tags) and access.may(store, who, row, access.VIEW):
                found.append(Found(row, tags))
    return sorted(found, key=lambda thing: (thing.row.title.lower(), thing.row.name))


def tags_of(row: Row) -> list[str]:
    """Read a dashboard's tags; folders have none."""
    if row.kind != DASHBOARDS:
        return []
    tags = orjson.loads(row.spec).get("tags")
    return [str(tag) for tag in tags] if isinstance(tags, list) else []
