"""A panel of data without a query.

FAIL panel:
    {type: timeseries, title: A}

FAIL panel:
    {type: timeseries, title: A, targets: [{expr: "", refId: A}]}

FAIL panel:
    {type: timeseries, title: A, targets: [{expr: up, refId: A, hide: true}]}

PASS panel:
    {type: timeseries, title: A, targets: [{expr: up, refId: A}]}

PASS panel:
    {type: text, title: A}
"""

from __future__ import annotations

from sync.lint.dashboard import Panel
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule

_DATA = frozenset(
    [
        "timeseries",
        "stat",
        "gauge",
        "bargauge",
        "table",
        "heatmap",
        "histogram",
        "barchart",
        "piechart",
        "state-timeline",
        "status-history",
        "logs",
        "traces",
        "nodeGraph",
        "candlestick",
        "trend",
        "xychart",
        "graph",
        "singlestat",
    ]
)
_QUERY_KINDS = frozenset({"prometheus", "loki"})


def check(panel: Panel, _project: Project) -> Findings:
    """Look for a query that is on and says something."""
    if panel.kind not in _DATA or panel.is_library or "snapshotData" in panel.raw:
        return
    if not panel.targets:
        if panel.datasource.uid not in {"-- Dashboard --", "-- Grafana --"}:
            yield Finding(f"the {panel.kind} has no query")
        return
    if all(target.hidden for target in panel.targets):
        yield Finding("every query is hidden: the panel shows nothing", pointer=("targets",))
    for number, target in enumerate(panel.targets):
        expr = target.raw.get("expr")
        if (
            (
                isinstance(expr, str)
                and not expr.strip()
                and target.datasource.kind in {*_QUERY_KINDS, ""}
                and not target.raw.get("query")
            )
            and "panelId" not in target.raw
            and not target.hidden
        ):
            yield Finding(f"the query {target.ref_id} is empty", pointer=("targets", number, "expr"))


RULE = Rule(__name__, Severity.WARNING, peers={"dashboard-linter": "panel-no-targets"}, panel=check)
