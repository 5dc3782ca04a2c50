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

FAIL target:
    {expr: "up", legendFormat: "{{ $labels.instance }}", refId: A}

FAIL panel:
    type: stat
    title: A
    targets: [{expr: sum by (job) (up), refId: A}]
    fieldConfig: {defaults: {displayName: "${__field.labels.instance}"}}

PASS panel:
    type: stat
    title: A
    targets: [{expr: sum by (job) (up), refId: A}]
    fieldConfig: {defaults: {displayName: "${__field.labels.job}"}}

PASS target:
    {expr: "up", legendFormat: "{{instance}}", refId: A}
"""

from __future__ import annotations

import re

from sync.lint.dashboard import Panel, Target
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.labels import result_labels
from sync.lint.recorded_labels import lacks
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_list, as_text

_LABEL = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}")
_OF_FIELD = re.compile(r"\$\{__field\.labels(?:\.|\[[\"'])([A-Za-z_]\w*)(?:[\"']\])?\}")
_OF_ALERT = re.compile(r"\{\{\s*(?:\$labels)?\.(\w+)\s*\}\}")
"""A label as the texts of alerts name it, which a legend writes as it is."""


def check(target: Target, project: Project) -> Findings:
    """Compare the labels that the legend names with those of the result."""
    if (
        "{{" not in target.legend
        or target.query is None
        or target.raw.get("format") == "table"
        or target.panel.kind == "table"
    ):
        return
    tree = target.query.as_promql.tree
    if tree is None:
        return
    for label in _OF_ALERT.findall(target.legend):
        yield Finding(f"a legend names a label without $labels or a dot: {{{{{label}}}}}", pointer=("legendFormat",))
    labels = result_labels(tree)
    for label in dict.fromkeys(_LABEL.findall(target.legend)):
        if label != "__name__" and lacks(tree, label, project):
            kept = f"; it keeps {', '.join(sorted(labels.possible)) or 'none'}" if labels.exact else ""
            yield Finding(
                f"the legend shows {label}, which the query drops{kept}", pointer=("legendFormat",), piece=label
            )


def check_names(panel: Panel, project: Project) -> Findings:
    """Look at the names that a panel gives its fields by their labels."""
    trees = [each.query.as_promql.tree for each in panel.targets if each.query and not each.hidden]
    if len(trees) != 1 or trees[0] is None or as_list(panel.raw.get("transformations")):
        return
    for label in dict.fromkeys(_OF_FIELD.findall(as_text(panel.defaults.get("displayName")))):
        if lacks(trees[0], label, project):
            message = f"the fields are named by {label}, which the query drops"
            yield Finding(message, pointer=("fieldConfig", "defaults", "displayName"), piece=label)


RULE = Rule(__name__, Severity.WARNING, target=check, panel=check_names)
