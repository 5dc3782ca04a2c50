"""Changes with the line in the file where each stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.diff.change import Change

LARGEST = 4 * 1024 * 1024


def located(changes: Sequence[Change], *, before: bytes, after: bytes, yaml: bool = False) -> list[Change]:
    """Return the changes with their lines: of the file after, for whole things removed of the file before."""
    sides = {"after": _Lines(after, yaml=yaml), "before": _Lines(before, yaml=yaml)}
    return [replace(change, line=sides[side(change)].line(change.path)) for change in changes]


def side(change: Change) -> str:
    """Return which file a change's line is in."""
    return "before" if change.op == "removed" and not change.where else "after"


class _Lines:
    """Finds lines in a text; 0 where it is too large to look."""

    def __init__(self, content: bytes, *, yaml: bool) -> None:
        self._content = content
        self._yaml = yaml
        self._found: object = None

    def line(self, path: tuple[str | int, ...]) -> int:
        if not path or len(self._content) > LARGEST:
            return 0
        if self._yaml:
            from sync.yamlfile import Document

            if self._found is None:
                self._found = Document(self._content.decode())
            return self._found.line(path) if isinstance(self._found, Document) else 0
        from sync.lint.positions import JsonPositions

        if self._found is None:
            self._found = JsonPositions(self._content.decode("utf-8", "replace"))
        positions = self._found
        return positions.place(positions.offset(path))[0] if isinstance(positions, JsonPositions) else 0
