"""A kind of panel that Grafana no longer has, or never had.

Angular panels are gone since Grafana 12; some are migrated when the page is opened, others show an error. A kind that
is no plugin's id shows "Panel plugin not found".

FAIL panel:
    {type: graph, title: A}

FAIL panel:
    {type: natel-discrete-panel, title: A}

FAIL panel:
    {type: timeserie, title: A}

PASS panel:
    {type: timeseries, title: A}

PASS panel:
    {type: acme-fancy-panel, title: A}
"""

from __future__ import annotations

import difflib

from sync.lint.dashboard import Panel
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule

_NOW = {
    "graph": "timeseries",
    "singlestat": "stat",
    "table-old": "table",
    "grafana-piechart-panel": "piechart",
    "grafana-worldmap-panel": "geomap",
    "natel-discrete-panel": "state-timeline",
    "flant-statusmap-panel": "status-history",
    "heatmap-new": "heatmap",
    "grafana-singlestat-panel": "stat",
    "michaeldmoore-multistat-panel": "bargauge",
    "vonage-status-panel": "stat",
    "jdbranham-diagram-panel": "",
    "btplc-status-dot-panel": "stat",
    "mtanda-histogram-panel": "histogram",
    "petrslavotinek-carpetplot-panel": "heatmap",
    "digiapulssi-breadcrumb-panel": "",
    "savantly-heatmap-panel": "heatmap",
    "blackmirror1-singlestat-math-panel": "stat",
    "agenty-flowcharting-panel": "canvas",
    "mxswat-separator-panel": "row",
    "corpglory-progresslist-panel": "bargauge",
    "snuids-radar-panel": "",
    "snuids-trafficlights-panel": "stat",
    "bessler-pictureit-panel": "canvas",
    "briangann-datatable-panel": "table",
    "cloudspout-button-panel": "",
    "larona-epict-panel": "canvas",
    "neocat-cal-heatmap-panel": "heatmap",
    "novalabs-annotations-panel": "annolist",
    "pr0ps-trackmap-panel": "geomap",
    "ryantxu-annolist-panel": "annolist",
    "pluginlist": "",
    "ryantxu-ajax-panel": "",
    "simpod-json-panel": "",
    "yesoreyeram-boomtable-panel": "table",
    "zuburqan-parity-report-panel": "table",
    "jeanbaptistewatenberg-percent-panel": "stat",
    "fatcloud-windrose-panel": "",
    "farski-blendstat-panel": "stat",
    "isaozler-paretochart-panel": "",
    "mtanda-heatmap-epoch-panel": "heatmap",
    "aidanmountford-html-panel": "text",
}
_CORE = frozenset(
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
        "text",
        "row",
        "logs",
        "traces",
        "nodeGraph",
        "node-graph",
        "alertlist",
        "dashlist",
        "annolist",
        "news",
        "welcome",
        "getting-started",
        "canvas",
        "geomap",
        "xychart",
        "trend",
        "candlestick",
        "datagrid",
        "flamegraph",
        "live",
        "debug",
        "library-panel",
        "add-panel",
        "gettingstarted",
        "alertGroups",
        "alert-groups",
        "logstable",
    ]
)

_BY_WORD = {"pie": "piechart", "line": "timeseries", "linechart": "timeseries", "singlestat": "stat", "bar": "barchart"}
"""Kinds as people call them."""


def check(panel: Panel, _project: Project) -> Findings:
    """Look the kind up; plugins' ids have a dash, and are let pass unless they are a slip away from Grafana's own."""
    kind = panel.kind
    if kind in _NOW:
        remedy = f": make it a {_NOW[kind]}" if _NOW[kind] else ""
        yield Finding(f"{kind} panels are gone since Grafana 12{remedy}", pointer=("type",))
    elif not kind:
        if not panel.is_library:
            yield Finding("the panel has no type", pointer=("type",), severity=Severity.ERROR)
    elif kind not in _CORE:
        near = [each for each in (_BY_WORD.get(kind.lower(), ""),) if each]
        near = near or difflib.get_close_matches(kind, _CORE, n=1, cutoff=0.9 if "-" in kind else 0.6)
        if near:
            yield Finding(
                f"there is no panel kind {kind}; did you mean {near[0]}?", pointer=("type",), severity=Severity.ERROR
            )


RULE = Rule(__name__, Severity.WARNING, panel=check)
