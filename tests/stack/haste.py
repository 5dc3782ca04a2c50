"""Rules whose hours pass in minutes: what they are made of stays, what they wait for is shorter."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from rules_lib.durations import seconds

_WINDOW = re.compile(r"\[(\d+(?:ms|[smhd]))(:?)\]")


def hastened(rules: Path, folder: Path, *, windows: int, holds: int) -> Path:
    """Write a copy of a rule file with windows and holds divided by these, to whole milliseconds; return its path."""
    content = yaml.safe_load(rules.read_text(encoding="utf-8"))
    for group in content["groups"]:
        for rule in group["rules"]:
            rule["expr"] = _WINDOW.sub(lambda found: f"[{_part(found[1], windows)}{found[2]}]", rule["expr"])
            if "for" in rule:
                rule["for"] = _part(rule["for"], holds)
    copy = folder / rules.name
    copy.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return copy


def _part(duration: str, divisor: int) -> str:
    return f"{int(1000 * seconds(duration) / divisor)}ms"
