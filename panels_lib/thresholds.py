"""Thresholds of an indicator as Grafana's steps: the line that an alert watches is the line that its panel draws."""

from collections.abc import Sequence
from decimal import Decimal

from panels_lib.colours import CRITICAL, GOOD, WARNING
from panels_lib.panel import JsonObject
from signals_lib.thresholds import Thresholds


def steps(thresholds: Thresholds | None, *, base: str = GOOD) -> JsonObject:
    """Return bands of colour: green is fine, orange begins at warning, red at critical, on the side that is bad."""
    if thresholds is None:
        return absolute([(None, base)])
    bounds = bad(thresholds)
    if thresholds.direction == "above":
        return absolute([(None, base), *bounds])
    # Below its bound a band is bad, so each bound starts the next better band.
    values = sorted(value for value, _ in bounds)
    colours = [colour for _, colour in sorted(bounds)]
    return absolute(list(zip([None, *values], [*colours, base], strict=True)))


def lines(thresholds: Thresholds | None) -> JsonObject:
    """Return lines instead of bands: each bound has its own colour whichever side of it is bad."""
    bounds = [] if thresholds is None else bad(thresholds)
    return absolute([(None, "transparent" if bounds else GOOD), *sorted(bounds)])


def bad(thresholds: Thresholds) -> list[tuple[float, str]]:
    """Return the bounds that there are, with their colours."""
    bounds = ((thresholds.warning, WARNING), (thresholds.critical, CRITICAL))
    return [(number(value), colour) for value, colour in bounds if value is not None]


def number(exact: Decimal) -> float:
    """Return an exact number as JSON has it, whole where it is whole."""
    return int(exact) if exact == int(exact) else float(exact)


def absolute(bounds: Sequence[tuple[float | None, str]]) -> JsonObject:
    """Return Grafana's thresholds from (from this value up, colour), the first without a value."""
    return {"mode": "absolute", "steps": [{"color": colour, "value": value} for value, colour in bounds]}
