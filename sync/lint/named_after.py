"""Alerts that are named after too much, or too old, and fire where there is little of it, or it is new."""

from __future__ import annotations

import re

from sync.lint.limits import constant
from sync.lint.problem import Finding, Severity
from sync.lint.promql.factors import core
from sync.lint.promql.tree import Aggregation, Binary, Call, Node, Selector, compared, selectors_of, turned, walk
from sync.lint.rule import Findings
from sync.lint.rule_file import Rule as FileRule


def other_than_named(rule: FileRule) -> Findings:
    """Look for an alert whose name says the contrary of its comparison."""
    yield from _little_of_it(rule)
    yield from _much_left(rule)
    yield from _new(rule)
    yield from _well(rule)


def _well(rule: FileRule) -> Findings:
    """Look for an alert that is named after what is down, and fires while it is up."""
    tree = rule.query.as_promql.tree
    if not isinstance(tree, Binary) or not _IS_DOWN.search(rule.alert) or not tree.filters:
        return
    node = turned(tree)
    first = next(iter(selectors_of(node.left)), None)
    down = next((each for each in first.matchers if _DOWN_STATE.fullmatch(each.value)), None) if first else None
    is_not_so = (node.operator, constant(node.right)) in {("==", 0), ("<", 1), ("!=", 1)}
    if down is not None and down.operator == "=" and is_not_so:
        message = f"{rule.alert}: it fires while {down} is not so, which is well"
        yield Finding(message, pointer=("expr",), piece=node.operator)
    is_up = isinstance(node.left, Selector) and _UP.search(node.left.name) is not None
    if is_up and (node.operator, constant(node.right)) in {("==", 1), (">", 0), (">=", 1), ("!=", 0)}:
        message = f"{rule.alert}: it fires while {node.left} is 1, which is well"
        yield Finding(message, pointer=("expr",), piece=node.operator)


_IS_DOWN = re.compile(r"Down|Offline|Unreachable|Missing|Dead|Fail|Unhealthy|NotReady|NotRunning|Broken")
_DOWN_STATE = re.compile(r"down|failed|offline|unhealthy|dead|critical", re.IGNORECASE)
_UP = re.compile(r"(?:^|_)(?:up|success|successful|healthy|alive|online|reachable)$")


def _much_left(rule: FileRule) -> Findings:
    """Look for an alert that is named after much use, and fires where much is left: HighCPUUsage of idle > 85."""
    tree = compared(rule.query.as_promql.tree)
    found = [turned(node) for node, _ in rule.query.as_promql.each(Binary) if node.filters]
    if tree is None or not _MUCH_USE.search(rule.alert) or len(found) != 1 or found[0].operator not in {">", ">="}:
        return
    is_turned = any(isinstance(node, Binary) and node.operator == "-" for node, _ in walk(tree))
    if is_turned or _OF_WHAT_IS_LEFT.search(rule.alert) or _IS_LEFT.search(rule.alert):
        return
    first = next(iter(selectors_of(tree)), None)
    left = _LEFT.search(str(first)) if first is not None else None
    if left is not None and constant(found[0].right) is not None:
        message = f"{rule.alert}: it is named after much use, and fires where much is {left[1].lower()}"
        yield Finding(message, pointer=("expr",), piece=found[0].operator)


_MUCH_USE = re.compile(
    r"(?<![a-z])(?:High|Excessive|TooHigh|Critical|Elevated)\w{0,12}(?:CPU|Cpu|Memory|Mem|Disk|Filesystem|Swap|Storage|Inode)s?"
    r"(?:Usage|Utili[sz]ation|Load|Pressure|Use)?(?![a-z])|(?:CPU|Cpu|Memory|Disk|Swap|Storage|Filesystem|Inode)s?(?:Usage|Utili[sz]ation)(?:High|Critical)"
    r"|(?:Disk|Memory|Filesystem|Storage)(?:Almost)?Full"
)
_IS_LEFT = re.compile(r"Avail|Free|Idle|Unused|Left|Remain|Headroom|Under|Over|Waste")
_LEFT = re.compile(r"(?:_|\"|Mem|Swap)(idle|free|avail(?:able)?|unused|remaining)(?=_|\"|\b)", re.IGNORECASE)


def _new(rule: FileRule) -> Findings:
    """Look for an alert that is named after what failed or is old, and fires where it was done just now."""
    if not (_OLD.search(rule.alert) or any(_OLD_IN_TEXT.search(text) for text in rule.annotations.values())):
        return
    for node, _ in rule.query.as_promql.each(Binary):
        recent = _recent(node) if node.filters else None
        if recent is not None and _DONE.search(recent.name) and not _NOT_DONE.search(recent.name):
            message = f"{rule.alert}: it fires while {recent.name} is recent, and is quiet when it is old"
            yield Finding(message, pointer=("expr",), piece=node.operator)


def _recent(node: Binary) -> Selector | None:
    """Return the point in time that a comparison holds for while it is less than some time ago."""
    newer, older = (node.left, node.right) if node.operator in {">", ">="} else (node.right, node.left)
    if node.operator not in {">", ">=", "<", "<="}:
        return None
    match older, newer:
        case Binary(operator="-", left=Call(name="time"), right=span), moment if constant(span):
            return _moment(moment)
        case Binary(operator="-", left=Call(name="time"), right=moment), span if constant(span):
            return _moment(moment)
        case _:
            return None


def _moment(node: Node) -> Selector | None:
    while isinstance(node, Aggregation):
        node = node.body
    return node if isinstance(node, Selector) else None


_OLD = re.compile(r"Fail|Stale|Old|Missing|Missed|Late|Outdated|NotRun|Overdue|TooLong|Delayed|Stopped|Stuck")
_OLD_IN_TEXT = re.compile(r"\b(?:stale|outdated|overdue|too old|has(?: not|n't) (?:run|succeeded|completed|been))\b")
_DONE = re.compile(r"success|succeeded|complet|last_(?:run|sync|backup|seen|scrape|update|finished)|_updated")
_NOT_DONE = re.compile(r"fail|error|restart|start_time")


def _little_of_it(rule: FileRule) -> Findings:
    """Look for an alert that is named after too much, and fires below a limit: TooManyConnections of < 100."""
    tree = compared(rule.query.as_promql.tree)
    found = [turned(node) for node, _ in rule.query.as_promql.each(Binary) if node.filters]
    said = _TOO_MUCH.search(rule.alert)
    if tree is None or said is None or len(found) != 1 or found[0].operator not in {"<", "<="}:
        return
    if _OF_WHAT_IS_LEFT.search(rule.alert) or (said[0].endswith("Slow") and not _TAKES_TIME.search(str(tree))):
        return
    if re.search(r"speed|per_second|throughput|bandwidth", str(tree)):
        return
    limit, names = constant(found[0].right), " ".join(map(str, selectors_of(tree)))
    inner = core(tree)
    is_quotient = any(isinstance(node, Binary) and node.operator in {"/", "-"} for node, _ in walk(inner))
    is_of_bad = _USED.search(names) or (_BAD.search(names) and limit is not None and limit < 0.5)
    if not _GOOD.search(names) and (is_of_bad or not is_quotient):
        message = f"{rule.alert}: it is named after “{said[0]}”, and fires below {found[0].right}"
        yield Finding(message, pointer=("expr",), piece=found[0].operator, severity=Severity.INFO)


_TOO_MUCH = re.compile(
    r"(?:High(?!ly|er|est|Avail)|TooMany|TooHigh|TooLarge|TooBig|TooSlow|TooLong|TooOld|Exceed\w*|Excessive|Slow"
    r"|Over(?:load|commit)\w*|Above|Latency|ErrorRate|ErrorRatio|Backlog|BurnRate|Saturat\w*|Spike"
    r"|(?:Nearly|Near|Almost)Full|FillingUp)"
)
_OF_WHAT_IS_LEFT = re.compile(r"Down|Lost|Offline|Missing|Pending|Since|Priority|Starved|Low|Risk|Unavailable")
"""Words of names whose number is that of what is left."""
_TAKES_TIME = re.compile(r"seconds|latency|duration|_time|_ms\b")
_GOOD = re.compile(
    r"free|avail|remain|idle|left|success|hit|health|ready|uptime|apdex|headroom|(?:^|_)up\b|sli\b|connected|ttl|expir|not_after|unused|open_slot",
    re.IGNORECASE,
)
"""Words of what there should be much of."""
_BAD = re.compile(r"err|fail|5\.\.|5xx|reject|drop|timeout|lag|latenc|duration|throttl|saturat", re.IGNORECASE)
_USED = re.compile(r"used|usage|utili[sz]|busy|rollback|_cpu_percent|locks", re.IGNORECASE)
