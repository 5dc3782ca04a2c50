"""A name that differs by a letter or two from a metric that everybody's exporters have.

Checked where neither a catalogue nor an exposition says which metrics there are.

FAIL promql:
    node_memory_MemAvailble_bytes

FAIL promql:
    rate(node_cpu_second_total[5m])

PASS promql:
    node_memory_MemAvailable_bytes

PASS promql:
    node_netstat_Tcp6_InSegs
"""

from __future__ import annotations

import difflib
from functools import cache

from sync.lint.known import well_known
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule


def check(query: Query, project: Project) -> Findings:
    """Compare unknown names of well-known families with those that exist."""
    for name in dict.fromkeys(selector.name for selector, _ in query.selectors if not selector.has_variable_name):
        if (
            len(name) > 12
            and ":" not in name
            and project.known.find(name) is None
            and name not in project.known.recorded
        ):
            meant = _meant(name)
            if meant:
                yield Finding(f"{name} looks like a misspelt {meant}", piece=name)


@cache
def _families() -> dict[str, tuple[str, ...]]:
    families: dict[str, list[str]] = {}
    for name in well_known():
        families.setdefault(name.partition("_")[0], []).append(name)
    return {family: tuple(names) for family, names in families.items()}


@cache
def _meant(name: str) -> str:
    """Return the well-known name that differs by a dropped, doubled, swapped or wrong letter of the lower case."""
    names = _families().get(name.partition("_")[0], ())
    if name in names or any(name == known + suffix for known in names for suffix in ("_bucket", "_count", "_sum")):
        return ""
    for known in difflib.get_close_matches(name, names, n=2, cutoff=0.93):
        if abs(len(known) - len(name)) <= 1 and _letters(name, known):
            return known
    return ""


def _letters(one: str, other: str) -> bool:
    changed = [
        (one[a:b], other[c:d])
        for tag, a, b, c, d in difflib.SequenceMatcher(None, one, other).get_opcodes()
        if tag != "equal"
    ]
    pieces = [piece for pair in changed for piece in pair]
    return 0 < len(changed) <= 2 and all(len(piece) <= 1 and (not piece or piece.islower()) for piece in pieces)


RULE = Rule(__name__, Severity.WARNING, query=check)
