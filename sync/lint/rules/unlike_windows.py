"""A quotient of two rates over windows that differ.

Failures of the last five minutes, divided by the requests of the last hour, are no share of anything: right after a
peak it is too small, before one too large. A rate divided by the same over another window is a comparison with the
past, and meant.

FAIL promql:
    sum(rate(errors_total[5m])) / sum(rate(requests_total[1h]))

FAIL promql:
    1 - sum by (job) (increase(requests_total{code!~"5.."}[10m])) / sum by (job) (increase(requests_total[5m]) > 0)

FAIL promql:
    rate(errors_total[5m]) / (rate(errors_total[1h]) + rate(successes_total[5m]))

FAIL record-expr:
    job:errors:rate5m / job:requests:rate1h

FAIL promql:
    rate(latency_seconds_sum[5m]) / rate(latency_seconds_count[10m])

PASS promql:
    sum(rate(errors_total[5m])) / sum(rate(requests_total[5m])) + rate(requests_total[5m]) / rate(requests_total[1h])

PASS promql:
    job:requests:rate5m / job:requests:rate1h - rate(errors_total[5m]) / (avg_over_time(job:requests:rate5m[1h]) + 1)

PASS promql:
    rate(errors_total[5m]) / rate(requests_total[1h] offset 1h)

PASS promql:
    increase(errors_total[$__range]) / increase(requests_total[${__range_s}s])
    + rate(errors_total[$window]) / rate(requests_total[5m])

PASS promql:
    sum(increase(errors_total[12h])) / 12 / sum(increase(requests_total[1h]))
    + sum(increase(daily_users[1d])) / sum(increase(monthly_users[30d]))
"""

from __future__ import annotations

import math
import re

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.factors import unscaled
from sync.lint.promql.tree import RATES, Binary, Call, Node, Selector, duration, selectors_of, walk, without_variables
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import seconds

_RATED = re.compile(r"(?<=rate|ease)_?(\d+[smhdw])(?![A-Za-z0-9])")
_WINDOW = re.compile(r"\[[^\[\]]*\]")
_DAY = 86_400
_OF_GRAFANA = re.compile(r"^(\$__\w+?)(?:_m?s)?$")
"""Grafana's own variables for a window, which are there in seconds and milliseconds too."""


def check(query: Query, _project: Project) -> Findings:
    """Compare the windows of both halves of each quotient."""
    promql = query.as_promql
    for node, outside in promql.each(Binary) if _may_differ(promql.text) else ():
        above, below = (_windows(node.left), _windows(node.right)) if node.operator == "/" else (set(), set())
        if not _differ(above, below) or _is_moved(node) or _is_of_days(node) or _is_split(node, outside):
            continue
        if _form(node.left) != _form(node.right):
            yield Finding(f"a rate over {_listed(above)}, divided by one over {_listed(below)}", piece="/")


def _may_differ(text: str) -> bool:
    """Whether a text has a quotient and more than one window, told without parsing; names may tell windows too."""
    return "/" in text and (":" in text or len(set(_WINDOW.findall(text))) > 1)


def _is_moved(node: Node) -> bool:
    return any(each.offset or each.pinned for each in selectors_of(node))


def _is_of_days(node: Node) -> bool:
    """Whether it counts what happened in a day or longer: users of a day, divided by those of a month, are meant."""
    windows = (
        each.arguments[0].window
        for each, _ in walk(node)
        if isinstance(each, Call) and each.name == "increase" and isinstance(each.arguments[0], Selector)
    )
    return any(window is not None and (window.seconds or 0) >= _DAY for window in windows)


def _is_split(node: Binary, outside: tuple[Node, ...]) -> bool:
    """Whether one side is divided by a number, of the shorter windows in the longer; a power of ten is of units."""
    whole = next((each for each in outside if isinstance(each, Binary) and each.operator in {"*", "/"}), node)
    factors = (unscaled(each)[1] for each in (whole, node.left, node.right))
    return not all(0 < factor < math.inf and math.log10(factor).is_integer() for factor in factors)


def _differ(above: set[str], below: set[str]) -> bool:
    """Whether windows are known to differ: a variable may be as long as any, but Grafana's own are of several kinds."""
    kinds = {(each.startswith("$"), _OF_GRAFANA.fullmatch(each) is not None) for each in above | below}
    return bool(above and below) and above != below and kinds in ({(False, False)}, {(True, True)})


def _listed(windows: set[str]) -> str:
    return " and ".join(sorted(windows))


def _windows(side: Node) -> set[str]:
    """Return the windows of what a side rates; none where it has more than rates."""
    nodes = [each for each, _ in walk(side)]
    found = {_of_selector(each) for each in nodes if isinstance(each, Selector)}
    rated = sum(isinstance(each, Call) and each.name in RATES for each in nodes)
    ranged = sum(isinstance(each, Selector) and each.window is not None for each in nodes)
    return found if "" not in found and rated == ranged else set()


def _of_selector(selector: Selector) -> str:
    if selector.window is not None:
        return _OF_GRAFANA.sub(r"\1", str(selector.window))
    said = _RATED.findall(selector.name)
    return duration(seconds(said[-1]) or 0) if said else ""


def _form(side: Node) -> set[str]:
    """Return what a side is of, whatever the window."""
    return {_RATED.sub("", str(without_variables(each))) for each in selectors_of(side)}


RULE = Rule(__name__, Severity.WARNING, query=check)
