"""An expression without what leaves its numbers as they are: sums of constants, joins that only bring labels."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import replace

from sync.lint.promql.named_units import of_name
from sync.lint.promql.states import is_info, is_state
from sync.lint.promql.tree import Aggregation, Binary, Call, Negative, Node, Number, Selector, Subquery

_NUMBERS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
}


def simplified(node: Node) -> Node:
    """Return the expression with 1024 * 1024 as one number, without scalar() and multiplications with infos."""
    match node:
        case Binary():
            left, right = simplified(node.left), simplified(node.right)
            is_same = left is node.left and right is node.right
            return _binary(node if is_same else replace(node, left=left, right=right))
        case Negative():
            body = simplified(node.body)
            return replace(body, value=-body.value) if isinstance(body, Number) else _around(node, body)
        case Call(name="scalar", arguments=(inner,)):
            return simplified(inner)
        case Call():
            arguments = tuple(map(simplified, node.arguments))
            is_same = all(map(operator.is_, arguments, node.arguments))
            return node if is_same else replace(node, arguments=arguments)
        case Aggregation() | Subquery():
            return _around(node, simplified(node.body))
        case _:
            return node


def _around(node: Negative | Aggregation | Subquery, body: Node) -> Node:
    """Return a node around what its body has become; most are as they were, and a copy takes its time."""
    return node if body is node.body else replace(node, body=body)


def _binary(node: Binary) -> Node:  # noqa: PLR0911 one return a kind of operation
    match node:
        case Binary(left=Number(variable=False) as left, right=Number(variable=False) as right):
            return _number(node.operator, left, right) or node
        case Binary(operator="*") if _is_one(node.right) and not isinstance(node.left, Number):
            return node.left
        case Binary(operator="*") if _is_one(node.left) and not isinstance(node.right, Number):
            return node.right
        case Binary(operator="*", group="left") if node.include and _brings_labels(node.right):
            return node.left
        case Binary(operator="*", left=Binary(as_bool=True), right=guarded):
            return guarded
        case Binary(operator="*", left=guarded, right=Binary(as_bool=True)):
            return guarded
        case Binary(operator="+" | "-") if _is_nothing(node.right):
            return node.left
        case Binary(operator="+") if _is_nothing(node.left):
            return node.right
        case _:
            return node


def _brings_labels(node: Node) -> bool:
    """Whether a series is joined for its labels, as far as its name says: node_role is no amount."""
    return (
        isinstance(node, Selector) and node.name != "" and of_name(node.name) is None and not _AMOUNT.search(node.name)
    )


_AMOUNT = re.compile(
    r"price|cost|rate|weight|factor|capacity|limit|quota|size|count|total|number|cores|cpu|memory|requests|allocatable"
    r"|percent|ratio|usage|used|interval|time|speed|seconds|bytes|multiplier|power|sum|xvar|tariff|hourly|eur|usd|fee|scal"
)
"""Words of what numbers are multiplied by."""


def _is_nothing(node: Node) -> bool:
    """Whether it is a series times 0, that only brings labels or other series' absence."""
    while isinstance(node, Aggregation):
        node = node.body
    zero = Number(0)
    return (
        isinstance(node, Binary)
        and node.operator == "*"
        and zero in (node.left, node.right)
        and node.left != node.right
    )


def _number(sign: str, left: Number, right: Number) -> Number | None:
    try:
        value = _NUMBERS[sign](left.value, right.value)
    except (KeyError, ArithmeticError):
        return None
    return Number(value) if isinstance(value, float) else None  # a root of -1 is none


def _is_one(node: Node) -> bool:
    """Whether it is a series that is 1 where it is anything, and only brings labels: an _info, or a state."""
    averaged = False
    while True:
        match node:
            case Aggregation(name="max" | "min" | "avg" | "group" | "topk" | "bottomk"):
                averaged = averaged or node.name == "avg"
                node = node.body
            case Call(name="label_replace" | "label_join" | "max_over_time" | "last_over_time", arguments=(inner, *_)):
                node = inner
            case Binary() if node.filters and isinstance(node.right, Number):
                node = node.left
            case Selector():
                return is_info(node.name) or (is_state(node.name) and not averaged)
            case _:
                return False
