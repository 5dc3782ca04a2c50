"""The list of dashboards: by folder, or as a search finds them, with the panels whose titles match."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sync.diff import read
from sync.preview.page import page

if TYPE_CHECKING:
    from sync.serve.changes import Compared
    from sync.serve.shelf import Entry, Snapshot
    from sync.serve.site import Site

MOST = 500
_MOST_PANELS = 5
_MOST_WITH_PANELS = 20


@dataclass(frozen=True)
class Line:
    """A dashboard in the list; `panels` are the found ones with their index; `status` is new or changed, or "".

    `twin` tells that another of its folder has the same title, so that its file has to be named.
    """

    entry: Entry
    status: str = ""
    panels: tuple[tuple[int, str], ...] = ()
    twin: bool = False


@dataclass(frozen=True)
class Listing:
    """The lines by folder; `count` is how many there are, `left_out` how many of them are not shown."""

    folders: dict[str, list[Line]] = field(default_factory=dict)
    count: int = 0
    left_out: int = 0


def listed(site: Site, snapshot: Snapshot, wanted: str, compared: Compared | None) -> Listing:
    """Return what a search finds, all of it without one: every word must be in what is known of a dashboard."""
    words = wanted.casefold().split()
    found = [entry for entry in snapshot.entries.values() if _matches(entry, words)]
    found.sort(key=lambda entry: (entry.place.casefold(), entry.title.casefold(), entry.name))
    changed = compared.changed if compared else {}
    titles = Counter((entry.place, entry.title) for entry in found)
    folders: dict[str, list[Line]] = {}
    for index, entry in enumerate(found[:MOST]):
        item = changed.get(entry.uid or entry.file)
        status = "" if item is None else "new" if item.status == "added" else "changed"
        panels = _panels(site, entry, words) if words and index < _MOST_WITH_PANELS else ()
        folders.setdefault(_titled(entry.place, snapshot), []).append(
            Line(entry, status, panels, titles[entry.place, entry.title] > 1)
        )
    return Listing(folders, len(found), max(0, len(found) - MOST))


def _titled(place: str, snapshot: Snapshot) -> str:
    """Return a folder as Grafana shows it: the titles on the way to it, the directories' names where none is given."""
    parts = place.split("/")
    ways = ("/".join(parts[: depth + 1]) for depth in range(len(parts)))
    return " / ".join(snapshot.folders.get(way, part) for way, part in zip(ways, parts, strict=True))


def _matches(entry: Entry, words: list[str]) -> bool:
    """Whether a dashboard has every word; those that only panels have must be in the title of one."""
    said = "\n".join((entry.title, entry.uid, entry.file, *entry.tags)).casefold()
    left = [word for word in words if word not in said]
    return not left or any(all(word in title.casefold() for word in left) for title in entry.panels)


def _panels(site: Site, entry: Entry, words: list[str]) -> tuple[tuple[int, str], ...]:
    """Return the panels that a search is for: those whose titles have the words that the dashboard's title lacks."""
    left = [word for word in words if word not in entry.title.casefold()]
    if not left or not any(word in title.casefold() for word in left for title in entry.panels):
        return ()
    try:
        shown = page(site.shelf.document(entry)).panels
    except (OSError, read.UnreadableError, read.NoDashboardError):
        return ()
    titles = ((index, one.title) for index, one in enumerate(shown))
    found = [pair for pair in titles if all(word in pair[1].casefold() for word in left)]
    return tuple(found[:_MOST_PANELS])
