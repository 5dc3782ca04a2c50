"""histogram_quantile() of series that lost their `le`.

Without `le` there are no buckets: the result is empty, for ever. A recorded series has `le` if its rule keeps it, and
one whose name says that it is made of a _sum or _count has none. `--fix` adds it where an aggregation dropped it.

FAIL promql:
    histogram_quantile(0.95, sum by (job) (rate(http_request_duration_seconds_bucket[5m])))

FAIL promql:
    histogram_quantile(0.95, sum(rate(http_request_duration_seconds_bucket[5m])))

FAIL promql:
    histogram_quantile(0.95, rate(http_request_duration_seconds_count[5m]))

FAIL promql:
    histogram_quantile(0.95, sum by (le) (rate(http_requests_total[5m])))

FAIL promql:
    histogram_quantile(0.95, rate(http_request_duration_seconds_bucket{le="0.5"}[5m]))

FAIL promql:
    histogram_quantile(0.95, rate(go_gc_duration_seconds{quantile="0.75"}[5m]))

PASS promql:
    histogram_quantile(0.95, rate(http_request_duration_seconds_bucket{le!="0.5"}[5m]))

PASS promql:
    histogram_quantile(0.95, sum by (le) (rate(a_bucket[5m])) / scalar(sum(rate(a_total[5m]))))

FAIL promql:
    histogram_fraction(0, 0.2, sum(rate(http_request_duration_seconds_bucket[5m])))

FAIL promql:
    sum by (le) (rate(took_seconds_count[5m]))

WITH rules.yaml:
    groups: [{name: a, rules: [{record: "job:a_bucket:rate5m", expr: "sum by (job) (rate(a_bucket[5m]))"}]}]

FAIL promql:
    histogram_quantile(0.95, job:a_bucket:rate5m)

FAIL promql:
    histogram_quantile(0.95, job:http_request_duration_seconds_count:rate5m)

PASS promql:
    histogram_quantile(0.99, sum by (vmrange) (rate(took_bucket[5m])))

PASS promql:
    histogram_quantile(0.95, job:b_bucket:rate5m) or histogram_quantile(0.95, job:http_request_duration_seconds:rate5m)

PASS promql:
    histogram_quantile(0.95, sum by (le, job) (rate(http_request_duration_seconds_bucket[5m])))

PASS promql:
    histogram_quantile(0.95, sum(rate(http_request_duration_seconds[5m])))
"""

from __future__ import annotations

import re

from sync.lint.kinds import kind
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.labels import result_labels
from sync.lint.promql.tree import RATES, Aggregation, Call, Node, Selector, selectors_of, walk
from sync.lint.query import Query
from sync.lint.recorded_labels import lacks
from sync.lint.rule import Findings, Rule


def check(query: Query, project: Project) -> Findings:
    """Look at what each quantile is computed from, and for buckets where there are none."""
    for grouping, _ in query.as_promql.each(Aggregation) if "le" in query.text else ():
        names = _names(grouping.body) if "le" in (grouping.labels or ()) and not grouping.without else set[str]()
        if names and all(name.endswith(("_count", "_sum")) and ":" not in name for name in names):
            yield Finding(f"{min(names)} has no label le, its _bucket has", piece=min(names))
    if "histogram_quantile" not in query.text and "histogram_fraction" not in query.text:
        return
    for node, _ in query.each(Call):
        if (node.name, len(node.arguments)) not in {("histogram_quantile", 2), ("histogram_fraction", 3)}:
            continue
        buckets = node.arguments[-1]
        names = _names(buckets)
        by_range = "vmrange" in query.text  # what VictoriaMetrics calls the buckets of its own histograms
        if not by_range and any("_bucket" in name for name in names) and lacks(buckets, "le", project):
            is_here = result_labels(buckets).lacks("le")
            where = "the aggregation drops" if is_here else "the rule of the recorded series drops"
            yield Finding(
                f"{node.name}() needs the label le, which {where}: {_advice(query.text)}",
                piece=node.name,
                fix=_with_le(query.text, node) if is_here else None,
            )
        for name in names:
            metric = name.split(":")[1] if name.count(":") == 2 else name
            if metric.endswith(("_count", "_sum")) and kind(metric, project.known) in {"counter", ""}:
                yield Finding(f"{node.name}() of {name}, which has no buckets: use _bucket", piece=name)
        if isinstance(only := _only(buckets), Selector):
            yield from _of_no_buckets(node.name, only, project)


def _only(node: Node) -> Node:
    """Return what is aggregated and rated, where it is one thing."""
    while isinstance(node, (Aggregation, Call)) and (isinstance(node, Aggregation) or node.name in RATES):
        node = node.body if isinstance(node, Aggregation) else node.arguments[0]
    return node


def _of_no_buckets(function: str, selector: Selector, project: Project) -> Findings:
    """Look for a counter of events, one bucket alone, and a quantile that is ready."""
    name = selector.name
    if name.endswith("_total") and kind(name, project.known) == "counter":
        yield Finding(f"{function}() of {name}, which is a counter and has no buckets", piece=name)
    if any(each.label == "le" and each.operator == "=" and "⟦" not in each.value for each in selector.matchers):
        yield Finding(f"{function}() of one bucket alone: it needs all of them, without a matcher on le", piece=name)
    if any(each.label == "quantile" and each.value for each in selector.matchers):
        yield Finding(f"{name} is a summary, whose quantiles are ready: take it without {function}()", piece=name)


def _advice(text: str) -> str:
    taken = re.search(r"\bwithout\s*\([^)]*\ble\b", text)
    return "take le out of its without (…)" if taken else "add le to its by (…)"


def _names(node: Node) -> set[str]:
    return {each.name for each in selectors_of(node)}


def _with_le(text: str, quantile: Call) -> str | None:
    """Return the text with `le` in its only grouping, if that is the quantile's; None where it isn't plain."""
    groupings = re.findall(r"\bby\s*\([^)]*\)", text)
    own = [each for each, _ in walk(quantile.arguments[-1]) if isinstance(each, Aggregation) and not each.without]
    if len(groupings) != 1 or len(own) != 1 or own[0].labels is None or text.count(quantile.name) != 1:
        return None
    return re.sub(r"\bby\s*\(\s*", "by (le, " if own[0].labels else "by (le", text, count=1)


RULE = Rule(__name__, Severity.ERROR, query=check)
