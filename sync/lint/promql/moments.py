"""Which series hold a point in time, in seconds since 1970, by their names: of what was, and of what is to come."""

from __future__ import annotations

import re

from sync.lint.promql.tree import CHOOSING, SETS, Aggregation, Binary, Call, Node, Number, Selector, is_constant

_MOMENT = re.compile(
    r"_(?:timestamp|start_time|boot_time|push_time|push_failure_time)_seconds$|_cert_expiry$|_not_after(?:_timestamp)?(?:_seconds)?$"
    r"|^kube_\w+_(?:created|deleted|start_time|completion_time|deletion_timestamp|last_schedule_time|next_schedule_time)$"
    r"|_expir(?:y|ation|es)_timestamp(?:_seconds)?$|_start_timestamp$"
    r"|_last_(?:success|successful|backup|run|completed|finished|scrape|sync|upload)(?:_[a-z]{1,20}){0,4}_timestamp$|_last_success(?:ful)?_(?:\w+_)?time$|_last_trigger_seconds$|_latest_handshake_seconds$"
)
_WAS = re.compile(r"start_time|start_timestamp|boot_time|push_|completion|created|delet|last_|success|failure")
_TO_COME = re.compile(r"expir|not_after|next_")
_IN_MILLISECONDS = re.compile(
    r"(?:timestamp|_(?:start|boot|end|expiry|expiration|expires|creation|created|updated|modified|completion|finish|last_\w+)"
    r"(?:_time|_at|_date)?)_(?:ms|msec|millis|milliseconds)$"
)
_KEEPING = frozenset(
    {"label_replace", "label_join", "sort", "sort_desc", "round", "floor", "ceil", "abs", "scalar", "vector"}
)
_CHOOSING = frozenset({"max", "min", "avg", "max_over_time", "min_over_time", "avg_over_time", "last_over_time"})


def _moment(node: Node) -> str:
    """Return the name of the point in time that an expression is; '' where it is none."""
    while isinstance(node, (Aggregation, Call)) and node.name in _CHOOSING:
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


def ticks(node: Node) -> float | None:  # noqa: PLR0911 one return a kind of node
    """Return how many units a point in time has a second, 1 or 1000; None where it isn't told or is no such point."""
    match node:
        case Call(name="time" | "timestamp"):
            return 1
        case Selector(name=name):
            return 1000 if _IN_MILLISECONDS.search(name) else 1 if _MOMENT.search(name) else None
        case Aggregation() if node.name in _CHOOSING | CHOOSING:
            return ticks(node.body)
        case Call(arguments=(inner, *_)) if node.name in _CHOOSING | _KEEPING:
            return ticks(inner)
        case Binary(operator="*" | "/", right=Number(value=number, variable=False)) if number:
            return _times(ticks(node.left), number if node.operator == "*" else 1 / number)
        case Binary(operator="*", left=Number(value=number, variable=False)):
            return _times(ticks(node.right), number)
        case Binary(operator="+" | "-", right=right) if is_constant(right):
            return ticks(node.left)
        case Binary() if node.filters or node.operator in SETS:
            return ticks(node.left)
        case _:
            return None


def is_taken_for_span(node: Node, limit: float) -> bool:
    """Whether a point in time, in whatever unit, is compared with a span: more than 0, and three years at most."""
    unit = ticks(node)
    return unit is not None and 0 < limit < 1e8 * unit


def _times(value: float | None, number: float) -> float | None:
    return value * number if value is not None else None


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
