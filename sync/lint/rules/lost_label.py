"""A grouping by a label that nothing below it has any more.

`sum by (instance) (sum by (job) (x))` is one number without an instance: the inner grouping dropped it, and the outer
one doesn't bring it back. So it is with what `or` falls back on: `vector(0)` has no labels. Grouped by one it is a
number of its own beside the others, and it never meets the series of another side that has the label, so that exactly
where it is needed nothing is there. It is an info where the label may be the same everywhere: cluster,
environment, or one that all selectors ask for.

FAIL promql:
    group by (cluster) (sum(errors))

FAIL promql:
    sum by (instance) (absent(up{job="a"}))

FAIL promql:
    sum by (job, code) (sum without (code) (rate(http_requests_total[5m])))

PASS promql:
    sum by (job) (sum by (job, code) (rate(http_requests_total[5m])))

PASS promql:
    count by (version) (count_values by (job) ("version", build_number))

PASS promql:
    sum by (pool) (max by (instance) (a) * on (instance) group_left (pool) b)

FAIL promql:
    (sum by (job) (rate(errors_total[5m])) or vector(0)) / sum by (job) (rate(requests_total[5m]))

FAIL promql:
    sum by (cluster) (code:requests:increase30d{code="500"} or vector(0))

PASS promql:
    sum(rate(errors_total[5m]) or vector(0)) / sum(rate(requests_total[5m]))

PASS promql:
    sum by (job) (rate(errors_total[5m])) or vector(0)

PASS promql:
    (sum by (job) (rate(errors_total[5m])) or 0 * sum by (job) (up)) / sum by (job) (rate(requests_total[5m]))

PASS promql:
    (sum by (job) (a) or vector(0)) * on () group_left () sum(b)

FAIL dashboard:
    panels:
      - type: timeseries
        title: A
        targets: [{expr: 'sum by (node) (rate(a_total[5m]) * on (instance) group_left (node) b_info)', refId: A}]
      - type: timeseries
        title: B
        targets: [{expr: 'sum by (node) (rate(c_total[5m]) * on (instance) group_left (node) b_info)', refId: A}]
      - type: timeseries
        title: C
        targets: [{expr: 'sum by (node) (rate(d_total[5m]) * on (instance) group_left () b_info)', refId: A}]

WITH rules.yaml:
    groups: [{name: a, rules: [{record: "job:requests:rate5m", expr: "sum by (job) (rate(requests_total[5m]))"}]}]

FAIL promql:
    sum by (pod) (job:requests:rate5m / 2)

PASS promql:
    sum by (cluster) (job:requests:rate5m / 2)
"""

from __future__ import annotations

from collections import Counter

from sync.lint.exported_labels import exported
from sync.lint.known import OUTER_LABELS
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project, once_a_project
from sync.lint.promql.labels import Labels, result_labels
from sync.lint.promql.tree import Aggregation, Binary, Node, selectors_of, walk
from sync.lint.query import Query
from sync.lint.recorded_labels import labels_of
from sync.lint.rule import Findings, Rule

_OTHERS = frozenset({"le", "__name__"})
"""Labels that other rules judge, or that newer Prometheus keep for the grouping."""


def check(query: Query, project: Project) -> Findings:
    """Look at groupings, and at both sides of what `or` joins."""
    groupings, operations = query.as_promql.each(Aggregation), query.as_promql.each(Binary)
    if len(groupings) + len(operations) > 1 or "absent" in query.text:
        for node, _ in groupings:
            yield from _grouping(node, project)
    for operation, _ in operations:
        left, right = operation.left, operation.right
        for side, other in ((left, right), (right, left)) if operation.operator != "or" else ():
            joined = isinstance(side, Binary) and side.operator == "or"
            if joined and (bare := _bare(side, _compared(operation, other, project), project)):
                yield _of_fallback(bare, "it never meets the other side")


def _grouping(node: Aggregation, project: Project) -> Findings:
    asked = [label for label in node.labels or () if "xvar" not in label and label not in _OTHERS]
    if node.without or not asked:
        return
    lost = _lost(node.body, asked, project)
    if lost:
        held = all(_is_held(node.body, label) for label in lost)
        message = f"by ({', '.join(lost)}) groups by what is gone below it"
        yield Finding(message, piece=f"{node.name} by", severity=Severity.INFO if held else None)
    elif bare := _bare(node.body, asked, project):
        yield _of_fallback(bare, "it is a group of its own")
    elif (join := _join(node.body)) and (missing := [label for label in asked if _is_carried(label, *join, project)]):
        message = f"by ({', '.join(missing)}): elsewhere group_{join[0].group} carries it over, and not here"
        yield Finding(message, piece=f"group_{join[0].group}")


def _join(node: Node) -> tuple[Binary, str] | None:
    """Return an operation of many to one, and the metric of the one; None for anything else."""
    if not isinstance(node, Binary) or not node.group:
        return None
    one = selectors_of(node.right if node.group == "left" else node.left)
    return (node, one[0].name) if len(one) == 1 else None


def _is_carried(label: str, node: Binary, name: str, project: Project) -> bool:
    """Whether a label of the one side is carried over to the many by several queries, and isn't by this one."""
    many = selectors_of(node.left if node.group == "left" else node.right)
    has = any(label in exported(each.name).names or label in project.asked.labels.get(each.name, ()) for each in many)
    return not has and label not in {*node.include, *(node.on or ())} and _carried(project)[name, label] > _ONCE


@once_a_project
def _carried(project: Project) -> Counter[tuple[str, str]]:
    """Return in how many queries each label of a metric is carried over."""
    found = set[tuple[str, str, str]]()
    for query in project.queries:
        for node, _ in query.as_promql.each(Binary) if "group_" in query.text else ():
            join = _join(node)
            found.update((query.text, join[1], label) for label in node.include if join is not None)
    return Counter((name, label) for _, name, label in found)


_ONCE = 1


def _of_fallback(labels: list[str], consequence: str) -> Finding:
    severity = Severity.INFO if OUTER_LABELS.issuperset(labels) else None
    message = f"what `or` falls back on has no {', '.join(labels)}, where the rest has: {consequence}"
    return Finding(message, piece=" or ", severity=severity)


def _lost(body: Node, labels: list[str], project: Project) -> list[str]:
    """Return those that are gone; of a recorded series with nothing but functions around unknown-label says so."""
    is_made = bool(project.recorded) and any(isinstance(each, (Aggregation, Binary)) for each, _ in walk(body))
    found = labels_of(body, project) if is_made else result_labels(body)
    return [label for label in labels if found.lacks(label)]


def _is_held(body: Node, label: str) -> bool:
    """Whether every selector asks for the label's value: the one number is then that of what was asked for."""
    return all(each.matcher(label) for each in selectors_of(body))


def _compared(node: Binary, other: Node, project: Project) -> list[str]:
    """Return the labels by which series are matched, and that the other side has."""
    names = labels_of(other, project).names
    return sorted(names & set(node.on) if node.on is not None else names - set(node.ignoring or ()) - _OTHERS)


def _bare(node: Node, labels: list[str], project: Project) -> list[str]:
    """Return the labels that a first choice of `or` may have, and a later one can't."""
    choices: list[Labels] = []
    while isinstance(node, Binary) and node.operator == "or":
        choices.insert(0, labels_of(node.right, project))
        node = node.left
    first = labels_of(node, project) if choices else None
    return [
        label
        for label in labels
        if first is not None and not first.lacks(label) and any(each.lacks(label) for each in choices)
    ]


RULE = Rule(__name__, Severity.WARNING, peers={"pint": "promql/impossible"}, query=check)
