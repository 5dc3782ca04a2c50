"""A value that the label never has.

The matcher selects nothing. The values are known where the catalogue lists them, and those of some
labels that well-known exporters have. Values seen in an exposition are
those of one moment: another one is only called wrong when it looks like a misspelling of them, or is no status of HTTP
where all are, and where two of them are a letter apart (`hget`, `hset`) only when it is one of them with another case
or two letters swapped. A misspelt value leaves out nothing after `!=` or `!~`; another one there may be caution.

WITH node.prom:
    # TYPE node_cpu_seconds_total counter
    node_cpu_seconds_total{cpu="0",mode="idle"} 1
    node_cpu_seconds_total{cpu="0",mode="iowait"} 1
    node_cpu_seconds_total{cpu="0",mode="irq"} 1
    # TYPE node_requests_total counter
    node_requests_total{code="200"} 1
    node_requests_total{code="500"} 1
    # TYPE redis_commands_total counter
    redis_commands_total{cmd="hget"} 1
    redis_commands_total{cmd="hset"} 1
    redis_commands_total{cmd="lpush"} 1

WITH catalogue.json:
    {"signals": [], "indicators": [], "logs": [{"name": "shop", "labels": [{"name": "app", "values": ["web", "api"]},
     {"name": "level", "values": ["info", "error"]}, {"name": "environment"}]}]}

FAIL promql:
    rate(node_cpu_seconds_total{mode="guest"}[5m])

FAIL promql:
    kube_pod_status_phase{phase=~"pending|unknown"} == 1

FAIL alert-expr:
    ALERTS{alertname="A", alertstate="active"} == 1

PASS promql:
    kube_pod_status_phase{phase!="Evicted", phase=~"Pend.*"} == 1

FAIL logql:
    {app=~"web|api", level="ERROR"} | json

FAIL logql:
    {app=~"shop-.+"}

PASS logql:
    {app=~"w.+", level=~"$level", environment="test"} | json | level="ERROR"

PASS logql:
    {app="proxy", container="proxy"} or {level="ERROR", level=~"$level", namespace="shop"}

FAIL promql:
    rate(node_cpu_seconds_total{mode="iowiat"}[5m])

FAIL promql:
    rate(node_requests_total{code="50"}[5m])

PASS promql:
    rate(node_requests_total{code=~"503|504"}[5m]) + rate(node_requests_total{code=""}[5m])

FAIL promql:
    rate(node_cpu_seconds_total{mode="Idle"}[5m])

FAIL promql:
    rate(node_cpu_seconds_total{mode="idel"}[5m])

FAIL promql:
    rate(node_cpu_seconds_total{mode=~"idle|iqr"}[5m])

FAIL promql:
    rate(node_cpu_seconds_total{mode="idl"}[5m])

FAIL promql:
    rate(node_cpu_seconds_total{mode!~"idle|iowiat"}[5m])

PASS promql:
    rate(node_cpu_seconds_total{mode!~"idle|guest|.*nice", mode!="steal"}[5m])

PASS promql:
    rate(redis_commands_total{cmd=~"get|hgets|rpush"}[5m]) and rate(node_cpu_seconds_total{mode="nice"}[5m])

PASS promql:
    rate(node_cpu_seconds_total{mode="idle"}[5m])

PASS promql:
    rate(node_cpu_seconds_total{mode=~"$mode"}[5m])

PASS promql:
    rate(node_cpu_seconds_total{mode="steal"}[5m])
"""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from itertools import combinations

from sync.lint import logql
from sync.lint.exported_labels import EXPORTERS, exported_values
from sync.lint.known import TARGET_LABELS, Metric
from sync.lint.logql import Condition
from sync.lint.misspelling import is_a_letter_apart, is_dropped, is_swapped
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Matcher
from sync.lint.query import Language, Query
from sync.lint.rule import Findings, Rule

_COMPARED = 64
"""Values of a label that are compared with each other, at most: of more, some are always close."""


def check(query: Query, project: Project) -> Findings:
    """Compare the values of matchers with those that are known."""
    if query.language is Language.LOGQL:
        yield from _logs(query, project)
        return
    if not project.known.metrics and not any(start in query.text for start in EXPORTERS):
        return
    for selector, _ in query.selectors:
        metric = project.known.find(selector.name) or _by_exporter(selector.name)
        for matcher in selector.matchers if metric is not None else ():
            if metric is not None and (wrong := _wrong(matcher, metric)):
                yield _finding(matcher.label, selector.name, wrong, metric.values[matcher.label])
            elif metric is not None and _is_unseen(matcher, metric):
                seen = ", ".join(sorted(metric.values[matcher.label])[:_SHOWN])
                message = f"{matcher.label} of {selector.name} was never {matcher.value!r} where it was read: {seen}"
                yield Finding(message, piece=matcher.value, severity=Severity.INFO)


@lru_cache(maxsize=4096)
def _by_exporter(name: str) -> Metric | None:
    """Return a metric of which nothing is known but what its exporter's documentation says."""
    values = exported_values(name)
    return Metric(name, exact=True, values=values) if values else None


def _is_unseen(matcher: Matcher, metric: Metric) -> bool:
    """Whether a word is asked for that isn't among the few words that an exposition had for a label."""
    seen = metric.values.get(matcher.label, frozenset())
    if matcher.value in exported_values(metric.name).get(matcher.label, ()):
        return False
    if metric.exact or matcher.operator != "=" or matcher.has_variable or matcher.label in TARGET_LABELS:
        return False
    words = 2 < len(seen) <= _SHOWN and all(_WORD.fullmatch(value) for value in seen)
    return words and matcher.value not in seen and _WORD.fullmatch(matcher.value) is not None


_SHOWN = 8
"""Values that a message lists; a label with more of them may well have others."""
_WORD = re.compile(r"[A-Za-z][a-z_]*[a-z]")


def _logs(query: Query, project: Project) -> Findings:
    """Compare a stream selector with the log streams that have all of its labels; others may be of another team."""
    for stream in logql.streams(query.text) if project.known.logs else ():
        asked = {matcher.label for matcher in stream.matchers}
        logs = [each for each in project.known.logs if each.labels is not None and asked <= each.labels]
        for matcher in stream.matchers if not stream.free else ():
            wrong = {_wrong(matcher, each) for each in logs}
            if len(wrong) == 1 and (value := wrong.pop()):
                values = frozenset[str]().union(*(each.values[matcher.label] for each in logs))
                yield _finding(matcher.label, " and ".join(each.name for each in logs), value, values)


def _finding(label: str, name: str, wrong: str, values: frozenset[str]) -> Finding:
    known = ", ".join(sorted(values)[:_SHOWN]) + (" …" if len(values) > _SHOWN else "")
    return Finding(f"{label} of {name} is never {wrong!r}: known are {known}", piece=wrong)


def _wrong(matcher: Matcher | Condition, metric: Metric) -> str:
    """Return the matcher's value, or the part of it, that the label never has; '' where it may have it."""
    values = metric.values.get(matcher.label)
    if not values or not matcher.value or matcher.has_variable or matcher.label == "le":
        return ""
    lists_all = metric.exact and matcher.operator[0] == "="
    if matcher.is_regex and not re.fullmatch(r"[\w|-]+", matcher.value):
        return "" if not lists_all or any(_matches(matcher.value, value) for value in values) else matcher.value
    for value in matcher.value.split("|") if matcher.is_regex else [matcher.value]:
        if value not in values and (lists_all or _misspelt(value, values)):
            return value
    return ""


def _misspelt(value: str, values: frozenset[str]) -> bool:
    """Whether a value is one of the others with a slip. Where these are a letter apart themselves, so may it be."""
    if all(map(_STATUS.fullmatch, values)) and _NO_STATUS.fullmatch(value):
        return True
    if len(value) < 3 or re.search(r"\d", value):
        return False
    if value.lower() in {each.lower() for each in values} or any(is_swapped(value, each) for each in values):
        return True
    if _are_close(values):
        return False
    if any(len(each) > 3 and (is_dropped(value, each) or is_dropped(each, value)) for each in values):
        return True
    near = difflib.get_close_matches(value, values, n=1, cutoff=0.8) if len(value) > 3 else []
    return bool(near) and (value[0] == near[0][0] or len(value) != len(near[0]))


_STATUS = re.compile(r"[1-5]\d\d")
"""A status of HTTP, as all the values may be."""
_NO_STATUS = re.compile(r"[1-9]\d?|[1-9]\d{3,}|[1-5](?:[xX]{2}|\.\.)")
"""A slip of one, or the class that only a pattern asks for; 0, error and timeout some clients do write."""


@lru_cache(maxsize=1024)
def _are_close(values: frozenset[str]) -> bool:
    """Whether two of the values differ by a letter: hget and hset, rx and tx."""
    words = [value for value in values if value.isalpha()][:_COMPARED]
    return any(is_a_letter_apart(one, two) for one, two in combinations(words, 2))


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return True


RULE = Rule(__name__, Severity.ERROR, needs="catalogue, expositions or --prometheus", query=check)
