"""Which labels the result of an expression has: all of them where an aggregation says so, else those it can't have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sync.lint.promql.tree import (
    CHOOSING,
    SETS,
    Aggregation,
    Binary,
    Call,
    Negative,
    Node,
    Number,
    Selector,
    Subquery,
    Text,
)

NOTHING: frozenset[str] = frozenset()
_LABELLESS = frozenset({"vector", "time", "pi", "scalar"})


@dataclass(frozen=True, slots=True)
class Labels:
    """`names` that are there; when `exact`, no others but `maybe`; when not, `gone` are those that certainly aren't."""

    names: frozenset[str] = NOTHING
    exact: bool = False
    gone: frozenset[str] = NOTHING
    maybe: frozenset[str] = NOTHING

    def lacks(self, label: str) -> bool:
        """Whether no series of the result can have the label."""
        return label not in self.possible if self.exact else label in self.gone

    @property
    def possible(self) -> frozenset[str]:
        """Those that are there, on all series or on some."""
        return self.names | self.maybe

    def without(self, labels: frozenset[str]) -> Labels:
        """Return these with some taken away."""
        if self.exact and self.names.isdisjoint(labels) and self.maybe.isdisjoint(labels):
            return self
        gone = NOTHING if self.exact else self.gone | labels
        return Labels(self.names - labels, self.exact, gone, self.maybe - labels)

    def including(self, label: str) -> Labels:
        """Return these with one more."""
        return Labels(self.names | {label}, self.exact, self.gone - {label}, self.maybe - {label})

    def either(self, other: Labels) -> Labels:
        """Return the labels of series that have these or those."""
        names = self.names & other.names
        if self.exact and other.exact:
            return Labels(names, exact=True, maybe=(self.possible | other.possible) - names)
        gone = frozenset(label for label in self.gone | other.gone if self.lacks(label) and other.lacks(label))
        return Labels(names, gone=gone)


UNKNOWN = Labels()
NONE = Labels(exact=True)
Lookup: TypeAlias = Callable[[Selector], Labels]
"""What is known of the labels of a selector's series."""
_NAME = frozenset({"__name__"})
_NAMED = frozenset(
    ["sort", "sort_desc", "sort_by_label", "sort_by_label_desc", "last_over_time", "first_over_time", "info"]
)
"""Functions whose result still has the name of what they are given."""


def is_scalar(node: Node) -> bool:
    """Whether a node is a number without series: nothing is matched with it."""
    match node:
        case Number() | Text():
            return True
        case Call():
            return node.name in {"scalar", "time", "pi"}
        case Negative():
            return is_scalar(node.body)
        case Binary():
            return is_scalar(node.left) and is_scalar(node.right)
        case _:
            return False


def matched(selector: Selector) -> Labels:
    """Return the labels that a selector's matchers ask for."""
    if not selector.matchers:
        return UNKNOWN
    asked = [matcher for matcher in selector.matchers if matcher.operator == "=" and matcher.label != "__name__"]
    return Labels(
        frozenset(matcher.label for matcher in asked if matcher.value and not matcher.has_variable),
        gone=frozenset(matcher.label for matcher in asked if not matcher.value),
    )


def result_labels(  # noqa: PLR0911 one return a kind of node
    node: Node, of: Lookup = matched
) -> Labels:
    """Return the labels of an expression's result; `of` gives those of a selector."""
    match node:
        case Selector():
            return of(node)
        case Call():
            return _call(node, of)
        case Aggregation():
            return _aggregation(node, of)
        case Binary():
            labels = _binary(node, of)
            return labels if node.filters or node.operator in SETS else labels.without(_NAME)
        case Negative():
            return result_labels(node.body, of).without(_NAME)
        case Subquery():
            return result_labels(node.body, of)
        case Number() | Text():
            return NONE


def _call(call: Call, of: Lookup) -> Labels:
    if call.name in _LABELLESS or not call.arguments:
        return NONE
    if call.name in {"absent", "absent_over_time"}:
        inner = call.arguments[0]
        return Labels(matched(inner).names, exact=True) if isinstance(inner, Selector) else NONE
    if call.name == "info":
        return UNKNOWN
    labels = next((result_labels(each, of) for each in call.arguments if not is_scalar(each)), NONE)
    if call.name in {"label_replace", "label_join"} and len(call.arguments) > 1:
        target = call.arguments[1]
        return labels.including(target.value) if isinstance(target, Text) and "⟦" not in target.value else UNKNOWN
    if call.name == "histogram_quantile":
        return labels.without(frozenset({"le", "__name__"}))
    return labels if call.name in _NAMED else labels.without(_NAME)


def _aggregation(node: Aggregation, of: Lookup) -> Labels:
    body = result_labels(node.body, of)
    if node.name in CHOOSING:
        return body
    written = node.labels or ()
    if any("xvar" in label for label in written):
        return UNKNOWN
    if node.without:
        return body.without(frozenset(written) | _NAME)
    names = frozenset(written)
    kept = Labels(names - body.gone, exact=True)
    if body.exact:
        kept = Labels(names & body.names, exact=True, maybe=names & body.maybe)
    if node.name == "count_values" and isinstance(node.parameter, Text):
        return kept.including(node.parameter.value)
    return kept


def _binary(node: Binary, of: Lookup) -> Labels:  # noqa: PLR0911 one return a kind of matching
    if is_scalar(node.right):
        return result_labels(node.left, of)
    if is_scalar(node.left):
        return result_labels(node.right, of)
    left, right = result_labels(node.left, of), result_labels(node.right, of)
    if node.operator in SETS:
        return left.either(right) if node.operator == "or" else left
    if node.group:
        return _carried(node.include, *((right, left) if node.group == "left" else (left, right)))
    if node.on is not None:
        if any("xvar" in label for label in node.on):
            return UNKNOWN
        return Labels(frozenset(label for label in node.on if not left.lacks(label)), exact=True)
    if node.ignoring:
        return left.without(frozenset(node.ignoring))
    if left.exact or right.exact:
        return left if left.exact else right
    return Labels(left.names | right.names, gone=left.gone | right.gone)


def _carried(labels: tuple[str, ...], one: Labels, many: Labels) -> Labels:
    """Return the labels of the many, with those of the one that group_left (…) names: gone where it hasn't them."""
    for label in labels:
        if "xvar" in label:
            return UNKNOWN
        many = many.without(frozenset({label})) if one.lacks(label) else many.including(label)
    return many
