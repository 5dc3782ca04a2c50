"""Traces: one trace as a waterfall, or a list of those that TraceQL finds."""

from typing import Unpack

from panels_lib.drawing import Settings, drawn
from panels_lib.panel import Panel, Queries, Size
from panels_lib.targets import targets_of


def traces(queries: Queries, **settings: Unpack[Settings]) -> Panel:
    """Show one trace as a waterfall, 24 by 14; the query is its id, often of a variable: `${trace}`."""
    return drawn("traces", targets_of(queries, source="tempo"), settings, size=Size(24, 14), options={})


def trace_list(queries: Queries, *, at_most: int = 20, **settings: Unpack[Settings]) -> Panel:
    """List the traces that TraceQL finds, 24 by 10, each linking to its waterfall."""
    targets = targets_of(queries, source="tempo", settings={"limit": at_most, "tableType": "traces"})
    return drawn(
        "table",
        targets,
        settings,
        size=Size(24, 10),
        options={"showHeader": True},
        fields={"color": {"mode": "thresholds"}},
    )
