"""The fields that a configuration uses, and those that real servers took or refused, by our recordings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from stack.tools import ROOT

DATA = ROOT / "tests" / "data"
_UNKNOWN = re.compile(r"field (\S+) not found in type (\S+)")


def read(path: Path) -> Any:
    """Read a configuration, with the defaults of its variables in their places, as -config.expand-env does."""
    return yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", path.read_text(encoding="utf-8")))


def fields(value: Any, path: str = "") -> Iterator[str]:
    """Yield the path of every field: `compactor.retention_enabled`, `limits_config.retention_stream[].period`."""
    if isinstance(value, dict):
        for key, item in value.items():
            own = f"{path}.{key}" if path else str(key)
            yield own
            yield from fields(item, own)
    elif isinstance(value, list):
        for item in value:
            yield from fields(item, f"{path}[]")


def started(folder: str) -> set[str]:
    """Return the fields of the configurations that a real server started with, without a warning."""
    return {each for path in (DATA / folder).glob("*.yaml") for each in fields(read(path))}


def verdicts(folder: str) -> list[dict[str, Any]]:
    """Return what a real server said of older configurations."""
    return json.loads((DATA / folder / "old-config-verdicts.json").read_text())["results"]


def refused(folder: str) -> set[str]:
    """Return the last names of the fields that a real server no longer knew."""
    return {found[1] for verdict in verdicts(folder) for found in _UNKNOWN.finditer(json.dumps(verdict))}


def seconds(duration: str) -> float:
    """Read a Go duration as seconds: `336h`, `1h30m`."""
    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
    parts = re.findall(r"([\d.]+)(ms|s|m|h)", duration)
    assert "".join(map("".join, parts)) == duration
    return sum(float(number) * units[unit] for number, unit in parts)
