"""Folders: made before what goes into them, parents before children."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sync.files import Folder
    from sync.grafana.connect import Connection


def make(connection: Connection, folders: Mapping[str, Folder], needed: Iterable[str]) -> None:
    """Create those of the needed folders, and of the ones above, that are missing; `folders` has parents first."""
    wanted = _with_parents(folders, needed)
    present = connection.api.folders() if wanted else {}
    for uid, folder in folders.items():
        if uid in wanted and uid not in present:
            connection.api.create_folder(folder)


def _with_parents(folders: Mapping[str, Folder], needed: Iterable[str]) -> set[str]:
    wanted: set[str] = set()
    for uid in needed:
        above = uid
        while above and above not in wanted:
            wanted.add(above)
            above = folders[above].parent
    return wanted
