"""Rows of dashboards before schema 16 into the grid of today: Grafana's own arithmetic, so that positions agree."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from sync.diff.values import Json, listing, number, objects, text, whole

COLUMNS = 24
DEFAULT_SPAN = 4
DEFAULT_HEIGHT = 250
CELL = 38  # pixels of a grid row with its margin
LOWEST = 90


@dataclass
class _Area:
    """The filled height of each column of a row, in grid rows from `y`."""

    height: int
    y: int
    filled: list[int] = field(default_factory=lambda: [0] * COLUMNS)

    def place(self, width: int) -> tuple[int, int]:
        """Return x and y of a panel `width` wide: the rightmost free flight of columns, else on a new line."""
        found = self._free(width)
        if found is None:
            self.y += self.height
            self.filled = [0] * COLUMNS
            found = self._free(width) or (0, 0)
        return found[0], self.y + found[1]

    def _free(self, width: int) -> tuple[int, int] | None:
        end = start = None
        for column in range(COLUMNS - 1, -1, -1):
            if self.filled[column] >= self.height:
                break
            if end is None:
                end = column
            elif self.filled[column] <= self.filled[column + 1]:
                start = column
            else:
                break
        if start is None or end is None or end - start < width - 1:
            return None
        return start, max(self.filled[start:])

    def fill(self, x: int, y: int, width: int, height: int) -> None:
        for column in range(max(x, 0), min(x + width, COLUMNS)):
            self.filled[column] = max(self.filled[column], y + height - self.y)


def to_grid(rows: Any) -> list[Json]:
    """Return the panels of rows of old with `gridPos`, rows as panels of type row; `_path` is where each stands."""
    found: list[Json] = []
    shown = any(row.get("collapse") or row.get("showTitle") or row.get("repeat") for row in objects(rows))
    y = 0
    for index, row in enumerate(rows if isinstance(rows, list) else []):
        if not isinstance(row, dict) or row.get("repeatIteration"):
            continue
        height = _height(row.get("height"))
        header = _header(row, y, height) | {"_path": ("rows", index)} if shown else None
        if header is not None:
            found.append(header)
            y += 1
        area = _Area(height, y)
        inside: list[Json] = header["panels"] if header is not None and header["collapsed"] else found
        for position, panel in enumerate(listing(row.get("panels"))):
            if isinstance(panel, dict):
                inside.append(_placed(panel, area, height) | {"_path": ("rows", index, "panels", position)})
                y = area.y
        if header is None or not header["collapsed"]:
            y += height
    return found


def _header(row: Json, y: int, height: int) -> Json:
    return {
        "type": "row",
        "title": text(row.get("title")),
        "collapsed": bool(row.get("collapse")),
        "repeat": row.get("repeat"),
        "panels": [],
        "gridPos": {"x": 0, "y": y, "w": COLUMNS, "h": height},
    }


def _placed(panel: Json, area: _Area, row_height: int) -> Json:
    width = min(max(math.floor((number(panel.get("span")) or DEFAULT_SPAN) * 2), 1), COLUMNS)
    height = _height(panel["height"]) if panel.get("height") else row_height
    x, y = area.place(width)
    area.fill(x, y, width, height)
    rest = {key: value for key, value in panel.items() if key not in {"span", "height"}}
    if panel.get("minSpan"):
        rest["minSpan"] = min(COLUMNS, whole(panel["minSpan"]) * 2)
    return rest | {"gridPos": {"x": x, "y": y, "w": width, "h": height}}


def _height(value: Any) -> int:
    return math.ceil(max(number(value) or DEFAULT_HEIGHT, LOWEST) / CELL)
