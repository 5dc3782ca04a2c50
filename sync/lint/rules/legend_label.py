"""A legend that names a label which the query drops.

`{{instance}}` above `sum by (job) (…)` is written as nothing: every line has the same, empty name. A recorded series
has the labels that its rule among the files keeps.

WITH rules.yaml:
    groups: [{name: a, rules: [{record: "job:requests:rate5m", expr: "sum by (job) (rate(requests_total[5m]))"}]}]

FAIL target:
    {expr: "job:requests:rate5m", legendFormat: "{{instance}}", refId: A}

PASS target:
    {expr: "job:requests:rate5m", legendFormat: "{{job}} {{cluster}}", refId: A}

FAIL target:
    {expr: "sum by (job) (up)", legendFormat: "{{instance}}", refId: A}

FAIL target:
    {expr: "sum without (instance) (up)", legendFormat: "{{job}} {{instance}}", refId: A}

FAIL target:
    {expr: "topk(5, sum by (job) (up))", legendFormat: "{{instance}}", refId: A}

FAIL target:
    expr: 'topk(5, sum by (app) (rate({job="a"} |= "x" [5m])))'
    legendFormat: "{{level}}"
    datasource: {type: loki, uid: "$logs"}

PASS target:
    expr: 'sort_desc(topk($top, sum by (app) (rate({job="a"} |= "x" [5m]))))'
    legendFormat: "{{app}}"
    datasource: {type: loki, uid: "$logs"}

PASS target:
    {expr: "sum by (job, instance) (up)", legendFormat: "{{job}} {{instance}}", refId: A}

PASS target:
    {expr: "up", legendFormat: "{{instance}}", refId: A}
"""

from __future__ import annotations

import re

from sync.lint.dashboard import Target
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.labels import result_labels
from sync.lint.query import Language
from sync.lint.recorded_labels import lacks
from sync.lint.rule import Findings, Rule

_LABEL = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}")


_CHOSEN = re.compile(
    r"^\s*(?:(?:topk|bottomk|approx_topk)\s*\(\s*[\w$\{\}]+\s*,|(?:sort|sort_desc)\s*\()(.*)\)\s*$", re.DOTALL
)
"""What chooses among series of logs, or sorts them, and keeps their labels."""


def check(target: Target, project: Project) -> Findings:
    """Compare the labels that the legend names with those of the result."""
    if (
        "{{" not in target.legend
        or target.query is None
        or target.raw.get("format") == "table"
        or target.panel.kind == "table"
    ):
        return
    if target.query.language is Language.LOGQL:
        yield from _logs(target)
    elif target.query.tree is not None:
        labels = result_labels(target.query.tree)
        for label in dict.fromkeys(_LABEL.findall(target.legend)):
            if label != "__name__" and lacks(target.query.tree, label, project):
                kept = f"; it keeps {', '.join(sorted(labels.names)) or 'none'}" if labels.exact else ""
                yield Finding(
                    f"the legend shows {label}, which the query drops{kept}", pointer=("legendFormat",), piece=label
                )


def _logs(target: Target) -> Findings:
    text = target.query.text if target.query else ""
    while chosen := _CHOSEN.match(text):
        text = chosen[1]
    found = re.match(
        r"^\s*(?:sum|avg|max|min|count)\s*(?:by\s*\(([^()]*)\)\s*)?\((?:[^()]|\([^()]*\))*\)\s*(?:by\s*\(([^()]*)\)\s*)?$",
        text,
    )
    if found is None or "$" in (found[1] or "") + (found[2] or ""):
        return
    kept = set(re.split(r"[\s,]+", (found[1] or found[2] or "").strip()))
    for label in dict.fromkeys(_LABEL.findall(target.legend)):
        if label not in kept:
            yield Finding(f"the legend shows {label}, which the query drops", pointer=("legendFormat",), piece=label)


RULE = Rule(__name__, Severity.WARNING, target=check)
