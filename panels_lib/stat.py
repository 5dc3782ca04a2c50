"""Stat: one number, its colour, its word and how it got there."""

from collections.abc import Sequence
from typing import Literal

from panels_lib.colours import COLOURS, Meaning
from panels_lib.fields import NO_DATA, by_colour, field_defaults, source_of
from panels_lib.panel import JsonObject, Panel, Queries, Size
from panels_lib.targets import said, targets_of
from panels_lib.thresholds import steps
from signals_lib.signal import Thresholds


def stat(
    queries: Queries,
    *,
    title: str | None = None,
    description: str | None = None,
    unit: str | None = None,
    legend: str | None = None,
    thresholds: Thresholds | bool | None = None,
    mappings: Sequence[JsonObject] = (),
    meaning: Meaning | None = None,
    calculation: str = "lastNotNull",
    colour: Literal["background", "background_solid", "value", "none"] = "background",
    sparkline: bool = True,
    text: Literal["auto", "value", "value_and_name", "name", "none"] = "auto",
    orientation: Literal["auto", "horizontal", "vertical"] = "auto",
    decimals: int | None = None,
    low: float | None = None,
    high: float | None = None,
    empty: str = NO_DATA,
    instant: bool = False,
    overrides: Sequence[JsonObject] = (),
    transformations: Sequence[JsonObject] = (),
    links: Sequence[JsonObject] = (),
    data_links: Sequence[JsonObject] = (),
    width: int = 4,
    height: int = 4,
    key: str | None = None,
    repeat: str | None = None,
    interval: str | None = None,
    time_from: str | None = None,
) -> Panel:
    """Show the last value large, coloured by its thresholds, over its own sparkline.

    `mappings` say it in words (`verdict`, `words`, `between`); without data it says `empty`, in grey. `meaning` gives a
    fixed colour to a number that is neither good nor bad.
    """
    targets = targets_of(queries, legend=legend, instant=instant)
    meant = said(targets, title=title, description=description, unit=unit, thresholds=thresholds)
    return Panel(
        kind="stat",
        title=meant.title,
        description=meant.description,
        targets=targets,
        source=source_of(targets),
        options={
            "colorMode": colour,
            "graphMode": "area" if sparkline and not instant else "none",
            "orientation": orientation,
            "reduceOptions": {"calcs": [calculation], "fields": "", "values": False},
            "textMode": text,
        },
        defaults=field_defaults(
            unit=meant.unit,
            decimals=decimals,
            low=low,
            high=high,
            thresholds=steps(meant.thresholds),
            mappings=mappings,
            colour=by_colour(COLOURS[meaning]) if meaning else {"mode": "thresholds"},
            links=data_links,
            empty=empty,
        ),
        overrides=tuple(overrides),
        transformations=tuple(transformations),
        links=tuple(links),
        size=Size(width, height),
        key=key,
        repeat=repeat,
        interval=interval,
        time_from=time_from,
    )
