"""Time series: how something went over time."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, Unpack

from panels_lib import overrides as o
from panels_lib.colours import COLOURS, Meaning, shades
from panels_lib.drawing import Settings, drawn, meaning_of
from panels_lib.panel import JsonObject, Panel, Queries, Size, Target
from panels_lib.targets import ref_id, targets_of
from panels_lib.thresholds import lines, number
from panels_lib.units import grafana_unit, is_share, starts_at_zero
from signals_lib.thresholds import Thresholds

TABLE: JsonObject = {
    "calcs": ["lastNotNull", "mean", "max"],
    "displayMode": "table",
    "placement": "bottom",
    "showLegend": True,
    "sortBy": "Max",
    "sortDesc": True,
}
LIST: JsonObject = {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True}


def timeseries(
    queries: Queries,
    *,
    legend: str | None = None,
    meaning: Meaning | None = None,
    stack: bool | Literal["percent"] = False,
    style: Literal["line", "bars", "points"] = "line",
    exemplars: bool = False,
    show_legend: bool | Literal["list"] = True,
    axis: str = "",
    logarithmic: bool = False,
    sparse: bool = False,
    **settings: Unpack[Settings],
) -> Panel:
    """Draw queries as lines, 12 by 8.

    `meaning` gives the colour: one query its hue (several series: shades of it), several queries shades of it in their
    order. The axis starts at 0 for rates and amounts unless `low` says otherwise. It ends at 1 for shares, except those
    of errors, which lie near 0; without an end it reaches at least to the first threshold line. Threshold lines are
    dashed and stand where the alert watches. `sparse` shows points, for data with holes.
    """
    targets = targets_of(queries, legend=legend, exemplars=exemplars)
    meant = meaning_of(targets, settings)
    if not logarithmic and starts_at_zero(meant.unit):
        settings.setdefault("low", 0)
    if is_share(meant.unit) and meaning != "errors":
        settings.setdefault("high", 1)
    custom: JsonObject = {
        "axisLabel": axis,
        "drawStyle": style,
        "fillOpacity": _fill(stack=bool(stack), style=style, meaning=meaning),
        "lineWidth": 1,
        "showPoints": "auto" if sparse else "always" if style == "points" else "never",
        "spanNulls": False,
        "stacking": {"group": "A", "mode": stack if isinstance(stack, str) else "normal" if stack else "none"},
        "thresholdsStyle": {"mode": "dashed" if meant.thresholds else "off"},
    }
    top = above_first_line(meant.thresholds)
    if "low" in settings and settings["low"] is None:
        custom["axisSoftMin"] = 0  # open below, as for a balance: zero stays in sight on whichever side the data is
        top = top or 0
    if top is not None and settings.get("high") is None:
        custom["axisSoftMax"] = top
    if logarithmic:
        custom["scaleDistribution"] = {"type": "log", "log": 10}
    return drawn(
        "timeseries",
        targets,
        settings,
        size=Size(12, 8),
        options={
            "legend": {**(LIST if show_legend == "list" else TABLE), "showLegend": bool(show_legend)},
            "tooltip": {"hideZeros": False, "mode": "multi", "sort": "desc"},
        },
        custom=custom,
        fields=hue(targets, meaning),
        bands=lines,
        overrides=coloured(targets, meaning),
    )


def _fill(*, stack: bool, style: str, meaning: str | None) -> int:
    """Return how opaque the area below a line is: grey ones lie over each other, and none says more than its line."""
    if stack:
        return 60
    return 100 if style == "bars" else 0 if meaning == "neutral" else 10


def above_first_line(thresholds: Thresholds | None) -> float | None:
    """Return how far the axis has to go for the first line above the data to be seen."""
    if thresholds is None or thresholds.direction == "below":
        return None
    first = thresholds.warning if thresholds.warning is not None else thresholds.critical
    return None if first is None else number(first * Decimal("1.2"))


def hue(targets: Sequence[Target], meaning: Meaning | None) -> JsonObject | None:
    """Return the panel's colour: fixed for one line, shades for the many lines of one query."""
    if meaning is None:
        return None
    many = len(targets) == 1 and (isinstance(targets[0].query, str) or bool(targets[0].query.labels))
    return {"color": {"mode": "shades" if many else "fixed", "fixedColor": COLOURS[meaning]}}


def coloured(targets: Sequence[Target], meaning: Meaning | None) -> list[JsonObject]:
    """Return overrides for the queries that have a colour or a unit of their own."""
    tones = shades(meaning, len(targets)) if meaning and len(targets) > 1 else [None] * len(targets)
    found = []
    for place, (target, tone) in enumerate(zip(targets, tones, strict=True)):
        colour = target.colour or tone
        properties = [o.colour(colour)] if colour else []
        if target.unit is not None:
            properties.append(o.setting("unit", grafana_unit(target.unit)))
        if properties:
            found.append(o.override(o.by_query(ref_id(place)), properties))
    return found
