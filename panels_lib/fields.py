"""Field defaults that every kind with numbers shares: unit, decimals, bounds, mappings, the word for no data."""

from collections.abc import Sequence

from panels_lib.mappings import indexed, no_data
from panels_lib.panel import JsonObject, Source, Target
from panels_lib.units import grafana_unit

NO_DATA = "no data"


def field_defaults(
    *,
    unit: str | None = None,
    decimals: int | None = None,
    low: float | None = None,
    high: float | None = None,
    thresholds: JsonObject | None = None,
    mappings: Sequence[JsonObject] = (),
    colour: JsonObject | None = None,
    links: Sequence[JsonObject] = (),
    display_name: str | None = None,
    empty: str | None = NO_DATA,
) -> JsonObject:
    """Return `fieldConfig.defaults`; what isn't said is left to Grafana's defaults."""
    words = [
        *mappings,
        *([] if empty is None or any(one["type"] == "special" for one in mappings) else [no_data(empty)]),
    ]
    said: JsonObject = {
        "unit": None if unit is None else grafana_unit(unit),
        "decimals": decimals,
        "min": low,
        "max": high,
        "thresholds": thresholds,
        "color": colour,
        "displayName": display_name,
        "noValue": empty,
    }
    found = {key: value for key, value in said.items() if value is not None}
    if words:
        found["mappings"] = indexed(words)
    if links:
        found["links"] = list(links)
    return found


def by_colour(meaning_colour: str, *, shades: bool = False) -> JsonObject:
    """One colour for all series, or its shades."""
    return {"mode": "shades" if shades else "fixed", "fixedColor": meaning_colour}


def source_of(targets: Sequence[Target]) -> Source | str:
    """The data source that all queries share, or Grafana's Mixed."""
    kinds = {target.source for target in targets}
    return kinds.pop() if len(kinds) == 1 else "mixed" if kinds else "prometheus"
