"""A sum, difference or comparison of two things in different units: milliseconds and seconds, bytes and kilobytes.

Prometheus adds what it is given. A point in time in milliseconds less time(), which is in seconds, is a number that
means nothing, and a comparison of it never holds, or always. The units follow from the names of the metrics and from
what is done with them, from the catalogue and from the rules of recorded series. Where a side is multiplied by a
number of seconds it may be what happens in that time, and nothing is said.

FAIL promql:
    certificate_expiration_timestamp_ms - time() < 30 * 24 * 60 * 60

FAIL alert-expr:
    time() * 1000 - max by (job) (batch_push_time_seconds) > 3600

FAIL alert-expr:
    backup_last_success_timestamp_ms{job="a"} < time() - 86400

FAIL promql:
    process_resident_memory_bytes / 1024 / 1024 > on (instance) heap_max_bytes

FAIL promql:
    sum by (job) (heap_used_bytes) > sum by (job) (heap_limit_kilobytes)

FAIL promql:
    query_wait_seconds + query_run_milliseconds

FAIL promql:
    100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))

FAIL promql:
    max by (job) (process_uptime_seconds or runtime_uptime / 1000 or runtime_uptime_milliseconds_total)

PASS promql:
    max by (job) (process_uptime_seconds or runtime_uptime_milliseconds_total / 1000)
    or took_milliseconds > 5 or took_seconds > 5

PASS promql:
    certificate_expiration_timestamp_ms / 1000 - time() < 30 * 24 * 60 * 60 or time() * 1000 - backup_start_time_ms > 1

PASS promql:
    node_filesystem_avail_bytes < rate(node_disk_written_bytes_total[1h]) * 3600

PASS promql:
    node_memory_MemFree_bytes + node_memory_Cached_bytes > 2 * node_memory_Active_bytes

FAIL promql:
    100 - avg by (instance) (rate(windows_cpu_time_total{mode="privileged"}[5m])) * 100

FAIL panel:
    type: timeseries
    title: Checkpoints
    targets:
    - {refId: A, expr: "rate(pg_checkpoint_sync_time_total[5m]) / 1000"}
    - {refId: B, expr: "rate(pg_checkpoint_write_time_total[5m])"}

PASS panel:
    type: timeseries
    title: Traffic
    targets:
    - {refId: A, expr: "rate(shop_received_bytes_total[5m])"}
    - {refId: B, expr: "-rate(shop_sent_bytes_total[5m])"}
"""

from __future__ import annotations

import itertools
import math
import re

from sync.lint.dashboard import Panel
from sync.lint.known_units import units
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.dimensions import Known, dimension
from sync.lint.promql.factors import core, unscaled
from sync.lint.promql.measures import Dimension
from sync.lint.promql.moments import ticks
from sync.lint.promql.ranges import range_of
from sync.lint.promql.tree import COMPARISONS, Binary, Node, Number, Selector, is_constant, selectors_of
from sync.lint.query import Query
from sync.lint.ranges_known import lookup
from sync.lint.rule import Findings, Rule

_TIMES = (60, 3600, 86400)
_STEPS = (1000, 1024, 1e6, 1024**2, 1e9, 1024**3)
"""What a thing in one unit is multiplied by for the next."""


def check(query: Query, project: Project) -> Findings:
    """Compare the units of both sides of what is added, taken away or compared."""
    known, ranges = units(project), lookup(project)
    for node, _ in query.each(Binary):
        if node.operator not in _OF_ONE_UNIT or is_constant(node.left) or is_constant(node.right):
            continue
        if said := _moments(node) or _amounts(node, known):
            yield Finding(said, piece=f" {node.operator} ")
    for node, above in query.each(Binary):
        inside = above and isinstance(above[-1], Binary) and above[-1].operator == "or"
        if node.operator == "or" and not inside and (said := _alternatives(node, known)):
            yield Finding(said, piece=" or ", severity=Severity.WARNING)
    for node, _ in query.each(Binary):
        if node.operator == "/" and (said := _other_place(node.left, node.right)):
            yield Finding(said, piece="/", severity=Severity.WARNING)
        whole = node.operator == "-" and node.left == Number(100) and not isinstance(core(node.right), Selector)
        if whole and range_of(node.right, ranges).high == 1:
            yield Finding("100 minus a share (0 … 1) is hardly ever below 99: multiply it by 100", piece="100")
        if node.operator == "-" and node.left in {Number(1), Number(100)} and (busy := _is_busy(node.right)):
            said = f"what {busy} leaves is no use: 1 - idle is"
            yield Finding(said, piece=busy.rpartition("=")[2], severity=Severity.WARNING)


def _other_place(above: Node, below: Node) -> str:
    """Say of a quotient that one part is in memory and the other on disks, by all names of both."""
    one, other = _place(above), _place(below)
    return f"what is in {one} is divided by what is in {other}" if one and other and one != other else ""


def _place(node: Node) -> str:
    """Return where all that is asked for is by its names, `memory` or `disks`; '' for another, or for both."""
    names = [selector.name.lower() for selector in selectors_of(node)]
    is_memory, is_disk = (all(place.search(name) for name in names) for place in (_MEMORY, _DISK))
    return "" if is_memory == is_disk else "memory" if is_memory else "disks"


_MEMORY = re.compile(r"(?:^|_)(?:memory|mem|heap|ram)(?:_|$)")
_DISK = re.compile(r"(?:^|_)(?:storage|disks?|filesystem|fs)(?:_|$)")
_OF_ONE_UNIT = COMPARISONS | {"+", "-"}


def _is_busy(node: Node) -> str:
    """Return the one mode of a CPU's time, not idle, that an expression takes; '' for any other."""
    selectors = [*selectors_of(node)]
    mode = selectors[0].matcher("mode") if len(selectors) == 1 and "cpu" in selectors[0].name else None
    is_one = mode is not None and mode.operator == "=" and mode.value in _BUSY
    return str(mode) if is_one else ""


_BUSY = frozenset({"user", "system", "nice", "irq", "softirq", "privileged", "dpc", "interrupt"})
"""What a CPU does that isn't waiting."""


def check_panel(panel: Panel, _project: Project) -> Findings:
    """Look for one of a panel's queries that is not multiplied as those are that ask for the like."""
    factors: dict[str, list[tuple[int, float, str]]] = {}
    for number, target in enumerate(panel.targets if len(panel.targets) > 1 else ()):
        tree = target.query.as_promql.tree if target.query is not None and not target.hidden else None
        if tree is not None:
            inner, factor = unscaled(tree)
            names = {selector.name for selector in selectors_of(inner)}
            if len(names) == 1 and ":" not in (name := names.pop()):
                words = name.removesuffix("_total").split("_")
                form = str(inner).replace(name, f"{words[0]}…{words[-1]}")
                factors.setdefault(form, []).append((number, factor, name))
    for alike in factors.values():
        scaled = {factor for _, factor, _ in alike}
        plain = [each for each in alike if each[1] == 1]
        other = next((factor for factor in scaled if factor != 1), 1)
        if len(scaled) == 2 and len(plain) == 1 and {name for *_, name in alike} != {plain[0][2]} and other in _SCALES:
            said = f"{plain[0][2]} is shown as it is, and the like of it × {other:.10g}"
            yield Finding(said, pointer=("targets", plain[0][0], "expr"), severity=Severity.WARNING)


_SCALES = frozenset({each for step in (*_STEPS, *_TIMES, 100, 8) for each in (step, 1 / step)})
"""What one unit is multiplied by for another: a sign turns a line upside down."""


def _alternatives(node: Binary, known: Known) -> str:
    """Compare the sides of `or`, each of which stands for the same: seconds or milliseconds, and not both."""
    sides, waiting = [], [node]
    for each in waiting:
        for side in (each.left, each.right):
            if isinstance(side, Binary) and side.operator == "or":
                waiting.append(side)
            elif not (isinstance(side, Binary) and side.operator in COMPARISONS):
                sides.append(dimension(_whole(side), known))
    told = [side for side in sides if side is not None]
    for one, other in itertools.combinations(told, 2):
        if (one.bytes, one.seconds) == (other.bytes, other.seconds) and _differ(one, other):
            return f"one side is {one.words}, the other {other.words}"
    return ""


def _moments(node: Binary) -> str:
    left, right = ticks(node.left), ticks(node.right)
    if node.operator == "+" or left is None or right is None or math.isclose(left, right):
        return ""
    names: dict[float, str] = {1: "seconds", 1000: "milliseconds"}
    if left not in names or right not in names:
        return f"the left is a time × {left:g}, the right one × {right:g}: bring both to seconds"
    return f"the left is a time in {names[left]}, the right one in {names[right]}: bring both to seconds"


def _amounts(node: Binary, known: Known) -> str:
    left, right = (dimension(_whole(side), known) for side in (node.left, node.right))
    if left is None or right is None or not _differ(left, right):
        return ""
    return f"the left is {left.words}, the right {right.words}"


def _whole(node: Node) -> Node:
    """Return what a part is taken of: `x * 0.1` has the unit of x."""
    match node:
        case Binary(operator="*", left=inner, right=Number(value=share)) if 0 < share < 1:
            return inner
        case Binary(operator="*", left=Number(value=share), right=inner) if 0 < share < 1:
            return inner
        case _:
            return node


def _differ(left: Dimension, right: Dimension) -> bool:
    """Whether one is certainly no part of the other: unlike measures, or one a thousand times the other."""
    measures = [(each.bytes, each.seconds) for each in (left, right)]
    if (0, 0) in measures or any(math.isclose(each.factor, time) for each in (left, right) for time in _TIMES):
        return False
    times = max(left.factor / right.factor, right.factor / left.factor)
    return measures[0] != measures[1] or any(math.isclose(times, step, rel_tol=0.01) for step in _STEPS)


RULE = Rule(__name__, Severity.ERROR, query=check, panel=check_panel)
