"""Table: columns with their units, coloured cells, gauges and sparklines in cells; what doesn't fit is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sync.diff.values import Json, listing, mapping, number, objects, text
from sync.preview import colours, svg, units
from sync.preview import text as measure
from sync.preview.drawing import Drawing, Ready, hidden
from sync.preview.page import Box
from sync.preview.panel_stat import sparkline
from sync.preview.transform import order

if TYPE_CHECKING:
    from sync.preview.frames import Drawn

_HEIGHTS = {"sm": 32.0, "md": 40.0, "lg": 48.0}
_SIZE = 12.5


def draw(ready: Ready, box: Box) -> Drawing:
    """Return the table of the frame that the panel shows."""
    columns = _columns(ready)
    rows = max((len(one.field.values) for one in columns), default=0)
    if not rows:
        return Drawing()
    height = _HEIGHTS.get(text(ready.option("cellHeight", default="sm")), 32.0)
    positions = _sorted(ready, columns, rows)
    widths = _widths(columns, box.w)
    drawing = Drawing()
    y = box.y
    if ready.option("showHeader", default=True):
        drawing.shapes += _header(ready, columns, widths, Box(box.x, y, box.w, 30))
        y += 30
    room = int((box.y + box.h - y + 1) / height)
    shown = positions[: room if len(positions) <= room else max(0, room - 1)]
    for index, row in enumerate(shown):
        drawing.shapes += _row(ready, columns, widths, row, Box(box.x, y + index * height, box.w, height))
    if len(positions) > len(shown):
        left = f"and {len(positions) - len(shown)} more rows"
        drawing.shapes.append(
            svg.label(box.x + 8, y + len(shown) * height + 20, left, 12, ready.theme.secondary, italic=True)
        )
    return drawing


def _columns(ready: Ready) -> list[Drawn]:
    index = int(number(ready.option("frameIndex", default=0)) or 0)
    frames = ready.frames
    frame = frames[index] if 0 <= index < len(frames) else frames[0] if frames else None
    if frame is None:
        return []
    mine = {id(one) for one in frame.fields}
    return [one for one in ready.fields if id(one.field) in mine and not hidden(one)] if frame.fields else []


def _sorted(ready: Ready, columns: list[Drawn], rows: int) -> list[int]:
    for rule in objects(ready.option("sortBy", default=[])):
        column = next((one for one in columns if one.name == text(rule.get("displayName"))), None)
        if column is not None:
            return order(_sortable(column.field.values), falling=bool(rule.get("desc")))
    return list(range(rows))


def _sortable(values: list[Any]) -> list[Any]:
    return [value if isinstance(value, int | float | str) or value is None else None for value in values]


def _widths(columns: list[Drawn], room: float) -> list[float]:
    given = [number(one.look.custom.get("width")) for one in columns]
    taken = sum(width for width in given if width)
    free = [index for index, width in enumerate(given) if not width]
    wanted = {index: min(max(_wanted(columns[index]), 70.0), 420.0) for index in free}
    total = sum(wanted.values()) or 1.0
    left = max(room - taken, 70.0 * len(free))
    found = [width or wanted[index] / total * left for index, width in enumerate(given)]
    scale = room / sum(found) if sum(found) > room else 1.0
    return [width * scale for width in found]


def _wanted(one: Drawn) -> float:
    if one.field.kind == "trend":
        return 220.0
    texts = [one.name, *(_text(one, value) for value in one.field.values[:20])]
    wide = max(measure.width(said, _SIZE) for said in texts) + 24
    return wide + 120 if _cell(one).get("type") == "gauge" else wide


def _cell(one: Drawn) -> Json:
    cell = mapping(one.look.custom.get("cellOptions"))
    if cell:
        return cell
    old = text(one.look.custom.get("displayMode"))
    kinds = {
        "color-background-solid": "color-background",
        "gradient-gauge": "gauge",
        "lcd-gauge": "gauge",
        "basic": "gauge",
    }
    return {"type": kinds.get(old, old or "auto")}


def _text(one: Drawn, value: Any) -> str:
    if one.field.kind == "time" and isinstance(value, int | float):
        return units.moment(value)
    return one.look.shown(value).text


def _right(one: Drawn) -> bool:
    said = text(one.look.custom.get("align"))
    return said == "right" or (said in {"", "auto"} and one.field.kind == "number")


def _header(ready: Ready, columns: list[Drawn], widths: list[float], box: Box) -> list[str]:
    shapes = [svg.segment(box.x, box.y + box.h, box.x + box.w, box.y + box.h, ready.theme.border)]
    x = box.x
    for one, width in zip(columns, widths, strict=True):
        name = measure.fitted(one.name, width - 16, _SIZE, bold=True)
        anchor: svg.Anchor = "end" if _right(one) else "start"
        at = x + width - 8 if _right(one) else x + 8
        shapes.append(svg.label(at, box.y + 19, name, _SIZE, ready.theme.secondary, anchor=anchor, bold=True))
        x += width
    return shapes


def _row(ready: Ready, columns: list[Drawn], widths: list[float], row: int, box: Box) -> list[str]:
    shapes = []
    whole = next((one for one in columns if _cell(one).get("applyToRow") and row < len(one.field.values)), None)
    if whole is not None:
        shapes.append(svg.rectangle(box, whole.look.shown(whole.field.values[row]).colour))
    x = box.x
    for one, width in zip(columns, widths, strict=True):
        value = one.field.values[row] if row < len(one.field.values) else None
        shapes += _drawn(ready, one, value, Box(x, box.y, width, box.h))
        x += width
    shapes.append(svg.segment(box.x, box.y + box.h, box.x + box.w, box.y + box.h, ready.theme.border))
    return shapes


def _drawn(ready: Ready, one: Drawn, value: Any, box: Box) -> list[str]:
    theme, kind = ready.theme, text(_cell(one).get("type"))
    if one.field.kind == "trend" or kind == "sparkline":
        values = listing(value)
        colour = one.look.series_colour(values)
        return sparkline(values, box.inset(8, 4, 8, 4), colour)
    shown = one.look.shown(value)
    said = _text(one, value)
    if kind == "gauge" and isinstance(value, int | float):
        return _gauge(ready, one, float(value), said, box)
    ink, shapes = theme.text, []
    if value is None:
        ink = theme.secondary
    if kind == "color-background" and not shown.colour.startswith("rgba"):
        shapes.append(svg.rectangle(box.inset(0, 0, 0, 1), shown.colour))
        ink = colours.ink_on(shown.colour)
    elif kind in {"color-text", "pill"}:
        ink = shown.colour
    if listing(one.look.settings.get("links")) and kind not in {"color-background", "color-text"}:
        ink = theme.colour("blue") if not theme.dark else "#6e9fff"
    right = _right(one)
    at = box.x + box.w - 8 if right else box.x + 8
    label = measure.fitted(said, box.w - 14, _SIZE)
    return [*shapes, svg.label(at, box.y + box.h / 2 + 4.5, label, _SIZE, ink, anchor="end" if right else "start")]


def _gauge(ready: Ready, one: Drawn, value: float, said: str, box: Box) -> list[str]:
    low, high = one.look.bounds()
    wide = measure.width(said, _SIZE) + 14
    bar = box.inset(8, 7, wide, 7)
    share = min(max((value - low) / (high - low), 0.0), 1.0)
    colour = one.look.shown(value).colour
    shapes = [svg.rectangle(bar, ready.theme.raised, radius=2)]
    if share > 0:
        shapes.append(
            svg.rectangle(Box(bar.x, bar.y, bar.w * share, bar.h), colour, stroke=colour, radius=2, opacity=0.4)
        )
    shapes.append(svg.label(box.x + box.w - 8, box.y + box.h / 2 + 4.5, said, _SIZE, colour, anchor="end"))
    return shapes
