"""What the files change: against a git revision, and against a live Grafana when somebody asks for it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from sync.diff import command, read
from sync.diff.compare import compare
from sync.errors import DashSyncError
from sync.preview import compare as compare_panels

if TYPE_CHECKING:
    from sync.diff.change import Difference, Item, Side
    from sync.diff.filesets import Files
    from sync.options import Common

MOST_PICTURES = 60


@dataclass(frozen=True)
class Compared:
    """Two sides and their difference; without one, `problem` and `remedy` say why it can't be had."""

    mark: str
    difference: Difference | None = None
    sides: tuple[Files, Files] | None = None
    problem: str = ""
    remedy: str = ""

    @property
    def changed(self) -> dict[str, Item]:
        """Return the dashboards that differ, by uid, or file where they have none."""
        items = self.difference.items if self.difference else ()
        return {item.side.uid or item.side.file: item for item in items if item.kind == "dashboard"}

    @cached_property
    def drawable(self) -> dict[str, Item]:
        """Return those of them in which there is something to see: a panel that is not as it was; at most 60."""
        found: dict[str, Item] = {}
        for key, item in self.changed.items():
            if len(found) < MOST_PICTURES and self._seen(item):
                found[key] = item
        return found

    def _seen(self, item: Item) -> bool:
        try:
            before, after = self.pictured(item)
        except (DashSyncError, read.UnreadableError, read.NoDashboardError):
            return False
        return before is None or after is None or any(compare_panels.marks(before, after))

    def pictured(self, item: Item) -> tuple[read.Document | None, read.Document | None]:
        """Return a dashboard's two sides; None is a side on which it doesn't exist."""
        if self.sides is None:
            return None, None
        before, after = self.sides
        return _document(before, item.before), _document(after, item.after)


def _document(files: Files, side: Side | None) -> read.Document | None:
    if side is None:
        return None
    return read.document(read.parse(files.read([side.file])[side.file]))


@dataclass
class Changes:
    """Compares the folder of `common` with revision `base` (none where ""), and with the live Grafana if `live`."""

    common: Common
    base: str
    live: bool
    _against: dict[str, Compared] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def against_base(self, version: str) -> Compared:
        """Return the difference from the revision; compared again only when a side is another one."""
        with self._lock:
            return self._of_revision(version)

    def _of_revision(self, version: str) -> Compared:
        from sync.diff.revision import Revision

        try:
            sides = command.sides(self.common, a=None, b=None, base=self.base, live=False)
        except DashSyncError as error:
            return _failed(error)
        commit = sides[0].commit if isinstance(sides[0], Revision) else ""
        mark = _mark("base", version, commit)
        known = self._against.get("base")
        if known is None or known.mark != mark:
            self._against["base"] = known = self._compared(mark, sides)
        return known

    def against_live(self, version: str, *, again: bool) -> Compared:
        """Return the difference from Grafana, which is asked when the files changed, or `again`."""
        with self._lock:
            mark = _mark("live", version)
            known = self._against.get("live")
            if again or known is None or known.mark != mark:
                try:
                    sides = command.sides(self.common, a=None, b=None, base=None, live=True)
                    known = self._compared(mark, sides)
                except DashSyncError as error:
                    known = _failed(error)
                self._against["live"] = known
            return known

    def _compared(self, mark: str, sides: tuple[Files, Files]) -> Compared:
        try:
            found = compare(*sides, select=command.selected(self.common.select))
        except DashSyncError as error:
            return _failed(error)
        return Compared(mark, found, sides)


def _failed(error: DashSyncError) -> Compared:
    return Compared("", problem=str(error), remedy=error.remedy)


def _mark(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:16]
