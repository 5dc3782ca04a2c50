"""Stat: one number, its colour, its word and how it got there."""

from typing import Literal, Unpack

from panels_lib.colours import COLOURS, Meaning
from panels_lib.drawing import Settings, drawn, reduced
from panels_lib.panel import Panel, Queries, Size
from panels_lib.targets import targets_of


def stat(
    queries: Queries,
    *,
    legend: str | None = None,
    meaning: Meaning | None = None,
    calculation: str = "lastNotNull",
    colour: Literal["background", "background_solid", "value", "none"] = "background",
    sparkline: bool = True,
    text: Literal["auto", "value", "value_and_name", "name", "none"] = "auto",
    orientation: Literal["auto", "horizontal", "vertical"] = "auto",
    instant: bool = False,
    **settings: Unpack[Settings],
) -> Panel:
    """Show the last value large, coloured by its thresholds, over its own sparkline, 4 by 4.

    `mappings` say it in words (`verdict`, `words`, `between`); without data it says `empty`, in grey. `meaning` gives a
    fixed colour to a number that is neither good nor bad. `instant` asks for the last value only.
    """
    return drawn(
        "stat",
        targets_of(queries, legend=legend, instant=instant),
        settings,
        size=Size(4, 4),
        options={
            "colorMode": colour,
            "graphMode": "area" if sparkline and not instant else "none",
            "orientation": orientation,
            "reduceOptions": reduced(calculation),
            "textMode": text,
        },
        fields={"color": {"mode": "fixed", "fixedColor": COLOURS[meaning]} if meaning else {"mode": "thresholds"}},
    )
