"""Bar gauge: many things side by side, the longest bar the worst."""

from typing import Literal, Unpack

from panels_lib.drawing import Settings, drawn, meaning_of, reduced
from panels_lib.gauge import bounded
from panels_lib.panel import Panel, Queries, Size
from panels_lib.targets import targets_of


def bar_gauge(
    queries: Queries,
    *,
    legend: str | None = None,
    calculation: str = "lastNotNull",
    mode: Literal["basic", "gradient", "lcd"] = "basic",
    orientation: Literal["auto", "horizontal", "vertical"] = "horizontal",
    names: Literal["auto", "top", "left", "hidden"] = "auto",
    instant: bool = True,
    **settings: Unpack[Settings],
) -> Panel:
    """Show a bar for each series, coloured by its thresholds, 12 by 8; shares end at 1, others at the highest."""
    targets = targets_of(queries, legend=legend, instant=instant)
    bounded(settings, meaning_of(targets, settings).unit)
    return drawn(
        "bargauge",
        targets,
        settings,
        size=Size(12, 8),
        options={
            "displayMode": mode,
            "namePlacement": names,
            "orientation": orientation,
            "reduceOptions": reduced(calculation),
        },
        fields={"color": {"mode": "thresholds"}},
    )
