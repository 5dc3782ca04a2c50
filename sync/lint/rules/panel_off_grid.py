"""A panel that reaches past the right edge, or has no size or no place.

The page is 24 columns wide; a panel that ends beyond them is cut or moved. In rows of old dashboards it is 12 (`span`).

FAIL panel:
    {type: stat, title: A, gridPos: {x: 18, y: 0, w: 12, h: 8}}

FAIL panel:
    {type: stat, title: A, gridPos: {x: 0, y: 0, w: 0, h: 8}}

FAIL panel:
    {type: stat, title: A, gridPos: {y: 0, w: 12, h: 8}}

FAIL panel:
    {type: stat, title: A, gridPos: {x: "0", y: 0, w: 12, h: 8}}

FAIL file new.json:
    {"title": "New", "panels": [{"type": "stat", "title": "A", "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}},
        {"type": "stat", "title": "B", "gridPos": null}]}

FAIL file old.json:
    {"title": "Old", "rows": [{"panels": [{"type": "graph", "title": "A", "span": 14}]}]}

PASS file old.json:
    {"title": "Old", "rows": [{"panels": [{"type": "graph", "span": 8}, {"type": "graph", "span": 12}]}]}

PASS panel:
    {type: stat, title: A, gridPos: {x: 12, y: 0, w: 12, h: 8}}
"""

from __future__ import annotations

from sync.lint.dashboard import Dashboard, Panel
from sync.lint.layout import OLD_WIDTH, WIDTH, box
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_number


def check_lacking(dashboard: Dashboard, _project: Project) -> Findings:
    """Look for panels without a place among those that have one: they lie on the first."""
    panels = [each for each in dashboard.panels if "rows" not in each.pointer]
    if dashboard.is_v2 or not any(box(each) for each in panels):
        return
    for panel in panels:
        if not panel.raw.get("gridPos"):
            where = (*panel.pointer[len(dashboard.base) :], "gridPos")
            yield Finding("it has no gridPos: Grafana puts it at the top left, on what is there", pointer=where)


def check(panel: Panel, _project: Project) -> Findings:
    """Look at the box of the panel."""
    place = box(panel)
    if panel.kind == "row":
        return
    span = as_number(panel.raw.get("span")) if "rows" in panel.pointer and "gridPos" not in panel.raw else None
    if span is not None and not 0 < span <= OLD_WIDTH:
        yield Finding(f"its span is {span:g}, of {OLD_WIDTH} columns of an old row", pointer=("span",))
    if place is None:
        grid = as_dict(panel.raw.get("gridPos"))
        lacking = [side for side in ("x", "y", "w", "h") if as_number(grid.get(side)) is None] if grid else []
        if lacking:
            yield Finding(f"its gridPos has no number for {', '.join(lacking)}", pointer=("gridPos",))
        return
    if place.x < 0 or place.y < 0 or place.w <= 0 or place.h <= 0:
        yield Finding(
            f"its place ({place.x:g}, {place.y:g}) or size ({place.w:g} by {place.h:g}) is none", pointer=("gridPos",)
        )
    elif place.x + place.w > WIDTH:
        yield Finding(f"it ends at column {place.x + place.w:g} of {WIDTH}", pointer=("gridPos",))


RULE = Rule(__name__, Severity.WARNING, panel=check, dashboard=check_lacking)
