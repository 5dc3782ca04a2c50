"""Careful looks into JSON of which nothing is known: the part that was asked for, or an empty one."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


def mapping(value: Any) -> Json:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def listing(value: Any) -> list[Any]:
    """Return the value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def objects(value: Any) -> list[Json]:
    """Return the objects of a list, leaving out whatever else is in it."""
    return [item for item in listing(value) if isinstance(item, dict)]


def text(value: Any) -> str:
    """Return the value if it is text, numbers as text, else an empty text."""
    if isinstance(value, str):
        return value
    return plain(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def number(value: Any) -> float | None:
    """Return a number, or text that says one ("12", "250px"); None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value if abs(value) < 1e300 else None
    if isinstance(value, str):
        try:
            found = float(value.removesuffix("px"))
        except ValueError:
            return None
        return found if math.isfinite(found) else None
    return None


def whole(value: Any, default: int = 0) -> int:
    """Return a number cut to a whole one."""
    found = number(value)
    return default if found is None else int(found)


def plain(value: float) -> str:
    """Return a number as people write it: 5, not 5.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else str(value)


def empty(value: Any) -> bool:
    """Whether a value says no more than its absence would: null, false, "", [] or {}."""
    return value is None or value is False or value in ("", [], {})


def plural(count: int, noun: str) -> str:
    """Return a count with its noun: "1 query", "2 queries"."""
    if count == 1:
        return f"1 {noun}"
    return f"{count} {noun.removesuffix('y')}ies" if noun.endswith("ry") else f"{count} {noun}s"
