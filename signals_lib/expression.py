"""The tree behind a query: selectors, calls, aggregations and operators, and how they are written as PromQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from signals_lib import exact
from signals_lib.matcher import Matcher
from signals_lib.signal import Signal

_BINDING = {
    "or": 1, "and": 2, "unless": 2,
    "==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3,
    "+": 4, "-": 4, "*": 5, "/": 5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Selector:
    """Series of a signal; with a window, a range of each."""

    signal: Signal
    matchers: tuple[tuple[str, Matcher], ...] = ()
    window: str = ""
    offset: str = ""

    def __str__(self) -> str:
        matchers = ",".join(matcher.render(label) for label, matcher in self.matchers)
        series = f"{self.signal.name}{{{matchers}}}" if matchers else self.signal.name
        return series + (f"[{self.window}]" if self.window else "") + (f" offset {self.offset}" if self.offset else "")


@dataclass(frozen=True, slots=True)
class Number:
    """A bare number."""

    value: Decimal

    def __str__(self) -> str:
        return exact.text(self.value)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of PromQL."""

    function: str
    arguments: tuple[Node, ...] = ()

    def __str__(self) -> str:
        return f"{self.function}({', '.join(map(str, self.arguments))})"


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregation; `by=None` has no grouping clause and (for topk) keeps every label."""

    operation: str
    argument: Node
    by: tuple[str, ...] = ()
    parameter: Decimal | None = None

    def __str__(self) -> str:
        grouping = f" by ({', '.join(self.by)}) " if self.by else ""
        parameter = "" if self.parameter is None else f"{exact.text(self.parameter)}, "
        return f"{self.operation}{grouping}({parameter}{self.argument})"


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two sides; `matching` is its clause, as `on (job) group_left ()`."""

    operator: str
    left: Node
    right: Node
    matching: str = ""

    def __str__(self) -> str:
        binding = _BINDING[self.operator]
        left, right = (
            f"({side})" if isinstance(side, Binary) and _BINDING[side.operator] < least else str(side)
            for side, least in ((self.left, binding), (self.right, binding + 1))
        )
        matching = f"{self.matching} " if self.matching else ""
        return f"{left} {self.operator} {matching}{right}"


@dataclass(frozen=True, slots=True)
class Subquery:
    """A query evaluated again and again over a window; `at_end` one that ends with the graph, whatever the point."""

    argument: Node
    window: str
    step: str = ""
    at_end: bool = False

    def __str__(self) -> str:
        inner = f"({self.argument})" if isinstance(self.argument, Binary) else str(self.argument)
        return f"{inner}[{self.window}:{self.step}]" + (" @ end()" if self.at_end else "")


Node = Selector | Number | Call | Aggregate | Binary | Subquery
Leaf = Selector | Subquery


def rewritten(node: Node, change: Callable[[Leaf], Leaf]) -> Node:
    """Return the tree with every selector and subquery changed."""
    match node:
        case Selector():
            return change(node)
        case Number():
            return node
        case Call(arguments=arguments):
            return replace(node, arguments=tuple(rewritten(argument, change) for argument in arguments))
        case Binary(left=left, right=right):
            return replace(node, left=rewritten(left, change), right=rewritten(right, change))
        case Subquery(argument=argument):
            return change(replace(node, argument=rewritten(argument, change)))
        case Aggregate(argument=argument):
            return replace(node, argument=rewritten(argument, change))


def selectors(node: Node) -> Iterator[Selector]:
    """Yield every selector of the tree, from left to right."""
    match node:
        case Selector():
            yield node
        case Call(arguments=arguments):
            for argument in arguments:
                yield from selectors(argument)
        case Binary(left=left, right=right):
            yield from selectors(left)
            yield from selectors(right)
        case Subquery(argument=argument) | Aggregate(argument=argument):
            yield from selectors(argument)
        case Number():
            return
