"""The last step but one: frozen panels as grafanalib's objects. The only module that imports grafanalib.

Where grafanalib has a class for a kind, the panel becomes one; where it has none, a class here extends its Panel.
What a class can't express goes through `extraJson`, grafanalib's own way for that.
"""

from collections.abc import Callable, Sequence
from typing import Any

import attr
from grafanalib import core

from panels_lib.layout import Box, Placed, PlacedRow
from panels_lib.panel import JsonObject, Panel, Source, Target
from panels_lib.targets import ref_id
from panels_lib.variables import NAMES, Variable


@attr.s
class Kind(core.Panel):  # type: ignore[misc]
    """A panel kind that grafanalib has no class for: status-history, traces, nodeGraph, an alert list with options."""

    kind = attr.ib(default="")

    def to_json_data(self) -> JsonObject:
        """Return the panel with its kind's plugin id."""
        return self.panel_json({"type": self.kind, "fieldConfig": {"overrides": []}})  # type: ignore[no-any-return]


@attr.s
class LibraryPanel(core.Panel):  # type: ignore[misc]
    """A reference to a library panel, which Grafana draws in its place."""

    uid = attr.ib(default="")
    name = attr.ib(default="")

    def to_json_data(self) -> JsonObject:
        """Return the reference with its place only."""
        reference = {"uid": self.uid, "name": self.name}
        return {
            "id": self.id,
            "title": self.title,
            "gridPos": self.gridPos,
            "libraryPanel": reference,
            "type": "library",
        }


@attr.s
class PrometheusTarget(core.Target):  # type: ignore[misc]
    """grafanalib's target with what today's query model holds beyond it."""

    settings = attr.ib(factory=dict)

    def to_json_data(self) -> JsonObject:
        """Return the query model."""
        return {**super().to_json_data(), **self.settings}


@attr.s
class QueryTarget(core.Target):  # type: ignore[misc]
    """A query model of another data source, whole."""

    settings = attr.ib(factory=dict)

    def to_json_data(self) -> JsonObject:
        """Return the query model."""
        return {"datasource": self.datasource, "hide": self.hide, "refId": self.refId, **self.settings}


@attr.s
class Template(core.Template):  # type: ignore[misc]
    """grafanalib's variable with description and several chosen values."""

    settings = attr.ib(factory=dict)

    def to_json_data(self) -> JsonObject:
        """Return the variable model."""
        return {**super().to_json_data(), **self.settings}


CLASSES: dict[str, type[Any]] = {
    "timeseries": core.TimeSeries,
    "stat": core.Stat,
    "gauge": core.GaugePanel,
    "bargauge": core.BarGauge,
    "table": core.Table,
    "heatmap": core.Heatmap,
    "state-timeline": core.StateTimeline,
    "text": core.Text,
    "logs": core.Logs,
    "piechart": core.PieChartv2,
    "barchart": core.BarChart,
    "histogram": core.Histogram,
}


def panel_object(placed: Placed) -> Any:
    """Return the grafanalib object of a placed panel."""
    panel = placed.panel
    frame = {"title": panel.title, "id": placed.id, "gridPos": grid_position(placed.box)}
    if panel.library is not None:
        uid, name = panel.library
        return LibraryPanel(uid=uid, name=name, **frame)
    make: Callable[..., Any] = CLASSES.get(panel.kind, Kind)
    own = {} if panel.kind in CLASSES else {"kind": panel.kind}
    return make(
        **frame,
        **own,
        description=panel.description,
        dataSource=None if panel.source is None else reference(panel.source),
        targets=[target_object(target, ref_id(place)) for place, target in enumerate(panel.targets)],
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


def row_object(placed: PlacedRow) -> Any:
    """Return a row's header; a collapsed row holds its panels."""
    assert placed.box is not None  # noqa: S101 - for the type checker: only titled rows have a header
    return core.RowPanel(
        title=placed.row.title,
        id=placed.id,
        gridPos=grid_position(placed.box),
        collapsed=placed.row.collapsed,
        repeat=core.Repeat(variable=placed.row.repeat),
        panels=[panel_object(panel) for panel in placed.panels] if placed.row.collapsed else [],
    )


def target_object(target: Target, ref: str) -> Any:
    """Return the query model of a target."""
    source = reference(target.source)
    if target.source == "tempo":
        settings: JsonObject = {"query": target.expr, "queryType": "traceql", **target.settings}
        return QueryTarget(datasource=source, hide=target.hide, refId=ref, settings=settings)
    if target.source == "loki":
        settings = {"expr": target.expr, "queryType": "instant" if target.instant else "range", "editorMode": "code"}
        legend = {} if target.legend in {None, "__auto"} else {"legendFormat": target.legend}
        return QueryTarget(
            datasource=source, hide=target.hide, refId=ref, settings={**settings, **legend, **target.settings}
        )
    return PrometheusTarget(
        expr=target.expr,
        legendFormat=target.legend or "__auto",
        refId=ref,
        format=target.format,
        hide=target.hide,
        instant=target.instant,
        interval=target.interval or "",
        datasource=source,
        settings={"range": not target.instant, "exemplar": target.exemplars, "editorMode": "code", **target.settings},
    )


def template_object(variable: Variable) -> Template:
    """Return a variable; the query data source is the page's own."""
    return Template(
        name=variable.name,
        query=variable.settings.get("query", ""),
        type=variable.kind,
        label=variable.title,
        multi=variable.multi,
        options=list(variable.settings.get("options", [])) or [{"selected": False}] * (variable.kind == "custom"),
        dataSource=reference("prometheus") if variable.kind == "query" else None,
        settings={"current": {}, "sort": 0, "refresh": None, **variable.settings},
    )


def dashboard_object(placed: Sequence[PlacedRow], variables: Sequence[Variable], **settings: Any) -> core.Dashboard:
    """Return the page as grafanalib's Dashboard."""
    panels: list[Any] = []
    for section in placed:
        if section.box is not None:
            panels.append(row_object(section))
        if section.box is None or not section.row.collapsed:
            panels += [panel_object(panel) for panel in section.panels]
    templating = core.Templating(list=[template_object(variable) for variable in variables])
    return core.Dashboard(panels=panels, templating=templating, **settings)


def reference(source: Source | str) -> JsonObject:
    """A data source by its variable; several kinds in one panel are Grafana's Mixed."""
    if source == "mixed":
        return {"type": "datasource", "uid": "-- Mixed --"}
    return {"type": source, "uid": f"${{{NAMES[source]}}}"}  # type: ignore[index]


def grid_position(box: Box) -> core.GridPos:
    """A box as grafanalib's position."""
    return core.GridPos(h=box.h, w=box.w, x=box.x, y=box.y)
