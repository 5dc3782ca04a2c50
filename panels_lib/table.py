"""Table: things, their state and their numbers, the worst first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Unpack

from panels_lib import overrides as o
from panels_lib import transformations as t
from panels_lib.drawing import Settings, drawn
from panels_lib.panel import JsonObject, Panel, Queries, Size, Target
from panels_lib.targets import ref_id, targets_of
from panels_lib.units import grafana_unit
from signals_lib.thresholds import Thresholds

NEVER_READ = ("Time", "__name__", "job")


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table.

    `field` is a label, or the number of a query (0, 1, …) for its value; title, unit and thresholds of a value come
    from its query. A text may also be the field's own name in Grafana (`Value #A`, `Trend #A`).
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

    @property
    def name(self) -> str:
        """Its field's name."""
        return str(self.field)


def table(
    queries: Queries,
    *,
    columns: Sequence[Column] = (),
    sort_by: str | None = None,
    descending: bool = True,
    hide: Sequence[str] = (),
    join: str | None = None,
    trends: bool = False,
    filterable: bool = False,
    pages: bool = False,
    **settings: Unpack[Settings],
) -> Panel:
    """Show queries as a table, 12 by 8, its columns in the order of `columns`, sorted by the title `sort_by`.

    Several queries become one row for each set of labels, or for each value of the label `join`. `trends` keeps the
    series, for sparkline cells. Time, __name__ and job are hidden unless a column names them.
    """
    targets = tuple(tabular(target, trends=trends) for target in targets_of(queries))
    columns = tuple(named(column, targets, trends=trends) for column in columns)
    settings.setdefault("thresholds", not columns)
    return drawn(
        "table",
        targets,
        settings,
        size=Size(12, 8),
        options={
            "showHeader": True,
            "sortBy": [{"displayName": sort_by, "desc": descending}] if sort_by else [],
            **({"enablePagination": True} if pages else {}),
        },
        custom={"filterable": True} if filterable else {},
        fields={"color": {"mode": "thresholds"}},
        overrides=[one for one in map(column_override, columns) if one["properties"]],
        transformations=[*joined(targets, join, trends=trends), organized(columns, hide)],
    )


def tabular(target: Target, *, trends: bool) -> Target:
    """Ask for the last value of each series, unless a trend is drawn."""
    return target if target.source == "tempo" or trends else replace(target, format="table", instant=True)


def joined(targets: Sequence[Target], join: str | None, *, trends: bool) -> list[JsonObject]:
    """Return the transformations that make one table of several answers."""
    found = [t.time_series_table(*(ref_id(place) for place in range(len(targets))))] if trends else []
    if join:
        return [*found, t.join_by_field(join)]
    return [*found, t.merge()] if len(targets) > 1 else found


def organized(columns: Sequence[Column], hide: Sequence[str]) -> JsonObject:
    """Return the transformation that hides, orders and titles the columns."""
    named_fields = {column.name for column in columns}
    hidden = [*(name for name in NEVER_READ if name not in named_fields), *hide, *(c.name for c in columns if c.hidden)]
    return t.organize(
        hide=list(dict.fromkeys(hidden)),
        order=[column.name for column in columns],
        rename={column.name: column.title for column in columns if column.title},
    )


def named(column: Column, targets: Sequence[Target], *, trends: bool) -> Column:
    """Give a value's column its field's name, and the title, unit and thresholds of its query."""
    if isinstance(column.field, str):
        return column
    place = column.field
    if not 0 <= place < len(targets):
        raise ValueError(f"column {place}: the table has {len(targets)} queries, numbered from 0")
    # Loki's tables name the query always, Prometheus's only where there are several.
    alone = len(targets) == 1 and targets[0].source == "prometheus"
    value = "Value" if alone else f"Value #{ref_id(place)}"
    found = replace(column, field=f"Trend #{ref_id(place)}" if trends else value)
    query = targets[place].query
    if isinstance(query, str):
        return found
    return replace(
        found,
        title=column.title or query.title or None,
        unit=query.unit if column.unit is None else column.unit,
        thresholds=column.thresholds or query.thresholds,
    )


def column_override(column: Column) -> JsonObject:
    """Return a column's settings, found by the title it is shown under."""
    properties: list[JsonObject] = [
        *([] if column.unit is None else [o.setting("unit", grafana_unit(column.unit))]),
        *([] if column.decimals is None else [o.decimals(column.decimals)]),
        *o.bounds(column.low, column.high),
        *([] if column.cell is None else [o.cell(column.cell)]),
        *([o.mapped(*column.mappings)] if column.mappings else []),
        *([] if column.thresholds is None else [o.thresholds(column.thresholds)]),
        *([o.linked(*column.links)] if column.links else []),
        *([] if column.width is None else [o.width(column.width)]),
        *([] if column.align is None else [o.aligned(column.align)]),
    ]
    return o.override(o.by_name(column.title or column.name), properties)
