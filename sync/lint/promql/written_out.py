"""Recorded series written out as the expressions that their rules record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sync.lint.promql.tree import Aggregation, Binary, Call, Matcher, Negative, Node, Selector, Subquery
from sync.lint.rule_file import Rule


def written_out(node: Node, recorded: Mapping[str, list[Rule]], depth: int = 4) -> Node:
    """Return an expression in which recorded series are what they are made of; matchers go to all that it selects."""
    if not recorded or not depth:
        return node
    match node:
        case Selector(window=None):
            rules = recorded.get(node.name, [])
            tree = rules[0].query.tree if len(rules) == 1 else None
            return node if tree is None else written_out(_matching(tree, node.matchers), recorded, depth - 1)
        case Call():
            return replace(node, arguments=tuple(written_out(each, recorded, depth) for each in node.arguments))
        case Binary():
            left, right = (written_out(each, recorded, depth) for each in (node.left, node.right))
            return replace(node, left=left, right=right)
        case Aggregation() | Negative() | Subquery():
            return replace(node, body=written_out(node.body, recorded, depth))
        case _:
            return node


def _matching(node: Node, matchers: tuple[Matcher, ...]) -> Node:
    if not matchers:
        return node
    match node:
        case Selector():
            own = {matcher.label for matcher in node.matchers}
            return replace(node, matchers=(*node.matchers, *(each for each in matchers if each.label not in own)))
        case Call():
            return replace(node, arguments=tuple(_matching(each, matchers) for each in node.arguments))
        case Binary():
            return replace(node, left=_matching(node.left, matchers), right=_matching(node.right, matchers))
        case Aggregation() | Negative() | Subquery():
            return replace(node, body=_matching(node.body, matchers))
        case _:
            return node
