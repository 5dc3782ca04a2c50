"""The units that a panel shows its numbers in: by default, on an axis, and by its overrides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sync.lint.dashboard import Panel, Target
from sync.lint.grafana_units import BOOLEAN, DATES, PHYSICAL, UNITS
from sync.lint.problem import Pointer
from sync.lint.shape import as_dict, as_list, as_text

KINDS = frozenset(
    {"timeseries", "stat", "gauge", "bargauge", "barchart", "piechart", "trend", "graph", "singlestat"}
    | {"histogram", "state-timeline", "status-history"}
)
"""The kinds of panels whose numbers are all of the unit by default."""
TELLING = UNITS.keys() | DATES | PHYSICAL | BOOLEAN
"""The units that say what they are of."""


def default_unit(panel: Panel) -> tuple[str, Pointer]:
    """Return the unit by default, and where it stands."""
    if panel.kind == "graph":
        axes = as_list(panel.raw.get("yaxes"))
        if axes:
            return as_text(as_dict(axes[0]).get("format")), ("yaxes", 0, "format")
    if panel.kind == "singlestat":
        return as_text(panel.raw.get("format")), ("format",)
    return as_text(panel.defaults.get("unit")), ("fieldConfig", "defaults", "unit")


_STILL = frozenset({"sortBy", "limit", "merge", "joinByField", "seriesToColumns", "renameByRegex", "prepareTimeSeries"})
_STILL |= {"labelsToFields", "timeSeriesTable", "joinByLabels", "partitionByValues", "concatenate"}
_STILL_OF_ONE = _STILL | {"organize", "filterFieldsByName", "filterByValue", "reduce"}
_STILL_OF_ONE |= {"rowsToFields", "groupingToMatrix", "filterByRefId"}
"""Transformations after which the numbers of a query have the unit that they had, and are shown."""


def are_shown(panel: Panel) -> bool:
    """Whether what the queries give is what is shown, in its own unit."""
    sent = [each for each in panel.targets if not each.hidden]
    still = _STILL_OF_ONE if len(sent) == 1 else _STILL
    transformations = map(as_dict, as_list(panel.raw.get("transformations")))
    return all(as_text(each.get("id")) in still for each in transformations if each.get("disabled") is not True)


def overriding_units(panel: Panel) -> Iterator[tuple[str, dict[str, Any], Pointer]]:
    """Yield the units that say something, with the matcher of what has them and their place."""
    for number, raw in enumerate(as_list(as_dict(panel.raw.get("fieldConfig")).get("overrides"))):
        properties = list(enumerate(map(as_dict, as_list(as_dict(raw).get("properties")))))
        set_here = [(index, as_text(each.get("value"))) for index, each in properties if each.get("id") == "unit"]
        for index, unit in set_here[-1:]:  # the last one counts
            if unit in TELLING:
                pointer = ("fieldConfig", "overrides", number, "properties", index, "value")
                yield unit, as_dict(as_dict(raw).get("matcher")), pointer
    yield from _of_old_panels(panel)


def _of_old_panels(panel: Panel) -> Iterator[tuple[str, dict[str, Any], Pointer]]:
    """Yield the units of an old table's styles, and that of an old graph's right axis for the series drawn by it."""
    for number, style in enumerate(as_list(panel.raw.get("styles"))):
        unit = as_text(as_dict(style).get("unit"))
        if as_dict(style).get("type") == "number" and unit in TELLING:
            yield unit, _named(as_text(as_dict(style).get("pattern"))), ("styles", number, "unit")
    axes = as_list(panel.raw.get("yaxes")) if panel.kind == "graph" else []
    unit = as_text(as_dict(axes[1]).get("format")) if len(axes) > 1 else ""
    for each in as_list(panel.raw.get("seriesOverrides")) if unit in TELLING else ():
        if as_dict(each).get("yaxis") == 2:
            yield unit, _named(as_text(as_dict(each).get("alias"))), ("yaxes", 1, "format")


def _named(name: str) -> dict[str, Any]:
    """Write a name of an old panel, between slashes a pattern, as a matcher of today."""
    return {"id": "byRegexp" if name.startswith("/") else "byName", "options": name}


def may_be_overridden(panel: Panel, target: Target) -> bool:
    """Whether an override, or the other axis, may give this query's series another unit."""
    for each in as_list(as_dict(panel.raw.get("fieldConfig")).get("overrides")):
        if any(as_dict(prop).get("id") == "unit" for prop in as_list(as_dict(each).get("properties"))):
            matcher = as_dict(as_dict(each).get("matcher"))
            kind, options = matcher.get("id"), as_text(matcher.get("options"))
            if kind == "byFrameRefID" and options != target.ref_id:
                continue
            if kind != "byName" or _may_be_called(panel, target, options):
                return True
    right = [each for each in map(as_dict, as_list(panel.raw.get("seriesOverrides"))) if each.get("yaxis") == 2]
    aliases = [as_text(each.get("alias")) for each in right]
    return any(each.startswith("/") or _may_be_called(panel, target, each) for each in aliases)


def _may_be_called(panel: Panel, target: Target, name: str) -> bool:
    """Whether a series of a query may have a name: its legend says, where nothing gives another."""
    if not target.legend or target.legend == "__auto" or panel.kind == "table" or "$" in target.legend + name:
        return True
    if as_list(panel.raw.get("transformations")) or "displayName" in target.panel.defaults:
        return True
    parts = re.split(r"\{\{[^{}]*\}\}", target.legend)
    return re.fullmatch(".*".join(map(re.escape, parts)), name) is not None
