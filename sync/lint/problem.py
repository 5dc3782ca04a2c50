"""What a rule says, and what a reader is shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Pointer = tuple[str | int, ...]
"""The way from the top of a document to a value: keys and list indexes."""


class Severity(StrEnum):
    """How much a finding matters.

    error: it can't work, or it tells a lie; warning: it fails some day, or misleads; info: it could be better.
    """

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found, before it is placed in a file.

    `pointer` leads from what the rule was given (a panel, a rule of a rule file, a query) to the value; `piece` is a
    piece of that value, for the column; `fix` is the value that mends it, given only when the mend is certain.
    """

    message: str
    pointer: Pointer = ()
    piece: str | int | None = None
    fix: Any = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding in its place: the unit of every output format. Lines and columns count from 1."""

    path: str
    line: int
    column: int
    severity: Severity
    rule: str
    message: str
    panel: str = ""
    pointer: Pointer = ()
    fix: Any = None

    @property
    def order(self) -> tuple[Any, ...]:
        """Where it stands in a list: by file, then place."""
        return (self.path, self.line, self.column, self.rule, self.message)
