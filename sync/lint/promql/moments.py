"""Which series hold a point in time, in seconds since 1970, by their names: of what was, and of what is to come."""

from __future__ import annotations

import re

from sync.lint.promql.tree import Aggregation, Binary, Call, Node, Selector

_MOMENT = re.compile(
    r"_(?:timestamp|start_time|boot_time|push_time|push_failure_time)_seconds$|_cert_expiry$|_not_after(?:_timestamp)?(?:_seconds)?$"
    r"|^kube_\w+_(?:created|deleted|start_time|completion_time|deletion_timestamp|last_schedule_time|next_schedule_time)$"
    r"|_expir(?:y|ation|es)_timestamp(?:_seconds)?$"
)
_WAS = re.compile(r"start_time|boot_time|push_|completion|created|delet|last_|success|failure")
_TO_COME = re.compile(r"expir|not_after|next_")
_CHOOSING = frozenset({"max", "min", "avg", "max_over_time", "min_over_time", "last_over_time"})


def _moment(node: Node) -> str:
    """Return the name of the point in time that an expression is; '' where it is none."""
    while isinstance(node, Aggregation | Call) and node.name in _CHOOSING:
        node = node.body if isinstance(node, Aggregation) else node.arguments[0]
    return node.name if isinstance(node, Selector) and _MOMENT.search(node.name) else ""


def is_moment(node: Node) -> bool:
    """Whether it is a point in time."""
    return bool(_moment(node))


def is_past(node: Node) -> bool:
    """Whether it is a point in time that was."""
    name = _moment(node)
    return bool(_WAS.search(name)) and not _TO_COME.search(name)


def is_now(node: Node) -> bool:
    """Whether it is the time of the evaluation."""
    return isinstance(node, Call) and node.name == "time"


def is_short(seconds: float) -> bool:
    """Whether a number is a span, of three years at most, and no point in time."""
    return 60 <= seconds < 1e8


def sign_of_age(node: Binary) -> int:
    """Return 1 where it is an age, -1 where now is taken from what was, else 0."""
    if is_now(node.left) and is_past(node.right):
        return 1
    return -1 if is_now(node.right) and is_past(node.left) else 0


def is_time_to_come_turned(node: Node) -> bool:
    """Whether a point to come is taken from now: below zero until it is reached."""
    if not isinstance(node, Binary) or node.operator != "-" or not is_now(node.left):
        return False
    return bool(_TO_COME.search(_moment(node.right)))
