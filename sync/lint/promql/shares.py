"""Whether an expression of unknown units is a share all the same, because one quantity is divided by another."""

from __future__ import annotations

import re
from dataclasses import replace

from sync.lint.promql.simplified import simplified
from sync.lint.promql.states import is_state
from sync.lint.promql.tree import (
    CHOOSING,
    UNIT_KEEPING,
    Aggregation,
    Binary,
    Call,
    Negative,
    Node,
    Number,
    Selector,
    Subquery,
    walk,
)

_MEASURED = re.compile(r"percent|pct|ratio(?!n)|rate_|_avg|average")
"""Words of names that are quotients themselves, in whatever unit."""
_ALIKE = CHOOSING | {"sum", "avg", "min", "max"}


def share(node: Node) -> float | None:
    """Return what a share is multiplied by, 1 or 100; None where it is no quotient, or not surely one of that kind."""
    return _share(simplified(node))


def _share(node: Node) -> float | None:
    match node:
        case Aggregation(name=name) if name in _ALIKE:
            return _share(node.body)
        case Call(name="quantile_over_time", arguments=(_, observed)):
            return _share(observed)
        case Call(name=name) if name in UNIT_KEEPING and node.arguments:
            return _share(node.arguments[0])
        case Negative() | Subquery():
            return _share(node.body)
        case Binary():
            return _of_two(node)
        case _:
            return None


def _of_two(node: Binary) -> float | None:
    left, right = node.left, node.right
    if node.operator == "/":
        return _quotient(node)
    if node.operator == "*":
        inner = _share(right) if left == Number(100) else _share(left) if right == Number(100) else None
        return inner * 100 if inner == 1 else None
    if node.operator == "-" and isinstance(left, Number):
        inner = _share(right)
        return inner if inner == left.value else None
    if node.operator in {"-", "or"} and (inner := _share(left)) is not None:
        return inner if inner == _share(right) or isinstance(right, (Call, Number)) else None
    if node.operator in {"and", "unless"} or (node.filters and isinstance(right, Number)):
        return _share(left)
    return None


def _quotient(node: Binary) -> float | None:
    """Return 1 where one quantity is divided by another, and 100 where the first is a hundredfold."""
    left, right = node.left, node.right
    if isinstance(right, Number) or is_mean(left, right):
        return None
    if isinstance(right, Binary) and right.operator == "/" and right.right == Number(100):  # by a hundredth
        return 100 if _quotient(replace(node, right=right.left)) == 1 else None
    if left != (part := _without_hundred(left)):
        return 100 if _counts_alike(part) and _counts_alike(right) else None
    return 1 if _counts_alike(left) and _counts_alike(right) else None


def is_mean(left: Node, right: Node) -> bool:
    """Whether a sum of what was observed is divided by how often it was."""
    sums, counts = ([each.name for each, _ in walk(side) if isinstance(each, Selector)] for side in (left, right))
    return any(f"{name.removesuffix('_sum')}_count" in counts for name in sums if name.endswith("_sum"))


def _without_hundred(node: Node) -> Node:
    if isinstance(node, Binary) and node.operator == "*":
        return node.right if node.left == Number(100) else node.left if node.right == Number(100) else node
    return node


def _counts_alike(side: Node) -> bool:
    """Whether nothing in a side of a quotient says that it is another thing than the other side."""
    found = [each for each, _ in walk(side)]
    numbers = any(isinstance(each, Number) and abs(each.value) > 1 for each in found)
    counts = any(isinstance(each, Aggregation) and each.name == "count" and not _is_of_state(each) for each in found)
    named = any(isinstance(each, Selector) and _MEASURED.search(each.name) for each in found)
    return not (numbers or counts or named or "xvar" in str(side))


def _is_of_state(node: Aggregation) -> bool:
    return isinstance(node.body, Selector) and is_state(node.body.name)
