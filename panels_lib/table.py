"""Table: things, their state and their numbers, the worst first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from panels_lib import cells
from panels_lib import overrides as o
from panels_lib import transformations as t
from panels_lib.fields import NO_DATA, field_defaults, source_of
from panels_lib.panel import JsonObject, Panel, Queries, Size, Target
from panels_lib.targets import ref_id, said, targets_of
from panels_lib.thresholds import steps
from panels_lib.units import grafana_unit
from signals_lib.query import Query
from signals_lib.signal import Thresholds

NEVER_SHOWN = ("Time", "__name__", "job")


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table.

    `field` is a label, or the name of a query's value: `Value` with one query, else `Value #A`; a number in the order of
    the queries (0, 1, …) means that value. `title` renames it. Unit and thresholds of a value come from its query.
    """

    field: str | int
    title: str | None = None
    unit: str | None = None
    cell: JsonObject | None = None
    mappings: Sequence[JsonObject] = ()
    thresholds: Thresholds | None = None
    links: Sequence[JsonObject] = ()
    width: int | None = None
    align: Literal["auto", "left", "right", "center"] | None = None
    low: float | None = None
    high: float | None = None
    decimals: int | None = None
    hidden: bool = False


def table(
    queries: Queries,
    *,
    columns: Sequence[Column] = (),
    title: str | None = None,
    description: str | None = None,
    sort_by: str | None = None,
    descending: bool = True,
    hide: Sequence[str] = (),
    trends: bool = False,
    join: str | None = None,
    overrides: Sequence[JsonObject] = (),
    transformations: Sequence[JsonObject] = (),
    filterable: bool = False,
    pages: bool = False,
    unit: str | None = None,
    empty: str = NO_DATA,
    links: Sequence[JsonObject] = (),
    width: int = 12,
    height: int = 8,
    key: str | None = None,
) -> Panel:
    """Show queries as a table: labels and values as columns in the order of `columns`, other fields hidden.

    Several queries become one row per set of labels (`join` names one label to join on, where they differ in others).
    Targets given with `format="time_series"` stay series, for sparklines (`trends=True` adds the transformation).
    """
    targets = tuple(tabular(target, trends) for target in targets_of(queries))
    meant = said(targets, title=title, description=description, unit=unit)
    columns = tuple(named(column, targets) for column in columns)
    shown = {str(column.field) for column in columns}
    hidden = [
        *hide,
        *(name for name in hidden_fields(targets) if name not in shown),
        *(str(c.field) for c in columns if c.hidden),
    ]
    steps_taken: list[JsonObject] = []
    if trends:
        steps_taken += [t.time_series_table(ref_id(place)) for place in range(len(targets))]
    if join:
        steps_taken.append(t.join_by_field(join))
    elif len(targets) > 1:
        steps_taken.append(t.merge())
    order = [str(column.field) for column in columns]
    titles = {str(column.field): column.title for column in columns if column.title}
    steps_taken.append(t.organize(hide=list(dict.fromkeys(hidden)), order=order, rename=titles))
    sort = sort_by or None
    return Panel(
        kind="table",
        title=meant.title,
        description=meant.description,
        targets=targets,
        source=source_of(targets),
        options={
            "showHeader": True,
            "sortBy": [{"displayName": sort, "desc": descending}] if sort else [],
            **({"enablePagination": True} if pages else {}),
        },
        defaults=field_defaults(
            unit=meant.unit if len(targets) == 1 and not columns else None,
            thresholds=steps(meant.thresholds if len(targets) == 1 and not columns else None),
            colour={"mode": "thresholds"},
            empty=empty,
        ),
        custom={"filterable": True} if filterable else {},
        overrides=(*(one for one in map(column_override, columns) if one["properties"]), *overrides),
        transformations=(*steps_taken, *transformations),
        links=tuple(links),
        size=Size(width, height),
        key=key,
    )


def tabular(target: Target, trends: bool) -> Target:
    """A table asks for the last value of each series, unless it draws their trend."""
    if target.source != "prometheus" or trends:
        return target
    return replace(target, format="table", instant=True)


def hidden_fields(targets: Sequence[Target]) -> list[str]:
    """Fields that Prometheus adds and nobody reads."""
    return [*NEVER_SHOWN]


def named(column: Column, targets: Sequence[Target]) -> Column:
    """Give a value's column its field name, and the unit and thresholds of its query."""
    if isinstance(column.field, str):
        return column
    place = column.field
    query = targets[place].query
    found = replace(column, field=f"Value #{ref_id(place)}" if len(targets) > 1 else "Value")
    if not isinstance(query, Query):
        return found
    return replace(
        found,
        title=column.title or query.title or None,
        unit=column.unit if column.unit is not None else query.unit,
        thresholds=column.thresholds or query.thresholds,
    )


def column_override(column: Column) -> JsonObject:
    """A column's settings, found by the name it is shown under."""
    properties: list[JsonObject] = []
    if column.unit is not None:
        properties.append(o.setting("unit", grafana_unit(column.unit)))
    if column.decimals is not None:
        properties.append(o.decimals(column.decimals))
    properties += o.bounds(column.low, column.high)
    if column.cell is not None:
        properties.append(o.cell(column.cell))
    if column.mappings:
        properties.append(o.mapped(*column.mappings))
    if column.thresholds is not None:
        properties.append(o.thresholds(column.thresholds))
    if column.links:
        properties.append(o.linked(*column.links))
    if column.width is not None:
        properties.append(o.width(column.width))
    if column.align is not None:
        properties.append(o.aligned(column.align))
    return o.override(o.by_name(column.title or str(column.field)), properties)


__all__ = ["Column", "cells", "table"]
