"""Folders as a tree: what is above one, what is inside, whether it may go where it is sent, deleting all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.sandbox.access import PERMISSIONS, chain, record_name
from sync.sandbox.objects import DASHBOARDS, FOLDERS, delete

if TYPE_CHECKING:
    from sync.sandbox.store import Row, Store

DEPTH_LIMIT = 4
"""How many folders may stand one in another."""

LIBRARY = "library-elements"
RULES = "alert-rules"


def ancestors(store: Store, row: Row) -> list[Row]:
    """List the folders above an object, the outermost first."""
    return list(chain(store, row))[:0:-1]


def would_circle(store: Store, name: str, parent: str) -> bool:
    """Tell whether a folder would come to lie inside itself."""
    if parent == name:
        return True
    row = store.get(FOLDERS, parent)
    return row is not None and any(above.name == name for above in chain(store, row))


def too_deep(store: Store, parent: str) -> bool:
    """Tell whether a folder in `parent` would be one level more than there may be."""
    row = store.get(FOLDERS, parent) if parent else None
    return row is not None and len(list(chain(store, row))) >= DEPTH_LIMIT


def is_empty(store: Store, name: str) -> bool:
    """Tell whether nothing lives in a folder: no folder, no dashboard, no library panel, no alert rule."""
    if store.inside(DASHBOARDS, name) or store.inside(FOLDERS, name):
        return False
    belongings = [*store.records(LIBRARY), *store.records(RULES)]
    return not any(name in (thing.get("folderUid"), thing.get("folderUID")) for thing in belongings)


def delete_with_content(store: Store, row: Row, *, author: str) -> None:
    """Delete a folder and everything inside, as the legacy API does."""
    for inner in store.inside(FOLDERS, row.name):
        delete_with_content(store, inner, author=author)
    for dashboard in store.inside(DASHBOARDS, row.name):
        delete_for_good(store, dashboard, author=author)
    for kind, key in ((LIBRARY, "folderUid"), (RULES, "folderUID")):
        for thing in store.records(kind):
            if thing.get(key) == row.name:
                store.remove_record(kind, thing["uid"])
    delete_for_good(store, row, author=author)


def delete_for_good(store: Store, row: Row, *, author: str) -> None:
    """Delete an object and the permissions that were granted on it."""
    with store.transaction():
        delete(store, row, author=author)
        store.remove_record(PERMISSIONS, record_name(row))
