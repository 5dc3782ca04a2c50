"""Units: a signal's unit in the field's terms to the id that Grafana formats by.

Ids are those of Grafana's value formats (packages/grafana-data/src/valueFormats/categories.ts). A unit that Grafana has
no id for becomes `count:<unit>`, the form behind its own `reqps`: 1.2 K tasks/s.
"""

GRAFANA_UNITS = {
    "": "short",
    "1": "short",
    "%": "percent",
    "share": "percentunit",
    "ratio": "percentunit",
    "s": "s",
    "ms": "ms",
    "s/s": "percentunit",
    "bytes": "bytes",
    "bytes/s": "Bps",
    "bits/s": "bps",
    "requests/s": "reqps",
    "operations/s": "ops",
    "packets/s": "pps",
    "timestamp": "dateTimeAsIso",
    "bool": "bool_yes_no",
    "none": "none",
    "celsius": "celsius",
    "volts": "volt",
    "hertz": "hertz",
}
SHARES = frozenset({"share", "ratio", "s/s"})  # 0 to 1


def grafana_unit(unit: str | None) -> str:
    """Return Grafana's id of a signal's unit; ids that already carry a colon (`suffix:`, `si:`, `time:`) pass."""
    if unit is None:
        return "short"
    if ":" in unit:
        return unit
    return GRAFANA_UNITS.get(unit) or f"count:{unit}"


def is_share(unit: str | None) -> bool:
    """Whether values run from 0 to 1."""
    return unit in {"share", "ratio", "percentunit"}


def starts_at_zero(unit: str | None) -> bool:
    """Whether an axis of this unit starts at zero: rates, shares and all that counts or measures an amount."""
    return unit not in {None, "timestamp", "celsius", "volts", "dateTimeAsIso"}
