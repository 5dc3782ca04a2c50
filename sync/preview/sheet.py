"""A filled page as one picture: header, rows, panels, and the charts within them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sync.preview import chart, kinds, svg, units
from sync.preview import filled as data
from sync.preview import text as measure
from sync.preview.colours import ink_on
from sync.preview.drawing import Drawing
from sync.preview.page import GAP, MARGIN, WIDTH, Box

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future

    from sync.preview.colours import Theme
    from sync.preview.drawing import Chart, Ready
    from sync.preview.filled import Filled
    from sync.preview.page import Row

HEADER = 92
_TITLE = 34
_OUTLINE = {"changed": "orange", "added": "green", "removed": "red", "moved": "blue"}


@dataclass(frozen=True)
class Sheet:
    """A drawn page: shapes below the charts, charts, shapes above them, and its size in pixels.

    `drawing` are its charts as they become shapes, in the same order: that begins before the page is laid out whole.
    """

    title: str
    theme: Theme
    width: float
    height: float
    below: list[str] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    drawing: list[Future[str]] = field(default_factory=list)
    above: list[str] = field(default_factory=list)

    @property
    def stills(self) -> list[str]:
        """Return its charts as shapes, once they are."""
        return [one.result() for one in self.drawing]

    def svg(self) -> str:
        """Return the picture as one SVG file."""
        shapes = [*self.below, *self.stills, *self.above]
        return svg.document(shapes, width=self.width, height=self.height, title=self.title)


def sheet(
    found: Filled, theme: Theme, *, marks: Mapping[tuple[object, ...], str] | None = None, first: int = 0
) -> Sheet:
    """Return the page drawn in a theme; `first` numbers its charts where it shares a picture with another's.

    `marks` says of panels, by their paths in the file, how they changed (changed, added, removed, moved): those are
    outlined and all others dimmed. Without marks nothing is.
    """
    page = found.page
    height = HEADER + page.height + MARGIN + (26 if page.left_out else 0)
    below = [svg.rectangle(Box(0, 0, WIDTH, height), theme.canvas), *_header(found, theme)]
    above: list[str] = []
    charts: list[Chart] = []
    begun: list[Future[str]] = []
    for row in page.rows:
        below += _row(row, theme)
    for ready in data.ready(found, theme):
        drawing = panel(ready)
        below += drawing.shapes
        begun += [chart.begin(one, first + len(charts) + at) for at, one in enumerate(drawing.charts)]
        charts += drawing.charts
        if marks is not None:
            above += _marked(_moved(ready.panel.box), marks.get(tuple(ready.panel.path)), theme)
    if page.left_out:
        said = f"{page.left_out:,} more panels are not drawn: a picture holds {len(page.panels)}."
        below.append(svg.label(MARGIN, height - 12, said, 14, theme.secondary, italic=True))
    return Sheet(page.title, theme, WIDTH, height, below, charts, begun, above)


def _moved(box: Box) -> Box:
    return Box(box.x, box.y + HEADER, box.w, box.h)


def _header(found: Filled, theme: Theme) -> list[str]:
    page = found.page
    shapes = [svg.label(MARGIN, 38, measure.fitted(page.title, WIDTH * 0.5, 22, bold=True), 22, theme.text, bold=True)]
    form = "%Y-%m-%d %H:%M"
    when = f"{units.moment(found.span.start, form)} to {units.moment(found.span.end, form)} UTC"
    shapes.append(svg.label(WIDTH - MARGIN, 38, f"{when}  ·  {found.source}", 13, theme.secondary, anchor="end"))
    x: float = MARGIN
    for variable in found.scope.variables.values():
        if variable.hidden:
            continue
        name, value = measure.fitted(variable.label, 160, 12), measure.fitted(variable.shown or "-", 220, 12)
        widths = measure.width(name, 12) + 16, measure.width(value, 12) + 16
        if x + sum(widths) > WIDTH - MARGIN:
            break
        shapes += [
            svg.rectangle(Box(x, 54, widths[0], 24), theme.raised, stroke=theme.border, radius=2),
            svg.label(x + 8, 70, name, 12, theme.secondary),
            svg.rectangle(Box(x + widths[0], 54, widths[1], 24), theme.panel, stroke=theme.border, radius=2),
            svg.label(x + widths[0] + 8, 70, value, 12, theme.text),
        ]
        x += sum(widths) + GAP
    return shapes


def _row(row: Row, theme: Theme) -> list[str]:
    box = _moved(row.box)
    y = box.y + box.h / 2
    arrow = (
        f"M{svg.number(box.x + 4)},{svg.number(y - 3)}l5,6l5,-6"
        if not row.collapsed
        else (f"M{svg.number(box.x + 6)},{svg.number(y - 5)}l6,5l-6,5")
    )
    shapes = [
        svg.path(arrow, stroke=theme.secondary, width=1.6),
        svg.label(
            box.x + 24,
            y + 5,
            measure.fitted(row.title or "Row without a title", box.w * 0.7, 15, bold=True),
            15,
            theme.text,
            bold=True,
        ),
    ]
    if row.collapsed:
        wide = measure.width(measure.fitted(row.title, box.w * 0.7, 15, bold=True), 15, bold=True)
        shapes.append(svg.label(box.x + 36 + wide, y + 5, "closed when the page opens", 12, theme.faint, italic=True))
    return shapes


def alone(ready: Ready) -> Sheet:
    """Return one panel as a picture of its own, of the size of its box."""
    size = ready.panel.box
    at_origin = replace(ready, panel=replace(ready.panel, box=Box(0, -HEADER, size.w, size.h)))
    drawing = panel(at_origin)
    begun = [chart.begin(one, at) for at, one in enumerate(drawing.charts)]
    return Sheet(ready.title or ready.panel.kind, ready.theme, size.w, size.h, drawing.shapes, drawing.charts, begun)


def panel(ready: Ready) -> Drawing:
    """Return a panel's frame, title and inside."""
    theme = ready.theme
    box = _moved(ready.panel.box)
    shapes = []
    plain = ready.panel.source.get("transparent") is True
    if not plain:
        shapes.append(svg.rectangle(box.inset(0.5, 0.5, 0.5, 0.5), theme.panel, stroke=theme.border, radius=2))
    left, top = 10.0, 8.0
    low = box.h < _TITLE + 30
    if ready.title:
        wide = box.w / 2 if low else box.w
        title = measure.fitted(ready.title, wide - 24 - (18 if ready.panel.description else 0), 14, bold=True)
        shapes.append(svg.label(box.x + 10, box.y + 22, title, 14, theme.text, bold=True))
        if ready.panel.description:
            shapes += _information(box.x + 10 + measure.width(title, 14, bold=True) + 12, box.y + 17, theme)
        # In the lowest panels there is no room but beside the title.
        left, top = (box.w / 2, 8.0) if low else (10.0, _TITLE)
    inside = box.inset(left, top, 10, 8)
    drawing = Drawing(shapes)
    found = kinds.draw(ready, inside)
    found.charts = [replace(one, title=ready.title) for one in found.charts]
    drawing.add(found)
    return drawing


def _information(x: float, y: float, theme: Theme) -> list[str]:
    """Return the sign that a panel has a description."""
    circle = f'<circle cx="{svg.number(x)}" cy="{svg.number(y)}" r="6" fill="none" stroke="{theme.faint}"/>'
    return [circle, svg.label(x, y + 3.6, "i", 10, theme.faint, anchor="middle", bold=True)]


def _marked(box: Box, mark: str | None, theme: Theme) -> list[str]:
    if mark is None:
        return [svg.rectangle(box, theme.canvas, opacity=0.62)]
    colour = theme.colour(_OUTLINE.get(mark, "orange"))
    wide = measure.width(mark, 12, bold=True) + 14
    tag = Box(box.x + box.w - wide, box.y - 1, wide, 20)
    return [
        svg.rectangle(box.inset(1, 1, 1, 1), "none", stroke=colour, radius=2, width=3),
        svg.rectangle(tag, colour),
        svg.label(tag.x + 7, tag.y + 14, mark, 12, ink_on(colour), bold=True),
    ]
