"""Heatmap: how observations spread over the buckets of a histogram."""

from dataclasses import replace
from typing import Unpack

from panels_lib.colours import Meaning
from panels_lib.drawing import Settings, drawn, meaning_of
from panels_lib.panel import Panel, Queries, Size, Target
from panels_lib.targets import targets_of
from panels_lib.units import grafana_unit
from signals_lib.query import Query

SCHEMES: dict[Meaning, str] = {
    "traffic": "Blues",
    "latency": "Purples",
    "errors": "Reds",
    "warning": "Oranges",
    "saturation": "YlOrRd",
    "good": "Greens",
    "neutral": "Greys",
}


def heatmap(
    queries: Queries,
    *,
    bucket_unit: str | None = None,
    meaning: Meaning = "latency",
    exemplars: bool = False,
    **settings: Unpack[Settings],
) -> Panel:
    """Draw the rate of each bucket (`promql.buckets`) over time, 12 by 8.

    The vertical axis has `bucket_unit` (default: the unit of the histogram that the query reads), the colour is the
    number of observations a second.
    """
    targets = tuple(bucketed(target) for target in targets_of(queries, legend="{{le}}", exemplars=exemplars))
    unit = bucket_unit if bucket_unit is not None else unit_of_buckets(targets[0])
    axis = {"axisPlacement": "left", "reverse": False, **({} if unit is None else {"unit": grafana_unit(unit)})}
    settings.setdefault("thresholds", False)
    rate = meaning_of(targets, settings).unit
    return drawn(
        "heatmap",
        targets,
        settings,
        size=Size(12, 8),
        options={
            "calculate": False,
            "cellValues": {} if rate is None else {"unit": grafana_unit(rate)},
            "color": {
                "mode": "scheme",
                "scheme": SCHEMES[meaning],
                "steps": 64,
                "exponent": 0.5,
                "fill": "dark-orange",
            },
            "tooltip": {"mode": "multi", "showColorScale": True, "yHistogram": True},
            "yAxis": axis,
        },
    )


def bucketed(target: Target) -> Target:
    """Ask for buckets as a heatmap, which takes the differences between cumulative ones."""
    return replace(target, format="heatmap")


def unit_of_buckets(target: Target) -> str | None:
    """Return the unit of the histogram's observations."""
    return next((signal.unit for signal in target.query.signals), None) if isinstance(target.query, Query) else None
