"""A rule's name or text that tells another window, quantile, level or unit than its expression has.

`job:requests:rate5m` of a rate over one minute, and a "p95" that is the 99th percentile, mislead everybody who doesn't
open the rule.

FAIL rules:
    groups: [{name: a, rules: [{record: "job:requests:rate5m", expr: "sum by (job) (rate(requests_total[1m]))"}]}]

FAIL rules:
    groups:
      - name: a
        rules: [{record: "job:wait:p95", expr: "histogram_quantile(0.99, sum by (job, le) (rate(wait_bucket[5m])))"}]

FAIL alert:
    alert: LatencyP95
    expr: histogram_quantile(0.99, sum by (job, le) (rate(wait_bucket[5m]))) > 1

FAIL alert:
    alert: Latency
    expr: histogram_quantile(0.99, sum by (job, le) (rate(wait_bucket[5m]))) > 1
    annotations: {summary: The 95th percentile is high}

FAIL rules:
    groups: [{name: a, rules: [{record: "instance:requests:rate5m", expr: "sum by (job) (rate(requests_total[5m]))"}]}]

FAIL rules:
    groups: [{name: a, rules: [{record: "job:a:rate5m", expr: "sum by (job, instance) (rate(a_total[5m]))"}]}]

FAIL rules:
    groups: [{name: a, rules: [{record: "job:requests:rate5m", expr: "sum by (job) (increase(requests_total[5m]))"}]}]

FAIL rules:
    groups: [{name: a, rules: [{record: "job:sent_bytes:rate:avg", expr: "sum by (job) (rate(sent_bytes_total[3m]))"}]}]

FAIL rules:
    groups: [{name: a, rules: [{record: "job:up:sum", expr: "avg by (job) (up)"}]}]

FAIL rules:
    groups: [{name: a, rules: [{record: "job:errors:ratio_rate5m", expr: "sum by (job) (rate(errors_total[5m]))"}]}]

FAIL rules:
    groups:
      - name: a
        rules: [{record: "job:free:percent", expr: sum by (job) (free_bytes) / sum by (job) (size_bytes)}]

FAIL rules:
    groups: [{name: a, rules: [{record: "instance:memory_bytes:used", expr: node_memory_MemTotal_bytes / 1024 / 1024}]}]

FAIL rules:
    groups: [{name: a, rules: [{record: "job:memory_megabytes:sum", expr: sum by (job) (process_heap_bytes)}]}]

FAIL rules:
    groups:
      - name: a
        rules: [{record: "job:p99_wait:5m", expr: "histogram_quantile(0.9, sum by (job, le) (rate(wait_bucket[5m])))"}]

FAIL alert:
    alert: ManyHttp5xx
    expr: sum by (proxy) (rate(haproxy_server_http_responses_total{code="4xx"}[5m])) > 10

FAIL alert:
    alert: UnitFailed
    expr: node_systemd_unit_state{state="active"} == 1

FAIL rules:
    groups:
      - name: a
        rules:
          - {alert: MemberInState3, expr: member_state == 3}
          - {alert: MemberInState6, expr: member_state == 6}
          - {alert: MemberInState9, expr: member_state == 8}

PASS rules:
    groups:
      - name: a
        rules:
          - {alert: UnitNotActive, expr: 'node_systemd_unit_state{state="failed"} == 1'}
          - {alert: HighMemoryUse, expr: node_memory_MemAvailable_bytes < 1e9}
          - {alert: MemberInState3, expr: member_state == 3}
          - {alert: MemberInState6, expr: member_state == 6}

PASS rules:
    groups:
      - name: a
        rules:
          - {record: "job:memory_mb:sum", expr: sum by (job) (process_heap_bytes) / 1024 / 1024}
          - {record: "cluster:requests:rate5m", expr: "sum(rate(requests_total[5m]))"}
          - {record: "job:up:avg", expr: "max by (job) (avg_over_time(up[5m]))"}

PASS alert:
    alert: LatencyP99
    expr: histogram_quantile(0.99, sum by (job, le) (rate(wait_bucket[5m]))) > 1
    annotations: {summary: 99% of requests, the p99, are slow}

PASS rules:
    groups:
      - name: a
        rules:
          - {record: "job:requests:rate5m", expr: "sum by (job) (rate(requests_total[5m]))"}
          - {record: "job:requests:rate1d", expr: "avg_over_time(job:requests:rate5m[1d])"}
          - {record: "job:late:ratio_rate5m", expr: "job:late:rate5m / job:requests:rate5m"}
          - {record: "job:wait:99quantile", expr: "histogram_quantile(0.99, sum by (job, le) (rate(wait_bucket[5m])))"}
"""

from __future__ import annotations

import math
import re

from sync.lint.limits import constant
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Aggregation, Binary, Call, Number, Selector, Subquery
from sync.lint.query import Query
from sync.lint.recorded_words import told_wrongly
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule
from sync.lint.rule_file import seconds
from sync.lint.titles import named_otherwise

_WINDOW = re.compile(
    r"(?:rate|increase|delta|avg|max|min|sum|count|ratio|availability|over_time|_)_?(\d+[smhdw])(?![a-zA-Z0-9])"
)
_QUANTILE = re.compile(
    r"(?<![a-zA-Z0-9])[pP](\d{2,3})(?![a-zA-Z0-9.%])|(?<=[a-z])P(\d{2,3})(?![a-z0-9])"
    r"|(?<![\d.])(\d{2}(?:\.\d+)?)(?:st|nd|rd|th)?[\s_-]?(?:percentile|quantile)",
)
_TAKING = frozenset({"histogram_quantile", "quantile_over_time"})


def check(rule: FileRule, project: Project) -> Findings:
    """Compare the name and, of an alert, the texts."""
    query, kind = rule.query.as_promql, "alert" if rule.alert else "record"
    if rule.record:
        windows, told = _windows(query), _WINDOW.findall(rule.record.rpartition(":")[2])
        if windows and told and not windows & set(map(seconds, told)):
            yield Finding(f"the name says {told[-1]}, no window of the expression is as long", pointer=("record",))
        for said, severity in told_wrongly(rule, project):
            yield Finding(f"{rule.record}: {said}", pointer=("record",), severity=severity)
    if rule.alert:
        for said in (*named_otherwise(rule, project), *_numbered(rule)):
            yield Finding(f"the name {rule.alert} says otherwise: {said}", pointer=("alert",))
    quantiles = _quantiles(query)
    texts = {(kind,): rule.name} | {("annotations", name): text for name, text in rule.annotations.items()}
    for pointer, text in texts.items() if quantiles else ():
        for found in _QUANTILE.finditer(text):
            digits = next(filter(None, found.groups()))
            said_quantile = float(digits) / (1000 if len(digits) == 3 and digits.isdigit() else 100)
            if not any(math.isclose(said_quantile, each) for each in quantiles):
                taken = ", ".join(f"{each:g}" for each in sorted(quantiles))
                message = f"{rule.name}: “{found[0].strip()}” is said of the quantile {taken}"
                yield Finding(message, pointer=pointer, piece=found[0])


def _numbered(rule: FileRule) -> list[str]:
    """Compare the number that ends a name with the value that is waited for, where all of its kind have the same."""
    stem, said, value = _number(rule)
    alike = [(number, asked) for begin, number, asked in map(_number, rule.group.rules) if begin == stem and number]
    others = sum(number == asked for number, asked in alike)
    if said and value and said != value and others >= _SOME and others == len(alike) - 1:
        return [f"{value} is waited for, and in its siblings the number in their names"]
    return []


_SOME = 2


def _number(rule: FileRule) -> tuple[str, str, str]:
    """Return an alert's name without the number at its end, that, and the value that its expression waits for."""
    found, tree = _NUMBERED.fullmatch(rule.alert), rule.query.tree
    value = tree.right if isinstance(tree, Binary) and tree.operator == "==" else None
    return (found[1], found[2], str(value) if isinstance(value, Number) else "") if found else (rule.alert, "", "")


_NUMBERED = re.compile(r"(.*[A-Za-z_])(\d+)")


def _windows(query: Query) -> set[float | None]:
    """Return the windows of an expression in seconds, and those in the names of what it reads."""
    found: set[float | None] = set()
    for node, _ in query.nodes:
        if isinstance(node, (Selector, Subquery)) and node.window:
            found.add(node.window.seconds)
        if isinstance(node, Selector):
            found |= set(map(seconds, _WINDOW.findall(node.name)))
    return found


def _quantiles(query: Query) -> set[float]:
    """Return the quantiles that an expression takes or chooses; none where one isn't plain to see."""
    taken = [node.arguments[0] for node, _ in query.each(Call) if node.name in _TAKING and node.arguments]
    taken += [node.parameter for node, _ in query.each(Aggregation) if node.name == "quantile" and node.parameter]
    values = {constant(node) for node in taken}
    for selector, _ in query.selectors:
        matcher = selector.matcher("quantile")
        if matcher is not None:
            values.add(float(matcher.value) if re.fullmatch(r"[01]?\.?\d+", matcher.value) else None)
        if _QUANTILE.search(selector.name):
            values.add(None)
    return set() if None in values else {value for value in values if value is not None}


RULE = Rule(__name__, Severity.WARNING, rule=check, managed=check)
