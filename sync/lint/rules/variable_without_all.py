"""A comparison across values that the variable can't choose, or All at the start where there is no All.

A ranking, a bar or a line called by its `instance` for each, of a query that takes the instance chosen by a pattern,
and the variable lets one be chosen, without All: there is nothing to compare. A variable that begins with All and
doesn't offer it begins with something else.

FAIL dashboard:
    templating: {list: [{type: query, name: instance, query: "label_values(up, instance)"}]}
    panels: [{type: bargauge, title: A, targets: [{expr: 'sum by (instance) (up{instance=~"$instance"})', refId: A}]}]

FAIL dashboard:
    templating: {list: [{type: query, name: pod, query: "label_values(up, pod)"}]}
    panels:
      - type: timeseries
        title: A
        targets: [{expr: 'sum by (pod) (up{pod=~"$pod"})', legendFormat: "{{pod}}", refId: A}]

PASS dashboard:
    templating: {list: [{type: query, name: pod, query: "label_values(up, pod)"}]}
    panels:
      - type: timeseries
        title: A
        targets: [{expr: 'sum by (pod) (up{pod="$pod"})', legendFormat: "{{pod}}", refId: A}]

FAIL dashboard:
    templating: {list: [{type: query, name: job, query: "label_values(up, job)", current: {value: [$__all]}}]}

PASS dashboard:
    templating:
      list: [{type: query, name: job, includeAll: true, query: "label_values(up, job)", current: {value: [$__all]}}]

PASS dashboard:
    templating: {list: [{type: query, name: instance, includeAll: true, query: "label_values(up, instance)"}]}
    panels: [{type: bargauge, title: A, targets: [{expr: 'sum by (instance) (up{instance=~"$instance"})', refId: A}]}]

PASS dashboard:
    templating: {list: [{type: query, name: job, query: "label_values(up, job)"}]}
    panels:
      - type: timeseries
        title: A
        targets: [{expr: 'sum by (job) (up{job=~"$job"})', legendFormat: "{{job}}", refId: A}]
      - {type: table, title: B, targets: [{expr: 'topk by (job) (5, a_rate{job=~"$job"})', refId: A}]}

PASS dashboard:
    templating: {list: [{type: query, name: instance, query: "label_values(up, instance)"}]}
    panels: [{type: stat, title: A, targets: [{expr: 'sum(up{instance="$instance"})', refId: A}]}]
"""

from __future__ import annotations

import re

from sync.lint.dashboard import Dashboard, Target, Variable
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import CHOOSING, Aggregation, Node
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict


def check(dashboard: Dashboard, _project: Project) -> Findings:
    """Look for `by (x)` over a pattern on x whose variable has one value; one finding a variable."""
    single = {each.name: each for each in dashboard.variables if not each.many and each.kind in {"query", "custom"}}
    for name, (label, panel) in _asked(dashboard, set(single)).items():
        message = f"{panel!r} compares each {label}, and {name} lets one be chosen: give it multi and All"
        yield Finding(message, pointer=(*single[name].pointer[len(dashboard.base) :], "name"))


def check_start(variable: Variable, _project: Project) -> Findings:
    """Look for All as the value that the variable begins with."""
    value = as_dict(variable.raw.get("current")).get("value")
    offers = variable.raw.get("includeAll") is True or variable.kind not in {"query", "custom", "datasource"}
    if value in ("$__all", ["$__all"]) and not offers:
        message = f"{variable.name} begins with All, and includeAll is off: it begins with what comes first"
        yield Finding(message, pointer=("current",), severity=Severity.WARNING)


def _asked(dashboard: Dashboard, single: set[str]) -> dict[str, tuple[str, str]]:
    """Return the variables by which a comparison is filtered, each with the label compared and the panel."""
    found: dict[str, tuple[str, str]] = {}
    for target in dashboard.targets:
        for selector, above in target.query.selectors if target.query else ():
            groupings = [
                node.labels
                for node in above
                if isinstance(node, Aggregation) and node.labels and not node.without and node.name not in CHOOSING
            ]
            for matcher in selector.matchers if groupings else ():
                name = matcher.value.strip("⟦⟧")
                whole = matcher.operator == "=~" and matcher.value == f"⟦{name}⟧" and name in single
                is_alone = whole and all(labels == (matcher.label,) for labels in groupings)
                if is_alone and _compares(target, above, matcher.label):
                    found.setdefault(name, (matcher.label, target.panel.name))
    return found


def _compares(target: Target, above: tuple[Node, ...], label: str) -> bool:
    """Whether the panel puts series side by side: a ranking, bars, or lines that are called by the label alone.

    A page of one job calls its lines by the job all the same; topk by (x) ranks within each x.
    """
    choosing = [node for node in above if isinstance(node, Aggregation) and node.name in CHOOSING]
    ranked = any(node.without or not node.labels for node in choosing)
    is_called = re.fullmatch(rf"\s*\{{\{{\s*{re.escape(label)}\s*\}}\}}\s*", target.legend) is not None
    return ranked or (is_called and label != "job") or target.panel.kind in {"bargauge", "barchart", "piechart"}


RULE = Rule(
    __name__,
    Severity.INFO,
    peers={"dashboard-linter": "template-job, template-instance (in part)"},
    dashboard=check,
    variable=check_start,
)
