"""Grafana's unit ids as dimensions; ids that say nothing of the kind of number (short, none) aren't here."""

from __future__ import annotations

from sync.lint.promql.measures import Dimension

_PER_SECOND = ("reqps", "ops", "cps", "rps", "wps", "iops", "eps", "mps", "pps", "recps")
_PER_MINUTE = ("reqpm", "opm", "cpm", "rpm", "wpm", "epm")

UNITS: dict[str, Dimension] = {
    "bytes": Dimension(bytes=1),
    "decbytes": Dimension(bytes=1),
    "bits": Dimension(bytes=1, factor=8),
    "decbits": Dimension(bytes=1, factor=8),
    "Bps": Dimension(bytes=1, seconds=-1),
    "binBps": Dimension(bytes=1, seconds=-1),
    "bps": Dimension(bytes=1, seconds=-1, factor=8),
    "binbps": Dimension(bytes=1, seconds=-1, factor=8),
    "kbytes": Dimension(bytes=1, factor=1 / 1024),
    "mbytes": Dimension(bytes=1, factor=1 / 1024**2),
    "gbytes": Dimension(bytes=1, factor=1 / 1024**3),
    "deckbytes": Dimension(bytes=1, factor=1e-3),
    "decmbytes": Dimension(bytes=1, factor=1e-6),
    "decgbytes": Dimension(bytes=1, factor=1e-9),
    "KBs": Dimension(bytes=1, seconds=-1, factor=1e-3),
    "MBs": Dimension(bytes=1, seconds=-1, factor=1e-6),
    "GBs": Dimension(bytes=1, seconds=-1, factor=1e-9),
    "tbytes": Dimension(bytes=1, factor=1 / 1024**4),
    "dectbytes": Dimension(bytes=1, factor=1e-12),
    "TBs": Dimension(bytes=1, seconds=-1, factor=1e-12),
    "KiBs": Dimension(bytes=1, seconds=-1, factor=1 / 1024),
    "MiBs": Dimension(bytes=1, seconds=-1, factor=1 / 1024**2),
    "GiBs": Dimension(bytes=1, seconds=-1, factor=1 / 1024**3),
    "Kbits": Dimension(bytes=1, seconds=-1, factor=8e-3),
    "Mbits": Dimension(bytes=1, seconds=-1, factor=8e-6),
    "Gbits": Dimension(bytes=1, seconds=-1, factor=8e-9),
    "hertz": Dimension(events=1, seconds=-1),
    "s": Dimension(seconds=1),
    "dtdurations": Dimension(seconds=1),
    "ms": Dimension(seconds=1, factor=1e3),
    "dtdurationms": Dimension(seconds=1, factor=1e3),
    "clocks": Dimension(seconds=1),
    "clockms": Dimension(seconds=1, factor=1e3),
    "dthms": Dimension(seconds=1),
    "dtdhms": Dimension(seconds=1),
    "µs": Dimension(seconds=1, factor=1e6),
    "ns": Dimension(seconds=1, factor=1e9),
    "m": Dimension(seconds=1, factor=1 / 60),
    "h": Dimension(seconds=1, factor=1 / 3600),
    "d": Dimension(seconds=1, factor=1 / 86400),
    "percent": Dimension(factor=100),
    "percentunit": Dimension(),
    **dict.fromkeys(_PER_SECOND, Dimension(events=1, seconds=-1)),
    **dict.fromkeys(_PER_MINUTE, Dimension(events=1, seconds=-1, factor=60)),
}

DATES = frozenset(
    {"dateTimeAsIso", "dateTimeAsIsoNoDateIfToday", "dateTimeAsUS", "dateTimeAsUSNoDateIfToday", "dateTimeAsLocal"}
    | {"dateTimeAsLocalNoDateIfToday", "dateTimeAsSystem", "dateTimeFromNow"}
)
"""Units of points in time, which Grafana counts in milliseconds since 1970."""
PHYSICAL = frozenset(
    {"celsius", "fahrenheit", "kelvin", "volt", "kvolt", "mvolt", "amp", "mamp", "watt", "kwatt", "mwatt", "voltamp"}
    | {"joule", "watth", "kwatth", "rotrpm", "rothz", "lengthm", "lengthkm", "pressurepa", "humidity", "currencyUSD"}
    | {"currencyEUR", "currencyGBP"}
)
"""Units of what is no size, time or number of events."""
BOOLEAN = frozenset({"bool", "bool_yes_no", "bool_on_off"})
"""Units of what is 0 or something: a number of bytes, or of seconds, is no yes."""
