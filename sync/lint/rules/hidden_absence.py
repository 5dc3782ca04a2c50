"""Missing data made to look like zero, or a sum over nothing that stays silent.

`… or vector(0)` draws a fine 0 when the exporter is gone, and keeps an alert quiet that asks for more than a number.
`sum(up{job="api"}) < 1` is silent when every target has left: a sum over nothing is nothing, not 0. Add an absent(),
or compare `absent(…) or …`. absent() of what has its `or vector(0)` inside finds something always. Of failures there
are no series while all is well, so that a panel may show them as 0.

FAIL alert-expr:
    time() - (max(backup_last_run_timestamp) or vector(time())) > 10800

PASS alert-expr:
    (sum(rate(watch_errors_total[5m])) or vector(0)) + (sum(rate(sync_errors_total[5m])) or vector(0)) > 0

FAIL alert-expr:
    (elasticsearch_cluster_health_number_of_nodes or vector(0)) < 3

PASS alert-expr:
    (elasticsearch_cluster_health_number_of_nodes{job="es"} or on () vector(5)) < 9

FAIL alert-expr:
    (sum(rate(http_request_errors_total[5m])) or vector(0)) > 5

FAIL alert-expr:
    sum(up{job="api"}) < 2

FAIL alert-expr:
    (time() - boot_time_seconds or vector(0)) < 60

FAIL alert-expr:
    (max by (disk) (free_bytes / size_bytes) * 100 or vector(0)) < 20

PASS alert-expr:
    (sum(free_bytes) / sum(size_bytes) or vector(0)) < 0.2

PASS alert-expr:
    (max by (disk) (free_bytes / size_bytes) or on () vector(0)) < 0.2

FAIL alert-expr:
    sum(rate(http_requests_total{job="api"}[5m])) == 0

FAIL alert-expr:
    round(sum(rate(http_requests_total{job="api"}[5m])) * 60) == 0

FAIL promql:
    sum(rate(http_requests_total[$__rate_interval])) or vector(0)

FAIL alert-expr:
    absent(sum(up{job="api"}) or vector(0))

FAIL alert-expr:
    count(kube_node_info{job="ksm"}) < 3

FAIL alert-expr:
    avg(up{job="api"}) < 0.5

FAIL alert-expr:
    sum(kube_deployment_status_replicas_available{deployment="api"}) < 1

FAIL alert-expr:
    (min(up{job="api"}) or vector(1)) == 0

PASS alert-expr:
    (min(up{job="api"}) or vector(1)) == 1

PASS alert-expr:
    absent((sum(up{job="api"}) or vector(0)) == 1)

FAIL alert-expr:
    up{job="api"} == 0 or absent(up{job="api"} == 0)

PASS alert-expr:
    absent(up{job="api"} == 1)

PASS alert-expr:
    (sum(up{job="api"}) or vector(0)) < 2

PASS alert-expr:
    absent(up{job="api"}) or sum(up{job="api"}) < 2

PASS promql:
    sum(rate(http_requests_total{code=~"5.."}[$__rate_interval])) or vector(0)

PASS promql:
    count(up == 0) or vector(0)

PASS promql:
    sum(rate(http_request_errors_total[5m])) or 0 * sum(rate(http_requests_total[5m]))
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.labels import is_scalar
from sync.lint.promql.tree import (
    CHOOSING,
    Aggregation,
    Binary,
    Call,
    Negative,
    Node,
    Number,
    Selector,
    Subquery,
    selectors_of,
    turned,
    walk,
)
from sync.lint.query import Query, Use
from sync.lint.rule import Findings, Rule

_KEEPING = frozenset(
    [
        "abs",
        "ceil",
        "floor",
        "round",
        "clamp_min",
        "clamp_max",
        "sgn",
        "sort",
        "sort_desc",
        "label_replace",
        "label_join",
    ]
)
"""Functions that give something for each series that they are given."""
_FAILURE = re.compile(
    r"err(?:or|s\b|_)|fail|reject|dropped|timeout|timed_?out|denied|invalid|panic|exception|oom", re.IGNORECASE
)
_PRESENT = re.compile(r"(?:^|_)up$|^kube_\w+_replicas(?:_available|_ready)?$")
"""Names of what is there, which one asks for the sum of."""
_CODES = re.compile(r"\(?\^?\(?[45](?:\.\.|\.[*+]|xx|\d\d|\[0-9\]|\\d).*", re.IGNORECASE)
"""Values of labels that are codes of failures: 5.., 4xx|5xx, 503."""


def check(query: Query, _project: Project) -> Findings:
    """Look for zeros that stand for nothing, and for sums that nothing is left of."""
    yield from _of_absent(query)
    for node, above in query.each(Binary):
        if (
            node.operator == "or"
            and _is_zero(node.right)
            and _hides(query.use, above)
            and not _counts(node.left)
            and not (query.use.drawn and _is_of_failures(node.left))
        ):
            severity = Severity.WARNING if query.use.alerts else Severity.INFO
            yield Finding(
                "`or vector(0)` shows 0 where there is no data: leave the absence visible",
                piece="vector",
                severity=severity,
            )
        if query.use.alerts and node.operator == "or" and _NOW in {node.left, node.right}:
            yield Finding("`or vector(time())` passes for just now where there is no data", piece="vector")
        if query.use.alerts and _fires_beside(turned(node)):
            message = (
                "vector() has no labels, so that it stands beside every series and fires: write `or on () vector(…)`"
            )
            yield Finding(message, piece="vector")
        if query.use.alerts and (number := _passes_for_fine(turned(node))):
            message = f"`or vector({number})` passes for fine where there is no data: leave the absence visible"
            yield Finding(message, piece="vector")
        if (
            query.use.alerts
            and _silent(turned(node))
            and not any(isinstance(each, Binary) for each in above)
            and "absent" not in query.text
        ):
            summed = _unscaled(turned(node).left)
            name = summed.name if isinstance(summed, Aggregation) else ""
            yield Finding(
                f"{name}() over nothing is nothing: this stays silent when all the series are gone; add `or absent(…)`",
                piece=name,
                severity=Severity.INFO,
            )


def _of_absent(query: Query) -> Findings:
    """Look at what absent() is of."""
    for call, above in query.each(Call):
        if call.name in {"absent", "absent_over_time"} and _always_answers(call.arguments[0]):
            yield Finding(
                f"{call.name}() of what always answers is never there: leave out the vector()",
                piece=call.name,
                severity=Severity.ERROR,
            )
        sets = any(isinstance(each, Binary) and each.operator in {"and", "unless"} for each in above)
        if call.name == "absent" and query.use.alerts and not sets and _asks_for_down(call.arguments[0]):
            message = "absent(… == 0) holds while none is 0, and says nothing when all is gone: leave out the == 0"
            yield Finding(message, piece=call.name)


def _always_answers(node: Node) -> bool:
    """Whether there is a result whatever series there are: nothing takes a number away but a comparison or a match."""
    match node:
        case Call(name=name):
            return name == "vector" or (name in _KEEPING and _always_answers(node.arguments[0]))
        case Binary(left=left, right=right) if not node.filters:
            enough = node.operator == "or" or is_scalar(left) or is_scalar(right)
            return enough and (_always_answers(left) or _always_answers(right))
        case Aggregation():
            return node.name not in CHOOSING and _always_answers(node.body)
        case Negative() | Subquery():
            return _always_answers(node.body)
        case _:
            return False


def _asks_for_down(node: Node) -> bool:
    """Whether it is a state that is asked for being 0."""
    match node:
        case Binary(operator="==", left=Selector(name=name), right=Number(value=0)):
            return _UP.search(name) is not None
        case _:
            return False


_UP = re.compile(r"(?:^|_)up$|^probe_success$")
"""Names of states of which 0 is the bad one."""


def _is_zero(node: Node) -> bool:
    return (
        isinstance(node, Call)
        and node.name == "vector"
        and isinstance(node.arguments[0], Number)
        and node.arguments[0].value == 0
    )


_NOW = Call("vector", (Call("time", ()),))
_BELOW: dict[str, Callable[[float, float], bool]] = {"<": operator.lt, "<=": operator.le, "==": operator.eq}


def _passes_for_fine(node: Binary) -> str:
    """Return the number that stands for missing data where an alert asks for less; '' where it would fire on it."""
    if node.operator not in _BELOW or not isinstance(node.right, Number):
        return ""
    left = _unscaled(node.left) if node.right.value == 0 else node.left
    left = left.body if isinstance(left, Aggregation) else left
    match left:
        case Binary(operator="or", right=Call(name="vector", arguments=(Number(value=number),))) if number > 0:
            is_fine = not _BELOW[node.operator](number, node.right.value) and not _counts(left.left)
            return f"{number:g}" if is_fine else ""
        case _:
            return ""


def _fires_beside(node: Binary) -> bool:
    """Whether an alert asks `x or vector(0)` for less, where x has labels: both are there, and the zero is less."""
    match node.left, node.right:
        case Binary(operator="or", on=None) as either, Number(variable=False, value=limit) if node.operator in _BELOW:
            zero = either.right.arguments[0] if isinstance(either.right, Call) and either.right.arguments else None
            is_below = isinstance(zero, Number) and _BELOW[node.operator](zero.value, limit)
            return is_below and _has_labels(either.left)
        case _:
            return False


def _has_labels(node: Node) -> bool:  # noqa: PLR0911 one return a kind of node
    """Whether every result surely has labels: series as they are scraped, or grouped by some."""
    match node:
        case Selector():
            return ":" not in node.name and bool(node.name)
        case Call(name="histogram_quantile" | "vector" | "absent" | "absent_over_time"):
            return False
        case Call(arguments=(inner, *_)):
            return _has_labels(inner)
        case Aggregation():
            return node.name not in CHOOSING and not node.without and bool(node.labels) and _has_labels(node.body)
        case Binary(left=left, right=right):
            if is_scalar(left) or is_scalar(right) or node.operator in {"and", "unless"} or node.group == "left":
                return _has_labels(right if is_scalar(left) else left)
            return node.on != () and _has_labels(left) and _has_labels(right)
        case _:
            return False


def _counts(node: Node) -> bool:
    """Whether nothing left means none: series that were filtered, or alerts, are counted."""
    found = [each for each, _ in walk(node)]
    filtered = any(isinstance(each, Binary) and (each.filters or each.operator in {"and", "unless"}) for each in found)
    return filtered or any(isinstance(each, Selector) and each.name.startswith("ALERTS") for each in found)


def _hides(use: Use, above: tuple[Node, ...]) -> bool:
    """Whether the zero reaches the reader, or the upper comparison of an alert."""
    if use.alerts:
        added = any(isinstance(each, Binary) and each.operator in {"+", "-"} for each in above)
        return not added and any(isinstance(each, Binary) and each.operator in {">", ">="} for each in above)
    return use.drawn and not any(isinstance(each, (Binary, Aggregation)) for each in above)


def _is_of_failures(node: Node) -> bool:
    """Whether there are no such series while all is well: they count what fails, by their name or by what they ask."""
    selectors = selectors_of(node)
    return bool(selectors) and all(
        _FAILURE.search(each.name)
        or any(
            matcher.operator in {"=", "=~"} and (_FAILURE.search(matcher.value) or _CODES.fullmatch(matcher.value))
            for matcher in each.matchers
        )
        for each in selectors
    )


def _silent(node: Binary) -> bool:
    low = node.operator in {"<", "<="} or (
        node.operator == "==" and isinstance(node.right, Number) and node.right.value == 0
    )
    left = _unscaled(node.left)
    if not low or not isinstance(node.right, Number) or not isinstance(left, Aggregation):
        return False
    asks = left.name == "count" or (left.name in {"sum", "max", "avg", "min"} and _is_state(left.body))
    return asks and not left.labels and not left.without


def _unscaled(node: Node) -> Node:
    """Return an expression without what rounds it or multiplies it by a number."""
    while True:
        match node:
            case Call(name="round" | "ceil" | "floor", arguments=(inner, *_)):
                node = inner
            case Binary(operator="*" | "/", left=inner, right=Number()):
                node = inner
            case Binary(operator="*", left=Number(), right=inner):
                node = inner
            case _:
                return node


def _is_state(node: Node) -> bool:
    while isinstance(node, Binary) and node.filters:
        node = turned(node).left
    if isinstance(node, Call) and node.name in {"rate", "increase"}:
        return True
    return isinstance(node, Selector) and bool(_PRESENT.search(node.name))


RULE = Rule(__name__, Severity.WARNING, peers={"pint": "alerts/absent"}, query=check)
