"""The numbers that alerts and the catalogue watch, by the expression that they watch."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

from sync.lint.project import Project
from sync.lint.promql import parsing
from sync.lint.promql.tree import (
    COMPARISONS,
    Aggregation,
    Binary,
    Call,
    Negative,
    Node,
    Number,
    Selector,
    Subquery,
    walk,
    without_variables,
)
from sync.lint.shape import as_dict, as_number, as_text


@dataclass(frozen=True, slots=True)
class Limit:
    """A number, who watches it, and by which labels, None where it isn't said which."""

    value: float
    name: str
    grouping: frozenset[str] | None = frozenset()


@dataclass(slots=True)
class Limits:
    """The limits of a project: by the expression without variables and windows, and by the ratio of any grouping."""

    exact: dict[Node, list[Limit]] = field(default_factory=dict)
    ratios: dict[Node, list[Limit]] = field(default_factory=dict)

    def add(self, tree: Node, value: float, name: str) -> None:
        """Take a number that an expression is compared with."""
        limit = Limit(value, name, groupings(tree))
        self.exact.setdefault(without_variables(tree), []).append(limit)
        if is_ratio(tree):
            self.ratios.setdefault(ungrouped(without_variables(tree)), []).append(limit)

    def of(self, tree: Node) -> list[Limit]:
        """Return the limits of a panel's expression.

        A ratio or quantile has the same limit whether or not it is grouped by what is the same in all of its series: a
        label that a matcher names, or that the reader chooses by a variable. Other sums grow with what they sum up.
        """
        found = self.exact.get(without_variables(tree), [])
        if not self.ratios or not is_ratio(tree):
            return found
        own, chosen = groupings(tree), _chosen(tree)
        for each in self.ratios.get(ungrouped(without_variables(tree)), []):
            same = own is not None and each.grouping is not None and own ^ each.grouping <= chosen
            if same and each not in found:
                found = [*found, each]
        return found


def groupings(node: Node) -> frozenset[str] | None:
    """Return the labels by which anything in an expression is grouped; None where only those taken away are said."""
    found = [each for each, _ in walk(node) if isinstance(each, Aggregation)]
    if any(each.without for each in found):
        return None
    return frozenset(label for each in found for label in each.labels or ()) - {"le"}


def ungrouped(node: Node) -> Node:
    """Return the tree with no groupings but those by `le`, which a quantile is made of."""
    match node:
        case Aggregation():
            kept = tuple(label for label in node.labels or () if label == "le")
            return replace(node, body=ungrouped(node.body), labels=kept)
        case Call():
            return replace(node, arguments=tuple(map(ungrouped, node.arguments)))
        case Binary():
            return replace(node, left=ungrouped(node.left), right=ungrouped(node.right))
        case Negative() | Subquery():
            return replace(node, body=ungrouped(node.body))
        case _:
            return node


def is_ratio(node: Node) -> bool:
    """Whether a number doesn't grow with the series that are summed up: a sum over a sum, or a quantile of them."""
    if isinstance(node, Call):
        return node.name == "histogram_quantile"
    return isinstance(node, Binary) and node.operator == "/" and _is_sum(node.left) and _is_sum(node.right)


def _is_sum(node: Node) -> bool:
    if isinstance(node, Binary):
        return _is_sum(node.left)
    return isinstance(node, Aggregation) and node.name == "sum"


def _chosen(tree: Node) -> frozenset[str]:
    """Return the labels that every selector fixes, or leaves to a variable."""
    each = [
        {matcher.label for matcher in node.matchers if matcher.operator == "=" or matcher.has_variable}
        for node, _ in walk(tree)
        if isinstance(node, Selector)
    ]
    return frozenset(set.intersection(*each)) if each else frozenset()


def limits(project: Project) -> Limits:
    """Return the limits of a project."""
    return _limits(_Same(project))


class _Same:
    """A project as a key: the same object is the same key."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.project is self.project

    def __hash__(self) -> int:
        return id(self.project)


@lru_cache(maxsize=1)
def _limits(same: _Same) -> Limits:
    found = Limits()
    for rule in same.project.rules:
        tree = rule.query.tree if rule.alert else None
        while isinstance(tree, Binary) and tree.operator in {"and", "unless"}:  # what else has to hold
            tree = tree.left
        if (
            isinstance(tree, Binary)
            and tree.operator in COMPARISONS - {"==", "!="}
            and isinstance(tree.right, Number)
            and tree.right.value
        ):
            found.add(tree.left, tree.right.value, rule.alert)
    for indicator in same.project.known.thresholds:
        tree = _parsed(as_text(indicator.get("expr")))
        for level in ("warning", "critical"):
            number = as_number(as_dict(indicator.get("thresholds")).get(level))
            if tree is not None and number is not None:
                name = as_text(indicator.get("title")) or as_text(indicator.get("name"))
                found.add(tree, number, f"{name} ({level})")
    return found


def _parsed(text: str) -> Node | None:
    try:
        return parsing.parse(text) if text else None
    except (parsing.UnparsableError, parsing.UndecidedError):
        return None
