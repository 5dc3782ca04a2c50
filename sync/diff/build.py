"""A dashboard document of any form and age into the comparable form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sync.diff import frame_form, rows, v2
from sync.diff.model import Dashboard, Notes, Panel, Place, Section
from sync.diff.panel_form import panel
from sync.diff.strip import strip
from sync.diff.values import Json, text, whole

if TYPE_CHECKING:
    from sync.diff.read import Document, LibraryPanel, Path

DEEPEST = 32
NEWEST = 42
"""The schema of what names none."""


def build(document: Document) -> Dashboard:
    """Return the comparable form of a dashboard."""
    spec = v2.classic(document.spec, root=document.root) if document.v2 else document.spec
    schema = whole(spec.get("schemaVersion"))
    notes = Notes()
    if schema < 42:
        notes.migrations.add("schema")
    grid = rows.to_grid(spec.get("rows")) if schema < 16 or "panels" not in spec else []
    collector = _Collector(schema=schema, inputs=document.inputs, notes=notes)
    collector.take([*objects_with_path(spec.get("panels"), (*document.root, "panels")), *rooted(grid, document.root)])
    return Dashboard(
        uid=document.uid,
        title=text(spec.get("title")),
        schema=schema,
        settings=frame_form.settings(spec, schema=schema, notes=notes),
        sections=tuple(collector.sections),
        panels=tuple(collector.panels),
        variables=frame_form.variables(spec, schema=schema, inputs=document.inputs, notes=notes),
        annotations=frame_form.annotation_queries(spec, inputs=document.inputs, notes=notes),
        links=frame_form.links(spec, notes=notes),
        notes=notes,
        root=document.root,
        form="v2" if document.v2 else "classic",
        library=_library(document, schema=schema, notes=notes),
    )


def _library(document: Document, *, schema: int, notes: Notes) -> dict[str, Panel]:
    """Return the panels of the library that an export holds in `__elements`."""
    held = document.spec.get("__elements")
    found: dict[str, Panel] = {}
    for uid, element in held.items() if isinstance(held, dict) else ():
        if isinstance(element, dict) and isinstance(element.get("model"), dict):
            path = (*document.root, "__elements", uid, "model")
            found[uid] = _of_library(element["model"], path, schema=schema, inputs=document.inputs, notes=notes)
    return found


def library_file(file: LibraryPanel) -> Dashboard:
    """Return the comparable form of a file for the library: that of a dashboard which brings along this panel alone."""
    notes = Notes()
    held = {"": _of_library(file.model, ("model",), schema=NEWEST, inputs={}, notes=notes)}
    return Dashboard(file.uid, "", NEWEST, {}, (), (), (), (), (), notes, library=held)


def _of_library(model: Json, path: Path, *, schema: int, inputs: dict[str, Json], notes: Notes) -> Panel:
    return panel(model, schema=schema, inputs=inputs, section=-1, place=None, path=path, notes=notes)


def objects_with_path(value: Any, path: Path) -> list[Json]:
    """Return the objects of a list, each knowing where it stands in the file."""
    items = value if isinstance(value, list) else []
    return [{"_path": (*path, index)} | item for index, item in enumerate(items) if isinstance(item, dict)]


def rooted(panels: list[Json], root: Path) -> list[Json]:
    """Return panels whose paths begin at the root of the document as paths of the file."""
    return [item | {"_path": (*root, *item["_path"])} for item in panels]


@dataclass
class _Collector:
    """Walks panels in reading order; a row that isn't nested holds what follows it, up to the next row."""

    schema: int
    inputs: dict[str, Json]
    notes: Notes
    panels: list[Panel] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    def take(self, items: list[Json], *, section: int = -1, depth: int = 0) -> None:
        current, top = section, 0
        ordered = _in_reading_order(items)
        self.notes.migrations.update({"order"} if ordered != items and self.schema < 16 else ())
        for item in ordered:
            if item.get("repeatPanelId") or item.get("repeatedByRow"):
                continue
            if item.get("type") == "row":
                current, top = self._section(item, parent=section, depth=depth), _row_bottom(item)
            else:
                self.panels.append(self._panel(item, section=current, top=top))

    def _section(self, item: Json, *, parent: int, depth: int) -> int:
        keys = ("repeat", "conditionalRendering", "fillScreen", "hideHeader", "grid", "collapsed")
        tree = strip({key: item.get(key) for key in keys}, {}, dropped=self.notes.defaults)
        self.sections.append(
            Section(text(item.get("title")), text(item.get("_kind")) or "row", tree, item.get("_path", ()), parent)
        )
        index = len(self.sections) - 1
        inside = objects_with_path(item.get("panels"), (*item.get("_path", ()), "panels"))
        if item.get("_nested") and depth < DEEPEST:
            self.take(inside, section=index, depth=depth + 1)
        else:
            ordered = _in_reading_order(inside)
            top = min((_y(one) for one in ordered), default=0)
            self.panels += [
                self._panel(one, section=index, top=min(top, _row_bottom(item)) or top)
                for one in ordered
                if one.get("type") != "row"
            ]
        return index

    def _panel(self, item: Json, *, section: int, top: int) -> Panel:
        place = None
        if isinstance(item.get("gridPos"), dict) and item.get("_layout") != "auto":
            grid = item["gridPos"]
            place = Place(whole(grid.get("x")), whole(grid.get("y")) - top, whole(grid.get("w")), whole(grid.get("h")))
        path = item.get("_path", ())
        return panel(
            item, schema=self.schema, inputs=self.inputs, section=section, place=place, path=path, notes=self.notes
        )


def _y(item: Json) -> int:
    grid = item.get("gridPos")
    return whole(grid.get("y")) if isinstance(grid, dict) else 0


def _row_bottom(item: Json) -> int:
    return _y(item) + 1


def _in_reading_order(items: list[Json]) -> list[Json]:
    """Sort as Grafana does; where two stand in one place the file's order means nothing, so rows and names decide."""
    if not all(isinstance(item.get("gridPos"), dict) for item in items):
        return items
    return sorted(
        items,
        key=lambda item: (
            _y(item),
            item.get("type") != "row",
            whole(item["gridPos"].get("x")),
            text(item.get("title")),
        ),
    )
