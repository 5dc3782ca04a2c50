"""Rows and their panels, and where each panel goes: 24 columns, no overlap, no holes, ids that stay."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from zlib import crc32

from panels_lib.panel import Panel, Size

COLUMNS = 24
HIGHEST_ID = 2**31 - 1  # Grafana keeps panel ids in 32-bit integers


@dataclass(frozen=True)
class Row:
    """A section of a page. Without a title its panels stand free, which is for the first row only."""

    title: str | None
    panels: tuple[Panel, ...]
    collapsed: bool = False
    repeat: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Box:
    """Where something stands in the grid."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True)
class Placed:
    """A panel with its id and its place."""

    panel: Panel
    id: int
    box: Box


@dataclass(frozen=True)
class PlacedRow:
    """A row's header (None: no header) and its panels."""

    row: Row
    id: int
    box: Box | None
    panels: tuple[Placed, ...]


def row(
    title: str | None, *panels: Panel, collapsed: bool = False, repeat: str | None = None, key: str | None = None
) -> Row:
    """Make a titled section; collapsed, it opens on a click and its queries wait until then."""
    return Row(title, panels, collapsed=collapsed, repeat=repeat, key=key)


def place(rows: Sequence[Row]) -> list[PlacedRow]:
    """Give every row and panel an id and a place, from the top down."""
    ids = Ids()
    placed, y = [], 0
    for section in rows:
        name = section.key or section.title or ""
        header = None
        identity = ids.of(f"row/{name}") if section.title is not None else 0
        if section.title is not None:
            header = Box(0, y, COLUMNS, 1)
            y += 1
        inside, bottom = fill(section.panels, y)
        panels = tuple(
            Placed(panel, ids.of(f"{name}/{panel.key or f'{panel.kind}/{panel.title}'}"), box) for panel, box in inside
        )
        placed.append(PlacedRow(section, identity, header, panels))
        y = y if section.collapsed else bottom
    return placed


def fill(panels: Sequence[Panel], y: int) -> tuple[list[tuple[Panel, Box]], int]:
    """Set panels line by line; each line is as wide as the page and as high as its highest panel."""
    placed = []
    for line in lines(panels):
        height = max(panel.size.height for panel in line)
        x = 0
        for panel, width in zip(line, widths([panel.size for panel in line]), strict=True):
            placed.append((panel, Box(x, y, width, height)))
            x += width
        y += height
    return placed, y


def lines(panels: Sequence[Panel]) -> Iterator[list[Panel]]:
    """Break where the next panel doesn't fit."""
    line: list[Panel] = []
    used = 0
    for panel in panels:
        width = min(panel.size.width, COLUMNS)
        if line and used + width > COLUMNS:
            yield line
            line, used = [], 0
        line.append(panel if panel.size.width <= COLUMNS else replace(panel, size=Size(COLUMNS, panel.size.height)))
        used += width
    if line:
        yield line


def widths(sizes: Sequence[Size]) -> list[int]:
    """Stretch a line to the whole page, each panel in proportion, leftmost first."""
    total = sum(size.width for size in sizes)
    ends, seen = [0], 0
    for size in sizes:
        seen += size.width
        ends.append(round(COLUMNS * seen / total))
    return [end - start for start, end in pairwise(ends)]


class Ids:
    """Ids from names: a panel keeps its id when others come, go or move. A name's second use is numbered."""

    def __init__(self) -> None:
        self.taken: set[int] = set()
        self.uses: dict[str, int] = {}

    def of(self, name: str) -> int:
        """Return a positive id below 2^31, unique in this page."""
        use = self.uses[name] = self.uses.get(name, 0) + 1
        identity = crc32(f"{name}#{use}".encode()) % HIGHEST_ID + 1
        while identity in self.taken:
            identity = identity % HIGHEST_ID + 1
        self.taken.add(identity)
        return identity
