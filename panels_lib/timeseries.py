"""Time series: how something went over time."""

from collections.abc import Sequence
from typing import Literal

from panels_lib import overrides as o
from panels_lib.colours import COLOURS, Meaning, shades
from panels_lib.fields import by_colour, field_defaults, source_of
from panels_lib.panel import JsonObject, Panel, Queries, Size, Target
from panels_lib.targets import ref_id, said, targets_of
from panels_lib.thresholds import lines
from panels_lib.units import grafana_unit, is_share, starts_at_zero
from signals_lib.signal import Thresholds

LEGEND: JsonObject = {
    "calcs": ["lastNotNull", "mean", "max"],
    "displayMode": "table",
    "placement": "bottom",
    "showLegend": True,
    "sortBy": "Max",
    "sortDesc": True,
}


def timeseries(
    queries: Queries,
    *,
    title: str | None = None,
    description: str | None = None,
    unit: str | None = None,
    legend: str | None = None,
    meaning: Meaning | None = None,
    thresholds: Thresholds | bool | None = None,
    stack: bool | Literal["percent"] = False,
    style: Literal["line", "bars", "points"] = "line",
    low: float | None = None,
    high: float | None = None,
    decimals: int | None = None,
    exemplars: bool = False,
    show_legend: bool | Literal["list"] = True,
    axis: str = "",
    logarithmic: bool = False,
    sparse: bool = False,
    overrides: Sequence[JsonObject] = (),
    transformations: Sequence[JsonObject] = (),
    links: Sequence[JsonObject] = (),
    data_links: Sequence[JsonObject] = (),
    width: int = 12,
    height: int = 8,
    key: str | None = None,
    repeat: str | None = None,
    interval: str | None = None,
    time_from: str | None = None,
) -> Panel:
    """Draw queries as lines.

    `meaning` gives the colour: one query its hue (several series: shades of it), several queries shades of it in their
    order. Threshold lines are dashed and stand where the alert watches. `sparse` shows points, for data with holes.
    """
    targets = targets_of(queries, legend=legend, exemplars=exemplars)
    meant = said(targets, title=title, description=description, unit=unit, thresholds=thresholds)
    share = is_share(meant.unit)
    custom: JsonObject = {
        "axisLabel": axis,
        "drawStyle": style,
        "fillOpacity": 60 if stack else 100 if style == "bars" else 10,
        "lineWidth": 0 if stack and style == "bars" else 1,
        "showPoints": "auto" if sparse else "always" if style == "points" else "never",
        "spanNulls": False,
        "stacking": {"group": "A", "mode": stack if isinstance(stack, str) else "normal" if stack else "none"},
        "thresholdsStyle": {"mode": "dashed" if meant.thresholds else "off"},
    }
    if logarithmic:
        custom["scaleDistribution"] = {"type": "log", "log": 10}
    return Panel(
        kind="timeseries",
        title=meant.title,
        description=meant.description,
        targets=targets,
        source=source_of(targets),
        options={
            "legend": {
                **LEGEND,
                "showLegend": bool(show_legend),
                **({"displayMode": "list", "calcs": []} if show_legend == "list" else {}),
            },
            "tooltip": {"hideZeros": False, "mode": "multi", "sort": "desc"},
        },
        defaults=field_defaults(
            unit=meant.unit,
            decimals=decimals,
            low=0 if low is None and not logarithmic and starts_at_zero(meant.unit) else low,
            high=1 if high is None and share else high,
            thresholds=lines(meant.thresholds),
            colour=hue(targets, meaning),
            links=data_links,
            empty=None,
        ),
        custom=custom,
        overrides=(*coloured(targets, meaning), *overrides),
        transformations=tuple(transformations),
        links=tuple(links),
        size=Size(width, height),
        key=key,
        repeat=repeat,
        interval=interval,
        time_from=time_from,
    )


def hue(targets: Sequence[Target], meaning: Meaning | None) -> JsonObject | None:
    """The panel's colour: fixed for one line, shades for the many lines of one query."""
    if meaning is None:
        return None
    many = len(targets) == 1 and (isinstance(targets[0].query, str) or bool(targets[0].query.labels))
    return by_colour(COLOURS[meaning], shades=many)


def coloured(targets: Sequence[Target], meaning: Meaning | None) -> list[JsonObject]:
    """Overrides for the queries that have a colour or a unit of their own."""
    found = []
    tones = shades(meaning, len(targets)) if meaning and len(targets) > 1 else [None] * len(targets)
    for place, (target, tone) in enumerate(zip(targets, tones, strict=True)):
        properties = []
        colour = target.colour or tone
        if colour:
            properties.append(o.colour(colour))
        if target.unit is not None:
            properties.append(o.setting("unit", grafana_unit(target.unit)))
        if properties:
            found.append(o.override(o.by_query(ref_id(place)), properties))
    return found
