"""A number in an alert's text: a template that writes its value with the unit."""

from __future__ import annotations

from decimal import Decimal

from signals_lib.exact import text

_TEMPLATES = {
    "share": "{{ $value | humanizePercentage }}",
    "%": '{{ $value | printf "%.1f" }} %',
    "s": "{{ $value | humanizeDuration }}",
    "bytes": "{{ $value | humanize1024 }}B",
    "bytes/s": "{{ $value | humanize1024 }}B/s",
    "timestamp": "{{ $value | humanizeTimestamp }}",
    "": "{{ $value | humanize }}",
}


def template(unit: str) -> str:
    """Return the template that writes an alert's value in this unit: 0.0123 of "share" as 1.23%."""
    return _TEMPLATES.get(unit) or f"{{{{ $value | humanize }}}} {unit}"


def written(number: Decimal, unit: str) -> str:
    """Write a threshold in this unit as people read it: 0.05 of "share" as 5 %."""
    if unit == "share":
        return f"{text(number * 100)} %"
    return f"{text(number)} {unit}".strip()
