"""`dash-sync preview`: what the command line asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.preview.engines import Engines

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
    one = len(wanted.names) == 1 and wanted.theme != "both"
    # First of all, so that they are ready when the data is.
    with Engines(1 if one else 2) as engines:
        from sync.preview.painting import paint

        paint(common, wanted, engines)
