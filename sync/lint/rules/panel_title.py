"""A panel without a title, or with one that a tool or a hurry left behind.

Nothing says what it shows; links and alerts name it by its title. Text panels need none, nor does what stands on a
transparent ground on purpose.

FAIL panel:
    {type: timeseries, targets: [{expr: up, refId: A}]}

FAIL panel:
    {type: timeseries, title: New panel, targets: [{expr: up, refId: A}]}

FAIL panel:
    {type: timeseries, title: "TODO: a name", targets: [{expr: up, refId: A}]}

PASS panel:
    {type: timeseries, title: Targets up, targets: [{expr: up, refId: A}]}

PASS panel:
    {type: text}

PASS panel:
    {type: timeseries, title: Todo service requests, targets: [{expr: up, refId: A}]}

PASS panel:
    {type: timeseries, title: Copy of replicas, targets: [{expr: up, refId: A}]}
"""

from __future__ import annotations

from sync.lint.dashboard import Panel
from sync.lint.placeholders import is_no_title
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule

WITHOUT = frozenset({"row", "text", "news", "dashlist", "alertlist", "canvas", "welcome", "annolist"})

_ALONE = frozenset({"stat", "singlestat", "gauge", "bargauge", "piechart", "table", "logs"})
"""What stands without a frame and says itself what it shows, or belongs to the panel above."""


def check(panel: Panel, _project: Project) -> Findings:
    """Look at the title."""
    if (
        not panel.title.strip()
        and panel.kind not in WITHOUT
        and not panel.is_library
        and not (panel.raw.get("transparent") is True and panel.kind in _ALONE)
    ):
        yield Finding(f"the {panel.kind or 'panel'} has no title", pointer=("title",))
    elif is_no_title(panel.title) and panel.kind != "text":
        yield Finding(f"the title {panel.title!r} doesn't say what the panel shows", pointer=("title",))


RULE = Rule(__name__, Severity.INFO, peers={"dashboard-linter": "panel-title-description"}, panel=check)
