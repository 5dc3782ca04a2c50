"""Legends: a list of names, or a table of calculations, below or beside what they explain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sync.diff.values import listing, text
from sync.preview import reduce, svg
from sync.preview import text as measure
from sync.preview.drawing import Drawing, Ready
from sync.preview.page import Box

if TYPE_CHECKING:
    from sync.preview.frames import Drawn

_LINE = 20
_SIZE = 12
_MOST = 100

Entry = tuple["Drawn", str]  # a field and its colour


def draw(ready: Ready, box: Box, series: list[Entry]) -> tuple[Drawing, Box]:
    """Return the legend of fields and their colours, and the box that is left for the plot."""
    mode = text(ready.option("legend", "displayMode", default="list"))
    series = [(one, colour) for one, colour in series if not _hidden(one)][:_MOST]
    if not ready.option("legend", "showLegend", default=True) or mode == "hidden" or not series:
        return Drawing(), box
    calculations = [text(name) for name in listing(ready.option("legend", "calcs", default=[]))]
    legend = _Legend(ready, series, calculations)
    if text(ready.option("legend", "placement", default="bottom")) == "right":
        width = min(max(legend.longest + 90 * len(calculations) + 40, 90), box.w * 0.4)
        side = Box(box.x + box.w - width, box.y + 4, width, box.h - 8)
        return legend.table(side) if mode == "table" else legend.column(side), box.inset(0, 0, width + 8, 0)
    if mode != "table":
        return legend.flow(box)
    rows = min(len(series), max(1, int((box.h * 0.42 - _LINE) / _LINE)))
    height: float = (rows + bool(calculations)) * _LINE + 4
    if box.h - height < 60:
        height = max(float(_LINE), box.h * 0.35)
    return legend.table(Box(box.x, box.y + box.h - height, box.w, height)), box.inset(0, 0, 0, height)


def _hidden(one: Drawn) -> bool:
    hide = one.look.custom.get("hideFrom")
    return bool(isinstance(hide, dict) and hide.get("legend"))


@dataclass
class _Legend:
    ready: Ready
    series: list[Entry]
    calculations: list[str]

    @property
    def longest(self) -> float:
        """Return how wide the longest name is."""
        return max(measure.width(one.name, _SIZE) for one, _ in self.series)

    def _entry(self, place: Box, name: str, colour: str) -> list[str]:
        """Return a colour and a name on the line that the top of a box is the base of."""
        return [
            svg.rectangle(Box(place.x, place.y - 6, 14, 4), colour, radius=2),
            svg.label(
                place.x + 20, place.y, measure.fitted(name, place.w - 20, _SIZE), _SIZE, self.ready.theme.text
            ),
        ]  # fmt: skip

    def _with_values(self, one: Drawn) -> str:
        said = [
            f"{reduce.NAMES.get(name, name)}: {one.look.shown(reduce.reduced(name, one.numbers)).text}"
            for name in self.calculations
        ]
        return "  ".join([one.name, *said])

    def flow(self, box: Box) -> tuple[Drawing, Box]:
        """Return names one after another, in as many lines as a third of the box holds."""
        places: list[tuple[float, int, str, str]] = []
        x, row = 0.0, 0
        most = max(1, int(box.h * 0.33 / _LINE))
        for one, colour in self.series:
            said = self._with_values(one)
            width = min(measure.width(said, _SIZE) + 36, box.w)
            if x and x + width > box.w:
                x, row = 0.0, row + 1
            if row >= most:
                break
            places.append((x, row, said, colour))
            x += width
        rows = min(row + 1, most)
        top = box.y + box.h - rows * _LINE
        found = Drawing()
        for left, line, said, colour in places:
            found.shapes += self._entry(Box(box.x + left, top + line * _LINE + 14, box.w - left, 0), said, colour)
        return found, box.inset(0, 0, 0, rows * _LINE + 4)

    def column(self, box: Box) -> Drawing:
        """Return a name a line."""
        found = Drawing()
        for index, (one, colour) in enumerate(self.series[: max(1, int(box.h / _LINE))]):
            place = Box(box.x, box.y + 14 + index * _LINE, box.w, 0)
            found.shapes += self._entry(place, self._with_values(one), colour)
        return found

    def table(self, box: Box) -> Drawing:
        """Return a header and a row a series, sorted as the panel says; what doesn't fit is counted."""
        rows = self._sorted()
        texts = [[one.look.shown(value).text for value in values] for one, _, values in rows]
        titles = [reduce.NAMES.get(name, name) for name in self.calculations]
        widths = [
            max([measure.width(title, _SIZE) + 14, *(measure.width(row[index], _SIZE) for row in texts)]) + 18
            for index, title in enumerate(titles)
        ]
        while widths and sum(widths) > box.w - 80:
            widths.pop()
        found = Drawing()
        y = box.y + 14
        if titles:
            found.shapes += self._header(titles, widths, Box(box.x, y, box.w, 0))
            y += _LINE
        most = max(1, int((box.y + box.h - y + 16) / _LINE))
        for index, (one, colour, _) in enumerate(rows[:most]):
            if index == most - 1 and len(rows) > most:
                left = f"and {len(rows) - index} more"
                found.shapes.append(svg.label(box.x + 20, y, left, _SIZE, self.ready.theme.secondary, italic=True))
                break
            found.shapes += self._entry(Box(box.x, y, box.w - sum(widths), 0), one.name, colour)
            right = box.x + box.w - 6
            for column in reversed(range(len(widths))):
                found.shapes.append(
                    svg.label(right, y, texts[index][column], _SIZE, self.ready.theme.text, anchor="end")
                )
                right -= widths[column]
            y += _LINE
        return found

    def _order(self) -> tuple[str, bool]:
        by = text(self.ready.option("legend", "sortBy", default=""))
        return by, bool(self.ready.option("legend", "sortDesc", default=False))

    def _sorted(self) -> list[tuple[Drawn, str, list[Any]]]:
        by, falling = self._order()
        rows = [
            (one, colour, [reduce.reduced(name, one.numbers) for name in self.calculations])
            for one, colour in self.series
        ]
        titles = [reduce.NAMES.get(name, name) for name in self.calculations]
        if by in titles:
            column = titles.index(by)
            rows.sort(key=lambda row: row[2][column] or 0, reverse=falling)
            rows.sort(key=lambda row: row[2][column] is None)
        elif by == "Name":
            rows.sort(key=lambda row: row[0].name, reverse=falling)
        return rows

    def _header(self, titles: list[str], widths: list[float], box: Box) -> list[str]:
        theme = self.ready.theme
        by, falling = self._order()
        shapes = [svg.label(box.x + 20, box.y, "Name", _SIZE, theme.secondary)]
        right = box.x + box.w - 6
        for index in reversed(range(len(widths))):
            end = right
            if titles[index] == by:
                tip = f"M{svg.number(right - 8)},{svg.number(box.y - (6 if falling else 3))}"
                shapes.append(
                    svg.path(tip + ("l4,4l4,-4" if falling else "l4,-4l4,4"), stroke=theme.secondary, width=1.4)
                )
                end -= 12
            shapes.append(svg.label(end, box.y, titles[index], _SIZE, theme.secondary, anchor="end"))
            right -= widths[index]
        return shapes
