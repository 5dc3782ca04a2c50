"""Gauge: a number between its bounds."""

from collections.abc import Sequence
from typing import Literal

from panels_lib.fields import NO_DATA, field_defaults, source_of
from panels_lib.panel import JsonObject, Panel, Queries, Size
from panels_lib.targets import said, targets_of
from panels_lib.thresholds import steps
from panels_lib.units import is_share
from signals_lib.signal import Thresholds


def gauge(
    queries: Queries,
    *,
    title: str | None = None,
    description: str | None = None,
    unit: str | None = None,
    legend: str | None = None,
    thresholds: Thresholds | bool | None = None,
    mappings: Sequence[JsonObject] = (),
    low: float | None = None,
    high: float | None = None,
    calculation: str = "lastNotNull",
    shape: Literal["gauge", "circle"] = "gauge",
    sparkline: bool = True,
    threshold_labels: bool = False,
    decimals: int | None = None,
    empty: str = NO_DATA,
    overrides: Sequence[JsonObject] = (),
    transformations: Sequence[JsonObject] = (),
    links: Sequence[JsonObject] = (),
    data_links: Sequence[JsonObject] = (),
    width: int = 4,
    height: int = 4,
    key: str | None = None,
    repeat: str | None = None,
) -> Panel:
    """Show a value on a dial from `low` (0) to `high` (1 for a share, 100 for a per cent), banded by its thresholds."""
    targets = targets_of(queries, legend=legend)
    meant = said(targets, title=title, description=description, unit=unit, thresholds=thresholds)
    top = 1 if is_share(meant.unit) else 100 if meant.unit in {"%", "percent"} else None
    return Panel(
        kind="gauge",
        title=meant.title,
        description=meant.description,
        targets=targets,
        source=source_of(targets),
        options={
            "reduceOptions": {"calcs": [calculation], "fields": "", "values": False},
            "shape": shape,
            "showThresholdLabels": threshold_labels,
            "sparkline": sparkline,
        },
        defaults=field_defaults(
            unit=meant.unit,
            decimals=decimals,
            low=0 if low is None else low,
            high=top if high is None else high,
            thresholds=steps(meant.thresholds),
            mappings=mappings,
            colour={"mode": "thresholds"},
            links=data_links,
            empty=empty,
        ),
        overrides=tuple(overrides),
        transformations=tuple(transformations),
        links=tuple(links),
        size=Size(width, height),
        key=key,
        repeat=repeat,
    )
