"""The numbers by which an expression is multiplied or divided, and what it is without them."""

from __future__ import annotations

from dataclasses import replace

from sync.lint.promql.tree import CHOOSING, Aggregation, Binary, Call, Node, Number, without_variables


def unscaled(node: Node) -> tuple[Node, float]:
    """Return an expression without the numbers that it is multiplied with or divided by, and their product."""
    match node:
        case Binary(operator="*" | "/", right=Number(value=number, variable=False)) if number > 0:
            inner, factor = unscaled(node.left)
            return inner, factor * number if node.operator == "*" else factor / number
        case Binary(operator="*", left=Number(value=number, variable=False)) if number > 0:
            inner, factor = unscaled(node.right)
            return inner, factor * number
        case Binary(operator="*" | "/"):
            inner, factor = unscaled(node.left)
            return replace(node, left=inner), factor
        case Aggregation(name="sum" | "avg" | "min" | "max"):
            inner, factor = unscaled(node.body)
            return replace(node, body=inner), factor
        case _:
            return node, 1


def core(node: Node) -> Node:
    """Return what an expression aggregates, orders or guards, without variables: it has the same unit."""
    while True:
        match node:
            case Aggregation(name=name) if name in CHOOSING | {"sum", "avg", "min", "max"}:
                node = node.body
            case Call(name="sort" | "sort_desc" | "clamp_min" | "clamp_max" | "label_replace" | "label_join"):
                node = node.arguments[0]
            case Binary(right=Number()) if node.filters:
                node = node.left
            case Binary(operator="or", right=Call(name="vector")):
                node = node.left
            case _:
                return without_variables(node)
