"""The comparable form of a dashboard: what it shows, without what only its storage needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.diff.read import Path
    from sync.diff.values import Json


@dataclass(frozen=True, slots=True)
class Place:
    """Where a panel stands, in grid units; `y` counts from the top of its section."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class Section:
    """A row or a tab; `parent` is the index of the section around it, -1 for none."""

    title: str
    kind: str
    tree: Json
    path: Path
    parent: int = -1


@dataclass(frozen=True, slots=True)
class Query:
    """A query of a panel: its text in its language, the data source it asks, and the rest of its settings.

    `named` says that its letter stands in the file; else it is the one that Grafana would give it by its place.
    """

    ref: str
    named: bool
    language: str
    text: str
    source: Json
    tree: Json
    path: Path


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel; `was` is the dead kind it was of in the file, `section` the index of its row or tab, -1 for none.

    `source` is the data source of the panel itself; `raw` what a panel of a dead kind says in the terms of that kind.
    """

    title: str
    kind: str
    was: str
    section: int
    place: Place | None
    queries: tuple[Query, ...]
    tree: Json
    path: Path
    id: int | None = None
    source: Json = field(default_factory=dict)
    raw: Json = field(default_factory=dict)


@dataclass
class Notes:
    """What was taken away to make dashboards comparable, to be counted when it was on one side only."""

    defaults: list[str] = field(default_factory=list)
    migrations: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard; `settings` are its own fields, the lists are trees of their entries.

    `library` holds the panels of the library that an export brings along, by uid.
    """

    uid: str
    title: str
    schema: int
    settings: Json
    sections: tuple[Section, ...]
    panels: tuple[Panel, ...]
    variables: tuple[Json, ...]
    annotations: tuple[Json, ...]
    links: tuple[Json, ...]
    notes: Notes
    root: Path = ()
    form: str = "classic"
    library: dict[str, Panel] = field(default_factory=dict)
