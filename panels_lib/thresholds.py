"""Thresholds of an indicator as Grafana's steps: the line that an alert watches is the line that its panel draws."""

from panels_lib.colours import CRITICAL, GOOD, WARNING
from panels_lib.panel import JsonObject
from signals_lib.signal import Thresholds


def steps(thresholds: Thresholds | None, *, base: str = GOOD) -> JsonObject:
    """Colour bands: green where it is fine, orange from warning, red from critical, on the side that is bad."""
    if thresholds is None:
        return absolute([(None, base)])
    bounds = [(value, colour) for value, colour in bad(thresholds) if value is not None]
    if thresholds.direction == "above":
        return absolute([(None, base), *bounds])
    # Below its bound a band is bad, so each bound starts the next better band.
    values = sorted(value for value, _ in bounds)
    colours = [colour for _, colour in sorted(bounds)]
    return absolute(list(zip([None, *values], [*colours, base], strict=True)))


def lines(thresholds: Thresholds | None) -> JsonObject:
    """Lines, not bands: each bound has its own colour whichever side of it is bad."""
    bounds = [] if thresholds is None else [(value, colour) for value, colour in bad(thresholds) if value is not None]
    return absolute([(None, "transparent" if bounds else GOOD), *sorted(bounds)])


def bad(thresholds: Thresholds) -> list[tuple[float | None, str]]:
    return [(thresholds.warning, WARNING), (thresholds.critical, CRITICAL)]


def absolute(bounds: list[tuple[float | None, str]]) -> JsonObject:
    """Return Grafana's thresholds from (from this value up, colour), the first without a value."""
    return {"mode": "absolute", "steps": [{"color": colour, "value": value} for value, colour in bounds]}
