"""What an identity may do with a folder or a dashboard: permissions, granted or by default, inherited from folders.

Levels are Grafana's: 1 view, 2 edit (delete included), 4 administer. The defaults are those of the recorded server: the
creator administers; a folder at the root is edited by Editors and viewed by Viewers; a dashboard has no more than its
folder grants, so a dashboard at the root is its creator's and the administrators' only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sync.sandbox.objects import CREATED_BY, FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.sandbox.auth import Identity
    from sync.sandbox.store import Row, Store

VIEW, EDIT, ADMINISTER = 1, 2, 4
LEVEL_NAMES = {VIEW: "View", EDIT: "Edit", ADMINISTER: "Admin"}
PERMISSIONS = "permissions"


def record_name(row: Row) -> str:
    """Name the record that holds an object's granted permissions."""
    return f"{row.kind}/{row.name}"


def entries(store: Store, row: Row) -> list[dict[str, Any]]:
    """List an object's own permissions: `{permission, author}` or `{permission, role}`, without what it inherits."""
    granted = store.record(PERMISSIONS, record_name(row))
    if granted is not None:
        items: list[dict[str, Any]] = granted["items"]
        return items
    items = [{"permission": ADMINISTER, "author": row.read_metadata()["annotations"].get(CREATED_BY, "")}]
    if row.kind == FOLDERS and not row.folder:
        items += [{"permission": EDIT, "role": "Editor"}, {"permission": VIEW, "role": "Viewer"}]
    return items


def chain(store: Store, row: Row) -> Iterator[Row]:
    """Walk from an object up through its folders, the object first; a circle ends the walk."""
    seen: set[str] = set()
    current: Row | None = row
    while current is not None:
        yield current
        if not current.folder or current.folder in seen:
            return
        seen.add(current.folder)
        current = store.get(FOLDERS, current.folder)


def level(store: Store, who: Identity, row: Row) -> int:
    """Tell how far an identity may go with an object: 0, or one of the levels."""
    if who.role == "Admin":
        return ADMINISTER
    reached = 0
    for place in chain(store, row):
        for entry in entries(store, place):
            mine = entry.get("author") == who.author or ("role" in entry and who.may_act_as(entry["role"]))
            if mine:
                reached = max(reached, entry["permission"])
    return reached


def may(store: Store, who: Identity, row: Row, needed: int) -> bool:
    """Tell whether an identity has that level on an object."""
    return level(store, who, row) >= needed


def may_create_in(store: Store, who: Identity, folder: str) -> bool:
    """Tell whether an identity may put something into a folder (empty: the root); a missing folder counts as root."""
    row = store.get(FOLDERS, folder) if folder else None
    return who.may_act_as("Editor") if row is None else may(store, who, row, EDIT)
