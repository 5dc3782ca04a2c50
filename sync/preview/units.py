"""Numbers as Grafana shows them in its units (packages/grafana-data/src/valueFormats)."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Formatter = Callable[[float, int | None], str]

_SHORT = ("", " K", " Mil", " Bil", " Tri", " Quadr", " Quint", " Sext", " Sept")
_COUNT = ("", "K", "M", "B", "T")
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi")
_DECIMAL = ("f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y")
_DECIMAL_ONE = _DECIMAL.index("")
# Units that scale by 1000 (symbol, steps from one) and by 1024.
_SI = {
    "decbits": ("b", 0), "decbytes": ("B", 0), "deckbytes": ("B", 1), "decmbytes": ("B", 2), "decgbytes": ("B", 3),
    "dectbytes": ("B", 4), "decpbytes": ("B", 5), "pps": ("p/s", 0), "bps": ("b/s", 0), "Bps": ("B/s", 0),
    "KBs": ("B/s", 1), "MBs": ("B/s", 2), "GBs": ("B/s", 3), "TBs": ("B/s", 4), "Kbits": ("b/s", 1),
    "Mbits": ("b/s", 2), "Gbits": ("b/s", 3), "hertz": ("Hz", 0), "rothz": ("Hz", 0), "watt": ("W", 0),
    "kwatt": ("W", 1), "mwatt": ("W", -1), "watth": ("Wh", 0), "kwatth": ("Wh", 1), "joule": ("J", 0),
    "amp": ("A", 0), "volt": ("V", 0), "flops": ("FLOPS", 0), "lengthm": ("m", 0), "massg": ("g", 0),
}  # fmt: skip
_IEC = {
    "bits": ("b", 0), "bytes": ("B", 0), "kbytes": ("B", 1), "mbytes": ("B", 2), "gbytes": ("B", 3),
    "tbytes": ("B", 4), "pbytes": ("B", 5), "binBps": ("B/s", 0), "binbps": ("b/s", 0), "KiBs": ("B/s", 1),
    "MiBs": ("B/s", 2), "GiBs": ("B/s", 3),
}  # fmt: skip
_COUNTED = {
    "cps": "c/s", "ops": "ops/s", "reqps": "req/s", "rps": "rd/s", "wps": "wr/s", "iops": "io/s", "eps": "evt/s",
    "mps": "msg/s", "recps": "rec/s", "rowsps": "rows/s", "cpm": "c/m", "opm": "ops/m", "reqpm": "req/m",
    "rpm": "rd/m", "wpm": "wr/m", "epm": "evts/m", "mpm": "msgs/m",
}  # fmt: skip
_FIXED = {
    "none": "", "": "", "humidity": "%H", "dB": "dB", "pixel": "px", "degree": "°", "celsius": "°C",
    "fahrenheit": "°F", "kelvin": "K", "ppm": "ppm", "lux": "lux", "rotrpm": "rpm", "pressurehpa": "hPa",
}  # fmt: skip
_CURRENCY = {"USD": "$", "GBP": "£", "EUR": "€", "JPY": "¥", "INR": "₹", "CHF": "CHF", "BRL": "R$", "KRW": "₩"}
# Seconds up to which a size is used, its seconds and its symbol.
_DURATIONS = (
    (1e-6, 1e-9, "ns"), (1e-3, 1e-6, "µs"), (1, 1e-3, "ms"), (60, 1, "s"), (3600, 60, "min"), (86400, 3600, "hour"),
    (604800, 86400, "day"), (31536000, 604800, "week"), (math.inf, 3.15569e7, "year"),
)  # fmt: skip
_TIME = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SPOKEN = (("year", 31536000), ("month", 2592000), ("week", 604800), ("day", 86400), ("hour", 3600), ("minute", 60),
           ("second", 1), ("millisecond", 0.001))  # fmt: skip


def shown(value: float, unit: str = "", decimals: int | None = None) -> str:
    """Return a number with its unit, scaled and rounded as Grafana does it."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return formatter(unit)(value, decimals)


@cache
def formatter(unit: str) -> Formatter:
    """Return what writes numbers of a unit; an id that Grafana doesn't know is a unit of its own, written behind."""
    found = _known(unit)
    if found is not None:
        return found
    kind, _, rest = unit.partition(":")
    if rest and kind in _PREFIXED:
        return _PREFIXED[kind](rest)
    if unit.startswith("currency"):
        return _currency(_CURRENCY.get(unit.removeprefix("currency"), unit.removeprefix("currency")))
    return _suffixed(unit)


def _known(unit: str) -> Formatter | None:
    if unit in _SI:
        symbol, steps = _SI[unit]
        return _scaled(1000, tuple(f" {prefix}{symbol}" for prefix in _DECIMAL), _DECIMAL_ONE + steps)
    if unit in _IEC:
        symbol, steps = _IEC[unit]
        return _scaled(1024, tuple(f" {prefix}{symbol}" for prefix in _BINARY), steps)
    if unit in _TIME:
        return lambda value, decimals: _duration(value * _TIME[unit], decimals)
    if unit in _COUNTED:
        return _counted(_COUNTED[unit])
    return _suffixed(_FIXED[unit]) if unit in _FIXED else _SPECIAL.get(unit)


def fixed(value: float, decimals: int | None = None) -> str:
    """Return a number rounded to its decimals; without any given, to as many as its size calls for."""
    if value == 0:
        return f"{0:.{max(0, decimals or 0)}f}"
    places = _decimals_for(value) if decimals is None else max(0, decimals)
    factor = 10**places if places else 1
    rounded = math.floor(value * factor + 0.5) / factor
    # JavaScript writes numbers so small or large with an exponent, and so does Grafana.
    plain = rounded == 0 or 1e-6 <= abs(rounded) < 1e21
    return f"{rounded:.{places}f}" if plain else f"{rounded:.12g}"


def _decimals_for(value: float) -> int:
    if value % 1 == 0:
        return 0
    places = 1 - math.floor(math.log10(abs(value)))
    if value * 10.0**places > 2.25:
        places += 1
    return min(max(0, places), 20)


def _scaled(factor: int, symbols: tuple[str, ...], one: int) -> Formatter:
    def write(value: float, decimals: int | None) -> str:
        size = math.floor(math.log(abs(value), factor) + 1e-12) if value else -one if one == 0 else 0
        size = min(max(size, -one), len(symbols) - 1 - one)
        return fixed(value / factor**size, decimals) + symbols[one + size].rstrip()

    return write


def _suffixed(symbol: str) -> Formatter:
    return lambda value, decimals: fixed(value, decimals) + (f" {symbol}" if symbol else "")


def _counted(symbol: str) -> Formatter:
    scaled = _scaled(1000, _COUNT, 0)
    return lambda value, decimals: f"{scaled(value, decimals)} {symbol}"


def _currency(symbol: str) -> Formatter:
    scaled = _scaled(1000, _COUNT, 0)
    return lambda value, decimals: ("-" if value < 0 else "") + symbol + scaled(abs(value), decimals)


def _boolean(words: str) -> Formatter:
    yes, _, no = words.partition("/")
    return lambda value, _decimals: yes if value else no or "-"


def _si(symbol: str) -> Formatter:
    steps = _DECIMAL.index(symbol[0]) - _DECIMAL_ONE if len(symbol) > 1 and symbol[0] in _DECIMAL else 0
    return _scaled(
        1000, tuple(f" {prefix}{symbol[1:] if steps else symbol}" for prefix in _DECIMAL), _DECIMAL_ONE + steps
    )


def _duration(seconds: float, decimals: int | None) -> str:
    if seconds == 0:
        return f"{fixed(0, decimals)} s"
    size, symbol = next((size, symbol) for limit, size, symbol in _DURATIONS if abs(seconds) < limit)
    text = fixed(seconds / size, decimals)
    return f"{text} {symbol}s" if size >= 60 and text != "1" else f"{text} {symbol}"


def _spoken(seconds: float, decimals: int | None) -> str:
    if seconds < 0:
        return f"{_spoken(-seconds, decimals)} ago"
    parts: list[str] = []
    for name, size in _SPOKEN:
        if len(parts) > (decimals or 0):
            break
        count = math.floor(seconds / size + 1e-9)
        if count or parts:
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
            seconds -= count * size
    return ", ".join(parts) or "0 seconds"


def _clock(seconds: float, _decimals: int | None) -> str:
    whole = int(abs(seconds))
    return f"{whole // 3600:02}:{whole % 3600 // 60:02}:{whole % 60:02}" + (" ago" if seconds < 0 else "")


def moment(milliseconds: float, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Return a time in milliseconds since 1970 as a date in UTC."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, tz=UTC).strftime(form)
    except (ValueError, OverflowError, OSError):
        return "Invalid date"


_SPECIAL: dict[str, Formatter] = {
    "short": _scaled(1000, _SHORT, 0),
    "percent": lambda value, decimals: f"{fixed(value, decimals)}%",
    "percentunit": lambda value, decimals: f"{fixed(value * 100, decimals)}%",
    "dtdurations": _spoken,
    "dtdurationms": lambda value, decimals: _spoken(value / 1000, decimals),
    "dthms": _clock,
    "timeticks": lambda value, decimals: _duration(value / 100, decimals),
    "clocks": _clock,
    "clockms": lambda value, decimals: _clock(value / 1000, decimals),
    "hex": lambda value, _decimals: f"{int(value):X}",
    "hex0x": lambda value, _decimals: f"0x{int(value):X}",
    "sci": lambda value, decimals: f"{value:.{2 if decimals is None else decimals}e}",
    "locale": lambda value, decimals: f"{value:,.{3 if decimals is None else decimals}f}".rstrip("0").rstrip("."),
    "string": lambda value, _decimals: f"{value:g}",
    "bool": _boolean("True/False"),
    "bool_yes_no": _boolean("Yes/No"),
    "bool_on_off": _boolean("On/Off"),
    "dateTimeAsIso": lambda value, _decimals: moment(value),
    "dateTimeAsIsoNoDateIfToday": lambda value, _decimals: moment(value),
    "dateTimeAsUS": lambda value, _decimals: moment(value, "%m/%d/%Y %I:%M:%S %p"),
    "dateTimeAsLocal": lambda value, _decimals: moment(value),
    "dateTimeFromNow": lambda value, _decimals: moment(value),
}
_PREFIXED: dict[str, Callable[[str], Formatter]] = {
    "prefix": lambda symbol: lambda value, decimals: symbol + fixed(value, decimals),
    "suffix": _suffixed,
    "count": _counted,
    "currency": _currency,
    "si": _si,
    "bool": _boolean,
    "time": lambda _form: lambda value, _decimals: moment(value),
}
