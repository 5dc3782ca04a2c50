"""Which labels of a result matchers hold to one value each."""

from __future__ import annotations

from sync.lint.promql.labels import is_scalar
from sync.lint.promql.tree import CHOOSING, Aggregation, Binary, Call, Negative, Node, Selector, Subquery


def held(  # noqa: PLR0911 one return a kind of node
    node: Node,
) -> dict[str, str]:
    """Return the labels that every series of a result has, and the one value that matchers hold each to."""
    match node:
        case Selector():
            return {
                each.label: each.value
                for each in node.matchers
                if each.operator == "=" and each.value and not each.has_variable and each.label != "__name__"
            }
        case Call(name="absent" | "absent_over_time" | "label_replace" | "label_join" | "vector" | "scalar" | "info"):
            return {}
        case Call():
            return next((held(each) for each in node.arguments if not is_scalar(each)), {})
        case Aggregation():
            if node.name not in CHOOSING and not node.labels and not node.without:
                return {}
            inside, labels = held(node.body), node.labels or ()
            if node.name in CHOOSING:
                return inside
            return {label: value for label, value in inside.items() if (label in labels) != bool(node.without)}
        case Subquery() | Negative():
            return held(node.body)
        case Binary() if node.filters or node.operator in {"and", "unless"} or is_scalar(node.left):
            return held(node.right if is_scalar(node.left) else node.left)
        case Binary() if is_scalar(node.right):
            return held(node.left)
        case _:
            return {}
