"""The units that are told of metrics: by the catalogue, by the rules that record series, by public dashboards."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from sync.lint.project import Project
from sync.lint.promql.dimensions import Known, dimension
from sync.lint.promql.measures import (
    BYTES,
    EVENTS,
    GIGABYTES,
    KILOBYTES,
    MEGABYTES,
    MICROSECONDS,
    MILLISECONDS,
    NANOSECONDS,
    PERCENT,
    SECONDS,
    SHARE,
    Dimension,
)
from sync.lint.promql.tree import Node, Number, walk

_TOLD: dict[str, Dimension | None] = {
    "bytes": BYTES,
    "s": SECONDS,
    "seconds": SECONDS,
    "core-seconds": SECONDS,
    "share": SHARE,
    "ratio": SHARE,
    "cores": SHARE,
    "%": PERCENT,
    "KiB": KILOBYTES,
    "MiB": MEGABYTES,
    "ms": MILLISECONDS,
    "timestamp": None,
    "": None,
}
"""Measures; any other word of a catalogue is what is counted."""
_RATIO = re.compile(r":(?:\w*_)?ratio(?:_|:|\d|$)")
"""Recorded series that are named a ratio, which is 0 to 1 where no rule multiplies it by 100."""


def units(project: Project, depth: int = 0) -> Known:
    """Return the function that gives the unit told of a metric."""

    def known(name: str) -> Dimension | None:
        metric = project.known.metrics.get(name)
        if metric is not None and metric.unit:
            return _told(metric.unit)
        trees = [rule.query.tree for rule in project.recorded.get(name, [])] if depth < 3 else []
        found = {dimension(tree, units(project, depth + 1)) for tree in trees if tree is not None}
        if _RATIO.search(name) and "percent" not in name and found <= {None}:
            return None if any(_is_hundredfold(tree) for tree in trees if tree is not None) else SHARE
        return found.pop() if len(found) == 1 else None

    return known


def usual_units(project: Project) -> Known:
    """Return the function that gives the unit told of a metric, or else the one that public dashboards show it in."""
    told = units(project)
    return lambda name: told(name) or _shown().get(name)


@cache
def _shown() -> dict[str, Dimension]:
    """Return the units in which public dashboards agree to show metrics whose names say none."""
    raw: dict[str, list[str]] = json.loads((Path(__file__).parent / "shown_units.json").read_text(encoding="utf-8"))
    return {name: _WORDS[word] for word, names in raw.items() for name in names}


_WORDS = {
    "bits": BYTES.divided(1 / 8),
    "bytes": BYTES,
    "bytes per second": BYTES.times(SECONDS.inverse()),
    "events": EVENTS,
    "gigabytes": GIGABYTES,
    "kilobytes": KILOBYTES,
    "megabytes": MEGABYTES,
    "microseconds": MICROSECONDS,
    "milliseconds": MILLISECONDS,
    "nanoseconds": NANOSECONDS,
    "percent": PERCENT,
    "seconds": SECONDS,
    "share": SHARE,
}


def _is_hundredfold(tree: Node) -> bool:
    return any(isinstance(node, Number) and node.value == 100 for node, _ in walk(tree))


def _told(unit: str) -> Dimension | None:
    measure, _, per = unit.partition("/")
    told = _TOLD.get(measure, EVENTS)
    if told is None or not per:
        return told
    return told.times(SECONDS.inverse()) if per == "s" else None
