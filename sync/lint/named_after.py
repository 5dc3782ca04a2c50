"""Alerts that are named after too much of something, and fire where there is little of it."""

from __future__ import annotations

import re

from sync.lint.limits import constant
from sync.lint.problem import Finding, Severity
from sync.lint.promql.factors import core
from sync.lint.promql.tree import Binary, compared, selectors_of, turned, walk
from sync.lint.rule import Findings
from sync.lint.rule_file import Rule as FileRule


def other_than_named(rule: FileRule) -> Findings:
    """Look for an alert that is named after too much, and fires below a limit: TooManyConnections of < 100."""
    tree = compared(rule.query.as_promql.tree)
    found = [turned(node) for node, _ in rule.query.as_promql.each(Binary) if node.filters]
    said = _TOO_MUCH.search(rule.alert)
    if tree is None or said is None or len(found) != 1 or found[0].operator not in {"<", "<="}:
        return
    if _OF_WHAT_IS_LEFT.search(rule.alert) or (said[0].endswith("Slow") and not _TAKES_TIME.search(str(tree))):
        return
    limit, names = constant(found[0].right), " ".join(map(str, selectors_of(tree)))
    inner = core(tree)
    is_quotient = any(isinstance(node, Binary) and node.operator in {"/", "-"} for node, _ in walk(inner))
    is_of_bad = _USED.search(names) or (_BAD.search(names) and limit is not None and limit < 0.5)
    if not _GOOD.search(names) and (is_of_bad or not is_quotient):
        message = f"{rule.alert}: it is named after “{said[0]}”, and fires below {found[0].right}"
        yield Finding(message, pointer=("expr",), piece=found[0].operator, severity=Severity.INFO)


_TOO_MUCH = re.compile(
    r"(?<![a-z])(?:High(?!ly|er|est|Avail)|TooMany|TooHigh|TooLarge|TooBig|TooSlow|TooLong|TooOld|Exceed\w*|Excessive|Slow"
    r"|Over(?:load|commit)\w*|Above)"
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
