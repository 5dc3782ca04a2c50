"""Folders: made before what goes into them, renamed and moved as folder.yaml and the directories say.

A folder keeps no message, so a push notes the state that it gives it as its sourceChecksum: while that is its state,
nobody has changed it since. The legacy API keeps no such note; there a change must be forced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.files import digest_of
from sync.plan import Live, State, Step, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sync.files import Folder
    from sync.grafana.api import LiveFolder
    from sync.grafana.connect import Connection

PREFIX = "folder/"


def examine(connection: Connection, folders: Mapping[str, Folder], needed: Iterable[str]) -> list[Step]:
    """Return a step for each folder that is not as the files say.

    Without a folder.yaml the uid follows from the path, so that nothing can differ: then nothing is asked.
    """
    wanted = [folders[uid] for uid in folders if uid in _with_parents(folders, needed)]
    if not any(folder.said for folder in wanted):
        return []
    present = connection.api.folders()
    steps = (_decided(folder, present[folder.uid]) for folder in wanted if folder.uid in present)
    return [step for step in steps if step is not None]


def _decided(folder: Folder, live: LiveFolder) -> Step | None:
    differences = [
        f"{what} {there!r} there, {here!r} in the code"
        for what, there, here in (("title", live.title, folder.title), ("parent", live.parent, folder.parent))
        if there != here
    ]
    if folder.description and live.digest and folder.description != live.description:
        differences.append("another description")
    if not differences:
        return None
    ours = live.digest == digest_of(live.uid, live.title, live.parent, live.description)
    state = State.UPDATE if ours else State.CHANGED_IN_GRAFANA
    uid = PREFIX + folder.uid
    return Step(
        uid,
        state,
        "; ".join(differences),
        Wanted(uid, folder.title, folder.parent, "", folder.digest),
        Live(uid, live.parent, 0, live.revision, title=live.title),
    )


def make(connection: Connection, folders: Mapping[str, Folder], needed: Iterable[str]) -> None:
    """Create those of the needed folders, and of the ones above, that are missing; `folders` has parents first."""
    wanted = _with_parents(folders, needed)
    present = connection.api.folders() if wanted else {}
    for uid, folder in folders.items():
        if uid in wanted and uid not in present:
            connection.api.create_folder(folder)


def update(connection: Connection, folder: Folder, step: Step) -> None:
    """Rename, describe or move a folder; raises Conflict where it isn't any more as the step found it."""
    live = connection.api.folders()[folder.uid]
    connection.api.update_folder(folder, live, revision=step.live.revision if step.live else "")


def _with_parents(folders: Mapping[str, Folder], needed: Iterable[str]) -> set[str]:
    wanted: set[str] = set()
    for uid in needed:
        above = uid
        while above and above not in wanted:
            wanted.add(above)
            above = folders[above].parent
    return wanted
