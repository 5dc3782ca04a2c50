"""What a verb found or did: one table, shown as text for people or as one JSON object for programs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from sync.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCHEMA_VERSION = 1
NOTHING = "nothing to do"
ONE = {"pushes": "push", "versions": "version", "contexts": "context", "facts": "fact", "files": "file"}
"""The names of counts that are plurals, for one of them."""
WRITTEN = frozenset({"created", "updated", "moved", "deleted"})
"""What a row's state is where something was written."""


@dataclass(frozen=True)
class Report:
    """`kind` is the verb, `summary` its counts and facts, `rows` one mapping a dashboard, file or finding."""

    kind: str
    summary: Mapping[str, Any] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Any]] = ()

    def json(self) -> str:
        """Return the object that --format json prints."""
        document = {
            "kind": self.kind,
            "schemaVersion": SCHEMA_VERSION,
            "toolVersion": __version__,
            "summary": self.summary,
            "rows": self.rows,
        }
        return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()

    def text(self) -> str:
        """Return aligned columns, one row a line, and the summary below them; a line a context where there are more."""
        parts = self.summary.get("byContext", {})
        lines = [*table(self.rows), *(f"{name}: {_facts(part)}" for name, part in parts.items())]
        return "\n".join([*lines, _facts(self.summary) or NOTHING])


def _facts(summary: Mapping[str, Any]) -> str:
    shown = {name: value for name, value in summary.items() if value and not isinstance(value, dict)}
    said = [_count(value, name) if isinstance(value, int) else f"{name} {value}" for name, value in shown.items()]
    if said and not any(isinstance(value, int) for value in shown.values()):
        said.insert(0, NOTHING)
    return ", ".join(said)


def _count(value: int, name: str) -> str:
    return f"{value} {ONE.get(name, name) if value == 1 else name}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it is one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the rows with their columns aligned; the last column is as long as it is."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[_cell(row.get(name)) for name in names] for row in rows]
    widths = [max((len(row[column]) for row in cells), default=0) for column in range(len(names))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True) if width).rstrip() for row in cells
    ]


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return "".join(character if character.isprintable() else " " for character in text)
