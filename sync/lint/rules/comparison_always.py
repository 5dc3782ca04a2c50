"""An alert's comparison that always holds.

An alert that can't be quiet is switched off by those it wakes. Typical are `rate(x) >= 0`, `x_bytes > 90` where a share
was meant, and a point in time compared with an age: subtract it from time().

FAIL alert-expr:
    rate(http_request_errors_total[5m]) >= 0

FAIL alert-expr:
    count(up == 0) > 0 or count(up) >= 1

FAIL alert-expr:
    backup_last_success_timestamp_seconds > 86400

PASS alert-expr:
    time() - backup_last_success_timestamp_seconds > 86400

PASS alert-expr:
    rate(http_request_errors_total[5m]) > 0

PASS alert-expr:
    count(up == 0) > 0

PASS alert-expr:
    count by (instance) (device_alarm_active) > 0

PASS alert-expr:
    count(kube_job_failed) > 0
"""

from __future__ import annotations

import re

from sync.lint.known import well_known
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql import ranges
from sync.lint.promql.tree import Aggregation, Binary, Node, Number, Selector, deciding, walk
from sync.lint.query import Query, Use
from sync.lint.ranges_known import lookup
from sync.lint.rule import Findings, Rule

_MOMENT = re.compile(r"_(?:timestamp|start_time|boot_time)_seconds$")
_OF_OBJECTS = ("kube_", "container_")


def check(query: Query, project: Project) -> Findings:
    """Look at the comparisons that decide whether the alert fires."""
    if query.use is not Use.ALERT:
        return
    for node in deciding(query.tree):
        if (
            _is_moment(node.left)
            and isinstance(node.right, Number)
            and 0 < node.right.value < 1e8
            and node.operator in {">", ">="}
        ):
            yield Finding("a point in time is always above this: compare time() - … with an age", piece=node.operator)
            continue
        left, right = ranges.range_of(node.left, lookup(project)), ranges.range_of(node.right, lookup(project))
        if (
            ranges.always(node.operator, left, right)
            and not _filters_inside(node.left)
            and not _asks_for_any(node.left)
        ):
            yield Finding(
                f"this always holds: the left is never below {left.low:g}, so the alert is never quiet",
                piece=f"{node.operator} ",
            )


def _is_moment(node: Node) -> bool:
    while isinstance(node, Aggregation) and node.name in {"max", "min", "avg"}:
        node = node.body
    return isinstance(node, Selector) and bool(_MOMENT.search(node.name))


def _filters_inside(node: Node) -> bool:
    """Whether series are filtered below: `count(up == 0) > 0` says that there is one."""
    found = [each for each, _ in walk(node)]
    filtered = any(isinstance(each, Binary) and (each.filters or each.operator in {"and", "unless"}) for each in found)
    return filtered or any(isinstance(each, Selector) and each.matchers for each in found)


def _asks_for_any(node: Node) -> bool:
    """Whether it asks if there are series of a metric that needn't be there: a count of what no exporter always has."""
    found = [each for each, _ in walk(node) if isinstance(each, Selector)]
    counts = isinstance(node, Aggregation) and node.name == "count"
    return counts and not any(_is_always_there(each.name) for each in found)


def _is_always_there(name: str) -> bool:
    """Whether an exporter has series of the name however it is; of pods and jobs there may be none."""
    return name == "up" or (name in well_known() and not name.startswith(_OF_OBJECTS))


RULE = Rule(__name__, Severity.WARNING, peers={"pint": "alerts/comparison"}, query=check)
