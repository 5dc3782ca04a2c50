"""Any dashboard into a page: its panels with their places in pixels, rows, variables and range of time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sync.diff import legacy, rows, v2
from sync.diff.build import objects_with_path, rooted
from sync.diff.panel_form import field_options
from sync.diff.values import Json, listing, mapping, number, objects, text, whole

if TYPE_CHECKING:
    from sync.diff.read import Document, Path

WIDTH = 1600
MARGIN = 16
CELL = 38  # pixels of a grid row with the gap below it: 30 and 8
GAP = 8
COLUMNS = 24
MOST_PANELS = 250
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    x: float
    y: float
    w: float
    h: float

    def inset(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Return the rectangle with its edges moved inwards."""
        return Box(self.x + left, self.y + top, max(1.0, self.w - left - right), max(1.0, self.h - top - bottom))


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel of today's kinds; `was` is the dead kind that the file has, `path` where it stands in the file."""

    title: str
    kind: str
    was: str
    description: str
    box: Box
    path: Path
    options: Json
    config: Json
    targets: list[Json]
    transformations: list[Json]
    source: Json


@dataclass(frozen=True, slots=True)
class Row:
    """The header of a row."""

    title: str
    box: Box
    collapsed: bool
    path: Path


@dataclass(frozen=True)
class Page:
    """A dashboard to be drawn; `left_out` counts panels beyond what one picture holds."""

    uid: str
    title: str
    tags: tuple[str, ...]
    time: tuple[str, str]
    variables: list[Json]
    panels: tuple[Panel, ...]
    rows: tuple[Row, ...]
    height: float
    left_out: int = 0
    inputs: dict[str, Json] = field(default_factory=dict)


@dataclass
class _Item:
    """A panel or row header in the grid."""

    source: Json
    x: int
    y: int
    w: int
    h: int
    row: bool


def page(document: Document, *, most: int = MOST_PANELS) -> Page:
    """Return the page of a dashboard. Collapsed rows are drawn open, as a reviewer wants to see what is in them."""
    spec = v2.classic(document.spec, root=document.root) if document.v2 else document.spec
    schema = whole(spec.get("schemaVersion"))
    grid = rows.to_grid(spec.get("rows")) if schema < 16 or "panels" not in spec else []
    sources = [*objects_with_path(spec.get("panels"), (*document.root, "panels")), *rooted(grid, document.root)]
    items = _opened(sources)
    panels = [item for item in items if not item.row]
    left_out = max(0, len(panels) - most)
    if left_out:
        last = items.index(panels[most])
        items = items[:last]
    _settle(items)
    bottom = max((item.y + item.h for item in items), default=0)
    time = mapping(spec.get("time"))
    return Page(
        uid=document.uid or text(spec.get("uid")),
        title=text(spec.get("title")) or "Dashboard without a title",
        tags=tuple(text(tag) for tag in listing(spec.get("tags")) if text(tag)),
        time=(text(time.get("from")) or "now-6h", text(time.get("to")) or "now"),
        variables=objects(mapping(spec.get("templating")).get("list")),
        panels=tuple(_panel(item, schema) for item in items if not item.row),
        rows=tuple(_row(item) for item in items if item.row),
        height=bottom * CELL,
        left_out=left_out,
        inputs=document.inputs,
    )


def _opened(sources: list[Json]) -> list[_Item]:
    """Return headers and panels in reading order; what a collapsed row holds pushes down what is below."""
    found: list[_Item] = []
    pushed = 0
    for source in _in_order(sources):
        if source.get("repeatPanelId") or source.get("repeatedByRow"):
            continue
        item = _item(source, row=source.get("type") == "row")
        item.y += pushed
        found.append(item)
        if item.row:
            item.h = 1
            inside = _inside(source)
            if inside:
                top = min(one.y for one in inside)
                for one in inside:
                    one.y += item.y + 1 - top
                found += inside
                pushed += max(one.y + one.h for one in inside) - item.y - 1
    return found


def _inside(row: Json, depth: int = 0) -> list[_Item]:
    path = row.get("_path", ())
    found: list[_Item] = []
    bottom = 0
    for source in _in_order(objects_with_path(row.get("panels"), (*path, "panels"))):
        if source.get("type") == "row":
            if depth < DEEPEST:
                header = _item(source, row=True)
                header.y, header.h = bottom, 1
                deeper = _inside(source, depth + 1)
                top = min((one.y for one in deeper), default=0)
                for one in deeper:
                    one.y += bottom + 1 - top
                found += [header, *deeper]
        else:
            found.append(_item(source, row=False))
        bottom = max((one.y + one.h for one in found), default=0)
    return found


def _in_order(sources: list[Json]) -> list[Json]:
    if not all(isinstance(source.get("gridPos"), dict) for source in sources):
        return sources
    return sorted(sources, key=lambda source: (whole(source["gridPos"].get("y")), whole(source["gridPos"].get("x"))))


def _item(source: Json, *, row: bool) -> _Item:
    grid = mapping(source.get("gridPos"))
    if row:
        return _Item(source, 0, _cells(grid.get("y"), 0), COLUMNS, 1, row=True)
    # What Grafana gives a panel without a place, clamped to what a page can hold.
    w = min(max(_cells(grid.get("w"), 12), 1), COLUMNS)
    h = min(max(_cells(grid.get("h"), 8), 1), 100)
    x = min(max(_cells(grid.get("x"), 0), 0), COLUMNS - w)
    return _Item(source, x, max(_cells(grid.get("y"), 0), 0), w, h, row=False)


def _cells(value: Any, default: int) -> int:
    found = number(value)
    return default if found is None or abs(found) > 100_000 else int(found)


def _settle(items: list[_Item]) -> None:
    """Move every panel up as far as it goes and down off what it overlaps, as Grafana's grid does."""
    floor = [0] * COLUMNS
    for item in sorted(items, key=lambda one: (one.y, not one.row, one.x)):
        item.y = max(floor[item.x : item.x + item.w])
        for column in range(item.x, item.x + item.w):
            floor[column] = item.y + item.h


def _box(item: _Item) -> Box:
    column = (WIDTH - 2 * MARGIN + GAP) / COLUMNS
    return Box(round(MARGIN + item.x * column, 1), item.y * CELL, round(item.w * column - GAP, 1), item.h * CELL - GAP)


def _row(item: _Item) -> Row:
    source = item.source
    return Row(text(source.get("title")), _box(item), bool(source.get("collapsed")), source.get("_path", ()))


def _panel(item: _Item, schema: int) -> Panel:
    source = item.source
    if isinstance(source.get("libraryPanel"), dict) and not source.get("type"):
        source = source | {"type": "library-panel-ref"}
    current, was = legacy.modern(source, schema=schema)
    if text(current.get("type")) == "text":
        current = legacy.text_panel(current)
    current = field_options(current)
    return Panel(
        title=text(current.get("title")),
        kind=text(current.get("type")) or "unknown",
        was=was,
        description=text(current.get("description")),
        box=_box(item),
        path=source.get("_path", ()),
        options=mapping(current.get("options")),
        config=mapping(current.get("fieldConfig")),
        targets=_with_refs(objects(current.get("targets"))),
        transformations=objects(current.get("transformations")),
        source=current,
    )


def _with_refs(targets: list[Json]) -> list[Json]:
    taken: set[str] = set()
    found = []
    for index, target in enumerate(targets):
        ref = text(target.get("refId"))
        if not ref or ref in taken:
            ref = next(name for name in (*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", f"Q{index}") if name not in taken)
        taken.add(ref)
        found.append(target | {"refId": ref})
    return found


def below(found: Page, offset: float) -> Page:
    """Return the page with everything moved down."""
    return replace(
        found,
        panels=tuple(replace(one, box=replace(one.box, y=one.box.y + offset)) for one in found.panels),
        rows=tuple(replace(one, box=replace(one.box, y=one.box.y + offset)) for one in found.rows),
    )
