"""Time series: lines, areas, bars and points over time, with thresholds, stacks and two axes."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sync.diff.values import Json, mapping, number, text
from sync.preview import axis, chart, legend, units
from sync.preview import text as measure
from sync.preview.drawing import LARGEST, Chart, Drawing, Ready

if TYPE_CHECKING:
    from sync.preview.frames import Drawn
    from sync.preview.page import Box

_INTERPOLATED = {"smooth": "monotone", "stepBefore": "step-before", "stepAfter": "step-after"}
_MOST_IN_TOOLTIP = 20


@dataclass(frozen=True)
class _Line:
    """A series with its colour, what it is stacked on, and how it is drawn.

    Its times are milliseconds since the begin of the span: whole numbers that small are read in half the time.
    """

    place: int
    one: Drawn
    name: str
    colour: str
    times: list[int]
    low: list[float]
    values: list[float | None]

    @property
    def custom(self) -> Json:
        return self.one.look.custom

    def style(self) -> tuple[Any, ...]:
        """Return what lines must have in common to be drawn by one mark."""
        custom = self.custom
        return (
            text(custom.get("drawStyle")) or "line",
            number(custom.get("lineWidth")) if number(custom.get("lineWidth")) is not None else 1,
            number(custom.get("fillOpacity")) or 0,
            _INTERPOLATED.get(text(custom.get("lineInterpolation")), "linear"),
            text(mapping(custom.get("lineStyle")).get("fill")) in {"dash", "dot"},
            text(custom.get("showPoints")) or "auto",
            number(custom.get("pointSize")) or 5,
            text(mapping(custom.get("stacking")).get("mode")) in {"normal", "percent"},
        )


def draw(ready: Ready, box: Box) -> Drawing:
    """Return the chart with its legend below or beside it."""
    listed = [(one, one.look.series_colour(one.numbers)) for one in ready.numbers]
    found, room = legend.draw(ready, box, listed)
    if not room.h > 30:
        return found
    sides = _sides(_stacked(listed, since=ready.span.start))
    axes, plotted = _chart(ready, room, sides)
    found.shapes += axes
    found.charts.append(plotted)
    return found


def _stacked(listed: list[tuple[Drawn, str]], *, since: int) -> list[_Line]:
    """Return the lines, those of one stacking group on top of each other, as shares of their sum where asked for."""
    found = []
    floors: dict[str, list[float]] = {}
    totals: dict[str, list[float]] = defaultdict(list)
    for one, _ in listed:
        mode, group = _stacking(one)
        if mode == "percent":
            sums = totals[group] or [0.0] * len(one.times)
            totals[group] = [total + abs(value or 0) for total, value in zip(sums, one.numbers, strict=False)]
    for place, (one, colour) in enumerate(listed):
        mode, group = _stacking(one)
        values = [value if value is not None and abs(value) < LARGEST else None for value in one.numbers]
        times = [moment - since for moment in one.times]
        negative = text(one.look.custom.get("transform")) == "negative-Y"
        if negative:
            values = [None if value is None else -value for value in values]
        if mode not in {"normal", "percent"}:
            found.append(_Line(place, one, one.name, colour, times, [], values))
            continue
        if mode == "percent":
            values = [
                None if value is None else value / total if total else 0.0
                for value, total in zip(values, totals[group], strict=False)
            ]
        group += "-" if negative else ""
        floor = floors.get(group) or [0.0] * len(values)
        top = [below + (value or 0) for below, value in zip(floor, values, strict=False)]
        shown = [None if value is None else high for value, high in zip(values, top, strict=False)]
        found.append(_Line(place, one, one.name, colour, times, floor, shown))
        floors[group] = top
    return found


def _stacking(one: Drawn) -> tuple[str, str]:
    stacking = mapping(one.look.custom.get("stacking"))
    return text(stacking.get("mode")), text(stacking.get("group")) or "A"


def _sides(lines: list[_Line]) -> list[list[_Line]]:
    """Return the lines of the left axis and of the right one; one axis a unit, as in Grafana, but two at most."""
    right = [line for line in lines if text(line.custom.get("axisPlacement")) == "right"]
    left = [line for line in lines if line not in right]
    if left and not right:
        unit = left[0].one.look.unit
        right = [line for line in left if line.one.look.unit != unit]
        left = [line for line in left if line.one.look.unit == unit]
    return [left, right] if left and right else [left or right]


def _chart(ready: Ready, box: Box, sides: list[list[_Line]]) -> tuple[list[str], Chart]:
    """Return the axes and the chart within them."""
    scales = [_Scale.of(lines, room=box.h - 34) for lines in sides]
    widths = [max((measure.width(word, 12) for word in scale.words), default=0) + 12 for scale in scales]
    titled = [bool(scale.title) for scale in scales]
    left = widths[0] + (16 if titled[0] else 0) if not scales[0].hidden else 8
    right = widths[1] + (16 if titled[1] else 0) if len(scales) > 1 else 12
    plot = box.inset(min(left, box.w / 3), 8, min(right, box.w / 3), 26)
    shapes = axis.below(ready.theme, plot, axis.time_marks(ready.span, plot))
    groups = []
    colour = _colours([line for side in sides for line in side])
    for index, (lines, scale) in enumerate(zip(sides, scales, strict=True)):
        if not scale.hidden:
            right = index == 1
            shapes += axis.beside(ready.theme, plot, scale.marks(plot), right=right, grid=scale.grid, title=scale.title)
        layers = _layers(lines, plot, scale) + _thresholds(lines, scale)
        if not layers:
            layers = [{"data": {"values": [{"t": 0, "v": scale.low}]}, "mark": {"type": "point", "opacity": 0}}]
        x = axis.time_scale(ready.span, since=ready.span.start)
        groups.append({"layer": layers, "encoding": {"x": x, "y": scale.encoding(), "color": colour}})
    more: Json = {"resolve": {"scale": {"y": "independent"}}} if len(groups) > 1 else {}
    return shapes, Chart(box, chart.spec(box, plot, groups, **more), lambda: _pointer(sides, ready))


def _colours(lines: list[_Line]) -> Json:
    """Return the encoding of colour: one scale for all lines, whatever their axis and their style."""
    scale = {"domain": [line.place for line in lines], "range": [line.colour for line in lines]}
    return {"field": "s", "type": "nominal", "legend": None, "scale": scale}


@dataclass(frozen=True)
class _Scale:
    """The y axis of some lines."""

    low: float
    high: float
    base: float
    ticks: list[float]
    words: list[str]
    title: str
    hidden: bool
    grid: bool

    @staticmethod
    def of(lines: list[_Line], *, room: float) -> _Scale:
        look = lines[0].one.look if lines else None
        custom = look.custom if look is not None else {}
        numbers = [value for line in lines for value in (*line.values, *(line.low or ())) if value is not None]
        low, high = min(numbers, default=0.0), max(numbers, default=1.0)
        if any(text(line.custom.get("drawStyle")) == "bars" or line.low for line in lines):
            low = min(low, 0.0)
        percent = bool(lines) and _stacking(lines[0].one)[0] == "percent"
        distribution = mapping(custom.get("scaleDistribution"))
        base = (number(distribution.get("log")) or 2.0) if text(distribution.get("type")) in {"log", "symlog"} else 0.0
        if base <= 1 or high <= 0:
            base = 0.0  # there are no logarithms
        low, high = _bounds(low, high, [line.one.look.settings for line in lines], custom, base)
        if base:
            low = max(low, high / 1e6, 1e-9)
        values = (
            axis.log_ticks(low, high, base)
            if base
            else axis.ticks(low, high, room=room, unit=look.unit, decimals=look.decimals)
            if look
            else axis.ticks(low, high, room=room)
        )
        unit = "percentunit" if percent else look.unit if look else ""
        values = [value for value in values if low <= value <= high] or [low]
        return _Scale(
            low=low,
            high=high,
            base=base,
            ticks=values,
            words=axis.words(values, unit, look.decimals if look else None),
            title=measure.line(text(custom.get("axisLabel"))),
            hidden=text(custom.get("axisPlacement")) == "hidden",
            grid=custom.get("axisGridShow") is not False,
        )

    def encoding(self) -> Json:
        """Return the y encoding."""
        scale: Json = {"domain": [self.low, self.high], "nice": False}
        scale |= {"type": "log", "base": self.base, "clamp": True} if self.base else {"zero": False}
        return {"field": "v", "type": "quantitative", "scale": scale, "axis": None}

    def rounded(self, value: float | None) -> float | None:
        """Return a value without the digits that are smaller than a tenth of a pixel."""
        if value is None or self.base:
            return value
        return round(value, 5 - math.floor(math.log10(self.high - self.low)))

    def marks(self, plot: Box) -> list[axis.Mark]:
        """Return where the ticks are, in pixels, with their words."""
        return [
            (plot.y + plot.h * (1 - self._share(value)), word)
            for value, word in zip(self.ticks, self.words, strict=True)
        ]

    def _share(self, value: float) -> float:
        if self.base:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def _bounds(low: float, high: float, settings: list[Json], custom: Json, base: float) -> tuple[float, float]:
    soft_low, soft_high = number(custom.get("axisSoftMin")), number(custom.get("axisSoftMax"))
    low = low if soft_low is None else min(low, soft_low)
    high = high if soft_high is None else max(high, soft_high)
    hard_low = min((found for one in settings if (found := number(one.get("min"))) is not None), default=None)
    hard_high = max((found for one in settings if (found := number(one.get("max"))) is not None), default=None)
    if not base:
        margin = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
        low = low - margin if low < 0 or low - margin > 0 else 0.0
        high = high + margin if high != 0 else (0.0 if low < 0 else margin)
    low = low if hard_low is None else hard_low
    high = high if hard_high is None else hard_high
    return (low, high) if high > low else (low, low + (abs(low) or 1.0))


def _layers(lines: list[_Line], plot: Box, scale: _Scale) -> list[Json]:
    groups: dict[tuple[Any, ...], list[_Line]] = defaultdict(list)
    for line in lines:
        groups[line.style()].append(line)
    found: list[Json] = []
    for style, members in groups.items():
        found += _marks(style, members, plot, scale)
    return found


def _marks(style: tuple[Any, ...], lines: list[_Line], plot: Box, scale: _Scale) -> list[Json]:
    kind, width, fill, interpolate, dashed, points, size, stacked = style
    rows = [
        {"t": moment, "v": scale.rounded(value), "s": line.place}
        | ({"b": scale.rounded(line.low[at])} if stacked else {})
        for line in lines
        for at, (moment, value) in enumerate(zip(line.times, line.values, strict=False))
    ]
    ordered = all(line.times == sorted(line.times) for line in lines)
    order: Json = {"order": {"value": None}} if ordered else {}  # not to be sorted again
    base: Json = {"y2": {"field": "b"}} if stacked else {"y2": {"datum": max(scale.low, min(0.0, scale.high))}}
    # Clipping is slow to draw: only what leaves the axis is clipped.
    shown = [value for row in rows for key in ("v", "b") if (value := row.get(key)) is not None]
    clip = bool(shown) and not scale.low <= min(shown) <= max(shown) <= scale.high
    common: Json = {"interpolate": interpolate, "clip": clip}
    if kind == "bars":
        return [_bars(lines, rows, plot, fill) | {"encoding": base}]
    # One set of rows for both the area and its line: Vega reads it once.
    shapes: list[Json] = []
    if kind == "line" and fill:
        shapes.append({"mark": {"type": "area", "fillOpacity": fill / 100, **common}, "encoding": base})
    if kind == "line" and width:
        shapes.append({"mark": {"type": "line", "strokeWidth": width, **common} | _DASHED[bool(dashed)]})
    found: list[Json] = [{"data": _values(rows), "encoding": order, "layer": shapes}] if shapes else []
    if points == "never" and kind != "points":
        return found
    every = kind == "points" or points == "always" or (points == "auto" and _sparse(lines, plot, size))
    alone = _isolated(rows, every=every)
    if alone:
        mark = {"type": "point", "filled": True, "opacity": 1, "size": size**2, "clip": clip}
        found.append({"data": _values(alone), "mark": mark})
    return found


def _values(rows: list[Json]) -> Json:
    """Return rows as data whose numbers are known to be numbers."""
    return {"values": rows, "format": {"parse": None}}


_DASHED: dict[bool, Json] = {True: {"strokeDash": [8, 6]}, False: {}}


def _bars(lines: list[_Line], rows: list[Json], plot: Box, fill: float) -> Json:
    share = number(lines[0].custom.get("barWidthFactor")) or 0.6
    thick = max(1.0, plot.w / max(len(lines[0].one.times), 1) * share)
    mark = {"type": "bar", "clip": True, "width": round(thick, 2), "fillOpacity": max(fill, 1) / 100}
    return {"data": _values([row for row in rows if row["v"] is not None]), "mark": mark}


def _sparse(lines: list[_Line], plot: Box, size: float) -> bool:
    count = max((len(line.one.times) for line in lines), default=0)
    return count > 0 and plot.w / count > size * 4


def _isolated(rows: list[Json], *, every: bool) -> list[Json]:
    """Return the points to draw: all, or those without a neighbour, which no line would show."""
    known = [row for row in rows if row["v"] is not None]
    if every:
        return known
    found = []
    for before, row, after in zip([None, *rows], rows, [*rows[1:], None], strict=False):
        lonely = all(other is None or other["v"] is None or other["s"] != row["s"] for other in (before, after))
        if row["v"] is not None and lonely:
            found.append(row)
    return found


def _thresholds(lines: list[_Line], scale: _Scale) -> list[Json]:
    """Return the lines and areas of thresholds that are within the axis."""
    if not lines:
        return []
    line = next(
        (one for one in lines if text(mapping(one.custom.get("thresholdsStyle")).get("mode")) not in {"", "off"}), None
    )
    if line is None:
        return []
    mode = text(mapping(line.custom.get("thresholdsStyle")).get("mode"))
    levels = line.one.look.levels()
    found: list[Json] = []
    if "area" in mode:
        edges = [*levels[1:], (math.inf, "")]
        areas = [
            {"v": max(low, scale.low), "b": min(edge[0], scale.high), "c": colour}
            for (low, colour), edge in zip(levels, edges, strict=True)
            if max(low, scale.low) < min(edge[0], scale.high)
        ]
        encoding = {"x": None, "x2": None, "y": {"field": "v", "type": "quantitative"}, "y2": {"field": "b"},
                    "color": {"field": "c", "type": "nominal", "scale": None, "legend": None}}  # fmt: skip
        found.append({"data": {"values": areas}, "mark": {"type": "rect", "opacity": 0.1}, "encoding": encoding})
    if "line" in mode or "dashed" in mode:
        rules = [{"v": level, "c": colour} for level, colour in levels if scale.low <= level <= scale.high]
        mark = {"type": "rule", "strokeWidth": 1, "opacity": 0.85} | _DASHED["dashed" in mode]
        encoding = {"x": None, "color": {"field": "c", "type": "nominal", "scale": None, "legend": None}}
        if rules:
            found.append({"data": {"values": rules}, "mark": mark, "encoding": encoding})
    return found


def _pointer(sides: list[list[_Line]], ready: Ready) -> Json:
    """Return the layer that shows all values at the time under the pointer."""
    lines = [line for side in sides for line in side][:_MOST_IN_TOOLTIP]
    moments = sorted({moment for line in lines for moment in line.one.times})
    at = [dict(zip(line.one.times, line.one.numbers, strict=False)) for line in lines]
    rows = []
    for moment in moments:
        row: Json = {"t": moment - ready.span.start, "when": units.moment(moment)}
        for index, line in enumerate(lines):
            row[f"s{index}"] = line.one.look.shown(at[index].get(moment)).text
        rows.append(row)
    shown = [{"field": "when", "type": "nominal", "title": "Time"}] + [
        {"field": f"s{index}", "type": "nominal", "title": measure.line(line.name)[:80]}
        for index, line in enumerate(lines)
    ]
    return {
        "data": {"values": rows},
        "params": [
            {
                "name": "near",
                "select": {
                    "type": "point",
                    "nearest": True,
                    "on": "pointermove",
                    "encodings": ["x"],
                    "clear": "pointerout",
                },
            }
        ],
        "mark": {"type": "rule", "color": ready.theme.secondary, "strokeWidth": 1},
        "encoding": {
            "x": {"field": "t", "type": "quantitative"},
            "opacity": {"condition": {"param": "near", "empty": False, "value": 0.7}, "value": 0},
            "tooltip": shown,
        },
    }
