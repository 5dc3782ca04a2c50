"""An expression as a multiple of another and a number: what is used of what is free, a percentage of a share."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sync.lint.promql.factors import unscaled
from sync.lint.promql.tree import Aggregation, Binary, Node, Number

_TURNED = {"max": "min", "min": "max", "avg": "avg"}


@dataclass(frozen=True, slots=True)
class Linear:
    """`factor * core + offset`."""

    core: Node
    factor: float = 1
    offset: float = 0

    def value(self, of_core: float) -> float:
        """Return what the expression is where its core is a number."""
        return self.factor * of_core + self.offset

    def of_core(self, value: float) -> float:
        """Return what the core is where the expression is a number."""
        return (value - self.offset) / self.factor

    def scaled(self, factor: float) -> Linear:
        """Return a multiple of it."""
        return Linear(self.core, self.factor * factor, self.offset * factor)


def linear(node: Node) -> Linear:
    """Take an expression apart: `100 - 100 * a / b` is a / b, times -100 and from 100; so is `100 * (b - a) / b`."""
    match node:
        case Binary(operator="*" | "/", right=Number(value=number, variable=False)) if number > 0:
            return linear(node.left).scaled(number if node.operator == "*" else 1 / number)
        case Binary(operator="*", left=Number(value=number, variable=False)) if number > 0:
            return linear(node.right).scaled(number)
        case Binary(operator="-", left=Number(value=number, variable=False)):
            inner = linear(node.right)
            return Linear(inner.core, -inner.factor, number - inner.offset)
        case Binary(operator="/"):
            part, factor = unscaled(node.left)
            if isinstance(part, Binary) and part.operator == "-" and part.left == node.right:
                return Linear(replace(node, left=part.right), -factor, factor)
        case Aggregation(name="max" | "min" | "avg"):
            inner = linear(node.body)
            if inner.factor < 0:
                return Linear(replace(node, name=_TURNED[node.name], body=inner.core), inner.factor, inner.offset)
        case _:
            pass
    return Linear(*unscaled(node))
