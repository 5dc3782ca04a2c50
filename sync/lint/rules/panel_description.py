"""A panel without a description.

At 3 a.m. someone who didn't build it asks what is normal and what to do: the description says it.

FAIL panel:
    {type: timeseries, title: A, targets: [{expr: up, refId: A}]}

PASS panel:
    {type: timeseries, title: A, description: 1 is up. Look at the log of the others., targets: [{expr: up, refId: A}]}
"""

from __future__ import annotations

from sync.lint.dashboard import Panel
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_text

_WITHOUT = frozenset(
    {"row", "text", "news", "dashlist", "alertlist", "canvas", "welcome", "annolist", "logs", "traces"}
)


def check(panel: Panel, _project: Project) -> Findings:
    """Look at the description."""
    if panel.kind not in _WITHOUT and not panel.is_library and not as_text(panel.raw.get("description")).strip():
        yield Finding("no description: say what is normal and what to do first", pointer=("description",))


RULE = Rule(__name__, Severity.INFO, peers={"dashboard-linter": "panel-title-description"}, panel=check)
