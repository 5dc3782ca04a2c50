"""The expression tree that rules look at: plain frozen values, parentheses gone, Grafana's variables kept by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})
SETS = frozenset({"and", "or", "unless"})
RATES = frozenset({"rate", "irate", "increase"})
_VARIABLE_NAME = re.compile(r"xvar\d+x")
UNIT_KEEPING = frozenset(
    {"abs", "avg_over_time", "ceil", "clamp", "clamp_max", "clamp_min", "floor", "label_join", "label_replace"}
    | {"last_over_time", "max_over_time", "min_over_time", "round", "sort", "sort_by_label", "sort_by_label_desc"}
    | {"sort_desc"}
)
"""Functions whose result has the unit of what they are given first."""
CHOOSING = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})


@dataclass(frozen=True, slots=True)
class Window:
    """A range: its seconds, or the variable that stands for it (`$__rate_interval`; seconds are then None)."""

    seconds: float | None
    variable: str = ""

    def __str__(self) -> str:
        return self.variable or duration(self.seconds or 0)


@dataclass(frozen=True, slots=True)
class Matcher:
    """A label matcher; variables in `value` stand between ⟦ and ⟧."""

    label: str
    operator: str
    value: str

    @property
    def has_variable(self) -> bool:
        """Whether a Grafana variable is part of the value."""
        return "⟦" in self.value

    @property
    def is_regex(self) -> bool:
        """Whether the operator is =~ or !~."""
        return self.operator in {"=~", "!~"}

    def __str__(self) -> str:
        value = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{self.label}{self.operator}"{shown(value)}"'


@dataclass(frozen=True, slots=True)
class Number:
    """A number, alone among the nodes in having no children and no labels; `variable` when Grafana fills it in."""

    value: float
    variable: bool = False

    def __str__(self) -> str:
        return "a variable" if self.variable else f"{self.value:.15g}"


@dataclass(frozen=True, slots=True)
class Text:
    """A string literal."""

    value: str

    def __str__(self) -> str:
        return f'"{shown(self.value)}"'


@dataclass(frozen=True, slots=True)
class Selector:
    """Series by name and matchers: instant when `window` is None."""

    name: str
    matchers: tuple[Matcher, ...] = ()
    window: Window | None = None
    offset: float = 0
    pinned: bool = False
    alternatives: bool = False

    def matcher(self, label: str) -> Matcher | None:
        """Return the first matcher of a label."""
        for matcher in self.matchers:
            if matcher.label == label:
                return matcher
        return None

    @property
    def has_variable_name(self) -> bool:
        """Whether a Grafana variable is part of the metric's name, or is the whole of it."""
        return "xvar" in self.name and bool(_VARIABLE_NAME.search(self.name))

    def __str__(self) -> str:
        matchers = ",".join(map(str, self.matchers))
        return self.name + (f"{{{matchers}}}" if matchers or not self.name else "") + _range(self.window)


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments."""

    name: str
    arguments: tuple[Node, ...]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.arguments))})"


@dataclass(frozen=True, slots=True)
class Aggregation:
    """`sum by (labels) (body)`: labels None when there is no grouping; `without` when they are those taken away."""

    name: str
    body: Node
    parameter: Node | None = None
    labels: tuple[str, ...] | None = None
    without: bool = False

    def __str__(self) -> str:
        grouping = f" {'without' if self.without else 'by'} ({', '.join(self.labels)}) " if self.labels else ""
        return f"{self.name}{grouping}({f'{self.parameter}, ' if self.parameter else ''}{self.body})"


@dataclass(frozen=True, slots=True)
class Binary:
    """Two sides and an operator; `on` and `ignoring` None where they aren't written, `group` left, right or ''."""

    operator: str
    left: Node
    right: Node
    as_bool: bool = False
    on: tuple[str, ...] | None = None
    ignoring: tuple[str, ...] | None = None
    group: str = ""
    include: tuple[str, ...] = ()

    @property
    def filters(self) -> bool:
        """Whether it is a comparison that drops what it doesn't hold for."""
        return self.operator in COMPARISONS and not self.as_bool

    def __str__(self) -> str:
        matching = ""
        if self.on is not None:
            matching = f" on ({', '.join(self.on)})"
        elif self.ignoring is not None:
            matching = f" ignoring ({', '.join(self.ignoring)})"
        return f"{self.left} {self.operator}{' bool' if self.as_bool else ''}{matching} {self.right}"


@dataclass(frozen=True, slots=True)
class Negative:
    """A sign before an expression."""

    body: Node

    def __str__(self) -> str:
        return f"-{self.body}"


@dataclass(frozen=True, slots=True)
class Subquery:
    """An expression evaluated over a range."""

    body: Node
    window: Window
    step: Window | None = None
    offset: float = 0

    def __str__(self) -> str:
        return f"({self.body})[{self.window}:{self.step or ''}]"


Node: TypeAlias = Number | Text | Selector | Call | Aggregation | Binary | Negative | Subquery


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below, in the order of the text."""
    match node:
        case Selector() | Number():
            return ()
        case Call():
            return node.arguments
        case Aggregation():
            return (node.body,) if node.parameter is None else (node.parameter, node.body)
        case Binary():
            return (node.left, node.right)
        case Negative() | Subquery():
            return (node.body,)
        case Text():
            return ()


def walk(node: Node, above: tuple[Node, ...] = ()) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """Yield every node with those above it, the nearest last."""
    left = [(node, above)]
    while left:
        here = node, above = left.pop()
        yield here
        if below := children(node):
            around = (*above, node)
            left += [(child, around) for child in reversed(below)]


def selectors_of(node: Node) -> list[Selector]:
    """Return every selector of an expression."""
    return [each for each, _ in walk(node) if isinstance(each, Selector)]


def is_constant(node: Node) -> bool:
    """Whether an expression is made of numbers only."""
    return all(isinstance(each, (Binary, Negative, Number)) for each, _ in walk(node))


TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}
"""Each comparison as it is with its sides exchanged."""


def turned(node: Binary) -> Binary:
    """Return a comparison with its number on the right, `x <= 0.5` of `0.5 >= x`; anything else as it is."""
    if node.operator not in COMPARISONS or not is_constant(node.left):
        return node
    return replace(node, operator=TURNED.get(node.operator, node.operator), left=node.right, right=node.left)


def deciding(node: Node | None) -> list[Binary]:
    """Return the comparisons at the top, those joined by `or` included: an `and` may use one to match series only."""
    node = unjoined(node)
    if isinstance(node, Binary):
        if node.operator == "or":
            return deciding(node.left) + deciding(node.right)
        if node.filters:
            return [node]
    return []


def unjoined(node: Node | None) -> Node | None:
    """Return what is left when a comparison is only given labels: `(a > 1) * on (b) group_left (c) b_info`."""
    while isinstance(node, Binary) and node.operator == "*" and node.group == "left" and isinstance(node.left, Binary):
        if not node.left.filters and node.left.operator not in {"and", "unless"}:
            break
        node = node.left
    return node


def compared(node: Node | None) -> Node | None:
    """Return what an alert compares, which is what its value is: the left of the comparison, and of `and` before."""
    node = unjoined(node)
    while isinstance(node, Binary) and node.operator in {"and", "unless"}:
        node = unjoined(node.left)
    if not isinstance(node, Binary) or not node.filters:
        return None
    left = turned(node).left
    return left if not isinstance(left, Binary) or not left.filters else compared(left)


def without_variables(node: Node) -> Node:
    """Return the tree without matchers that hold variables, and with every window and offset the same.

    Two queries that differ only in what a reader chooses then compare equal.
    """

    def plain(selector: Selector) -> Selector:
        kept = tuple(sorted((m for m in selector.matchers if not m.has_variable), key=str))
        return replace(selector, matchers=kept, window=Window(0) if selector.window else None)

    return _changed(node, plain)


def without_matchers(node: Node, labels: frozenset[str] | None = None) -> Node:
    """Return the tree without the matchers of some labels, or without any."""

    def fewer(selector: Selector) -> Selector:
        return replace(selector, matchers=tuple(m for m in selector.matchers if labels and m.label not in labels))

    return _changed(node, fewer)


def ordered(node: Node) -> Node:
    """Return the tree with matchers and groupings in the order of the alphabet, and its number on the right."""

    def plain(selector: Selector) -> Selector:
        return replace(selector, matchers=tuple(sorted(selector.matchers, key=str)))

    changed = _changed(node, plain)
    return turned(changed) if isinstance(changed, Binary) else changed


def _changed(node: Node, change: Callable[[Selector], Selector]) -> Node:
    """Return the tree with other selectors, and with groupings in the order of the alphabet."""
    match node:
        case Selector():
            return change(node)
        case Call():
            return replace(node, arguments=tuple(_changed(each, change) for each in node.arguments))
        case Aggregation():
            return replace(node, body=_changed(node.body, change), labels=tuple(sorted(node.labels or ())))
        case Binary():
            return replace(node, left=_changed(node.left, change), right=_changed(node.right, change))
        case Negative() | Subquery():
            return replace(node, body=_changed(node.body, change))
        case _:
            return node


def shown(value: str) -> str:
    """Write variables as Grafana does."""
    return value.replace("⟦", "${").replace("⟧", "}") if "⟦" in value else value


def duration(seconds: float) -> str:
    """Write seconds as Prometheus does: 300 is 5m."""
    for unit, size in (("w", 604800), ("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"


def _range(window: Window | None) -> str:
    return f"[{window}]" if window else ""
