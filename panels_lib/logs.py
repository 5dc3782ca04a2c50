"""Logs: the lines themselves."""

from typing import Literal, Unpack

from panels_lib.drawing import Settings, drawn
from panels_lib.panel import Panel, Queries, Size
from panels_lib.targets import targets_of


def logs(
    queries: Queries,
    *,
    newest_first: bool = True,
    wrap: bool = True,
    pretty: bool = False,
    labels: bool = False,
    deduplicate: Literal["none", "exact", "numbers", "signature"] = "none",
    lines: int | None = None,
    **settings: Unpack[Settings],
) -> Panel:
    """Show the lines that LogQL selects, 24 by 12; `lines` is how many at most (default: the data source's)."""
    return drawn(
        "logs",
        targets_of(queries, source="loki", settings={} if lines is None else {"maxLines": lines}),
        settings,
        size=Size(24, 12),
        options={
            "dedupStrategy": deduplicate,
            "enableLogDetails": True,
            "prettifyLogMessage": pretty,
            "showLabels": labels,
            "showTime": True,
            "sortOrder": "Descending" if newest_first else "Ascending",
            "wrapLogMessage": wrap,
        },
    )
