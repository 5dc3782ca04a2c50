"""Answers as the named fields that panels draw: series, or the columns of a table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sync.diff.values import Json, text
from sync.preview.look import Look, settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.preview.colours import Theme
    from sync.preview.data import Answer, Query, Series

_TEMPLATE = re.compile(r"\{\{\s*(.+?)\s*\}\}")
_MOST_SERIES = 100


@dataclass
class Field:
    """A column: `kind` is time, number or string; `shown` its name on the panel once it has been looked up."""

    name: str
    kind: str
    values: list[Any]
    labels: dict[str, str] = field(default_factory=dict)
    ref: str = ""
    series: bool = False  # whether its name came from a legend


@dataclass
class Frame:
    """Columns of one length."""

    ref: str
    fields: list[Field]

    @property
    def length(self) -> int:
        """Return how many rows it has."""
        return max((len(one.values) for one in self.fields), default=0)

    def find(self, name: str) -> Field | None:
        """Return the column of a name."""
        return next((one for one in self.fields if one.name == name), None)


@dataclass(frozen=True)
class Drawn:
    """A field with how it is shown."""

    name: str
    field: Field
    times: list[int]
    look: Look

    @property
    def numbers(self) -> list[float | None]:
        """Return its values, what is no number as None."""
        return [
            value if isinstance(value, int | float) and not isinstance(value, bool) else None
            for value in self.field.values
        ]


def of_answer(answer: Answer, *, several: bool) -> list[Frame]:
    """Return the frames of an answer in the form that its query asks for."""
    if answer.query.form == "table":
        return [_table(answer, several=several)] if answer.series else []
    names = legends(answer.query, answer.series)
    frames = []
    for series, name in zip(answer.series[:_MOST_SERIES], names, strict=False):
        value = Field(name, "number", list(series.values), series.labels, answer.query.ref, series=True)
        frames.append(Frame(answer.query.ref, [Field("Time", "time", list(series.times)), value]))
    return frames


def _table(answer: Answer, *, several: bool) -> Frame:
    """Return all series below each other: time, a column a label, the value."""
    names = sorted({name for series in answer.series for name in series.labels if name != "__name__"})
    times: list[Any] = []
    labels: dict[str, list[Any]] = {name: [] for name in names}
    values: list[Any] = []
    for series in answer.series:
        for moment, value in zip(series.times, series.values, strict=True):
            if value is None and len(series.values) > 1:
                continue
            times.append(moment)
            values.append(value)
            for name in names:
                labels[name].append(series.labels.get(name))
    ref = answer.query.ref
    name = f"Value #{ref}" if several else "Value"
    return Frame(
        ref,
        [Field("Time", "time", times)]
        + [Field(label, "string", column) for label, column in labels.items()]
        + [Field(name, "number", values, ref=ref)],
    )


def legends(query: Query, series: Sequence[Series]) -> list[str]:
    """Return the name of each series: by the query's legend, else by its labels."""
    if query.legend and query.legend != "__auto":
        return [
            _TEMPLATE.sub(lambda found, one=one: one.labels.get(found[1], ""), query.legend)  # type: ignore[misc]
            for one in series
        ]
    if query.legend == "__auto":
        common = {
            name for name in (series[0].labels if series else ()) if len({one.labels.get(name) for one in series}) == 1
        }
        return [_auto(one, common, query.text) for one in series]
    return [_verbose(one.labels) or query.text for one in series]


def _auto(series: Series, common: set[str], expression: str) -> str:
    labels = {name: value for name, value in series.labels.items() if name not in common} or series.labels
    named = {name: value for name, value in labels.items() if name != "__name__"}
    if len(named) == 1:
        return next(iter(named.values()))
    return _verbose(labels) or expression


def _verbose(labels: dict[str, str]) -> str:
    inside = ", ".join(f'{name}="{value}"' for name, value in sorted(labels.items()) if name != "__name__")
    name = labels.get("__name__", "")
    return f"{name}{{{inside}}}" if inside else name


def drawn(frames: Sequence[Frame], config: Json, theme: Theme) -> list[Drawn]:
    """Return every field of the frames, with its name, settings and colour."""
    found: list[Drawn] = []
    index = 0
    for frame in frames:
        clock = next((one for one in frame.fields if one.kind == "time"), None)
        times = [int(moment) for moment in clock.values] if clock is not None else []
        for one in frame.fields:
            name, its, custom = _named(one, config)
            low, high = _range(one)
            look = Look(its, custom, theme, index, (low, high))
            index += one.kind == "number"
            found.append(Drawn(name, one, times, look))
    return _ranged(found)


def _named(one: Field, config: Json) -> tuple[str, Json, Json]:
    """Return a field's shown name and settings; an override that renames is matched by the name before."""
    name = one.name
    its, custom = settings(config, name=name, label_names=list(one.labels), ref=one.ref, kind=one.kind)
    said = text(its.get("displayName"))
    if said:
        name = (
            re.sub(
                r"\$\{__field\.labels(?:\.(\w+)|\[\"?(\w+)\"?\])\}",
                lambda found: one.labels.get(found[1] or found[2], ""),
                said,
            )
            .replace("${__field.name}", one.name)
            .replace("${__series.name}", one.name)
        )
    return name, its, custom


def _range(one: Field) -> tuple[float, float]:
    numbers = [value for value in one.values if isinstance(value, int | float) and not isinstance(value, bool)]
    return (min(numbers), max(numbers)) if numbers else (0.0, 100.0)


def _ranged(found: list[Drawn]) -> list[Drawn]:
    """Give all fields the range of all, as Grafana's shares and blends are of the panel's data."""
    numbers = [one for one in found if one.field.kind == "number" and one.field.values]
    if not numbers:
        return found
    low = min(one.look.range[0] for one in numbers)
    high = max(one.look.range[1] for one in numbers)
    return [replace(one, look=replace(one.look, range=(low, high))) for one in found]
