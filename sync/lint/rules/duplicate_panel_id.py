"""Two panels with one id.

Links to a panel, its alert and its edit page go by id: the second can't be reached, and its changes are lost. `--fix`
gives the later one an id of its own.

FAIL dashboard:
    panels:
      - {type: stat, title: A, id: 1}
      - {type: stat, title: B, id: 1}

FAIL dashboard:
    panels:
      - {type: stat, title: A, id: 2}
      - {type: stat, title: B, id: "2"}

PASS dashboard:
    panels:
      - {type: stat, title: A, id: 1}
      - {type: stat, title: B, id: 2}
"""

from __future__ import annotations

from typing import Any

from sync.lint.dashboard import Dashboard
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_number


def check(dashboard: Dashboard, _project: Project) -> Findings:
    """Collect the ids."""
    ids = [_number(panel.raw.get("id")) for panel in dashboard.panels]
    unused = int(max((number for number in ids if number is not None), default=0))
    seen: dict[float, str] = {}
    for panel, number in zip(dashboard.panels, ids, strict=True):
        if number is None:
            continue
        if number in seen:
            unused += 1
            where = (*panel.pointer[len(dashboard.base) :], "id")
            yield Finding(f"{panel.name!r} has the id {number:g} of {seen[number]!r}", pointer=where, fix=unused)
        seen.setdefault(number, panel.name)


def _number(value: Any) -> float | None:
    """Return an id as the number that links have for it; one written as text is the same."""
    return float(value) if isinstance(value, str) and value.isdecimal() else as_number(value)


RULE = Rule(__name__, Severity.ERROR, dashboard=check)
