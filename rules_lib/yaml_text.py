"""Plain data as YAML that people read: block style, keys in their order, quotes only where they are needed.

PyYAML's C emitter writes the same at a tenth of the speed, because it asks Python about every node; a team with four
hundred objectives has three hundred thousand of them.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

_PLAIN = re.compile(r"[A-Za-z(][ -~]*|\d[\d.]* [ -~]+|\d+(?:ms|[smhdw])")
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan"}


def dumps(data: dict[str, Any]) -> str:
    """Return a mapping as YAML; its values are mappings, lists, text, numbers. Any parser reads back the same data."""
    if not data:
        return "{}\n"
    lines: list[str] = []
    _mapping(data, "", "", lines)
    return "\n".join(lines) + "\n"


def _mapping(data: dict[str, Any], first: str, indent: str, lines: list[str]) -> None:
    """Add a mapping's lines; `first` is what stands before its first key ("- " in a list)."""
    lead = first
    for key, value in data.items():
        if isinstance(value, str):
            lines.append(f"{lead}{scalar(key)}: {scalar(value)}")
        else:
            _value(value, f"{lead}{scalar(key)}:", indent, lines)
        lead = indent


def _value(value: Any, before: str, indent: str, lines: list[str]) -> None:
    if isinstance(value, dict) and value:
        lines.append(before)
        _mapping(value, indent + "  ", indent + "  ", lines)
    elif isinstance(value, list) and value:
        lines.append(before)
        for item in value:
            if isinstance(item, dict) and item:
                _mapping(item, f"{indent}- ", f"{indent}  ", lines)
            else:
                lines.append(f"{indent}- {_flow(item)}")
    else:
        lines.append(f"{before} {_flow(value)}")


def _flow(value: Any) -> str:
    if isinstance(value, str):
        return scalar(value)
    # YAML 1.1 takes 1e-05 for text, 1.0e-05 for a number.
    return re.sub(r"^(-?\d+)e", r"\1.0e", json.dumps(value)) if isinstance(value, float) else json.dumps(value)


@cache
def scalar(text: str) -> str:
    """Return text as a YAML scalar: plain where it can't be taken for anything else, else in quotes."""
    if _PLAIN.fullmatch(text) and not _is_meant_otherwise(text):
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    escaped = (char if char.isprintable() and char not in '"\\' else f"\\U{ord(char):08x}" for char in text)
    return f'"{"".join(escaped)}"'


def _is_meant_otherwise(text: str) -> bool:
    return ": " in text or " #" in text or text.endswith((":", " ")) or text.lower() in _WORDS
