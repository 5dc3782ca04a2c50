"""Parts of a whole and amounts side by side: pie and donut, bar chart, histogram."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from sync.diff.values import Json, listing, number, text
from sync.preview import axis, chart, legend
from sync.preview import text as measure
from sync.preview.drawing import Chart, Drawing, Ready
from sync.preview.frames import Drawn, Field
from sync.preview.values import singles

if TYPE_CHECKING:
    from sync.preview.page import Box

_MOST = 40
_BETWEEN = 0.2  # of a group, between groups of bars


def draw_pie(ready: Ready, box: Box) -> Drawing:
    """Return the slices with their legend."""
    found = [one for one in singles(ready) if isinstance(one.value, int | float) and one.value > 0]
    by_value = [replace(one, look=replace(one.look, index=index)) for index, one in enumerate(found)]
    entries = [
        (
            Drawn(
                _named(ready, one.name, one.shown.text, one.value, found),
                Field(one.name, "number", [one.value]),
                [],
                one.look,
            ),
            one.shown.colour,
        )
        for one in by_value
    ]
    drawing, room = legend.draw(ready, box, entries)
    rows = [
        {"n": one.name, "v": one.value, "c": one.shown.colour, "l": one.shown.text, "o": index}
        for index, one in enumerate(by_value)
    ]
    radius = max(10.0, min(room.w, room.h) / 2 - 8)
    side = room.inset(
        (room.w - 2 * radius) / 2, (room.h - 2 * radius) / 2, (room.w - 2 * radius) / 2, (room.h - 2 * radius) / 2
    )
    inner = radius * 0.6 if text(ready.option("pieType", default="pie")) == "donut" else 0
    layer: Json = {
        "data": {"values": rows},
        "mark": {
            "type": "arc",
            "outerRadius": radius,
            "innerRadius": inner,
            "stroke": ready.theme.panel,
            "strokeWidth": 1,
        },
        "encoding": {
            "theta": {"field": "v", "type": "quantitative", "stack": True},
            "order": {"field": "o", "type": "quantitative"},
            "color": {"field": "c", "type": "nominal", "scale": None, "legend": None},
        },
    }
    tooltip = [{"field": "n", "type": "nominal", "title": "Name"}, {"field": "l", "type": "nominal", "title": "Value"}]
    pointer = {**layer, "encoding": layer["encoding"] | {"tooltip": tooltip}}
    if rows:
        drawing.charts.append(Chart(room, chart.spec(room, side, [layer]), lambda: pointer))
    return drawing


def _named(ready: Ready, name: str, shown: str, value: float, found: list) -> str:  # type: ignore[type-arg]
    values = [text(one) for one in listing(ready.option("legend", "values", default=[]))]
    whole = sum(one.value for one in found) or 1.0
    said = [shown] if "value" in values else []
    said += [f"{value / whole:.0%}"] if "percent" in values else []
    return "  ".join([name, *said])


def draw_bars(ready: Ready, box: Box) -> Drawing:
    """Return bars in groups: one a row of the table, by its first column of texts; else one a series."""
    names, series = _bars(ready)
    entries = [(one, colour) for one, _, colour in series]
    drawing, room = legend.draw(ready, box, entries)
    if not names or not series:
        return drawing
    horizontal = text(ready.option("orientation", default="auto")) == "horizontal"
    numbers = [value for _, values, _ in series for value in values if value is not None]
    low, high = min([0.0, *numbers]), max([0.0, *numbers]) * 1.06 or 1.0
    look = series[0][0].look
    ticks = axis.ticks(low, high, room=room.w if horizontal else room.h, unit=look.unit)
    words = axis.words(ticks, look.unit, look.decimals)
    rows = [
        {
            "n": index,
            "s": at,
            "v": value,
            "c": colour,
            "name": names[index],
            "series": one.name,
            "l": one.look.shown(value).text,
        }
        for at, (one, values, colour) in enumerate(series)
        for index, value in enumerate(values)
        if value is not None
    ]
    wide = min(max(measure.width(name, 12) for name in (names if horizontal else words)) + 12, room.w * 0.4)
    plot = room.inset(wide, 8, 12, 26)
    shown = names if horizontal else _fitting(names, plot.w / len(names) - 4)
    drawing.shapes += _axes(
        ready,
        plot,
        shown,
        [((v - low) / (high - low), w) for v, w in zip(ticks, words, strict=True)],
        horizontal=horizontal,
    )
    domain = list(range(len(names)))
    bands: Json = {"field": "n", "type": "ordinal", "scale": {"domain": domain, "padding": _BETWEEN}, "axis": None}
    scale = {"domain": [low, high], "nice": False}
    amounts: Json = {"field": "v", "type": "quantitative", "scale": scale, "stack": None, "axis": None}
    offset = {"field": "s", "type": "ordinal"}
    encoding: Json = (
        {"y": bands, "x": amounts, "yOffset": offset} if horizontal else {"x": bands, "y": amounts, "xOffset": offset}
    )
    encoding["color"] = {"field": "c", "type": "nominal", "scale": None, "legend": None}
    layer: Json = {"data": {"values": rows}, "mark": {"type": "bar", "fillOpacity": 0.8}, "encoding": encoding}
    tooltip = [
        {"field": key, "type": "nominal", "title": title}
        for key, title in (("name", "Name"), ("series", "Series"), ("l", "Value"))
    ]
    pointer = {**layer, "encoding": encoding | {"tooltip": tooltip}}
    drawing.charts.append(Chart(room, chart.spec(room, plot, [layer]), lambda: pointer))
    return drawing


def _fitting(names: list[str], room: float) -> list[str]:
    """Return the names that stand below bars: cut where they are few, every so many where they are many."""
    if len(names) <= 8:
        return [measure.fitted(name, max(room, 12), 12) for name in names]
    every = max(1, math.ceil(max(measure.width(name, 12) for name in names) / max(room, 1)))
    return [name if index % every == 0 else "" for index, name in enumerate(names)]


def _axes(ready: Ready, plot: Box, names: list[str], shares: list[tuple[float, str]], *, horizontal: bool) -> list[str]:
    """Return the axis of names and that of amounts, whose ticks are shares of the plot."""
    if horizontal:
        marks = axis.bands(names, plot.y, plot.h, inner=_BETWEEN, outer=_BETWEEN)
        below = [(plot.x + plot.w * share, word) for share, word in shares]
        return axis.below(ready.theme, plot, below) + axis.beside(ready.theme, plot, marks, grid=False)
    marks = axis.bands(names, plot.x, plot.w, inner=_BETWEEN, outer=_BETWEEN)
    beside = [(plot.y + plot.h * (1 - share), word) for share, word in shares]
    return axis.beside(ready.theme, plot, beside) + axis.below(ready.theme, plot, marks, grid=False)


def _bars(ready: Ready) -> tuple[list[str], list[tuple[Drawn, list[float | None], str]]]:
    numbers = ready.numbers
    texts = next((one for one in ready.fields if one.field.kind == "string"), None)
    if texts is not None:
        names = [text(value) for value in texts.field.values[:_MOST]]
        return names, [(one, one.numbers[:_MOST], one.look.series_colour(one.numbers)) for one in numbers]
    found = singles(ready)[:_MOST]
    if not found or not numbers:
        return [], []
    values = [one.value if isinstance(one.value, int | float) else None for one in found]
    return [one.name for one in found], [(numbers[0], values, numbers[0].look.series_colour(numbers[0].numbers))]


def draw_histogram(ready: Ready, box: Box) -> Drawing:
    """Return how many values of all series fall into each bucket."""
    numbers = [value for one in ready.numbers for value in one.numbers if value is not None]
    if not numbers:
        return Drawing()
    low, high = min(numbers), max(numbers)
    size = number(ready.option("bucketSize", default=0)) or (high - low) / 20 or 1.0
    count = min(60, max(1, math.ceil((high - low) / size)))
    counts = [0.0] * count
    for value in numbers:
        counts[min(count - 1, int((value - low) / size))] += 1
    look = ready.numbers[0].look
    names = axis.words([low + size * index for index in range(count)], look.unit, look.decimals)
    buckets = [Field("bucket", "string", list(names)), Field("Count", "number", list(counts))]
    plain = replace(
        look, settings={key: value for key, value in look.settings.items() if key not in {"unit", "min", "max"}}
    )
    fields = [Drawn(one.name, one, [], plain) for one in buckets]
    return draw_bars(replace(ready, fields=fields), box)
