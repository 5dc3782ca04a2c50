"""The single values that stat, gauge, bar gauge and pie show: one of each series, or each row of a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sync.diff.values import listing, mapping, number, text
from sync.preview.drawing import hidden
from sync.preview.look import compiled
from sync.preview.reduce import reduced

if TYPE_CHECKING:
    from sync.preview.drawing import Ready
    from sync.preview.frames import Drawn
    from sync.preview.look import Look, Shown

_MOST = 60


@dataclass(frozen=True)
class Single:
    """A value with its name and how it is shown; `trend` is the series that it came of."""

    name: str
    value: Any
    look: Look
    trend: list[float | None]
    times: list[int]

    @property
    def shown(self) -> Shown:
        """Return its text and colour."""
        return self.look.shown(self.value)


def singles(ready: Ready) -> list[Single]:
    """Return what the panel's reduceOptions make of its fields."""
    options = mapping(ready.option("reduceOptions", default={}))
    calculations = [text(name) for name in listing(options.get("calcs"))] or ["lastNotNull"]
    wanted = text(options.get("fields"))
    fields = [one for one in ready.fields if _chosen(one, wanted)]
    if options.get("values"):
        most = int(number(options.get("limit")) or 25)
        return [found for one in fields for found in _rows(ready, one)][: min(most, _MOST)]
    return [
        Single(one.name, reduced(calculations[0], one.field.values), one.look, one.numbers, one.times) for one in fields
    ][:_MOST]


def _chosen(one: Drawn, wanted: str) -> bool:
    if hidden(one):
        return False
    if not wanted:
        return one.field.kind == "number"
    pattern = compiled(wanted) if wanted.startswith("/") else None
    return bool(pattern.search(one.name)) if pattern is not None else one.name == wanted


def _rows(ready: Ready, one: Drawn) -> list[Single]:
    """Return a value a row, named by the texts of its row."""
    frame = next((frame for frame in ready.frames if one.field in frame.fields), None)
    texts = [column for column in frame.fields if column.kind == "string"] if frame is not None else []
    found = []
    for index, value in enumerate(one.field.values):
        name = " ".join(text(column.values[index]) for column in texts if index < len(column.values)) or one.name
        found.append(Single(name, value, one.look, [], []))
    return found


def nothing(ready: Ready) -> str:
    """Return the words for a panel without data: those of its own, else Grafana's."""
    said = text(mapping(ready.panel.config.get("defaults")).get("noValue"))
    return said or "No data"
