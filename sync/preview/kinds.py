"""Which module draws which kind of panel; what none draws becomes a box that says what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.diff.values import text
from sync.preview import svg
from sync.preview import text as measure
from sync.preview.drawing import Drawing, Ready
from sync.preview.panel_bar_gauge import draw as bar_gauge
from sync.preview.panel_gauge import draw as gauge
from sync.preview.panel_heatmap import draw as heatmap
from sync.preview.panel_logs import draw as logs
from sync.preview.panel_parts import draw_bars, draw_histogram, draw_pie
from sync.preview.panel_stat import draw as stat
from sync.preview.panel_states import draw_history, draw_timeline
from sync.preview.panel_table import draw as table
from sync.preview.panel_text import draw as words
from sync.preview.panel_timeseries import draw as timeseries
from sync.preview.values import nothing

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.preview.page import Box

KINDS: dict[str, Callable[[Ready, Box], Drawing]] = {
    "timeseries": timeseries, "stat": stat, "gauge": gauge, "bargauge": bar_gauge, "table": table,
    "heatmap": heatmap, "state-timeline": draw_timeline, "status-history": draw_history, "text": words,
    "logs": logs, "piechart": draw_pie, "barchart": draw_bars, "histogram": draw_histogram, "trend": timeseries,
}  # fmt: skip
WITHOUT_DATA = frozenset({"text", "stat"})
LOWEST_TABLE = 50
CALLED = {
    "alertlist": "Alert list",
    "dashlist": "Dashboard list", "news": "News", "traces": "Trace",
    "nodeGraph": "Node graph", "geomap": "Geomap", "canvas": "Canvas", "xychart": "XY chart",
    "candlestick": "Candlestick",
    "flamegraph": "Flame graph", "annolist": "Annotations list", "datagrid": "Datagrid",
    "library-panel-ref": "Library panel",
}  # fmt: skip


def draw(ready: Ready, box: Box) -> Drawing:
    """Return the panel's inside: its drawing, the problem it met, or the words for no data."""
    kind = ready.panel.kind
    problems = list(dict.fromkeys(answer.problem for answer in ready.answers if answer.problem))
    if problems:
        return message(ready, box, problems, warning=True)
    if kind not in KINDS:
        return message(ready, box, [CALLED.get(kind, kind), *_detail(ready)])
    if kind not in WITHOUT_DATA and not any(_known(ready)):
        return message(ready, box, [nothing(ready)])
    if kind == "table" and box.h < LOWEST_TABLE:
        return message(ready, box, ["no room for a row"])
    try:
        found = KINDS[kind](ready, box)
    except (ArithmeticError, ValueError):
        if ready.drawable:
            raise
        return message(ready, box, ["these numbers are too large to be drawn"], warning=True)
    return found if found.shapes or found.charts else message(ready, box, [nothing(ready)])


def _known(ready: Ready) -> list[bool]:
    lines = [bool(answer.lines) for answer in ready.answers]
    return lines + [
        any(value is not None for value in one.field.values) for one in ready.fields if one.field.kind != "time"
    ]


def _detail(ready: Ready) -> list[str]:
    """Return what a box can say about a kind that isn't drawn."""
    if ready.panel.kind == "library-panel-ref":
        library = ready.panel.source.get("libraryPanel")
        name = text(library.get("name")) or text(library.get("uid")) if isinstance(library, dict) else ""
        return [f"“{name}” is kept in Grafana"]
    if ready.panel.kind == "alertlist":
        labels = text(ready.option("alertInstanceLabelFilter", default=""))
        return [f"alerts with {labels}" if labels else "alerts of Grafana or Alertmanager"]
    return ["this kind of panel is not drawn here"] if ready.panel.kind not in CALLED else []


def message(ready: Ready, box: Box, lines: list[str], *, warning: bool = False) -> Drawing:
    """Return words in the middle of a panel."""
    theme = ready.theme
    size = 13 if warning or len(lines) > 1 else 15
    wrapped = [line for said in lines for line in measure.wrapped(said, box.w - 24, size)]
    room = max(1, int(box.h / (size * 1.5)))
    if len(wrapped) > room:
        wrapped[room - 1 :] = [measure.fitted(" ".join(wrapped[room - 1 :]), box.w - 24, size)]
    top = box.y + box.h / 2 - (len(wrapped) - 1) * size * 0.75 + size * 0.35
    drawing = Drawing()
    if warning:
        drawing.shapes.append(svg.rectangle(box, theme.colour("orange"), radius=3, opacity=0.12))
    for index, said in enumerate(wrapped):
        ink = theme.text if warning or (len(lines) > 1 and not index) else theme.secondary
        drawing.shapes.append(
            svg.label(
                box.x + box.w / 2,
                top + index * size * 1.5,
                said,
                size,
                ink,
                anchor="middle",
                bold=len(lines) > 1 and not index and not warning,
            )
        )
    return drawing
