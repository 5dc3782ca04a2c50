"""Panels that lie on top of each other.

Grafana moves them apart when the page is drawn, in an order that isn't that of the file: the layout is another one than
was reviewed.

FAIL dashboard:
    panels:
      - {type: stat, title: A, gridPos: {x: 0, y: 0, w: 12, h: 8}}
      - {type: stat, title: B, gridPos: {x: 6, y: 4, w: 12, h: 8}}

PASS dashboard:
    panels:
      - {type: stat, title: A, gridPos: {x: 0, y: 0, w: 12, h: 8}}
      - {type: stat, title: B, gridPos: {x: 12, y: 0, w: 12, h: 8}}
"""

from __future__ import annotations

from sync.lint.dashboard import Dashboard, Panel
from sync.lint.layout import Box, box
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule


def check(dashboard: Dashboard, _project: Project) -> Findings:
    """Compare the boxes of panels that are drawn on one surface: the page, or a collapsed row."""
    surfaces: dict[int, list[tuple[Box, Panel]]] = {}
    for panel in dashboard.panels:
        place = box(panel)
        if place is not None:
            surfaces.setdefault(id(panel.row), []).append((place, panel))
    for panels in surfaces.values():
        yield from _overlaps(sorted(panels, key=lambda each: (each[0].y, each[0].x)), len(dashboard.base))


def _overlaps(panels: list[tuple[Box, Panel]], base: int) -> Findings:
    for index, (place, panel) in enumerate(panels):
        for other, below in panels[index + 1 :]:
            if other.y >= place.y + place.h:
                break
            if place.overlaps(other):
                yield Finding(f"{below.name!r} lies on {panel.name!r}", pointer=(*below.pointer[base:], "gridPos"))


RULE = Rule(__name__, Severity.WARNING, dashboard=check)
