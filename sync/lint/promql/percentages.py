"""Percentages that are compared with a share: `used_percent > 0.85` instead of `> 85`."""

from __future__ import annotations

import re
from typing import TypeGuard

from sync.lint.promql.shares import is_mean
from sync.lint.promql.states import is_state
from sync.lint.promql.tree import Aggregation, Binary, Call, Node, Number, Selector, selectors_of, walk

_PERCENT = re.compile(r"(?:^|[_:])(?:percent|pct|percentage)(?:[_:]|$)")
_NO_PERCENT = re.compile(r"^kafka_\w*idle_?percent")
"""Shares in spite of their name."""
_FEW = re.compile(
    r"err|fail|loss|lost|drop|reject|throttl|stea?l|retr|timeout|timed|wait|idle|miss|evict|fragment|delta|diff|chang|rate"
    r"|drift|skew|slow|corrupt|invalid|dirty|dead|unavail|bad|4xx|5xx|throughput|growth|psi|pressure"
)
"""Of these a part of one percent may be too much already, or their percentage is a share in spite of its name."""
_USED = re.compile(
    r"us(?:ed|age)|alloc|busy|maximum|util|heap|mem|cpu|disk|filesystem|storage|space|capacity|full|avail|free",
    re.IGNORECASE,
)
_FREE = re.compile(r"free|avail|remain|left|success|hit|health|batter|uptime|(?:^|_)up\b", re.IGNORECASE)
_KEPT = frozenset({"max", "min", "avg", "sum", "max_over_time", "min_over_time", "avg_over_time", "last_over_time"})


def is_percentage(name: str) -> bool:
    """Whether a metric is in percent by its name."""
    return _PERCENT.search(name) is not None and not _NO_PERCENT.search(name)


def is_limit_of_share(node: Binary) -> bool:
    """Whether a percentage is compared with a number between 0 and 1 where that is hardly meant."""
    if not isinstance(node.right, Number) or node.right.variable or not 0 < node.right.value < 1:
        return False
    name = _percentage(node.left)
    if not name or _FEW.search(name.lower()):
        return False
    return node.operator in {">", ">="} or bool(_FREE.search(name))


def is_share(node: Node) -> bool:
    """Whether one quantity is divided by another and nothing makes a percentage of it: 0.8 stands for 80 %."""
    while (isinstance(node, (Aggregation, Call)) and node.name in _KEPT | {"abs", "sort_desc", "round"}) or _filters(
        node
    ):
        node = (
            node.body if isinstance(node, Aggregation) else node.arguments[0] if isinstance(node, Call) else node.left
        )
    if isinstance(node, Binary) and node.operator == "-" and node.left in {Number(1), Number(100)}:
        return is_share(node.right)
    if not isinstance(node, Binary) or node.operator != "/" or isinstance(node.right, Number):
        return False
    if is_mean(node.left, node.right):
        return False
    parts = [each for each, _ in walk(node)]
    names = [each.name for each in parts if isinstance(each, Selector)]
    numbers = any(isinstance(each, Number) and abs(each.value) >= 10 for each in parts)
    return bool(names) and not numbers and not any(is_percentage(name) or ":" in name for name in names)


def may_be_small(name: str) -> bool:
    """Whether less than one percent of what has such a name may matter: of errors, of packets lost."""
    return _FEW.search(name.lower()) is not None


def _filters(node: Node) -> TypeGuard[Binary]:
    """Whether series are dropped by a number, and those that stay keep their values."""
    return isinstance(node, Binary) and node.filters and isinstance(node.right, Number)


def _percentage(node: Node) -> str:
    """Return the names of what is in percent, by name or because it is multiplied by 100; '' where it isn't."""
    while isinstance(node, (Aggregation, Call)) and node.name in _KEPT:
        node = node.body if isinstance(node, Aggregation) else node.arguments[0]
    if isinstance(node, Selector):
        return node.name if is_percentage(node.name) and ":" not in node.name else ""
    times = node.left if isinstance(node, Binary) and node.operator == "/" else node  # a * 100 / b
    if isinstance(times, Binary) and times.operator == "*" and Number(100) in (times.left, times.right):
        names = [each.name for each in selectors_of(node)]
        return " ".join(names) if names and all(_USED.search(name) or is_state(name) for name in names) else ""
    return ""
