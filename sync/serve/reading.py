"""What a panel shows, in words and tables: for screen readers, for looking closely, for copying."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sync.diff.values import mapping, text
from sync.preview import units
from sync.preview.drawing import hidden
from sync.preview.kinds import CALLED
from sync.preview.reduce import reduced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.preview.drawing import Ready
    from sync.preview.frames import Drawn, Frame

MOST_ROWS = 100
_SHOWN = {
    "timeseries": "Time series", "stat": "Stat", "gauge": "Gauge", "bargauge": "Bar gauge", "table": "Table",
    "heatmap": "Heatmap", "state-timeline": "State timeline", "status-history": "Status history", "text": "Text",
    "logs": "Logs", "piechart": "Pie chart", "barchart": "Bar chart", "histogram": "Histogram", "trend": "Trend",
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """Columns with their heads; `left_out` counts rows beyond what a page shows."""

    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    left_out: int = 0


@dataclass(frozen=True)
class Asked:
    """A query as it is sent: reference, language, text."""

    ref: str
    language: str
    text: str


@dataclass(frozen=True)
class Reading:
    """A panel to be read; `words` is the text of a text panel."""

    title: str
    kind: str
    description: str
    problems: tuple[str, ...] = ()
    queries: tuple[Asked, ...] = ()
    tables: list[Table] = field(default_factory=list)
    words: str = ""


def kind_of(kind: str) -> str:
    """Return what people call a kind of panel."""
    return _SHOWN.get(kind) or CALLED.get(kind) or kind


def reading(ready: Ready) -> Reading:
    """Return a panel in words."""
    panel = ready.panel
    queries = tuple(Asked(one.query.ref, one.query.language, one.query.text) for one in ready.answers if one.query.text)
    return Reading(
        title=ready.title,
        kind=kind_of(panel.kind),
        description=ready.scope.title(panel.description),
        problems=tuple(dict.fromkeys(answer.problem for answer in ready.answers if answer.problem)),
        queries=queries,
        tables=[table for table in _tables(ready) if table.rows],
        words=text(ready.option("content", default="")) if panel.kind == "text" else "",
    )


def _tables(ready: Ready) -> list[Table]:
    found = [_logs(ready)]
    lines = [one for one in ready.fields if _is_series(one, ready.frames)]
    if lines:
        rows = [_summed(one) for one in lines[:MOST_ROWS]]
        heads: tuple[str, ...] = ("Series", "Last", "Lowest", "Highest")
        if not any(row[2] or row[3] for row in rows):
            heads, rows = heads[:2], [row[:2] for row in rows]
        found.append(Table(heads, rows, max(0, len(lines) - MOST_ROWS)))
    series = {id(one.field) for one in lines}
    rest = [frame for frame in ready.frames if not any(id(one) in series for one in frame.fields)]
    return [*found, *(_of_frame(frame, ready) for frame in rest)]


def _is_series(one: Drawn, frames: list[Frame]) -> bool:
    """Whether a field is values over time, by its frame: a clock, and nothing that names rows."""
    if one.field.kind != "number" or hidden(one):
        return False
    frame = next((frame for frame in frames if any(field is one.field for field in frame.fields)), None)
    kinds = [field.kind for field in frame.fields] if frame is not None else []
    return "time" in kinds and "string" not in kinds


def _summed(one: Drawn) -> tuple[str, ...]:
    said = [one.look.shown(reduced(name, one.numbers)) for name in ("lastNotNull", "min", "max")]
    # Of states, the lowest and the highest number say nothing.
    texts = [shown.text if index == 0 or not shown.mapped else "" for index, shown in enumerate(said)]
    return one.name, *texts


def _of_frame(frame: Frame, ready: Ready) -> Table:
    mine = {id(one) for one in frame.fields}
    columns = [one for one in ready.fields if id(one.field) in mine and not hidden(one)]
    rows = [
        tuple(_cell(one, one.field.values[row]) if row < len(one.field.values) else "" for one in columns)
        for row in range(min(frame.length, MOST_ROWS))
    ]
    return Table(tuple(one.name for one in columns), rows, max(0, frame.length - MOST_ROWS))


def _cell(one: Drawn, value: Any) -> str:
    if isinstance(value, dict | list):
        return str(mapping(value).get("text") or "")
    if one.field.kind == "time" and isinstance(value, int | float):
        return units.moment(value)
    return one.look.shown(value).text


def _logs(ready: Ready) -> Table:
    lines = [line for answer in ready.answers for line in answer.lines]
    rows = [(units.moment(moment), said) for moment, said in lines[:MOST_ROWS]]
    return Table(("Time", "Line"), rows, max(0, len(lines) - MOST_ROWS))
