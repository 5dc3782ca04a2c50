"""A difference in the words of people who read dashboards, before it is put into any format."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.diff.read import Path


@dataclass(frozen=True, slots=True)
class Change:
    """One line: in `where` (names from outside in), `what` was `op`.

    `op` is added, removed, changed, moved, resized, renamed or reordered; `before` and `after` are shown values, None
    for none; `details` say what of a query changed. `path` leads to it in the file (of the side it is on), `line` is 0
    until a source is at hand.
    """

    where: tuple[str, ...]
    what: str
    op: str
    before: str | None = None
    after: str | None = None
    details: tuple[str, ...] = ()
    path: Path = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a compared thing: its file ("" for a live one), folder, title and uid."""

    file: str = ""
    folder: str = ""
    title: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A dashboard, rule file or other file that is not on both sides alike.

    `kind` is dashboard, rules or file; `status` is added, removed, changed or moved; `hidden` counts what was left out
    as noise, by kind of noise; `summary` says what an added or removed thing holds.
    """

    kind: str
    status: str
    before: Side | None
    after: Side | None
    changes: tuple[Change, ...] = ()
    hidden: dict[str, int] = field(default_factory=dict)
    summary: str = ""

    @property
    def side(self) -> Side:
        """Return the side to name it by: as it is after, else as it was."""
        return self.after or self.before or Side()


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that could not be compared, and why."""

    side: str
    file: str
    what: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not alike in two sets, named `before` and `after`; `unchanged` counts the rest."""

    before: str
    after: str
    items: tuple[Item, ...] = ()
    problems: tuple[Problem, ...] = ()
    unchanged: int = 0
    hidden: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is any difference; a file that differs and can't be compared is one."""
        return bool(self.items or self.problems)

    def of(self, kind: str) -> Iterator[Item]:
        """Yield the items of a kind."""
        return (item for item in self.items if item.kind == kind)

    @property
    def changes(self) -> int:
        """Count the lines: a whole thing that was added or removed is one."""
        return sum(len(item.changes) or 1 for item in self.items)


def total(counts: list[dict[str, int]]) -> dict[str, int]:
    """Add counts up."""
    found: Counter[str] = Counter()
    for one in counts:
        found.update(one)
    return {name: count for name, count in sorted(found.items()) if count}
