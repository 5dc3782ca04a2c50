"""Which labels the result of an expression has: all of them where an aggregation says so, else those it can't have."""

from __future__ import annotations

from dataclasses import dataclass

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
    """`names` that are there; when `exact`, no others are; when not, `gone` are those that certainly aren't."""

    names: frozenset[str] = NOTHING
    exact: bool = False
    gone: frozenset[str] = NOTHING

    def lacks(self, label: str) -> bool:
        """Whether no series of the result can have the label."""
        return label not in self.names if self.exact else label in self.gone

    def without(self, labels: frozenset[str]) -> Labels:
        """Return these with some taken away."""
        return Labels(self.names - labels, self.exact, NOTHING if self.exact else self.gone | labels)

    def including(self, label: str) -> Labels:
        """Return these with one more."""
        return Labels(self.names | {label}, self.exact, self.gone - {label})


UNKNOWN = Labels()
NONE = Labels(exact=True)


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


def result_labels(node: Node) -> Labels:
    """Return the labels of an expression's result."""
    match node:
        case Number() | Text():
            return NONE
        case Selector():
            return Labels(
                frozenset(m.label for m in node.matchers if m.operator == "=" and m.value and not m.has_variable),
                gone=frozenset(m.label for m in node.matchers if m.operator == "=" and not m.value),
            )
        case Call():
            return _call(node)
        case Aggregation():
            return _aggregation(node)
        case Binary():
            return _binary(node)
        case Negative() | Subquery():
            return result_labels(node.body)


def _call(call: Call) -> Labels:
    if call.name in _LABELLESS or not call.arguments:
        return NONE
    if call.name in {"absent", "absent_over_time"}:
        inner = call.arguments[0]
        return Labels(result_labels(inner).names, exact=True) if isinstance(inner, Selector) else NONE
    if call.name == "info":
        return UNKNOWN
    labels = next((result_labels(each) for each in call.arguments if not is_scalar(each)), NONE)
    if call.name in {"label_replace", "label_join"} and len(call.arguments) > 1:
        target = call.arguments[1]
        return labels.including(target.value) if isinstance(target, Text) and "⟦" not in target.value else UNKNOWN
    if call.name == "histogram_quantile":
        return labels.without(frozenset({"le"}))
    return labels


def _aggregation(node: Aggregation) -> Labels:
    body = result_labels(node.body)
    if node.name in CHOOSING:
        return body
    written = node.labels or ()
    if any("xvar" in label for label in written):
        return UNKNOWN
    if node.without:
        return body.without(frozenset(written))
    names = frozenset(written)
    kept = Labels(names & body.names if body.exact else names - body.gone, exact=True)
    if node.name == "count_values" and isinstance(node.parameter, Text):
        return kept.including(node.parameter.value)
    return kept


def _binary(node: Binary) -> Labels:  # noqa: PLR0911 one return a kind of matching
    if is_scalar(node.right):
        return result_labels(node.left)
    if is_scalar(node.left):
        return result_labels(node.right)
    left, right = result_labels(node.left), result_labels(node.right)
    if node.operator in SETS:
        return _either(left, right) if node.operator == "or" else left
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


def _either(left: Labels, right: Labels) -> Labels:
    if left.exact and right.exact:
        return Labels(left.names | right.names, exact=True)
    gone = frozenset(label for label in left.gone | right.gone if left.lacks(label) and right.lacks(label))
    return Labels(gone=gone)
