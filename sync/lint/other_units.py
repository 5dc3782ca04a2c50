"""What is shown in a unit of another kind: as a date, in degrees, in watts, or as yes or no."""

from __future__ import annotations

from sync.lint.grafana_units import BOOLEAN, DATES, UNITS
from sync.lint.promql.amounts import is_span
from sync.lint.promql.factors import core, unscaled
from sync.lint.promql.measures import Dimension
from sync.lint.promql.moments import is_moment
from sync.lint.promql.physical import mismeasured
from sync.lint.promql.tree import Node


def of_another_world(tree: Node, found: Dimension | None, unit: str) -> str:
    """Return what is shown as a date, as degrees or as yes or no, and is none; '' where nothing is certain."""
    if found is None and (measure := mismeasured(tree, unit)):
        return measure
    if unit in UNITS:
        return ""
    if unit in DATES and is_moment(core(tree)):
        return "seconds since 1970 (a date is in milliseconds: multiply by 1000)"
    if unit in DATES and is_span(core(unscaled(tree)[0])):
        return "how long it is since a time, or to it"
    if unit in BOOLEAN:
        return found.words if found is not None and (found.bytes or found.seconds) else ""
    is_time = found is not None and found.seconds == 1
    return found.words if found is not None and not (unit in DATES and is_time) else ""
