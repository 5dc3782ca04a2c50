"""An alert's text names a limit that its expression doesn't have.

"The queue is above 20" of an alert at 50 sends its reader looking for the wrong thing. The number after “above”, “more
than”, “threshold of” and the like is looked for among those of the expression and of the rules that record what it
reads, in any unit (85 % is 0.85, or 15 % free; 10 minutes are 600), among windows and `for`. Nothing is said where the
text names the expression's own limit too, where a series holds the limit, nor of advice, codes, years and quantiles.

FAIL alert:
    {alert: A, expr: queue >= 50, annotations: {summary: The queue is at or above 20 messages}}

FAIL alert:
    {alert: A, expr: usage > 0.9, annotations: {description: "{{ $labels.instance }}: usage is above 85%"}}

FAIL alert:
    {alert: A, expr: a / b * 100 > 70, annotations: {message: 'It is {{ $value }}%, above the threshold of 85%.'}}

FAIL alert:
    {alert: A, expr: free_bytes < 1024 * 1024 * 1024, annotations: {summary: Less than 5 GB are free}}

FAIL alert:
    {alert: A, expr: 'rate(errors_total{code=~"5.."}[5m]) > 0.1', for: 10m, annotations: {summary: "Errors > 5%"}}

FAIL alert:
    {alert: A, expr: a > 0.9 and b > 100, annotations: {summary: "above 85% of more than 100 requests"}}

FAIL alert:
    {alert: A, expr: sum(busy) / sum(workers) > 80 and sum(workers) > 0, annotations: {summary: More than 80% are busy}}

FAIL alert:
    {alert: A, expr: 100 - free / size > 90, annotations: {summary: The disk is over 90% full}}

FAIL alert:
    {alert: A, expr: "rate(errors_total[5m]) > 3", for: 5m, annotations: {summary: It has failed for 30 minutes}}

FAIL alert:
    {alert: A, expr: "rate(errors_total[5m]) > 3", annotations: {summary: It failed within the last 15m}}

FAIL alert:
    {alert: A, expr: free / size < 0.05, annotations: {summary: The disk is 90% full}}

FAIL alert:
    {alert: A, expr: "increase(restarts_total[1h]) > 5", annotations: {summary: It restarted 3 times}}

FAIL alert:
    {alert: A, expr: "rate(errors_total[5m]) > 5", for: 5m, annotations: {summary: It fails for more than an hour}}

FAIL alert:
    {alert: A, expr: "predict_linear(free[6h], 24 * 3600) < 0", annotations: {summary: Full in the next 4h}}

FAIL alert:
    {alert: A, expr: host_cpu_utilization_percent > 9000, annotations: {summary: CPU is above 90%}}

FAIL alert:
    {alert: A, expr: sum(open_connections) / sum(max_connections) > 70, annotations: {summary: In use above 70%}}

FAIL alert:
    {alert: A, expr: '100 - avg(rate(cpu_total[5m])) * 100 > 0.9', annotations: {summary: CPU is above 90%}}

FAIL alert:
    {alert: A, expr: sum(queue_jobs) > 8, annotations: {summary: Above the threshold of 800 jobs}}

FAIL alert:
    {alert: A, expr: age_seconds > 43200000, annotations: {summary: 'More than {{ "43200" | humanizeDuration }}'}}

FAIL alert:
    {alert: A, expr: took_seconds > 1, annotations: {summary: More than 3s}}

FAIL alert:
    {alert: A, expr: time() - saved_timestamp_seconds > 60 * 60 * 24, annotations: {summary: Not saved for 72 hours}}

PASS alert:
    {alert: A, expr: time() - saved_timestamp_seconds > 60 * 60 * 24, annotations: {summary: Not saved for a day}}

FAIL alert:
    {alert: TooManyConnections, expr: sum by (pod) (tcp_connections) < 1000}

PASS alert:
    {alert: HighErrorRate, expr: 'sum(rate(requests_total{code="200"}[5m])) / sum(rate(requests_total[5m])) < 0.95'}

PASS alert:
    alert: A
    expr: sum(rate(run_time_sum[5m])) / sum(rate(run_time_count[5m])) > 600
    annotations: {summary: "{{ $value }}% over 600%"}

PASS alert:
    alert: A
    expr: sum(cpu_quota) / sum(cpu_capacity) > 1.5
    annotations: {summary: "Overcommitted to {{ $value | humanizePercentage }}"}

PASS alert:
    {alert: A, expr: store_usage_ratio > 70, annotations: {summary: Above the threshold of 70 percent}}

PASS alert:
    {alert: A, expr: cpu_load > 0.8, annotations: {summary: CPU load crossed 80%}}

PASS alert:
    {alert: A, expr: free / size < 0.05, annotations: {summary: The disk is 95% full}}

FAIL alert:
    {alert: A, expr: queue > 20, annotations: {summary: The queue dropped below 20}}

FAIL alert:
    {alert: A, expr: (100 * used / size > 0) > 0.8, annotations: {summary: The use is above 80 percent}}

FAIL alert:
    {alert: A, expr: bad / good >= 50, annotations: {summary: "{{ $value | humanizePercentage }} are bad"}}

FAIL alert:
    {alert: A, expr: 1000 * took / (count != -1) < 200, annotations: {summary: It takes longer than 200ms}}

FAIL alert:
    {alert: A, expr: (100 * used / size > 0) < 80, annotations: {summary: The use is above 80 percent}}

FAIL alert:
    {alert: A, expr: "100 * free / clamp_min(size, 1) < 0.2", annotations: {summary: '20% left of {{ $labels.disk }}'}}

FAIL alert:
    alert: A
    expr: histogram_quantile(0.95, sum by (le) (rate(took_seconds_bucket[5m]))) > 100
    annotations: {summary: It takes more than 100 milliseconds}

FAIL alert:
    {alert: A, expr: (time() - last_timestamp_seconds) > 24, annotations: {summary: No backup for more than 24 hours}}

FAIL alert:
    {alert: A, expr: probe_ssl_earliest_cert_expiry - time() < 3600 * 14, annotations: {summary: Ends in under 14 days}}

FAIL alert:
    {alert: A, expr: sum by (job) (disk_free_bytes) < 5 * 1024, annotations: {summary: Less than 5GB are free}}

FAIL alert:
    {alert: A, expr: request_error_percent > 0.05, annotations: {summary: More than 5 % fail}}

FAIL alert:
    alert: A
    expr: 100 * sum(rate(bad_total[5m])) / sum(rate(all_total[5m])) > 0.1
    annotations: {summary: Over 10% fail}

FAIL alert:
    {alert: A, expr: "sum(rate(errors_total[5m])) > 5", annotations: {summary: More than 5 errors per minute}}

PASS alert:
    {alert: A, expr: "60 * sum(rate(errors_total[5m])) > 5", annotations: {summary: More than 5 errors per minute}}

PASS alert:
    {alert: A, expr: (time() - last_timestamp_seconds) / 3600 > 24, annotations: {summary: More than 24 hours old}}

PASS alert:
    {alert: A, expr: "predict_linear(a[6h], 86400) < 0", for: 1h, annotations: {summary: It is full in 24 hours}}

PASS alert:
    {alert: A, expr: "rate(errors_total[5m]) > 3", for: 10m, annotations: {summary: It fails for more than 15 minutes}}

PASS alert:
    {alert: A, expr: queue < 20, annotations: {summary: The queue is not above 20}}

PASS alert:
    {alert: A, expr: 100 * sum(busy) / sum(workers) > 80, annotations: {summary: More than 80% are busy}}

PASS alert:
    {alert: A, expr: a / b > 0.85, for: 10m, annotations: {summary: above 85% for more than 10 minutes}}

PASS alert:
    {alert: A, expr: 1 - free / size > 0.85, annotations: {summary: Less than 15% is free}}

PASS alert:
    {alert: A, expr: free_bytes < 5 * 1024^3, annotations: {summary: "Less than 5GB are free: {{ $value }}"}}

PASS alert:
    {alert: A, expr: 'rate(errors_total[10m]) > 0.83', annotations: {summary: More than 500 errors in 10m}}

PASS alert:
    {alert: A, expr: time() - last > 7 * 24 * 3600, annotations: {summary: The last one is more than 7 days ago}}

PASS alert:
    {alert: A, expr: a > 50, annotations: {summary: "above 50, where it should be below 20"}}

PASS alert:
    {alert: A, expr: a > 0.5 and b > 20, annotations: {summary: It is above 50 %. Above 10 % for long is bad.}}

PASS alert:
    {alert: A, expr: a > 0.72, annotations: {summary: It burns its error budget more than 14.4 times too fast}}

PASS alert:
    {alert: A, expr: a > 15, annotations: {summary: It is older than 45 minutes though it should be 30}}

PASS alert:
    {alert: A, expr: 'changes(a[5m]) > 3', for: 5m, annotations: {summary: It flaps for more than 10 minutes}}

PASS alert:
    {alert: A, expr: a > limit, annotations: {summary: "above 20"}}

PASS alert:
    {alert: A, expr: 'over_bound{le="0.25"} == 1', annotations: {summary: Requests take more than 250ms}}

PASS alert:
    {alert: A, expr: a > 50, annotations: {summary: "above {{ $value }} at 20 o'clock, with more than 500 errors"}}

FAIL alert:
    {alert: A, expr: "rate(restarts_total[5m]) > 1", annotations: {summary: It restarted more than 1 time in 5 minutes}}

FAIL managed:
    annotations: {summary: There is less than 1 GiB left}
    data:
    - {model: {expr: disk_free_bytes, instant: true}}
    - {model: {type: threshold, expression: A, conditions: [{evaluator: {type: lt, params: [10737418240]}}]}}

PASS managed:
    annotations: {summary: There is less than 1 GiB left}
    data:
    - {model: {expr: disk_free_bytes, instant: true}}
    - {model: {type: threshold, expression: A, conditions: [{evaluator: {type: lt, params: [1073741824]}}]}}

FAIL alert:
    alert: HighCPUUsage
    expr: 'avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100 > 85'

FAIL alert:
    alert: HighMemoryUsage
    expr: node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes > 0.9

FAIL alert:
    alert: BackupFailed
    expr: backup_last_success_timestamp > (time() - 86400)

PASS alert:
    alert: HighMemoryUsage
    expr: (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes) > 0.9

PASS alert:
    alert: BackupFailed
    expr: time() - max by (job) (backup_last_success_timestamp) > 86400

PASS alert:
    alert: BackupFailedJustNow
    expr: time() - backup_last_failure_timestamp < 600

FAIL alert:
    {alert: A, expr: "predict_linear(free[6h], 4 * 60) < 0", annotations: {summary: Full within the next 4 hours}}

WITH recorded.yaml:
    groups: [{name: a, rules: [{record: "job:late:ratio", expr: sum by (job) (requests > bool 20) / 3}]}]

PASS alert:
    {alert: A, expr: "job:late:ratio > 0.5", annotations: {summary: More than 20 requests}}
"""

from __future__ import annotations

import re

from sync.lint.alert_numbers import Numbers, numbers_of
from sync.lint.alert_scales import other_scales
from sync.lint.limit_phrases import OF_BUDGET, SECONDS, Said, is_negated, limits_said, numbers_said, spans_said
from sync.lint.limits import constant
from sync.lint.named_after import other_than_named
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.measures import SECONDS as SECONDS_OF_TIME
from sync.lint.promql.measures import SHARE
from sync.lint.promql.percentages import is_share
from sync.lint.promql.shares import share
from sync.lint.promql.tree import Binary, Node, duration, turned
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule

_TEXTS = frozenset({"summary", "description", "message", "title", "text", "details", "info"})
_TOO_MANY = 4
"""So many limits in one text are a runbook's, of which the alert's is one."""


def check(rule: FileRule, project: Project) -> Findings:
    """Look for the numbers of its text among those of its expression."""
    texts = {name: found for name, text in rule.annotations.items() if name in _TEXTS and (found := limits_said(text))}
    if rule.alert:
        yield from _percent_of_share(rule)
        yield from _other_spans(rule, project)
        yield from _other_direction(rule)
        yield from other_than_named(rule)
        yield from _other_scale(rule, project)
    texts = {name: found for name, found in texts.items() if not OF_BUDGET.search(rule.annotations[name])}
    if not rule.alert or not texts:
        return
    numbers = numbers_of(rule, project)
    if not numbers.has_all_limits:
        return
    for name, found in texts.items():
        unsaid = _unsaid(rule.annotations[name], numbers)
        missing = [each for each in found if not numbers.knows(each)]
        if unsaid and missing and len(found) < _TOO_MANY:
            own = _own_limit(rule) if missing[0].unit else None
            limit = unsaid[0] if own is None else own
            of_all = ", and 1 is all of this share" if limit == missing[0].value and numbers.unit == SHARE else ""
            yield Finding(
                f"{rule.alert}: {name} says “{missing[0].words}”, which the expression doesn't have: "
                f"it compares with {limit:.10g}{of_all}",
                pointer=("annotations", name),
                piece=missing[0].words,
            )


def _other_spans(rule: FileRule, project: Project) -> Findings:
    """Look for durations in the text that neither windows nor `for` have, where the rule has some."""
    texts = {name: found for name, text in rule.annotations.items() if name in _TEXTS and (found := spans_said(text))}
    numbers = numbers_of(rule, project) if texts else Numbers()
    limits = {each for each in numbers.limits if each >= 60} if numbers.unit == SECONDS_OF_TIME else set()
    if not numbers.durations and not numbers.holds and len(limits) != 1:
        return
    names = " ".join(selector.name for selector, _ in rule.query.as_promql.selectors)
    if ":" in names or re.search(r"\d", names):  # a window may be in what is recorded or exported
        return
    for name, found in texts.items():
        for said in found:
            is_limit = _A_LATENCY.match(said.words) is not None
            is_grace = any(each.seconds <= limit < 2 * each.seconds for each in found for limit in limits)
            known = (
                is_limit or is_grace or numbers.knows(said) or any(_in_any_unit(said, each) for each in numbers.written)
            )
            if not known:
                spans = ", ".join(map(duration, sorted(numbers.durations | numbers.holds or limits)))
                what = "windows and `for` are" if numbers.durations | numbers.holds else "the limit is"
                yield Finding(
                    f"{rule.alert}: {name} says “{said.words}”; {what} {spans}",
                    pointer=("annotations", name),
                    piece=said.words,
                )


_A_LATENCY = re.compile(r"over \d\S* ?(?:ms|milliseconds?|s|seconds?)$", re.IGNORECASE)
"""What takes so long, and doesn't last so long: over 1 second."""


def _other_scale(rule: FileRule, project: Project) -> Findings:
    """Look for 24 seconds where the text says 24 hours."""
    texts = [text for name, text in rule.annotations.items() if name in _TEXTS and re.search(r"\d", text)]
    if not texts or not rule.query.as_promql.each(Binary):
        return
    numbers = numbers_of(rule, project)
    for said, limit in other_scales(rule.query, texts, numbers.durations | numbers.holds, project):
        message = f"{rule.alert}: its text says “{said}”; the expression compares with {limit}"
        yield Finding(message, pointer=("expr",))


def _in_any_unit(said: Said, written: float) -> bool:
    return any(said.seconds == written * size for size in SECONDS.values())


def _other_direction(rule: FileRule) -> Findings:
    """Look for "below 20" of what fires above 20."""
    compared = [turned(node) for node, _ in rule.query.as_promql.each(Binary) if node.filters]
    compared = [node for node in compared if node.operator in _DIRECTIONS and constant(node.right) != 0]  # no guards
    limits = [(limit, _DIRECTIONS.get(node.operator, 0)) for node in compared if (limit := constant(node.right))]
    if len(limits) != len(compared) or len({direction for _, direction in limits}) != 1:
        return
    own = limits[0][1]
    for name, text in rule.annotations.items() if own else ():
        for said in limits_said(text) if name in _TEXTS else ():
            values = {said.value, said.seconds if said.unit in SECONDS else said.value}
            is_limit = any(values & {limit, limit * 100} for limit, _ in limits) and not values & {50, 0.5}
            if is_limit and said.direction == -own and not is_negated(text, said):
                yield Finding(
                    f"{rule.alert}: {name} says “{said.words}”, it fires {'above' if own > 0 else 'below'}",
                    pointer=("annotations", name),
                    piece=said.words,
                )


_DIRECTIONS = {">": 1, ">=": 1, "<": -1, "<=": -1}


def _percent_of_share(rule: FileRule) -> Findings:
    """Look for a share that is compared with a percentage, as the text says it: 80 where 0.8 is meant."""
    texts = [text for name, text in rule.annotations.items() if name in _TEXTS]
    percentages = {each.value for text in texts for each in numbers_said(text) if each.is_percent}
    shown = any(map(_VALUE_IN_PERCENT.search, texts))
    as_share = any("humanizePercentage" in each for each in texts)
    for written, _ in rule.query.as_promql.each(Binary) if percentages or shown else ():
        node = turned(written)
        limit = constant(node.right) if node.filters and node.operator not in {"==", "!="} else None
        if limit is None or not _is_share(node.left):
            continue
        beyond = _OVERCOMMITTED if as_share else 1
        if (shown and limit > beyond) or (limit >= 1 and limit in percentages):
            what = f"compare with {limit / 100:.6g}" if as_share else "multiply by 100"
            message = f"{rule.alert}: its text speaks of percent, this is a share, of which 1 is all: {what}"
            yield Finding(message, pointer=("expr",), piece=f"{written.operator} ")


_OVERCOMMITTED = 10
"""Ten times what there is: what a share may be of quotas, which is shown as 150 %."""


def _is_share(node: Node) -> bool:
    return is_share(node) or share(node) == 1


_VALUE_IN_PERCENT = re.compile(
    r"\{\{[^{}]{0,200}(?:\$value|\.Value)[^{}]{0,200}(?:\}\}\s*(?:%|percent)|\|\s*humanizePercentage\s*-?\}\})"
)


def _own_limit(rule: FileRule) -> float | None:
    """Return the number that the alert's own value is compared with, before what `and` asks for besides."""
    tree = rule.query.as_promql.tree
    while isinstance(tree, Binary) and tree.operator in {"and", "unless"}:
        tree = tree.left
    return constant(turned(tree).right) if isinstance(tree, Binary) and tree.filters else None


def _unsaid(text: str, numbers: Numbers) -> list[float]:
    """Return the limits of the expression that a text doesn't name; 0 and 1 are yes and no as often as limits."""
    said = numbers_said(text)
    measured = numbers.unit is not None and (numbers.unit.bytes or numbers.unit.seconds == 1)
    answers = {0} if measured else {0, 1}
    return [
        each for each in sorted(numbers.limits - answers) if not any(numbers.is_same(number, each) for number in said)
    ]


RULE = Rule(__name__, Severity.WARNING, rule=check, managed=check)
