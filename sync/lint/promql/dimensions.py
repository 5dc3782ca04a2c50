"""The unit of an expression's result, from the names of its metrics and what is done with them; None where unsure."""

from __future__ import annotations

import re
from collections.abc import Callable

from sync.lint.promql.measures import BYTES, EVENTS, PERCENT, SECONDS, SHARE, Dimension
from sync.lint.promql.named_units import observed_by, of_name
from sync.lint.promql.simplified import simplified
from sync.lint.promql.states import is_state
from sync.lint.promql.time_spent import is_number_of_cores
from sync.lint.promql.tree import (
    UNIT_KEEPING,
    Aggregation,
    Binary,
    Call,
    Negative,
    Node,
    Number,
    Selector,
    Subquery,
    selectors_of,
    walk,
)

_FACTORS = frozenset({1, 8, 60, 100, 1e3, 1e6, 1e9, 3600, 86400, *(1024.0**power for power in range(1, 5))})
_SAME_UNIT = UNIT_KEEPING | {"predict_linear", "sum_over_time"}

Known = Callable[[str], Dimension | None]
"""Gives the unit that is known of a metric: from a catalogue, or from the rule that records it."""


def dimension(node: Node, known: Known = lambda _name: None) -> Dimension | None:
    """Return the unit of an expression; `known` gives what is told of a metric."""
    return _unit(simplified(node), known)


def _unit(node: Node, known: Known) -> Dimension | None:  # noqa: PLR0911 one return a kind of node
    match node:
        case Selector() if node.matcher("quantile") is not None:
            return known(node.name) or observed_by(node.name)
        case Selector():
            return _resource(node) or _of_name(node.name, known)
        case Call():
            return _call(node, known)
        case Aggregation():
            if node.name in {"count", "count_values", "group", "stdvar"}:
                return EVENTS
            if node.name == "avg" and _is_state(node.body):
                return SHARE
            return _unit(node.body, known)
        case Binary():
            return _binary(node, known)
        case Negative() | Subquery():
            return _unit(node.body, known)
        case _:
            return None


_IS_MOMENT = re.compile(
    r"(?:timestamp|start_time|boot_time|not_after|not_before|expir\w*|last_(?:success|run|sync|seen)\w*(?:time|timestamp))"
    r"_seconds$|_cert_expiry$"
)


def _of_name(name: str, known: Known, *, rated: bool = False) -> Dimension | None:
    told = known(name)
    return told if told is not None else of_name(name, rated=rated)


_OF_RESOURCES = re.compile(r"kube_\w+_(?:requests|limits|allocatable|capacity)$|kube_resourcequota$")


def _resource(selector: Selector) -> Dimension | None:
    """Return the unit of Kubernetes' amounts, which a label names: cores are seconds per second."""
    if not _OF_RESOURCES.search(selector.name):
        return None
    resource = selector.matcher("resource")
    return {"cpu": SHARE, "memory": BYTES}.get(resource.value) if resource is not None else None


def _call(call: Call, known: Known) -> Dimension | None:  # noqa: PLR0911 one return a kind of function
    if not call.arguments:
        return None
    first = call.arguments[0]
    if call.name == "histogram_fraction" or (call.name == "avg_over_time" and _is_state(first)):
        return SHARE
    counted = first.body if isinstance(first, Subquery) else first
    if call.name in {"rate", "irate", "increase"} and isinstance(counted, Selector) and not _resource(counted):
        inner = _of_name(counted.name, known, rated=True)
    else:
        inner = _unit(first, known)
    if call.name in {"rate", "irate", "deriv"}:
        return inner.times(SECONDS.inverse()) if inner is not None else None
    if call.name in {"count_over_time", "changes", "resets"}:
        return EVENTS
    if call.name in {"increase", "delta", "idelta"}:
        return inner
    if call.name in {"histogram_quantile", "quantile_over_time"} and len(call.arguments) == 2:
        observed = call.arguments[1]
        return _quantile(observed, known) if call.name == "histogram_quantile" else _unit(observed, known)
    if call.name in {"histogram_avg", "histogram_stddev"}:
        return _quantile(first, known)
    if call.name in _SAME_UNIT:
        return _unit(first, known)
    return None


def _is_state(node: Node) -> bool:
    """Whether it is 0 or 1 alone."""
    match node:
        case Selector():
            return is_state(node.name)
        case Binary(operator="or"):
            return _is_state(node.left) and (_is_state(node.right) or _is_of_two(node.right))
        case Binary():
            return node.as_bool
        case Subquery():
            return _is_state(node.body)
        case _:
            return False


def _is_of_two(node: Node) -> bool:
    return isinstance(node, Call) and node.name == "vector" and node.arguments[:1] in {(Number(0),), (Number(1),)}


def _quantile(node: Node, known: Known) -> Dimension | None:
    """Return the unit of what a histogram observed, as told or by its name; recorded buckets have it in the middle."""
    while not isinstance(node, Selector):
        match node:
            case Aggregation() | Negative() | Subquery():
                node = node.body
            case Call() if node.arguments and node.name in {"rate", "irate", "increase", "sum_over_time"}:
                node = node.arguments[0]
            case Binary() if node.filters or node.operator in {"or", "and", "unless"}:
                node = node.left
            case _:
                return None
    told = known(node.name.removesuffix("_bucket")) if ":" not in node.name else None
    if told is not None:
        return told
    return observed_by(node.name)


def _binary(node: Binary, known: Known) -> Dimension | None:  # noqa: PLR0911 one return a kind of operation
    left, right = node.left, node.right
    if node.operator == "or":
        return _unit(left, known) or _unit(right, known)
    if node.operator in {"and", "unless"} or node.filters:
        return _unit(right if isinstance(left, Number) else left, known)
    if node.operator in {"+", "-"}:
        return _sum(left, right, known)
    if node.operator not in {"*", "/"}:
        return None
    if isinstance(right, Number):
        inner = _unit(left, known)
        is_made = node.operator == "*" and inner is None and _is_made_of_kibibytes(left, right.value)
        return BYTES if is_made else _scaled(inner, right.value, node.operator)
    if isinstance(left, Number):
        return _scaled(_unit(right, known), left.value, "*") if node.operator == "*" else None
    one, other = _unit(left, known), _unit(right, known)
    if node.operator == "/" and one == SHARE and is_number_of_cores(right):
        return SHARE  # of all cores, as it was of one
    if node.operator == "/" and other is None and (observed := _averaged(left, right)) is not None:
        return _quantile(observed, known)
    if one is None or other is None:
        return _share(left, right) if node.operator == "/" and one is None and other is None else None
    return one.times(other if node.operator == "*" else other.inverse())


def _is_made_of_kibibytes(node: Node, factor: float) -> bool:
    """Whether a factor of 1024² or 1024³ makes bytes of what nobody knows, that is an amount and no rate."""
    is_other = any(
        isinstance(each, Number) or (isinstance(each, Call) and each.name in _PER_SECOND) for each, _ in walk(node)
    )
    names = [selector.name for selector in selectors_of(node)]
    return factor in _KIBI and bool(names) and not is_other and not any(map(_MAY_BE_A_RATE.search, names))


_PER_SECOND = frozenset({"rate", "irate", "deriv"})
_KIBI = frozenset(1024.0**power for power in range(2, 4))
_MAY_BE_A_RATE = re.compile(r"per|rate|speed|throughput|bandwidth|traffic|(?:^|_)io|[bx]ps|:", re.IGNORECASE)


def _sum(left: Node, right: Node, known: Known) -> Dimension | None:
    if isinstance(right, Number) or isinstance(left, Number):
        inner = _unit(right if isinstance(left, Number) else left, known)
        beyond = isinstance(right, Number) and 0 < right.value < 1 and inner == SHARE
        return None if beyond else inner  # what is above an objective is scaled by what it leaves
    if any(_is_now(one) and not _is_now(other) for one, other in ((left, right), (right, left))):
        return SECONDS  # only seconds since 1970 are subtracted from now
    one, other = _unit(left, known), _unit(right, known)
    return one if one == other else None


def _is_now(node: Node) -> bool:
    return (isinstance(node, Call) and node.name == "time") or (
        isinstance(node, Selector) and node.name == "node_time_seconds"
    )


def is_moment(node: Node) -> bool:
    """Whether it is a time in seconds since 1970: what has passed since, or is left, is in seconds too."""
    while isinstance(node, Aggregation) and node.name in {"min", "max", "avg"}:
        node = node.body
    return isinstance(node, Selector) and _IS_MOMENT.search(node.name) is not None


def _scaled(inner: Dimension | None, number: float, operator: str) -> Dimension | None:
    number = abs(number)  # what is sent is often drawn below the axis
    if inner is None or not {number, round(1 / number, 6) if number else 0} & _FACTORS:
        return None
    factor = number if operator == "*" else 1 / number
    return Dimension(inner.bytes, inner.seconds, inner.events, inner.factor * factor)


def _share(left: Node, right: Node) -> Dimension | None:
    """Return the unit of a metric over itself: a share, or percent where its part was made a hundredfold."""
    if not _same_metric(left, right):
        return None
    numbers = [
        operand.value
        for side in (left, right)
        for node, _ in walk(side)
        if isinstance(node, Binary) and node.operator in {"*", "/"}
        for operand in (node.left, node.right)
        if isinstance(operand, Number)
    ]
    hundredfold = isinstance(left, Binary) and left.operator == "*" and numbers == [100]
    return PERCENT if hundredfold else None if numbers else SHARE


def _averaged(left: Node, right: Node) -> Selector | None:
    """Return what a histogram observed, where its sum is divided by its count."""
    sums, counts = ({each.name for each in selectors_of(side)} for side in (left, right))
    scaled = any(isinstance(node, Number) and abs(node.value) > 1 for side in (left, right) for node, _ in walk(side))
    if scaled or len(sums) != 1 or len(counts) != 1:
        return None
    name = sums.pop().removesuffix("_sum")
    return Selector(name) if {f"{name}_count"} == counts else None


def _same_metric(left: Node, right: Node) -> bool:
    part, whole = selectors_of(left), selectors_of(right)
    names = {each.name for each in part}
    return len(names) == 1 and names == {each.name for each in whole} and not _of_two_kinds(part, whole)


def _of_two_kinds(part: list[Selector], whole: list[Selector]) -> bool:
    """Whether a label of each side has one value, another than the other side's: sizes, say, and how many there are."""
    fixed = [
        {(m.label, m.value) for each in side for m in each.matchers if m.operator == "="} for side in (part, whole)
    ]
    return any(label == other and value != another for label, value in fixed[0] for other, another in fixed[1])
