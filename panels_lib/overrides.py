"""Overrides: settings for some of a panel's fields, found by name, regular expression, query, type or value.

override(by_name("p99"), colour("dark-purple"), line_width(2))
"""

from collections.abc import Iterable
from typing import Literal

from panels_lib.mappings import indexed
from panels_lib.panel import Json, JsonObject
from panels_lib.thresholds import steps
from panels_lib.units import grafana_unit
from signals_lib.thresholds import Thresholds

Matcher = JsonObject
Property = JsonObject


def override(matcher: Matcher, *properties: Property | Iterable[Property]) -> JsonObject:
    """Apply properties to the fields that match."""
    flat: list[Property] = []
    for one in properties:
        flat.extend([one] if isinstance(one, dict) else one)
    return {"matcher": matcher, "properties": flat}


def by_name(name: str) -> Matcher:
    """Find the field shown under this name."""
    return {"id": "byName", "options": name}


def by_names(*names: str) -> Matcher:
    """Find fields of any of these names."""
    return {"id": "byNames", "options": {"mode": "include", "names": list(names), "prefix": "", "readOnly": False}}


def by_regex(pattern: str) -> Matcher:
    """Find names that match a JavaScript regular expression."""
    return {"id": "byRegexp", "options": pattern}


def by_query(ref_id: str) -> Matcher:
    """Find every field of one query: A, B and so on."""
    return {"id": "byFrameRefID", "options": ref_id}


def by_type(kind: Literal["number", "string", "time", "boolean"]) -> Matcher:
    """Find fields of a type."""
    return {"id": "byType", "options": kind}


def by_value(reducer: str, operator: Literal["gt", "gte", "lt", "lte", "eq", "neq"], value: float) -> Matcher:
    """Find series whose reduced value compares so."""
    return {"id": "byValue", "options": {"reducer": reducer, "op": operator, "value": value}}


def setting(identity: str, value: Json) -> Property:
    """Set any property by Grafana's id, such as `custom.axisPlacement`."""
    return {"id": identity, "value": value}


def colour(name: str) -> Property:
    """Paint in one fixed colour."""
    return setting("color", {"mode": "fixed", "fixedColor": name})


def colour_by_thresholds() -> Property:
    """Paint in the colour of the value's band."""
    return setting("color", {"mode": "thresholds"})


def unit(of: str) -> Property:
    """Format by a unit in the signal's terms."""
    return setting("unit", grafana_unit(of))


def decimals(count: int) -> Property:
    """Fix the digits after the point."""
    return setting("decimals", count)


def renamed(name: str) -> Property:
    """Show another name."""
    return setting("displayName", name)


def bounds(low: float | None = None, high: float | None = None) -> list[Property]:
    """Say where a gauge or an axis starts and ends."""
    return [setting(key, value) for key, value in (("min", low), ("max", high)) if value is not None]


def mapped(*mappings: JsonObject) -> Property:
    """Map values of these fields to words."""
    return setting("mappings", indexed(mappings))


def thresholds(of: Thresholds) -> Property:
    """Band these fields."""
    return setting("thresholds", steps(of))


def linked(*links: JsonObject) -> Property:
    """Link from these fields."""
    return setting("links", list(links))


def cell(options: JsonObject) -> Property:
    """Say how a table draws the cell; see panels_lib.cells."""
    return setting("custom.cellOptions", options)


def width(pixels: int) -> Property:
    """Fix a table column's width."""
    return setting("custom.width", pixels)


def aligned(to: Literal["auto", "left", "right", "center"]) -> Property:
    """Align a table column."""
    return setting("custom.align", to)


def no_value(word: str) -> Property:
    """Show a word where there is no value."""
    return setting("noValue", word)


def line_width(pixels: int) -> Property:
    """Set a line's width."""
    return setting("custom.lineWidth", pixels)


def fill(percent: int) -> Property:
    """Set how opaque the area below a line is, 0 to 100."""
    return setting("custom.fillOpacity", percent)


def dashed() -> Property:
    """Dash the line, for a limit or a target."""
    return setting("custom.lineStyle", {"fill": "dash", "dash": [10, 10]})


def stacked(group: str | Literal[False] = "A") -> Property:
    """Stack these series in a group, or keep them out of it."""
    return setting("custom.stacking", {"mode": "normal", "group": group} if group else {"mode": "none", "group": "A"})


def on_right_axis() -> Property:
    """Give it a scale of its own, on the right."""
    return setting("custom.axisPlacement", "right")


def hidden(*, legend: bool = True, tooltip: bool = True, viz: bool = True) -> Property:
    """Leave out of the picture, the legend or the tooltip."""
    return setting("custom.hideFrom", {"legend": legend, "tooltip": tooltip, "viz": viz})
