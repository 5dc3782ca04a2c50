"""An aggregation that lost its `by`: over one series, or unlike the title, the table or the queries beside it.

`count(sum(x))` is 1, and `topk(5, sum(x))` one line: the inner aggregation keeps no label. A panel called "Errors by
namespace" whose query keeps no namespace shows their sum; so does one query of a table that joins the others by pod,
and one of several queries alike of which the others are grouped. An outer sum or average of one series changes nothing,
which is an info.

FAIL promql:
    count(sum(node_cpu_seconds_total))

FAIL promql:
    topk(5, sum(rate(http_requests_total[5m])))

FAIL promql:
    sum(avg(up))

FAIL promql:
    sort_desc(sum(rate(http_requests_total[5m])))

PASS promql:
    count(sum by (cpu) (node_cpu_seconds_total))

PASS promql:
    max(sum by (job) (up)) / scalar(sum(up))

FAIL dashboard:
    panels:
    - {type: bargauge, title: Requests by job, targets: [{expr: "sum(rate(http_requests_total[5m]))"}]}
    - {type: bargauge, title: Errors by job, targets: [{expr: "sum by (job) (rate(http_errors_total[5m]))"}]}

FAIL dashboard:
    panels:
    - type: table
      title: Pods
      targets:
      - {refId: A, format: table, expr: sum by (pod) (a)}
      - {refId: B, format: table, expr: sum by (pod) (b)}
      - {refId: C, format: table, expr: sum(c)}

FAIL dashboard:
    panels:
    - {type: timeseries, title: A, targets: [{expr: "sum(rate(a_total[5m]))"}]}
    - {type: timeseries, title: B, targets: [{expr: "sum by (pod) (rate(b_total[5m]))"}]}
    - {type: timeseries, title: C, targets: [{expr: "sum by (pod) (rate(c_total[5m]))"}]}

PASS dashboard:
    panels:
    - {type: stat, title: Requests per second, targets: [{expr: "sum(rate(http_requests_total[5m]))"}]}
    - {type: timeseries, title: Requests per job, targets: [{expr: sum(a) / count(up)}]}
    - {type: timeseries, title: A, targets: [{expr: sum by (job) (a)}, {expr: sum(a)}]}
    - {type: timeseries, title: B, targets: [{expr: sum by (job) (b)}]}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from sync.lint.dashboard import Dashboard, Panel, Target
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.labels import NONE, result_labels
from sync.lint.promql.tree import Aggregation, Binary, Call, Node, Number
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule
from sync.lint.words import metric_names

_ADDED_UP = frozenset({"sum", "avg", "min", "max"})
"""What one value alone passes through."""
_SORTED = frozenset({"sort", "sort_desc"})
_OVER_TIME = frozenset({"timeseries", "graph", "table", "table-old", "bargauge", "barchart", "piechart"})
"""Kinds of panels that show several series apart."""


def check(query: Query, _project: Project) -> Findings:
    """Look for aggregations of what an aggregation has made one series."""
    for node, _ in query.as_promql.each(Aggregation):
        if not node.labels and _is_one(node.body):
            if node.name in _ADDED_UP:
                said = (
                    f"{node.name}() of one series changes nothing: the aggregation inside keeps no label to tell more"
                )
                yield Finding(said, piece=node.name, severity=Severity.INFO)
            else:
                what = "is always 1" if node.name == "count" else "chooses among one"
                yield Finding(
                    f"{node.name}() of one series {what}: the aggregation inside keeps no label", piece=node.name
                )
    for call, _ in query.as_promql.each(Call):
        if call.name in _SORTED and call.arguments and _is_one(call.arguments[0]):
            said = f"{call.name}() sorts one series: the aggregation inside keeps no label"
            yield Finding(said, piece=call.name, severity=Severity.INFO)


def _is_one(node: Node) -> bool:
    """Whether an aggregation has made it one series, without labels."""
    while isinstance(node, Binary) and isinstance(node.right, Number):
        node = node.left
    while (
        isinstance(node, Call) and node.arguments and node.name.startswith(("clamp", "round", "ceil", "floor", "abs"))
    ):
        node = node.arguments[0]
    return isinstance(node, Aggregation) and result_labels(node) == NONE


def check_dashboard(dashboard: Dashboard, project: Project) -> Findings:
    """Compare what queries are grouped by with titles, and with the queries beside them."""
    said: set[int] = set()
    certain = [*_by_title(dashboard, project), *_in_tables(dashboard)]
    for severity, found in ((None, certain), (Severity.INFO, _among_alike(dashboard))):
        for target, message in found:
            if id(target) not in said:
                said.add(id(target))
                pointer = (*target.pointer[len(dashboard.base) :], target.key)
                yield Finding(message, pointer=pointer, severity=severity)


def _by_title(dashboard: Dashboard, project: Project) -> Iterator[tuple[Target, str]]:
    for panel in dashboard.panels:
        words = _each_of(panel.title) if panel.kind in _OVER_TIME else []
        asked = _visible(panel) if words else []
        repeated = any(each is not None and each.raw.get("repeat") for each in (panel, panel.row))
        if len(asked) != 1 or repeated:
            continue
        named = [each for word in words for each in (word, word.removesuffix("s")) if project.groupings[each]]
        if named and not any(label in _text(asked[0]) for label in named) and _is_summed(asked[0]):
            yield asked[0], f"{panel.title!r} tells of each {named[0]}, and the query keeps no label"


@lru_cache(10_000)
def _each_of(title: str) -> list[str]:
    """Return the words of which a title promises one each."""
    return [each.lower() for each in _PER.findall(title)]


_PER = re.compile(r"\b(?:[bB]y|[pP]er) ([A-Za-z_]\w+)")


def _in_tables(dashboard: Dashboard) -> Iterator[tuple[Target, str]]:
    for panel in dashboard.panels:
        asked = _visible(panel) if panel.kind == "table" else []
        alone = [target for target in asked if _is_summed(target)]
        kept = {_kept(target) for target in asked if target not in alone}
        if len(alone) == 1 and len(asked) > _SEVERAL and len(kept) == 1 and (labels := next(iter(kept))):
            yield alone[0], f"the other queries of the table keep {', '.join(sorted(labels))}, and this one no label"


_SEVERAL = 2


def _among_alike(dashboard: Dashboard) -> Iterator[tuple[Target, str]]:
    """Yield the one of several queries alike but for the metric that has no `by`, where all others have the same."""
    alike: dict[tuple[str, ...], list[Target]] = {}
    for targets in _begun_alike(dashboard) if dashboard.text.count("by") >= _SEVERAL else ():
        for target in targets:
            alike.setdefault((target.panel.kind, target.legend, _form(_text(target))), []).append(target)
    for targets in (each for each in alike.values() if len(each) > _SEVERAL):
        bare = [target for target in targets if _BY.search(_text(target)) is None]
        if len(bare) != 1 or not _is_summed(bare[0]):
            continue
        others = [target for target in targets if target is not bare[0]]
        kept = {_kept(target) for target in others}
        metrics = metric_names(_text(bare[0]))
        if (
            len(kept) == 1
            and (labels := next(iter(kept)))
            and all(metric_names(_text(each)) != metrics for each in others)
        ):
            yield bare[0], f"the queries like it keep {', '.join(sorted(labels))}, and this one no label"


def _begun_alike(dashboard: Dashboard) -> Iterator[list[Target]]:
    """Yield the queries that begin with the same function, where one has no `by` and two have."""
    found: dict[tuple[str, str], list[Target]] = {}
    for target in dashboard.targets:
        if target.query is not None and target.panel.kind in _OVER_TIME and not target.hidden:
            found.setdefault((target.panel.kind, target.query.text[:3]), []).append(target)
    for targets in found.values():
        if len(targets) > _SEVERAL:
            grouped = sum(_BY.search(_text(target)) is not None for target in targets)
            if _SEVERAL <= grouped < len(targets):
                yield targets


_BY = re.compile(r"\bby\s*\([^()]*\)")


def _form(text: str) -> str:
    """Return a query without its metrics and what it is grouped by."""
    bare = _BY.sub("", text)
    for name in sorted(metric_names(bare), key=len, reverse=True):
        bare = bare.replace(name, "M")
    return re.sub(r"\s", "", bare)


def _visible(panel: Panel) -> list[Target]:
    return [target for target in panel.targets if not target.hidden]


def _text(target: Target) -> str:
    return target.query.text if target.query else ""


def _kept(target: Target) -> frozenset[str]:
    tree = target.query.as_promql.tree if target.query else None
    labels = result_labels(tree) if tree is not None else NONE
    return labels.names if labels.exact else frozenset()


def _is_summed(target: Target) -> bool:
    """Whether a query is an aggregation without labels, and no ratio of two."""
    tree = target.query.as_promql.tree if target.query else None
    return tree is not None and _is_one(tree)


RULE = Rule(__name__, Severity.WARNING, query=check, dashboard=check_dashboard)
