"""Values of a document that may hold anything, taken as what they should be, or as nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from sync.lint.problem import Pointer


class FilledIn(str):
    """A value that a template fills in, as it is written: `{{ namespace }}`, which YAML would read as a mapping."""

    __slots__ = ()


def as_dict(value: Any) -> dict[str, Any]:
    """Return the value when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """Return the value when it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def as_text(value: Any) -> str:
    """Return the value when it is text, else ''."""
    return value if isinstance(value, str) else ""


def as_number(value: Any) -> float | None:
    """Return the value when it is a finite number (true and false are none), else None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    is_float = abs(value) <= sys.float_info.max  # JSON may write whole numbers of any length
    return value if is_float else None


def as_plain(value: Any) -> str:
    """Return a text, number or truth as the text that Prometheus takes it for, else ''."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, (int, float)) else ""


def as_plain_texts(value: Any) -> dict[str, str]:
    """Return an object, as labels and annotations are, with every value as text."""
    return {key: as_plain(each) for key, each in as_dict(value).items()}


def texts(value: Any, pointer: Pointer) -> Iterator[tuple[str, Pointer]]:
    """Yield every text within a value, with where it stands."""
    if isinstance(value, str):
        yield value, pointer
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from texts(each, (*pointer, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from texts(each, (*pointer, number))
