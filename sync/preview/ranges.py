"""Ranges of time as dashboards write them, and the step and windows that Grafana makes of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from sync.preview.data import Span

_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "M": 2592000, "y": 31536000}
_MOMENT = re.compile(r"now\s*((?:[-+]\d+(?:ms|[smhdwMyQ]))*)\s*(?:/(fQ|fy|[smhdwMQy]))?")
_TERM = re.compile(r"([-+])(\d+)(ms|[smhdwMyQ])")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdwMy])")
# The steps that Grafana rounds to: what a raw step is below, and what it becomes, in milliseconds.
_ROUNDED = (
    (10, 1), (15, 10), (35, 20), (75, 50), (150, 100), (350, 200), (750, 500), (1500, 1000), (3500, 2000),
    (7500, 5000), (12500, 10000), (17500, 15000), (25000, 20000), (45000, 30000), (90000, 60000), (210000, 120000),
    (450000, 300000), (750000, 600000), (1050000, 900000), (1500000, 1200000), (2700000, 1800000),
    (5400000, 3600000), (9000000, 7200000), (16200000, 10800000), (32400000, 21600000), (86400000, 43200000),
    (604800000, 86400000), (1814400000, 604800000),
)  # fmt: skip
MOST_POINTS = 200


class TimeError(ValueError):
    """A range of time that can't be read, with what it should be."""


def span(begin: str, end: str, *, now: datetime) -> tuple[int, int]:
    """Return both ends of a range in milliseconds; TimeError says what can't be read."""
    found = (moment(begin, now=now, up=False), moment(end, now=now, up=True))
    if found[1] <= found[0]:
        raise TimeError(f"the range of time ends before it begins: {begin} to {end}")
    return found


def moment(text: str, *, now: datetime, up: bool) -> int:
    """Return a moment in milliseconds: "now-6h", "now/d" (up to its end where `up`), ISO 8601, or milliseconds."""
    text = text.strip()
    found = _MOMENT.fullmatch(text)
    if found:
        return round(_relative(found, now, up=up).timestamp() * 1000)
    if re.fullmatch(r"\d{9,14}", text):
        return int(text) if len(text) > 10 else int(text) * 1000
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise TimeError(f"{text!r} is no time: write now-6h, 2026-01-31T12:00:00Z, or milliseconds") from None
    return round((value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp() * 1000)


def _relative(found: re.Match[str], now: datetime, *, up: bool) -> datetime:
    moment = now
    for sign, count, unit in _TERM.findall(found[1] or ""):
        seconds = int(count) * _SECONDS.get(unit, 7776000)
        if seconds > 3e9:
            raise TimeError(f"{found[0]!r} is more than a hundred years away")
        moment += timedelta(seconds=seconds if sign == "+" else -seconds)
    unit = found[2]
    if not unit:
        return moment
    floor = _floor(moment, unit)
    return (
        _floor(floor + timedelta(seconds=1.5 * _SECONDS.get(unit, 86400)), unit) if up and unit in _SECONDS else floor
    )


def _floor(moment: datetime, unit: str) -> datetime:
    parts: dict[str, int] = {"microsecond": 0}
    for name, units in (("second", "mhdwMQy"), ("minute", "hdwMQy"), ("hour", "dwMQy")):
        if unit[-1] in units:
            parts[name] = 0
    moment = moment.replace(**parts)  # type: ignore[arg-type]
    if unit == "w":
        return moment - timedelta(days=moment.weekday())
    if unit[-1] in "MQy":
        moment = moment.replace(day=1)
    if unit[-1] == "Q":
        moment = moment.replace(month=1 + (moment.month - 1) // 3 * 3)
    return moment.replace(month=1) if unit[-1] == "y" else moment


def seconds(text: str) -> float | None:
    """Return a duration such as 5m or 1h30m in seconds, None where it is none."""
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text.strip():
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def spaced(begin: int, end: int, *, points: int = MOST_POINTS, least: float = 0) -> Span:
    """Return the range in the steps that Grafana would take for so many points; `least` is in seconds."""
    raw = max((end - begin) / max(points, 1), 1)
    step = next((value for limit, value in _ROUNDED if raw < limit), 31536000000)
    return Span(begin, end, max(step, round(least * 1000), 1))


def written(milliseconds: float) -> str:
    """Return a duration as Prometheus and Grafana write it, in one unit."""
    for unit, size in (("d", 86400000), ("h", 3600000), ("m", 60000), ("s", 1000)):
        if milliseconds >= size and milliseconds % size == 0:
            return f"{int(milliseconds // size)}{unit}"
    return f"{max(1, int(milliseconds))}ms"
