"""Gauge: a number between its bounds."""

from typing import Literal, Unpack

from panels_lib.drawing import Settings, drawn, meaning_of, reduced
from panels_lib.panel import Panel, Queries, Size
from panels_lib.targets import targets_of
from panels_lib.units import is_share


def gauge(
    queries: Queries,
    *,
    legend: str | None = None,
    calculation: str = "lastNotNull",
    shape: Literal["gauge", "circle"] = "gauge",
    sparkline: bool = True,
    threshold_labels: bool = False,
    **settings: Unpack[Settings],
) -> Panel:
    """Show a value on a dial from `low` (0) to `high` (1 for a share, 100 for a per cent), banded by its thresholds."""
    targets = targets_of(queries, legend=legend)
    bounded(settings, meaning_of(targets, settings).unit)
    return drawn(
        "gauge",
        targets,
        settings,
        size=Size(4, 4),
        options={
            "reduceOptions": reduced(calculation),
            "shape": shape,
            "showThresholdLabels": threshold_labels,
            "sparkline": sparkline,
        },
        fields={"color": {"mode": "thresholds"}},
    )


def bounded(settings: Settings, unit: str | None) -> None:
    """Start at 0, and end where the unit does."""
    settings.setdefault("low", 0)
    if is_share(unit):
        settings.setdefault("high", 1)
    elif unit in {"%", "percent"}:
        settings.setdefault("high", 100)
