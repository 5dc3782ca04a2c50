"""State timeline and status history: what state each series was in, when."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sync.diff.values import Json, number, text
from sync.preview import axis, chart, colours, svg, units
from sync.preview import text as measure
from sync.preview.drawing import Chart, Drawing, Ready, hidden
from sync.preview.page import Box

if TYPE_CHECKING:
    from sync.preview.frames import Drawn

_SIZE = 12
_LEGEND = 22
_OUTER = 0.05  # of a row, above the first and below the last


def draw_timeline(ready: Ready, box: Box) -> Drawing:
    """Return a row a series, one bar as long as a state lasts."""
    return _draw(ready, box, history=False)


def draw_history(ready: Ready, box: Box) -> Drawing:
    """Return a row a series, one box a step."""
    return _draw(ready, box, history=True)


def _draw(ready: Ready, box: Box, *, history: bool) -> Drawing:
    fields = [one for one in ready.fields if one.field.kind in {"number", "string"} and not hidden(one) and one.times]
    drawing = Drawing()
    if not fields:
        return drawing
    states: dict[str, str] = {}
    most = max(1, int((box.h - 60) / 16))
    per_page = int(number(ready.option("perPage", default=20)) or 20)
    shown = fields[: min(most, per_page)]
    rows = [row for index, one in enumerate(shown) for row in _bars(ready, one, index, states, history=history)]
    room = box
    if ready.option("legend", "showLegend", default=True):
        room = box.inset(0, 0, 0, _LEGEND)
        drawing.shapes += _legend(
            ready, Box(box.x, box.y + box.h - _LEGEND, box.w, _LEGEND), states, len(fields) - len(shown)
        )
    left = min(max(measure.width(one.name, _SIZE) for one in shown) + 12, box.w * 0.32)
    plot = room.inset(left, 4, 12, 26)
    names = [measure.fitted(one.name, left - 12, _SIZE) for one in shown]
    height = number(ready.option("rowHeight", default=0.9)) or 0.9
    gap = round(1 - min(max(height, 0.1), 1), 3)
    drawing.shapes += axis.below(ready.theme, plot, axis.time_marks(ready.span, plot), grid=False)
    marks = axis.bands(names, plot.y, plot.h, inner=gap, outer=_OUTER)
    drawing.shapes += axis.beside(ready.theme, plot, marks, grid=False)
    scale = {"domain": list(range(len(names))), "paddingInner": gap, "paddingOuter": _OUTER}
    y: Json = {"field": "r", "type": "ordinal", "scale": scale, "axis": None}
    layers = _layers(ready, plot, rows, y, history=history)
    drawing.charts.append(Chart(room, chart.spec(room, plot, layers), lambda: _pointer(layers[0], names)))
    return drawing


def _bars(ready: Ready, one: Drawn, row: int, states: dict[str, str], *, history: bool) -> list[Json]:
    """Return the bars of a series; equal states next to each other are one where they are merged."""
    merge = not history and bool(ready.option("mergeValues", default=True))
    every = max(1, math.ceil(len(one.times) / 60)) if history else 1
    found: list[Json] = []
    values = list(zip(one.times, one.field.values, strict=False))[::every]
    step = ready.span.step * every
    known: dict[str, tuple[str, str] | None] = {}  # a state lasts: the same few values again and again
    for moment, value in values:
        key = repr(value)
        if key not in known:
            known[key] = _state(one, value)
        shown = known[key]
        if shown is None:
            continue
        said, colour = shown
        states.setdefault(said, colour)
        last = found[-1] if found else None
        if merge and last is not None and last["l"] == said and last["u"] == moment:
            last["u"] = min(moment + step, ready.span.end)
        else:
            found.append({"t": moment, "u": min(moment + step, ready.span.end), "r": row, "c": colour, "l": said})
    return found


def _state(one: Drawn, value: Any) -> tuple[str, str] | None:
    if value is None:
        return None
    shown = one.look.shown(value)
    return shown.text, shown.colour


def _layers(ready: Ready, plot: Box, rows: list[Json], y: Json, *, history: bool) -> list[Json]:
    """Return the bars, and the words of those that are wide enough."""
    x = axis.time_scale(ready.span)
    colour = {"field": "c", "type": "nominal", "scale": None, "legend": None}
    opacity = max(number(ready.fields[0].look.custom.get("fillOpacity")) or 70, 1) / 100
    mark: Json = {
        "type": "bar",
        "fillOpacity": opacity,
        "stroke": ready.theme.panel,
        "strokeWidth": 2 if history else 1,
    }
    layers: list[Json] = [
        {"data": {"values": rows}, "mark": mark, "encoding": {"x": x, "x2": {"field": "u"}, "y": y, "color": colour}}
    ]
    labelled = _labelled(ready, rows, plot, opacity)
    if labelled and text(ready.option("showValue", default="auto")) != "never":
        words = {"text": {"field": "l", "type": "nominal"}, "color": colour | {"field": "k"}}
        mark = {"type": "text", "align": "left", "dx": 6, "fontSize": _SIZE, "baseline": "middle"}
        layers.append({"data": {"values": labelled}, "mark": mark, "encoding": {"x": x, "y": y} | words})
    return layers


def _labelled(ready: Ready, rows: list[Json], plot: Box, opacity: float) -> list[Json]:
    """Return the bars that are wide enough for their word, where it begins within the plot."""
    pixel = plot.w / max(ready.span.end - ready.span.start, 1)
    found = []
    for row in rows:
        begin = max(row["t"], ready.span.start)
        if (min(row["u"], ready.span.end) - begin) * pixel > measure.width(row["l"], _SIZE) + 10:
            seen = row["c"] if row["c"].startswith("rgba") else colours.blended([ready.theme.panel, row["c"]], opacity)
            found.append(row | {"t": begin, "k": colours.ink_on(seen)})
    return found


def _pointer(layer: Json, names: list[str]) -> Json:
    rows = [
        row | {"series": names[row["r"]], "from": units.moment(row["t"]), "to": units.moment(row["u"])}
        for row in layer["data"]["values"]
    ]
    tooltip = [
        {"field": key, "type": "nominal", "title": title}
        for key, title in (("series", "Series"), ("l", "State"), ("from", "From"), ("to", "To"))
    ]
    mark = {"type": "bar", "opacity": 0, "clip": True}
    return {"data": {"values": rows}, "mark": mark, "encoding": layer["encoding"] | {"tooltip": tooltip}}


def _legend(ready: Ready, box: Box, states: dict[str, str], left_out: int) -> list[str]:
    shapes: list[str] = []
    x = box.x
    for said, colour in list(states.items())[:20]:
        width = measure.width(said, _SIZE) + 36
        if x + width > box.x + box.w:
            break
        shapes += [
            svg.rectangle(Box(x, box.y + 9, 14, 4), colour, radius=2),
            svg.label(x + 20, box.y + 15, said, _SIZE, ready.theme.text),
        ]
        x += width
    if left_out > 0:
        shapes.append(
            svg.label(
                box.x + box.w - 8,
                box.y + 15,
                f"and {left_out} more series",
                _SIZE,
                ready.theme.secondary,
                anchor="end",
                italic=True,
            )
        )
    return shapes
