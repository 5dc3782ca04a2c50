"""What every page draws on: the files, the pictures, the differences, and how they are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from sync.diff.escape import line
from sync.serve.reading import kind_of
from sync.serve.scene import box_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from sync.serve.changes import Changes
    from sync.serve.shelf import Shelf, Snapshot
    from sync.serve.studio import Studio

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "dash-sync-theme"


@dataclass
class Site:
    """The parts of a running server; `source` says in words where data comes from, `grafana` names the context."""

    shelf: Shelf
    studio: Studio
    changes: Changes
    source: str
    grafana: str = ""
    stopping: bool = field(default=False)

    @property
    def shown(self) -> str:
        """Return the folder as the reader would name it: from where the server was started."""
        folder = self.shelf.directory.absolute()
        return str(folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder)

    def stop(self) -> None:
        """End what would go on for as long as a page is open."""
        self.stopping = True

    @cached_property
    def templates(self) -> Environment:
        """Return the templates: whatever is put into one is escaped."""
        found = Environment(
            loader=PackageLoader("sync.serve"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        found.filters["line"] = line
        found.filters["kind"] = kind_of
        found.filters["placed"] = box_of
        found.globals["site"] = self
        return found


def of(request: Request) -> Site:
    """Return the site that a request is for."""
    site: Site = request.app.state.site
    return site


def look(request: Request) -> Snapshot:
    """Return the files as they are for the whole of a request: a page says which state of them it shows."""
    if not hasattr(request.state, "snapshot"):
        request.state.snapshot = of(request).shelf.look()
    found: Snapshot = request.state.snapshot
    return found


def theme(request: Request) -> str:
    """Return the theme that a reader chose: light, dark, or auto for what the system says."""
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "auto"
