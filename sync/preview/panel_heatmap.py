"""Heatmap: how many values fell into each bucket over time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sync.diff.values import Json, mapping, number, text
from sync.preview import axis, chart, svg, units
from sync.preview import text as measure
from sync.preview.colours import blended
from sync.preview.drawing import Chart, Drawing, Ready
from sync.preview.page import Box

if TYPE_CHECKING:
    from sync.preview.frames import Drawn

_SCHEMES = {
    "Oranges": ("#fff5eb", "#fdd0a2", "#fd8d3c", "#d94801", "#7f2704"),
    "Purples": ("#fcfbfd", "#dadaeb", "#9e9ac8", "#6a51a3", "#3f007d"),
    "Blues": ("#f7fbff", "#c6dbef", "#6baed6", "#2171b5", "#08306b"),
    "Greens": ("#f7fcf5", "#c7e9c0", "#74c476", "#238b45", "#00441b"),
    "Reds": ("#fff5f0", "#fcbba1", "#fb6a4a", "#cb181d", "#67000d"),
    "Greys": ("#ffffff", "#d9d9d9", "#969696", "#525252", "#000000"),
    "Spectral": ("#9e0142", "#f46d43", "#ffffbf", "#66c2a5", "#5e4fa2"),
    "RdYlGn": ("#a50026", "#f46d43", "#ffffbf", "#66bd63", "#006837"),
    "Turbo": ("#23171b", "#4a58dd", "#2dd9a4", "#fea130", "#900c00"),
    "Viridis": ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"),
}  # fmt: skip
_FROM_LIGHT = ("Oranges", "Purples", "Blues", "Greens", "Reds", "Greys")
_MOST_COLUMNS = 120


def draw(ready: Ready, box: Box) -> Drawing:
    """Return the cells with the scale of their colours below."""
    names, counts, times = _buckets(ready)
    if not counts or not times:
        return Drawing()
    highest = max((value for column in counts for value in column if value), default=0.0)
    drawing = Drawing()
    room = box
    if ready.option("legend", "show", default=True):
        room = box.inset(0, 0, 0, 30)
        drawing.shapes += _legend(ready, Box(box.x + 4, box.y + box.h - 20, min(box.w - 8, 320), 8), highest)
    left = min(max((measure.width(name, 12) for name in names), default=0) + 12, box.w / 3)
    plot = room.inset(left, 8, 12, 26)
    every = max(1, math.ceil(len(names) * 14 / max(plot.h, 1)))
    shown = [name if index % every == 0 else "" for index, name in enumerate(names)]
    drawing.shapes += axis.below(ready.theme, plot, axis.time_marks(ready.span, plot), grid=False)
    drawing.shapes += axis.beside(ready.theme, plot, axis.bands(shown[::-1], plot.y, plot.h), grid=False)
    y: Json = {
        "field": "r", "type": "ordinal", "scale": {"domain": list(range(len(names) - 1, -1, -1)), "padding": 0},
        "axis": None,
    }  # fmt: skip
    layer = {
        "data": {"values": _cells(ready, counts, times, highest)},
        "mark": {"type": "rect", "strokeWidth": 0},
        "encoding": {
            "x": axis.time_scale(ready.span),
            "x2": {"field": "u"},
            "y": y,
            "color": {"field": "c", "type": "nominal", "scale": None, "legend": None},
        },
    }
    drawing.charts.append(Chart(room, chart.spec(room, plot, [layer]), lambda: _pointer(layer, names, ready)))
    return drawing


def _pointer(layer: Json, names: list[str], ready: Ready) -> Json:
    unit = text(ready.option("cellValues", "unit", default=""))
    rows = [
        row | {"when": units.moment(row["t"]), "bucket": names[row["r"]], "count": units.shown(row["n"], unit)}
        for row in layer["data"]["values"]
    ]
    encoding = layer["encoding"] | {
        "tooltip": [
            {"field": "when", "type": "nominal", "title": "Time"},
            {"field": "bucket", "type": "nominal", "title": "Bucket"},
            {"field": "count", "type": "nominal", "title": "Value"},
        ]
    }
    return {"data": {"values": rows}, "mark": layer["mark"], "encoding": encoding}


def _buckets(ready: Ready) -> tuple[list[str], list[list[float]], list[int]]:
    """Return the names of the buckets from the lowest, a list of counts a bucket, and the times."""
    fields = ready.numbers
    if not fields:
        return [], [], []
    bounds = [_bound(one) for one in fields]
    unit = text(ready.option("yAxis", "unit", default="")) or fields[0].look.unit
    if ready.option("calculate", default=False) or any(bound is None for bound in bounds):
        return _calculated(fields, unit)
    ordered = sorted(zip(bounds, fields, strict=True), key=lambda pair: pair[0] or 0.0)
    names = [f"{units.shown(bound or 0, unit)}" for bound, _ in ordered]
    series = [[value or 0.0 for value in one.numbers] for _, one in ordered]
    if any(
        answer.query.form == "heatmap" or "le" in one.field.labels for answer in ready.answers for _, one in ordered[:1]
    ):
        series = [
            [
                max(0.0, here - below)
                for here, below in zip(values, [0.0] * len(values) if not index else series[index - 1], strict=False)
            ]
            for index, values in enumerate(series)
        ]
    return names, series, ordered[0][1].times


def _bound(one: Drawn) -> float | None:
    said = one.field.labels.get("le", one.name)
    try:
        return math.inf if said in {"+Inf", "Inf"} else float(said)
    except ValueError:
        return None


def _calculated(fields: list[Drawn], unit: str) -> tuple[list[str], list[list[float]], list[int]]:
    """Return counts of the values themselves in ten equal buckets."""
    numbers = [value for one in fields for value in one.numbers if value is not None]
    if not numbers:
        return [], [], []
    low, high = min(numbers), max(numbers)
    size = (high - low) / 10 or 1.0
    counts = [[0.0] * len(fields[0].times) for _ in range(10)]
    for one in fields:
        for index, value in enumerate(one.numbers[: len(fields[0].times)]):
            if value is not None:
                counts[min(9, int((value - low) / size))][index] += 1
    return [units.shown(low + size * (index + 1), unit) for index in range(10)], counts, fields[0].times


def _cells(ready: Ready, counts: list[list[float]], times: list[int], highest: float) -> list[Json]:
    """Return the cells with anything in them, columns drawn together until they are wide enough to see."""
    together = max(1, math.ceil(len(times) / _MOST_COLUMNS))
    threshold = number(mapping(ready.option("filterValues", default={})).get("le"))
    sums = [
        [sum(column[at : at + together]) / len(column[at : at + together]) for at in range(0, len(times), together)]
        for column in counts
    ]
    found = []
    for row, column in enumerate(sums):
        for index, value in enumerate(column):
            if value <= (threshold if threshold is not None else 0.0) or not highest:
                continue
            begin = times[index * together]
            found.append({
                "t": begin, "u": min(begin + ready.span.step * together, ready.span.end), "r": row, "n": value,
                "c": _colour(ready, value / highest),
            })  # fmt: skip
    return found


def _colour(ready: Ready, share: float) -> str:
    if ready.option("color", "mode", default="scheme") == "opacity":
        base = ready.theme.colour(text(ready.option("color", "fill", default="dark-orange")))
        return blended(
            [ready.theme.panel, base], share ** (number(ready.option("color", "exponent", default=0.5)) or 0.5)
        )
    name = text(ready.option("color", "scheme", default="Oranges"))
    stops = list(_SCHEMES.get(name, _SCHEMES["Oranges"]))
    reverse = bool(ready.option("color", "reverse", default=False))
    if (ready.theme.dark and name in _FROM_LIGHT) != reverse:
        stops.reverse()
    # Grafana's schemes are linear in the count; few of a kind would be invisible against the panel.
    return blended(stops[1:] if not ready.theme.dark and name in _FROM_LIGHT else stops, 0.08 + 0.92 * share)


def _legend(ready: Ready, box: Box, highest: float) -> list[str]:
    unit = text(ready.option("cellValues", "unit", default="")) or (ready.numbers[0].look.unit if ready.numbers else "")
    parts = 32
    shapes = [
        svg.rectangle(
            Box(box.x + index * box.w / parts, box.y, box.w / parts + 0.5, box.h), _colour(ready, index / (parts - 1))
        )
        for index in range(parts)
    ]
    anchors: dict[float, svg.Anchor] = {0.0: "start", 0.5: "middle", 1.0: "end"}
    for share, anchor in anchors.items():
        said = units.shown(highest * share, unit)
        shapes.append(
            svg.label(box.x + box.w * share, box.y + box.h + 11, said, 11, ready.theme.secondary, anchor=anchor)
        )
    return shapes
