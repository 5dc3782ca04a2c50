"""Alerts that fire while all is well, because a comparison, a ratio or a condition is turned round."""

from __future__ import annotations

import re

from sync.lint.limits import constant
from sync.lint.problem import Finding
from sync.lint.project import Project
from sync.lint.promql.factors import core, unscaled
from sync.lint.promql.plausible import is_answer_time
from sync.lint.promql.ranges import range_of
from sync.lint.promql.tree import Aggregation, Binary, Call, Node, Selector, selectors_of, turned, walk
from sync.lint.query import Query
from sync.lint.ranges_known import lookup
from sync.lint.rule import Findings
from sync.lint.rule_file import Rule as FileRule


def of_states(query: Query, project: Project) -> Findings:
    """Look for the sum of what is 0 or 1 less how many there are."""
    for node, _ in query.as_promql.each(Binary):
        match node:
            case Binary(
                operator="-", left=Aggregation(name="sum") as added, right=Aggregation(name="count") as counted
            ):
                is_same = added.body == counted.body and range_of(added.body, lookup(project)).high == 1
                if is_same and added.labels == counted.labels:
                    yield Finding("a sum of 0 and 1 is never more than their count: exchange the two", piece=" - ")


def turned_round(rule: FileRule) -> Findings:
    """Look at the one comparison of an alert, and at what it joins by `or`."""
    if not rule.alert:
        return
    query = rule.query.as_promql
    for node, _ in query.each(Binary):
        if node.operator == "or" and (said := _joined(node)):
            yield Finding(f"{rule.alert}: {said}", pointer=("expr",), piece=" or ")
    found = [turned(node) for node, above in query.each(Binary) if node.filters and not _is_excluded(above)]
    limits = [(node, limit) for node in found if (limit := constant(node.right))]
    others = [(node, _of_own_limit(rule.alert, node)) for node in found]
    if len(limits) == 1 and not _MEANT.search(rule.alert):
        others.append((limits[0][0], _of_limit(rule.alert, *limits[0])))
    for node, said in others:
        if said:
            yield Finding(f"{rule.alert}: {said}", pointer=("expr",), piece=node.operator)


def _of_limit(alert: str, node: Binary, limit: float) -> str:
    """Say what is well on the side of a limit on which an alert fires."""
    inner, factor = unscaled(core(node.left))
    inner = core(inner)
    if node.operator in {">", ">="}:
        if _STANDS.search(alert) and _is_rated(inner) and not _are(inner, _BAD):
            return "it fires while it moves"
        is_left = _LITTLE_LEFT.search(alert) and _are(inner, _IS_LEFT)
        return "it fires where much is left" if is_left else _above(alert, inner, limit / factor)
    if node.operator in {"<", "<="}:
        is_quiet = _COMES_AGAIN.search(alert) and _is_of_changes(inner)
        return "it fires while it hardly ever changes" if is_quiet else _below(inner, limit / factor)
    return ""


_STANDS = re.compile(r"Halted|Stuck|Stalled|Stopped|NotMoving|NotIncreasing|NotProgress|Frozen|NoProgress")


_COMES_AGAIN = re.compile(r"Restart|Flap|Crash|Loop|Bounc|Unstable|Reboot")
_LITTLE_LEFT = re.compile(
    r"Low(?=[A-Z]*(?:Free|Avail|Disk|Mem|Storage|Space|Remain)|$)|(?:Free|Avail|Space|Storage|Memory)\w*Low"
    r"|(?:Almost|Near|Nearly)Full|FillingUp|RunningOut|Insufficient"
)
_IS_LEFT = re.compile(r"(?:^|_)(?:free|avail(?:able)?|remaining|unused)(?:_|$)|Mem(?:Free|Available)", re.IGNORECASE)


def _is_of_changes(node: Node) -> bool:
    return any(isinstance(each, Call) and each.name in {"changes", "resets"} for each, _ in walk(node))


def _of_own_limit(alert: str, node: Binary) -> str:
    """Say that a metric is compared with its own threshold the other way than the alert's name says."""
    if not isinstance(node.left, Selector) or not isinstance(node.right, Selector):
        return ""
    names = [node.left.name, node.right.name]
    limits = [_OWN_LIMIT.search(name) is not None for name in names]
    if limits.count(True) != 1 or node.operator not in {"<", "<=", ">", ">="}:
        return ""
    is_above = (node.operator[0] == ">") == limits[1]
    if is_above and _SAYS_BELOW.search(alert) and not _SAYS_ABOVE.search(alert):
        return f"it fires while {names[limits.index(False)]} is above {names[limits.index(True)]}"
    if not is_above and _SAYS_ABOVE.search(alert) and not _SAYS_BELOW.search(alert):
        return f"it fires while {names[limits.index(False)]} is below {names[limits.index(True)]}"
    return ""


_OWN_LIMIT = re.compile(r"_(?:threshold|limit|maximum|minimum|quota)(?:_|$)")
_SAYS_BELOW = re.compile(r"Under(?![a-z])|Below|Low(?![a-z])|Insufficient|TooFew")
_SAYS_ABOVE = re.compile(r"Over(?![a-z])|Above|Exceed|High(?![a-z])|TooMany|TooHigh")


def _is_excluded(above: tuple[Node, ...]) -> bool:
    return any(isinstance(node, Binary) and node.operator == "unless" for node in above)


_MEANT = re.compile(
    r"Over(?!due)|Under|Success|Succe|Complete|Finished|Waste|Unused|Idle|Recover|Resolved|Surplus|Headroom|Few|Low(?:Traffic|Rate|Usage|Util)|Inactive|Fast|Quick"
    r"|Scale|Restored|Healthy|Long|Excess"
)
"""Alerts that may mean what others take for well."""
_LEFT = re.compile(
    r"(?:_|Mem|Swap)(?:avail(?:able)?|free|remaining|unused)(?:_(?:bytes|space|inodes|percent|ratio))?$", re.IGNORECASE
)
_REMAINS = re.compile(r"_(?:remaining|(?:free|avail|available)_bytes)$|Mem(?:Free|Available)_bytes$")
_USED = re.compile(r"_(?:used|usage|in_?use|working_set|allocated|current|connected|open|active)(?:_|$)", re.IGNORECASE)
_WHOLE = re.compile(r"_(?:limits?|max|maximum|size|capacity|quota|softlimit|allocatable)(?:_|$)", re.IGNORECASE)
_TO_COME = re.compile(r"expir|not_after", re.IGNORECASE)
_DONE = re.compile(
    r"last_?(?:success|run|backup|sync|seen|push|complet|finish|scrape|heartbeat|snapshot)|success_time|_completion",
    re.IGNORECASE,
)
_BAD = re.compile(
    r"(?:^|_)(?:errors?|fail(?:ed|ures?)?|dropped|drops|rejected|denied|evicted|timeouts?|discarded|panics?)(?:_|$)"
)
_FULL = re.compile(r"(?:Near(?:ly)?|Almost)?Full\b|Saturat|Exhaust|FillingUp")


def _above(alert: str, node: Node, limit: float) -> str:
    """Say what is well above a limit."""
    match node:
        case Binary(operator="/", left=part, right=whole):
            if _are(part, _LEFT) and not _are(part, _USED) and limit <= 1:
                return "it fires where much is left"
            if _are(part, _WHOLE) and _are(whole, _USED) and not _are(part, _USED) and limit <= 1:
                return "this is the whole divided by its part, which is never less than 1"
            if _are(part, _USED) and _FULL.search(alert) and limit < _LITTLE:
                return f"it fires where {limit * 100:.3g} % are used"
        case Binary(operator="-", left=moment, right=Call(name="time")) if _are(moment, _TO_COME):
            return "it fires while there is time left"
        case Selector() | Aggregation() if _are(node, _REMAINS):
            return "it fires where much is left"
    return ""


_LITTLE = 0.2
_MUCH = 0.5


def _below(node: Node, limit: float) -> str:
    """Say what is well below a limit."""
    if is_answer_time(node):
        return "it fires while answers are quick"
    match node:
        case Binary(operator="/", left=part, right=whole) if (
            _are(part, _USED) and _are(whole, _WHOLE) and limit >= _MUCH
        ):
            return "it fires where less is used than that"
        case Binary(operator="-", left=Call(name="time"), right=moment) if _are(moment, _DONE):
            return "it fires while it was done just now"
        case Binary(operator="/", left=part) if _are(part, _BAD) or _are_asked_for(part):
            return "it fires while few of them fail"
        case Binary():
            return ""
    return "it fires while few of them fail" if _is_rated(node) and (_are(node, _BAD) or _are_asked_for(node)) else ""


def _are_asked_for(node: Node) -> bool:
    """Whether a side is of what has failed, by the values that it asks for."""
    selectors = selectors_of(node)
    is_plain = not any(isinstance(each, Binary) for each, _ in walk(node))
    return bool(selectors) and is_plain and all(map(_is_of_failures, selectors))


def _is_of_failures(selector: Selector) -> bool:
    return any(matcher.operator == "=" and _FAILED.fullmatch(matcher.value) for matcher in selector.matchers)


_FAILED = re.compile(r"fail(?:ed|ure)?|errors?|rejected|timeout|crashed", re.IGNORECASE)


def _is_rated(node: Node) -> bool:
    return any(isinstance(each, Call) and each.name in {"rate", "irate", "increase"} for each, _ in walk(node))


def _are(node: Node, words: re.Pattern[str]) -> bool:
    """Whether a side is of such series alone, nothing is taken from it, and it asks for no success."""
    selectors = [*selectors_of(node)]
    names = [selector.name for selector in selectors]
    is_plain = not any(isinstance(each, Binary) for each, _ in walk(node))
    is_good = any(_WELL.fullmatch(matcher.value) for each in selectors for matcher in each.matchers)
    return bool(names) and is_plain and not is_good and all(words.search(name) and ":" not in name for name in names)


_WELL = re.compile(r"success\w*|ok|2\.\.|2\d\d|healthy", re.IGNORECASE)


def _joined(node: Binary) -> str:
    """Say that one side of `or` is a guard of the other, or the other window of it."""
    left, right = node.left, node.right
    if not (isinstance(left, Binary) and isinstance(right, Binary)):
        return ""
    for guard, other in ((right, left), (left, right)):
        if guard.filters and guard.operator in {">", ">=", "!="} and constant(guard.right) == 0:
            is_plain = not any(isinstance(each, Binary) for each, _ in walk(guard.left))
            guarded = {selector.name for selector in selectors_of(guard.left)} if is_plain else set[str]()
            if guarded and guarded <= {selector.name for selector in selectors_of(other)}:
                return "what only asks whether there is something holds at all times: a guard follows `and`, not `or`"
        if guard.filters and guard.operator in {">", ">="} and constant(guard.right) and _is_uptime(guard.left):
            return "what has run for long holds at all times: a guard follows `and`, not `or`"
    if left.filters and right.filters and _cover_all(turned(left), turned(right)):
        return "one or the other holds for every number: both together follow `and`"
    if left.filters and right.filters and left.operator == right.operator and left != right:
        limits = constant(left.right), constant(right.right)
        same = limits[0] is not None and limits[0] == limits[1]
        if same and _is_window_of(left.left, right.left):
            return "one window or the other is enough: the short one is to end what the long one tells, by `and`"
    return ""


def _is_uptime(node: Node) -> bool:
    match node:
        case Binary(operator="-", left=Call(name="time"), right=Selector(name=name)):
            return "start_time" in name or "boot_time" in name
    return False


def _cover_all(one: Binary, other: Binary) -> bool:
    """Whether a series is below a limit or above a lower one."""
    if one.left != other.left:
        return False
    below, above = (one, other) if one.operator in {"<", "<="} else (other, one)
    limits = constant(below.right), constant(above.right)
    is_pair = below.operator in {"<", "<="} and above.operator in {">", ">="}
    return is_pair and limits[0] is not None and limits[1] is not None and limits[1] < limits[0]


def _is_window_of(one: Node, other: Node) -> bool:
    """Whether two series are recorded of one thing over two windows."""
    if not (isinstance(one, Selector) and isinstance(other, Selector)) or one.name == other.name:
        return False
    return ":" in one.name and _WINDOW.sub("", one.name) == _WINDOW.sub("", other.name)


_WINDOW = re.compile(r"\d+[smhd](?=$|[_:])")
