"""A quantile outside of 0 … 1.

The quantile 95 is +Inf, not the 95th percentile: that one is 0.95.

FAIL promql:
    histogram_quantile(95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))

FAIL promql:
    quantile(99, node_load1)

FAIL dashboard:
    templating: {list: [{type: custom, name: q, query: "50,90,99"}]}
    panels: [{type: stat, title: A, targets: [{expr: 'histogram_quantile($q, a_bucket)', refId: A}]}]

PASS dashboard:
    templating: {list: [{type: custom, name: q, query: "p50 : 0.5,p99 : 0.99"}]}
    panels: [{type: stat, title: A, targets: [{expr: 'histogram_quantile($q, a_bucket)', refId: A}]}]

PASS promql:
    quantile(0.99, node_load1)
"""

from __future__ import annotations

import re

from sync.lint.dashboard import Dashboard
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Aggregation, Call, Node, Number
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule

_CHOSEN = re.compile(r"quantile(?:_over_time)?\s*\(\s*(?:\$\{(\w+)(?::\w+)?\}|\$(\w+))\s*,")


def check(query: Query, _project: Project) -> Findings:
    """Look at the first argument of what takes a quantile."""
    if "quantile" not in query.text:
        return
    for node, _ in query.as_promql.nodes:
        name, level = _quantile(node)
        if isinstance(level, Number) and not level.variable and not 0 <= level.value <= 1:
            yield Finding(f"{name}({level}, …) is infinite: quantiles are between 0 and 1", piece=name)


def _quantile(node: Node) -> tuple[str, Node | None]:
    """Return the name of what takes a quantile and which it takes."""
    if isinstance(node, Aggregation) and node.name == "quantile":
        return node.name, node.parameter
    if isinstance(node, Call) and node.name in {"histogram_quantile", "quantile_over_time"} and node.arguments:
        return node.name, node.arguments[0]
    return "", None


def check_chosen(dashboard: Dashboard, _project: Project) -> Findings:
    """Look at the choices of variables that stand for a quantile."""
    choices = {each.name: _numbers(each.text) for each in dashboard.variables if each.kind == "custom"}
    wrong = {name for name, numbers in choices.items() if numbers and all(number > 1 for number in numbers)}
    for query, pointer, where in dashboard.places if wrong else ():
        found = _CHOSEN.search(query.text)
        if found and (name := found[1] or found[2]) in wrong:
            message = f"{where!r} asks for a quantile of {choices[name][0]:g}, which {name} chooses: they are below 1"
            yield Finding(message, pointer=pointer[len(dashboard.base) :], piece=found[0])


def _numbers(text: str) -> list[float]:
    """Read the values of a list of choices, as `p99 : 0.99`; [] where one is no number."""
    values = [each.rpartition(":")[2].strip() for each in text.split(",")]
    return [float(each) for each in values] if all(re.fullmatch(r"\d+(?:\.\d+)?", each) for each in values) else []


RULE = Rule(__name__, Severity.ERROR, query=check, dashboard=check_chosen)
