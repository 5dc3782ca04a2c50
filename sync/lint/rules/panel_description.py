"""A panel without a description, or with one that says nothing.

At 3 a.m. someone who didn't build it asks what is normal and what to do: the description says it.

FAIL panel:
    {type: timeseries, title: A, targets: [{expr: up, refId: A}]}

FAIL panel:
    {type: timeseries, title: Targets up, description: Targets up, targets: [{expr: up, refId: A}]}

FAIL panel:
    {type: timeseries, title: Targets up, description: TODO, targets: [{expr: up, refId: A}]}

PASS panel:
    {type: timeseries, title: A, description: 1 is up. Look at the log of the others., targets: [{expr: up, refId: A}]}
"""

from __future__ import annotations

from sync.lint.dashboard import Panel
from sync.lint.placeholders import is_no_text
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_text

_WITHOUT = frozenset(
    {"row", "text", "news", "dashlist", "alertlist", "canvas", "welcome", "annolist", "logs", "traces"}
)


def check(panel: Panel, _project: Project) -> Findings:
    """Look at the description."""
    if panel.kind in _WITHOUT or panel.is_library:
        return
    text = as_text(panel.raw.get("description")).strip()
    if text and (is_no_text(text) or text.casefold().rstrip(".") == panel.title.strip().casefold()):
        message = f"the description {text[:40]!r} adds nothing to the title: say what is normal and what to do first"
        yield Finding(message, pointer=("description",))
    elif not text:
        yield Finding("no description: say what is normal and what to do first", pointer=("description",))


RULE = Rule(__name__, Severity.INFO, peers={"dashboard-linter": "panel-title-description"}, panel=check)
