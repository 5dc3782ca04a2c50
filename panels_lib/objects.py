"""The last step but one: frozen panels as grafanalib's objects. The only module that imports grafanalib.

Where grafanalib has a class for a kind, the panel becomes one; where it has none, a class here extends its Panel.
What a class can't express goes through `extraJson`, grafanalib's own way for that.
"""

from collections.abc import Sequence
from typing import Any

import attr
from grafanalib import core

from panels_lib.layout import Box, Placed, PlacedRow
from panels_lib.panel import JsonObject, PanelSource, Target
from panels_lib.targets import ref_id
from panels_lib.variables import NAMES, Variable


@attr.s
class Kind(core.Panel):
    """A panel of a kind that grafanalib has no class for: status-history, traces, nodeGraph, today's alert list."""

    kind: str = attr.ib(default="")

    def to_json_data(self) -> JsonObject:
        """Return the panel with its kind's plugin id."""
        found: JsonObject = self.panel_json({"type": self.kind})  # type: ignore[no-untyped-call]
        return found


@attr.s
class LibraryPanel(core.Panel):
    """A reference to a library panel, which Grafana draws in its place."""

    uid: str = attr.ib(default="")
    name: str = attr.ib(default="")

    def to_json_data(self) -> JsonObject:
        """Return the reference with its place only."""
        reference = {"uid": self.uid, "name": self.name}
        return {"id": self.id, "title": self.title, "gridPos": self.gridPos, "libraryPanel": reference}


@attr.s
class PrometheusTarget(core.Target):
    """grafanalib's target with what today's query model holds beyond it."""

    settings: JsonObject = attr.ib(factory=dict)

    def to_json_data(self) -> JsonObject:
        """Return the query model."""
        return {**super().to_json_data(), **self.settings}  # type: ignore[no-untyped-call]


@attr.s
class QueryTarget(core.Target):
    """A query model of another data source, whole."""

    settings: JsonObject = attr.ib(factory=dict)

    def to_json_data(self) -> JsonObject:
        """Return the query model."""
        return {"datasource": self.datasource, "hide": self.hide, "refId": self.refId, **self.settings}


@attr.s
class Template(core.Template):
    """grafanalib's variable with description and several chosen values."""

    settings: JsonObject = attr.ib(factory=dict)

    def to_json_data(self) -> JsonObject:
        """Return the variable model."""
        return {**super().to_json_data(), **self.settings}  # type: ignore[no-untyped-call]


CLASSES: dict[str, Any] = {
    "timeseries": core.TimeSeries,
    "stat": core.Stat,
    "gauge": core.GaugePanel,
    "bargauge": core.BarGauge,
    "table": core.Table,
    "heatmap": core.Heatmap,
    "state-timeline": core.StateTimeline,
    "text": core.Text,
    "logs": core.Logs,
}

# grafanalib's own bounds, 0 to 100, would cut off what a panel leaves open.
OPEN: JsonObject = {"min": None, "max": None}
NEUTRAL: dict[str, JsonObject] = {"gauge": OPEN, "bargauge": OPEN}


def panel_object(placed: Placed) -> core.Panel:
    """Return the grafanalib object of a placed panel."""
    panel = placed.panel
    place = grid_position(placed.box)
    if panel.library is not None:
        uid, name = panel.library
        return LibraryPanel(uid=uid, name=name, title=panel.title, id=placed.id, gridPos=place)
    own = NEUTRAL.get(panel.kind, {}) if panel.kind in CLASSES else {"kind": panel.kind}
    found: core.Panel = CLASSES.get(panel.kind, Kind)(
        **own,
        title=panel.title,
        id=placed.id,
        gridPos=place,
        description=panel.description,
        dataSource=None if panel.source is None else reference(panel.source),
        targets=[target_object(target, ref_id(number)) for number, target in enumerate(panel.targets)],
        links=list(panel.links),
        transformations=list(panel.transformations),
        transparent=panel.transparent,
        repeat=core.Repeat(variable=panel.repeat, direction="h" if panel.repeat else None),
        timeFrom=panel.time_from,
        interval=panel.interval,
        maxDataPoints=panel.max_data_points,
        extraJson={
            "options": dict(panel.options),
            "fieldConfig": {
                "defaults": {**panel.defaults, "custom": dict(panel.custom)},
                "overrides": list(panel.overrides),
            },
        },
    )
    return found


def row_object(placed: PlacedRow, box: Box) -> core.RowPanel:
    """Return a row's header; a collapsed row holds its panels."""
    return core.RowPanel(
        title=placed.row.title,
        id=placed.id,
        gridPos=grid_position(box),
        collapsed=placed.row.collapsed,
        repeat=core.Repeat(variable=placed.row.repeat),
        panels=[panel_object(panel) for panel in placed.panels] if placed.row.collapsed else [],
    )


def target_object(target: Target, ref: str) -> core.Target:
    """Return the query model of a target."""
    source = reference(target.source)
    if target.source == "tempo":
        settings: JsonObject = {"query": target.expr, "queryType": "traceql", **target.settings}
        return QueryTarget(datasource=source, hide=target.hide, refId=ref, settings=settings)
    legend = target.legend or "__auto"
    if target.source == "loki":
        kind = "instant" if target.instant else "range"
        named = {} if legend == "__auto" else {"legendFormat": legend}
        settings = {"expr": target.expr, "queryType": kind, "editorMode": "code", **named, **target.settings}
        return QueryTarget(datasource=source, hide=target.hide, refId=ref, settings=settings)
    return PrometheusTarget(
        expr=target.expr,
        legendFormat=legend,
        refId=ref,
        format=target.format,
        hide=target.hide,
        instant=target.instant,
        interval=target.interval or "",
        datasource=source,
        settings={"range": not target.instant, "exemplar": target.exemplars, "editorMode": "code", **target.settings},
    )


def template_object(variable: Variable) -> Template:
    """Return a variable; a query's data source is the page's own."""
    return Template(
        name=variable.name,
        query=variable.settings["query"],
        type=variable.kind,
        label=variable.title,
        multi=variable.multi,
        options=list(variable.settings.get("options", [])),
        dataSource=reference("prometheus") if variable.kind == "query" else None,
        settings=dict(variable.settings),
    )


def dashboard_object(placed: Sequence[PlacedRow], variables: Sequence[Variable], **settings: Any) -> core.Dashboard:
    """Return the page as grafanalib's Dashboard."""
    panels: list[core.Panel] = []
    for section in placed:
        if section.box is not None:
            panels.append(row_object(section, section.box))
        if section.box is None or not section.row.collapsed:
            panels += [panel_object(panel) for panel in section.panels]
    templating = core.Templating(list=[template_object(variable) for variable in variables])
    return core.Dashboard(panels=panels, templating=templating, **settings)


def reference(source: PanelSource) -> JsonObject:
    """Name a data source by its variable; several kinds in one panel are Grafana's Mixed."""
    if source == "mixed":
        return {"type": "datasource", "uid": "-- Mixed --"}
    return {"type": source, "uid": f"${{{NAMES[source]}}}"}


def grid_position(box: Box) -> core.GridPos:
    """Return a box as grafanalib's position."""
    return core.GridPos(h=box.h, w=box.w, x=box.x, y=box.y)
