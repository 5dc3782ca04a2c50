"""Grouping by a label that has a value for every request, trace or user.

Such a query returns thousands of series, is slow for everyone, and its panel can't be read; in a recording rule it
makes thousands of series new.

FAIL promql:
    sum by (trace_id) (rate(http_requests_total[5m]))

FAIL logql:
    sum by (user_id) (count_over_time({app="api"} | json [$__auto]))

PASS alert-expr:
    sum by (user_id) (increase(proxy_limit_reached_total[5m])) > 0

FAIL promql:
    sum by (pod, id) (rate(container_fs_reads_total[5m]))

PASS promql:
    sum by (id) (jvm_memory_used_bytes) or sum by (id) (container_memory_usage_bytes{id="/"})

PASS promql:
    sum by (route, status) (rate(http_requests_total[5m]))

PASS promql:
    topk(10, sum by (user_id) (rate(http_requests_total[5m])))

PASS promql:
    count(count by (user_id) (http_requests_total))
"""

from __future__ import annotations

import re

from sync.lint.cardinality import is_id
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Aggregation, Node, selectors_of
from sync.lint.query import Language, Query
from sync.lint.rule import Findings, Rule

_REDUCED = re.compile(r"\s*(?:topk|bottomk|(?:count|sum|avg|max|min)\s*\(\s*(?:count|sum|avg|max|min))\b")
_LOGQL_BY = re.compile(r"\bby\s*\(([^()]*)\)")


def check(query: Query, _project: Project) -> Findings:
    """Look at the labels of each grouping whose result reaches the reader."""
    if query.language is Language.LOGQL and not _REDUCED.match(query.text):
        for found in _LOGQL_BY.finditer(query.text):
            for label in re.split(r"[\s,]+", found[1]):
                if is_id(label):
                    yield Finding(_words(label), piece=found.start())
    for node, above in query.each(Aggregation):
        if node.labels and not node.without and not _reduced(above):
            for label in node.labels:
                if (words := _why_many(label, node)) and not (query.use.alerts and _is_of_a_user(label)):
                    yield Finding(words, piece=label)


def _why_many(label: str, node: Aggregation) -> str:
    """Say why a grouping by a label makes many series; '' where it doesn't."""
    if label.lower() not in {"id", "uuid"} and not is_id(label):
        return ""
    names = [each.name for each in selectors_of(node)]
    if _is_one(label, node) or (label.lower() == "uuid" and any(map(_OF_DEVICES.search, names))):
        return ""
    if label == "id" and all(name.startswith("container_") for name in names):
        return "id is the path of a cgroup, new with every container: grouping by it makes a series for each"
    return _words(label) if is_id(label) else ""


def _is_one(label: str, node: Node) -> bool:
    """Whether the series are of one value."""
    found = [each.matcher(label) for each in selectors_of(node)]
    return bool(found) and all(matcher is not None and matcher.operator == "=" for matcher in found)


_OF_DEVICES = re.compile(r"gpu|nvidia|dcgm|disk|volume|pool|device|vm_|libvirt", re.IGNORECASE)
"""Metrics whose uuid is that of a card or a disk, of which there are few."""


def _is_of_a_user(label: str) -> bool:
    """Whether its values are users, of whom an alert may name one."""
    return "user" in label or "mail" in label or "customer" in label


def _words(label: str) -> str:
    whom = "user" if _is_of_a_user(label) else "container" if label == "container_id" else "request"
    return f"{label} has a value for every {whom}: grouping by it makes a series for each"


def _reduced(above: tuple[Node, ...]) -> bool:
    return any(isinstance(node, Aggregation) for node in above)


RULE = Rule(__name__, Severity.WARNING, query=check)
