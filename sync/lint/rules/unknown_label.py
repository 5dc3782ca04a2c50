"""A label that the metric doesn't have.

A matcher on it selects nothing, a grouping by it does nothing, label_replace() finds nothing in it, a variable of its
values has no choices. Where an
exposition names the labels, those that scraping and relabelling usually add (job, instance, cluster, namespace …)
pass; a catalogue names them all. A recorded series has the labels that its rule keeps and sets, and perhaps those that
a Prometheus gives to all it sends on (cluster, environment, region …): no job and no instance that the rule drops.

WITH node.prom:
    # TYPE node_cpu_seconds_total counter
    node_cpu_seconds_total{cpu="0",mode="idle"} 1

WITH rules.yaml:
    groups: [{name: a, rules: [{record: "route:requests:rate5m", expr: "sum by (route) (rate(requests_total[5m]))"}]}]

FAIL promql:
    route:requests:rate5m{rout="/"}

FAIL promql:
    route:requests:rate5m{instance="a"}

FAIL promql:
    sum by (job) (route:requests:rate5m)

PASS promql:
    route:requests:rate5m{route="/", cluster="a"}

FAIL promql:
    rate(node_cpu_seconds_total{mod="idle"}[5m])

FAIL promql:
    sum by (mods) (rate(node_cpu_seconds_total[5m]))

FAIL promql:
    sum without (mods) (rate(node_cpu_seconds_total[5m]))

FAIL promql:
    label_replace(rate(node_cpu_seconds_total[5m]), "core", "cpu $1", "cpus", "(.+)")

PASS promql:
    label_replace(sum without (pod) (rate(node_cpu_seconds_total[5m])), "core", "all", "zzz", "")

FAIL dashboard:
    templating: {list: [{type: query, name: cpu, query: "label_values(node_cpu_seconds_total, core)"}]}

PASS dashboard:
    templating: {list: [{type: query, name: cpu, query: "label_values(node_cpu_seconds_total{job='a'}, cpu)"}]}

PASS dashboard:
    templating: {list: [{type: query, name: node, query: "label_values(node_cpu_seconds_total, nodename)"}]}

PASS dashboard:
    panels:
      - {type: stat, title: A, targets: [{expr: 'node_cpu_seconds_total{host="a"}', refId: A}]}
      - {type: stat, title: B, targets: [{expr: 'redis_up{host="a"}', refId: A}]}

PASS promql:
    sum by (mode, instance) (rate(node_cpu_seconds_total{job="node"}[5m]))
"""

from __future__ import annotations

import re
from dataclasses import replace

from sync.lint.dashboard import Variable
from sync.lint.known import OUTER_LABELS, TARGET_LABELS, Metric, nearest
from sync.lint.misspelling import is_a_letter_apart
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Aggregation, Binary, Call, Node, Selector, Text
from sync.lint.query import Query
from sync.lint.recorded_labels import never_has, recorded_labels
from sync.lint.rule import Findings, Rule

_VALUES_OF = re.compile(r"^\s*label_values\s*\(.*,\s*([A-Za-z_]\w*)\s*\)\s*$", re.DOTALL)


def check(query: Query, project: Project) -> Findings:
    """Compare matchers and groupings with the labels that are known."""
    if not project.known.metrics and not project.recorded:
        return
    for selector, above in query.selectors:
        asked = [m.label for m in selector.matchers if not _for_none(m.operator, m.value)]
        yield from _unknown(selector.name, [*asked, *_grouped(above)], project)
        yield from _misspelt(selector.name, _taken_away(above), project)
    for call, _ in query.each(Call):
        for label in _copied(call):
            if never_has(call.arguments[0], label, project):
                yield Finding(f"{call.name}() copies the label {label}, which no series has", piece=label)


def _copied(call: Call) -> list[str]:
    """Return the labels from which a call makes another one."""
    match call:
        case Call(name="label_replace", arguments=(_, _, Text(value=made), Text(value=label), _)) if "$" in made:
            labels = [label]
        case Call(name="label_join", arguments=(_, _, _, *sources)):
            labels = [each.value for each in sources if isinstance(each, Text)]
        case _:
            labels = []
    return [label for label in labels if label and "⟦" not in label]


def _misspelt(name: str, labels: list[str], project: Project) -> Findings:
    """Name labels taken away that are a letter off one that is there; others may be of other metrics, or of before."""
    metric = project.known.find(name)
    there = metric.labels if metric is not None and metric.labels is not None else frozenset[str]()
    for label in labels:
        if label not in there and any(len(label) > 3 and is_a_letter_apart(label, each) for each in there):
            yield Finding(f"{name} has no label {label}{nearest(label, there)}", piece=label)


def _taken_away(above: tuple[Node, ...]) -> list[str]:
    """Return the labels that the nearest aggregation takes away, where nothing between may have added them."""
    match next((node for node in reversed(above) if isinstance(node, (Aggregation, Binary))), None):
        case Aggregation(without=True, labels=labels):
            return [*(labels or ())]
        case _:
            return []


def check_variable(variable: Variable, project: Project) -> Findings:
    """Look up the label whose values are a variable's choices."""
    asked = _VALUES_OF.search(variable.text) if variable.query is not None else None
    tree = variable.query.tree if variable.query is not None else None
    if asked and isinstance(tree, Selector):
        pointer = ("query", "query") if isinstance(variable.raw.get("query"), dict) else ("query",)
        for found in _unknown(tree.name, [asked[1]], project):
            yield replace(found, pointer=pointer)


def _unknown(name: str, labels: list[str], project: Project) -> Findings:
    metric = project.known.find(name)
    is_recorded = metric is None and name in project.recorded
    if is_recorded:
        recorded = recorded_labels(name, project)
        metric = Metric(name, labels=recorded.possible if recorded.exact else None)
    if metric is None or metric.labels is None:
        return
    maybe = OUTER_LABELS if is_recorded else TARGET_LABELS
    for label in dict.fromkeys(labels):
        if label in metric.labels or "xvar" in label or _may_have(metric, label, maybe):
            continue
        if metric.exact or is_recorded or label not in project.shared_labels:
            yield Finding(f"{name} has no label {label}{nearest(label, metric.labels)}", piece=label)


def _for_none(operator: str, value: str) -> bool:
    return operator == "=" and not value


def _may_have(metric: Metric, label: str, maybe: frozenset[str]) -> bool:
    if label in {"__name__", "quantile"} or (label == "le" and metric.kind in {"histogram", "summary"}):
        return True
    return not metric.exact and label in maybe


def _grouped(above: tuple[Node, ...]) -> list[str]:
    """Return the labels that the nearest aggregation groups by, where nothing between may have added them."""
    for node in reversed(above):
        if isinstance(node, Binary) or (
            isinstance(node, Call) and node.name in {"label_replace", "label_join", "info"}
        ):
            return []
        if isinstance(node, Aggregation):
            return [] if node.without else list(node.labels or ())
    return []


RULE = Rule(
    __name__,
    Severity.ERROR,
    needs="catalogue, expositions, rule files or --prometheus",
    query=check,
    variable=check_variable,
)
