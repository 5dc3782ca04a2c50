"""What values a series can have, from its kind, its unit, and the rule that records it."""

from __future__ import annotations

from sync.lint.kinds import kind
from sync.lint.project import Project
from sync.lint.promql import ranges
from sync.lint.promql.intervals import ABOUT_A_SHARE, ANY, POSITIVE, SHARE, Interval
from sync.lint.promql.tree import Aggregation, Call, Node, Selector


def lookup(project: Project, depth: int = 0) -> ranges.Lookup:
    """Return the function that gives a selector's range; recorded series have that of their expressions."""

    def look(selector: Selector) -> Interval:
        own = ranges.own_range(selector)
        if own != ANY or selector.has_variable_name:
            return own
        if ":" in selector.name and depth < 3:
            trees = [rule.query.tree for rule in project.recorded.get(selector.name, [])]
            found = [ranges.range_of(tree, lookup(project, depth + 1)) for tree in trees if tree is not None]
            if found and len(found) == len(trees):
                return Interval(min(each.low for each in found), max(each.high for each in found))
            return ANY
        metric = project.known.find(selector.name)
        if metric is not None and metric.is_state_set:
            return SHARE
        if metric is not None and metric.unit == "ratio":
            return ABOUT_A_SHARE
        return POSITIVE if kind(selector.name, project.known) == "counter" else ANY

    return ranges.Lookup(look, project.known.limits)


def quantile_limit(node: Node, project: Project) -> float | None:
    """Return the end of the highest finite bucket that a histogram_quantile() reads; None where it isn't known."""
    while isinstance(node, Aggregation) and node.name in {"max", "min", "avg"}:
        node = node.body
    if not isinstance(node, Call) or node.name != "histogram_quantile" or len(node.arguments) != 2:
        return None
    inner = node.arguments[1]
    while not isinstance(inner, Selector):
        if isinstance(inner, Aggregation):
            inner = inner.body
        elif isinstance(inner, Call) and inner.arguments:
            inner = inner.arguments[0]
        else:
            return None
    metric = project.known.find(inner.name)
    finite = [bound for bound in metric.buckets if bound != float("inf")] if metric else []
    return max(finite, default=None)
