"""axe-core, fetched from npm into .tools when the pins change."""

from __future__ import annotations

from pathlib import Path

from tests.npm import installed

HERE = Path(__file__).parent


def script() -> str:
    """Return axe-core as the text of a script."""
    return (installed("axe", HERE) / "node_modules" / "axe-core" / "axe.min.js").read_text()
