"""State timeline: which state each thing was in, and since when."""

from typing import Literal, Unpack

from panels_lib.drawing import Settings, drawn
from panels_lib.panel import Panel, Queries, Size
from panels_lib.targets import targets_of


def state_timeline(
    queries: Queries,
    *,
    legend: str | None = None,
    merge: bool = True,
    show_values: Literal["auto", "always", "never"] = "auto",
    rows_a_page: int = 20,
    row_height: float = 0.9,
    **settings: Unpack[Settings],
) -> Panel:
    """Draw each series as a band in the colours and words of its `mappings` (or of its thresholds), 12 by 8."""
    return drawn(
        "state-timeline",
        targets_of(queries, legend=legend),
        settings,
        size=Size(12, 8),
        options={
            "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True},
            "mergeValues": merge,
            "perPage": rows_a_page,
            "rowHeight": row_height,
            "showValue": show_values,
            "tooltip": {"hideZeros": False, "mode": "single", "sort": "none"},
        },
        fields={"color": {"mode": "thresholds"}},
    )
