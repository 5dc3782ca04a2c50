"""Status history: the state at each step, for things that are checked now and then."""

from typing import Literal, Unpack

from panels_lib.drawing import Settings, drawn
from panels_lib.panel import Panel, Queries, Size
from panels_lib.targets import targets_of


def status_history(
    queries: Queries,
    *,
    legend: str | None = None,
    show_values: Literal["auto", "always", "never"] = "never",
    rows_a_page: int = 20,
    **settings: Unpack[Settings],
) -> Panel:
    """Draw each series as a row of boxes in the colours of its `mappings` (or of its thresholds), 12 by 8.

    A hundred boxes a row unless `max_data_points` says otherwise: more can't be told apart.
    """
    settings.setdefault("max_data_points", 99)
    return drawn(
        "status-history",
        targets_of(queries, legend=legend),
        settings,
        size=Size(12, 8),
        options={
            "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True},
            "perPage": rows_a_page,
            "showValue": show_values,
            "tooltip": {"hideZeros": False, "mode": "single", "sort": "none"},
        },
        fields={"color": {"mode": "thresholds"}},
    )
