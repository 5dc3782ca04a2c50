"""What an expression is by its form or its names where no unit is known: an amount that is there, a span of time."""

from __future__ import annotations

import re

from sync.lint.promql.factors import core
from sync.lint.promql.tree import Binary, Call, Node, Selector, walk


def is_span(tree: Node) -> bool:
    """Whether now is taken from a time, or a time from now."""
    sides = (tree.left, tree.right) if isinstance(tree, Binary) and tree.operator == "-" else ()
    return any(core(side) == Call("time", ()) for side in sides)


def is_amount(tree: Node) -> bool:
    """Whether it is a size or a level, by its name, of which nothing takes a rate."""
    nodes = [each for each, _ in walk(tree)]
    names = [each.name for each in nodes if isinstance(each, Selector)]
    changes = any(isinstance(each, Call) and each.name in _CHANGES for each in nodes)
    divided = any(isinstance(each, Binary) and each.operator == "/" for each in nodes)
    return bool(names) and not changes and not divided and all(_AMOUNT.search(name) for name in names)


_CHANGES = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv", "changes"})
_AMOUNT = re.compile(
    r"^(?!.*(?:_per_|persec|_rate|throughput|bandwidth|speed|iops|qps|bps))[a-z0-9_]*_(?:size|capacity|length|depth|free|used|usage|in_use"
    r"|inuse|available|remaining|active|pending|connected|waiting|open|limit)(?:_bytes)?$"
)
