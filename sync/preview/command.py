"""`dash-sync preview`: what the command line asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.preview import converter

if TYPE_CHECKING:
    from pathlib import Path

    from sync.options import Common


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for; `begin` and `end` replace the dashboard's own range where given."""

    names: tuple[str, ...] = ()
    out: Path | None = None
    prometheus: str | None = None
    theme: str = "dark"
    formats: tuple[str, ...] = ("png",)
    begin: str | None = None
    end: str | None = None
    variables: tuple[str, ...] = ()


def run(common: Common, wanted: Wanted) -> None:
    """Draw and write; print a row a file, and to stderr what a panel or a file lacked."""
    # First of all, so that it is ready when the data is.
    converter.start()
    from sync.preview.painting import paint

    paint(common, wanted)
