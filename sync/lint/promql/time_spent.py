"""Which rates are the share of its time that one thing spent, so that they are at most 1: of a core, of a disk."""

from __future__ import annotations

import re

from sync.lint.promql.tree import Aggregation, Call, Node, Selector

_CPU_TIME = frozenset({"node_cpu_seconds_total", "windows_cpu_time_total"})
"""Seconds of one core in one mode: no more than one a second."""
_BUSY = re.compile(r"^node_disk_io_time_seconds_total$|^node_pressure_\w+_(?:waiting|stalled)_seconds_total$")
"""Seconds in which one thing was busy, or any process waited: no more than one a second either."""


def is_of_its_time(call: Call) -> bool:
    """Whether it is the share of its time that a core, a disk or a machine spent so."""
    return _of_a_core(call) or (
        call.name in {"rate", "irate"}
        and isinstance(call.arguments[0], Selector)
        and bool(_BUSY.search(call.arguments[0].name))
    )


def _of_a_core(call: Call) -> bool:
    """Whether it is the share of its time that one core spent in one mode."""
    inner = call.arguments[0] if call.name in {"rate", "irate"} else None
    return isinstance(inner, Selector) and inner.name in _CPU_TIME


def is_of_cores(node: Node) -> bool:
    """Whether it is the time that cores spent in each mode, or the average over cores. Modes of Windows overlap."""
    while isinstance(node, Aggregation) and node.name == "avg":
        node = node.body
    return (
        isinstance(node, Call)
        and _of_a_core(node)
        and isinstance(node.arguments[0], Selector)
        and not node.arguments[0].name.startswith("windows_")
    )


def is_number_of_cores(node: Node) -> bool:
    """Whether it counts the cores that there are, each of which has series of its own."""
    while isinstance(node, Aggregation) and node.name in {"count", "group", "sum", "max"}:
        if node.name == "count" and isinstance(node.body, Selector):
            return node.body.name in _CPU_TIME
        node = node.body
    return False


def is_over_modes(node: Aggregation) -> bool:
    """Whether a sum puts together the modes of a core and nothing else: together they are all of its time."""
    labels, body = set(node.labels or ()), node.body
    if node.without:
        return labels == {"mode"}
    return isinstance(body, Aggregation) and not body.without and set(body.labels or ()) - labels == {"mode"}
