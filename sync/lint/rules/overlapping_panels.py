"""Panels that lie on top of each other.

Grafana moves them apart when the page is drawn, in an order that isn't that of the file: the layout is another one than
was reviewed.

FAIL dashboard:
    panels:
      - {type: stat, title: A, gridPos: {x: 0, y: 0, w: 12, h: 8}}
      - {type: stat, title: B, gridPos: {x: 6, y: 4, w: 12, h: 8}}

FAIL dashboard:
    elements: {a: {kind: Panel, spec: {id: 1, title: A}}, b: {kind: Panel, spec: {id: 2, title: B}}}
    layout:
      kind: GridLayout
      spec:
        items:
          - {kind: GridLayoutItem, spec: {x: 0, y: 0, width: 12, height: 8, element: {kind: ElementReference, name: a}}}
          - {kind: GridLayoutItem, spec: {x: 6, y: 0, width: 12, height: 8, element: {kind: ElementReference, name: b}}}

PASS dashboard:
    elements: {a: {kind: Panel, spec: {id: 1, title: A}}, b: {kind: Panel, spec: {id: 2, title: B}}}
    layout:
      kind: RowsLayout
      spec:
        rows:
          - {kind: RowsLayoutRow, spec: {layout: {kind: GridLayout, spec: {items: [{kind: GridLayoutItem, spec:
             {x: 0, y: 0, width: 12, height: 8, element: {kind: ElementReference, name: a}}}]}}}}
          - {kind: RowsLayoutRow, spec: {layout: {kind: GridLayout, spec: {items: [{kind: GridLayoutItem, spec:
             {x: 0, y: 0, width: 12, height: 8, element: {kind: ElementReference, name: b}}}]}}}}

PASS dashboard:
    panels:
      - {type: stat, title: A, gridPos: {x: 0, y: 0, w: 12, h: 8}}
      - {type: stat, title: B, gridPos: {x: 12, y: 0, w: 12, h: 8}}
"""

from __future__ import annotations

from collections.abc import Iterator

from sync.lint.dashboard import Dashboard
from sync.lint.layout import Box, box, items
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_text

_Placed = tuple[Box, str, Pointer]


def check(dashboard: Dashboard, _project: Project) -> Findings:
    """Compare the boxes of panels that are drawn on one surface: the page, a collapsed row, a row or tab of v2."""
    surfaces: dict[object, list[_Placed]] = {}
    for surface, placed in _placed_v2(dashboard) if dashboard.is_v2 else _placed(dashboard):
        surfaces.setdefault(surface, []).append(placed)
    for panels in surfaces.values():
        yield from _overlaps(sorted(panels, key=lambda each: (each[0].y, each[0].x)))


def _placed(dashboard: Dashboard) -> Iterator[tuple[object, _Placed]]:
    base = len(dashboard.base)
    for panel in dashboard.panels:
        place = box(panel)
        if place is not None:
            yield id(panel.row), (place, panel.name, (*panel.pointer[base:], "gridPos"))


def _placed_v2(dashboard: Dashboard) -> Iterator[tuple[object, _Placed]]:
    elements = as_dict(dashboard.raw.get("elements"))
    for item in items(dashboard.raw.get("layout")):
        if item.box is not None:
            title = as_text(as_dict(as_dict(elements.get(item.element)).get("spec")).get("title"))
            yield item.surface, (item.box, title or item.element, item.pointer)


def _overlaps(panels: list[_Placed]) -> Findings:
    """Name each panel once, with one that it lies on: of a heap of panels every pair overlaps."""
    named: set[Pointer] = set()
    for index, (place, name, _) in enumerate(panels):
        for other, below, pointer in panels[index + 1 :]:
            if other.y >= place.y + place.h:
                break
            if pointer not in named and place.overlaps(other):
                named.add(pointer)
                yield Finding(f"{below!r} lies on {name!r}", pointer=pointer)


RULE = Rule(__name__, Severity.WARNING, dashboard=check)
