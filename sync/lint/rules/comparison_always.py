"""An alert's comparison that always holds, or that holds while all is well.

An alert that can't be quiet is switched off by those it wakes. Typical are `rate(x) >= 0`, `x_bytes > 90` where a share
was meant, and a point in time compared with an age: subtract it from time(). A percentage, by its name or because of
`* 100`, is nearly always above a number below 1: that is the limit of a share. Where the left can't be above a number,
`< 3` says nothing however it is joined with others: a part of a whole is at most 1.

Space that is left above a limit, a certificate with days to go, a backup that ran just now, answers faster and errors
fewer than a limit, use below ninety percent: nobody is to be told of these. A whole divided by its part is never less
than 1. What follows `or` and only says that there is something (`… or limit > 0`) holds always: a guard follows `and`,
as does the other window of a burn rate.

FAIL alert-expr:
    rate(http_request_errors_total[5m]) >= 0

FAIL alert-expr:
    0 <= rate(http_request_errors_total[5m])

FAIL alert-expr:
    count(up == 0) > 0 or count(up) >= 1

FAIL alert-expr:
    backup_last_success_timestamp_seconds > 86400

FAIL alert-expr:
    opensearch_jvm_mem_heap_used_percent > 0.85

FAIL alert-expr:
    avg by (host) (avg_over_time(disk_used_pct{mount="/"}[5m])) >= 0.9

FAIL alert-expr:
    node_filefd_allocated * 100 / node_filefd_maximum > 0.7

FAIL alert-expr:
    (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes) * 100 > 0.9

FAIL alert-expr:
    time() - probe_ssl_earliest_cert_expiry{job="web"} < 86400 * 14

PASS managed:
    data:
    - {model: {expr: up == 0, instant: true}}
    - {model: {type: threshold, expression: A, conditions: [{evaluator: {type: lt, params: [1]}}]}}

PASS managed:
    data: [{model: {expr: vector(1), instant: true}}, {model: ABOVE}]

FAIL alert:
    {alert: PodRestarts, expr: "changes(container_start_time_seconds[15m]) < 3", for: 5m}

FAIL alert:
    {alert: DatabaseLowFreeStorage, expr: aws_rds_free_storage_space_average > 5e9, for: 5m}

FAIL alert:
    {alert: SpareUnderThreshold, expr: device_spare_threshold < device_spare, for: 5m}

FAIL alert:
    alert: WatchErrors
    expr: sum(rate(watches_total{result="error"}[5m])) / sum(rate(watches_total[5m])) < 0.01
    for: 5m

PASS alert:
    {alert: SpareUnderThreshold, expr: device_spare_threshold > device_spare, for: 5m}

PASS alert:
    {alert: DatabaseLowUseOfStorage, expr: aws_rds_free_storage_space_average > 5e9, for: 5m}

PASS alert-expr:
    request_error_percent > 0.5 or kafka_handler_avg_idle_percent > 0.3 or disk_used_percent / 100 > 0.9

PASS alert-expr:
    100 * sum(rate(http_errors_total[5m])) / sum(rate(http_requests_total[5m])) > 0.5 or disk_used_percent > 85

FAIL alert-expr:
    node_filesystem_avail_bytes{job="a"} / node_filesystem_size_bytes{job="a"} < 3 and node_filesystem_readonly == 0

FAIL alert-expr:
    node_filesystem_size_bytes{job="a"} / node_filesystem_avail_bytes{job="a"} > 0.9

FAIL alert-expr:
    rate(errors_total[5m]) > 3 and on (instance) max by (instance) (up{job="a"}) < 2

PASS alert-expr:
    node_filesystem_avail_bytes{job="a"} / node_filesystem_size_bytes{job="a"} * 100 < 3 and up == 1

PASS alert-expr:
    time() - backup_last_success_timestamp_seconds > 86400

PASS alert-expr:
    rate(http_request_errors_total[5m]) > 0

FAIL alert-expr:
    backup_last_success_timestamp_seconds / 3600 > 24 and backup_last_success_timestamp_seconds > 0

FAIL alert-expr:
    100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) > 90

FAIL alert-expr:
    time() - backup_last_success_timestamp_seconds > 0

PASS alert-expr:
    time() > probe_ssl_earliest_cert_expiry or time() - cert_not_after > 0

FAIL alert-expr:
    kube_pod_status_phase{phase="Pending"} >= 0

PASS alert-expr:
    count(up == 0) > 0.5 or count(up == 0) > 0 or count(up{job="a"}) < +Inf

PASS alert-expr:
    count by (instance) (device_alarm_active) > 0

PASS alert-expr:
    count(kube_job_failed) > 0

FAIL alert:
    alert: DiskSpaceCritical
    expr: node_filesystem_avail_bytes / node_filesystem_size_bytes > 0.1

FAIL alert:
    alert: CertificateExpires
    expr: probe_ssl_earliest_cert_expiry - time() > 86400 * 20

FAIL alert:
    alert: BackupOverdue
    expr: time() - backup_last_success_timestamp_seconds < 86400

FAIL alert:
    alert: Answers
    expr: histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m]))) < 5

FAIL alert:
    alert: Errors
    expr: sum by (job) (rate(http_errors_total[5m])) / sum by (job) (rate(http_requests_total[5m])) < 0.05

FAIL alert:
    alert: MemoryHigh
    expr: redis_memory_used_bytes / redis_memory_max_bytes < 0.9

FAIL alert:
    alert: MemoryHigh
    expr: redis_memory_max_bytes / redis_memory_used_bytes > 0.9

FAIL alert:
    alert: VolumeAlmostFull
    expr: volume_used_bytes / volume_size_bytes > 0.009

FAIL alert:
    alert: MemoryHigh
    expr: redis_memory_used_bytes / redis_memory_max_bytes > 0.9 or redis_memory_max_bytes > 0

FAIL alert:
    alert: BudgetBurns
    expr: job:errors:ratio_rate5m > 0.0144 or job:errors:ratio_rate1h > 0.0144

FAIL alert:
    alert: LicenceExpires
    expr: licence_expiry_days <= 7 or licence_expiry_days > 0

FAIL alert:
    alert: ChainHalted
    expr: increase(chain_blocks_total[10m]) > 1

FAIL promql:
    sum(up{job="a"}) - count(up{job="a"})

PASS promql:
    count(up{job="a"}) - sum(up{job="a"})

PASS alert:
    alert: DiskWasted
    expr: node_filesystem_avail_bytes / node_filesystem_size_bytes > 0.9

PASS alert:
    alert: Restarted
    expr: time() - process_start_time_seconds < 600

PASS alert:
    alert: Failing
    expr: 1 - rate(http_errors_total[5m]) / rate(http_requests_total[5m]) < 0.95

PASS alert:
    alert: MemoryHigh
    expr: redis_memory_used_bytes / redis_memory_max_bytes > 0.9 and redis_memory_max_bytes > 0

PASS alert:
    alert: BudgetBurns
    expr: job:errors:ratio_rate5m > 0.0144 or job:errors:ratio_rate3d > 0.001
"""

from __future__ import annotations

from sync.lint.kinds import well_known
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql import intervals, ranges
from sync.lint.promql.intervals import Interval
from sync.lint.promql.moments import is_now, is_past, is_taken_for_span, is_time_to_come_turned, sign_of_age
from sync.lint.promql.percentages import is_limit_of_share
from sync.lint.promql.tree import Aggregation, Binary, Node, Number, Selector, deciding, selectors_of, turned, walk
from sync.lint.query import Query, Use
from sync.lint.ranges_known import lookup
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule
from sync.lint.wrong_way_round import of_states, turned_round

_OF_OBJECTS = ("kube_", "container_")
_UPPER = frozenset({"<", "<="})


def check(query: Query, project: Project) -> Findings:
    """Look at the comparisons that decide whether the alert fires, and at all that have an upper limit."""
    yield from of_states(query, project)
    if not query.use.alerts:
        return
    look = lookup(project)
    for written in deciding(query.tree):
        node = turned(written)
        if _lets_through(query, node):
            continue
        if node.operator in _UPPER and is_time_to_come_turned(node.left):
            yield Finding(
                "now comes before it, so that this is below zero: compare … - time()", piece=f"{written.operator} "
            )
            continue
        if node.operator in {">", ">="} and (
            (node.right == Number(0) and isinstance(node.left, Binary) and sign_of_age(node.left) > 0)
            or (is_now(node.left) and is_past(node.right))
        ):
            yield Finding("now comes after what was: compare its age with a number of seconds", piece=written.operator)
            continue
        left = ranges.range_of(node.left, look)
        if (
            node.operator not in _UPPER
            and intervals.always(node.operator, left, ranges.range_of(node.right, look))
            and not (_filters_inside(node.left) and _may_ask_for_any(node))
            and not _asks_for_any(node.left)
        ):
            yield Finding(
                f"this always holds: the left is never below {left.low:g}, so the alert is never quiet",
                piece=f"{written.operator} ",
            )
    yield from _limits(query, look)


def _limits(query: Query, look: ranges.Lookup) -> Findings:
    """Look at every comparison, wherever it stands: at upper limits, and at lower ones of times and of percentages."""
    for written, _ in query.each(Binary):
        node = turned(written)
        if _lets_through(query, node):
            continue
        if node.filters and node.operator in _UPPER:
            left, right = ranges.range_of(node.left, look), ranges.range_of(node.right, look)
            if intervals.always(node.operator, left, right):
                yield Finding(_above_all(left, right), piece=f"{written.operator} ")
        elif (
            node.filters
            and node.operator in {">", ">="}
            and is_taken_for_span(node.left, ranges.range_of(node.right, look).high)
        ):
            yield Finding(
                "a point in time is always above this: compare time() - … with an age", piece=f"{written.operator} "
            )
        elif node.filters and node.operator in {">", ">="} and is_limit_of_share(node):
            yield Finding(
                f"a percentage is nearly always {node.operator} {node.right}: that is the limit of a share",
                piece=f"{written.operator} ",
            )


def _lets_through(query: Query, node: Binary) -> bool:
    """Whether it is the condition of an alert of Grafana's on what a comparison has left: `up == 0`, then below 1."""
    is_left = isinstance(node.left, Binary) and node.left.filters
    return query.use is Use.MANAGED and (is_left or not selectors_of(node.left))


def _above_all(left: Interval, right: Interval) -> str:
    said = f"this always holds: the left is never above {left.high:g}"
    percent = left.high == 1 < right.low
    return said + ("; it is a share, of which 1 is all: multiply it by 100" if percent else "")


def _may_ask_for_any(node: Binary) -> bool:
    """Whether a comparison with so little may ask if there are series at all."""
    if not isinstance(node.right, Number) or node.operator == "!=":
        return True
    is_counted = isinstance(node.left, Aggregation) and node.left.name == "count"
    is_whole = is_counted or float(node.right.value).is_integer()
    return is_whole and node.right.value <= 1 and (node.operator, node.right.value) != (">=", 0)


def _filters_inside(node: Node) -> bool:
    """Whether series are filtered below: `count(up == 0) > 0` says that there is one."""
    found = [each for each, _ in walk(node)]
    filtered = any(isinstance(each, Binary) and (each.filters or each.operator in {"and", "unless"}) for each in found)
    return filtered or any(isinstance(each, Selector) and each.matchers for each in found)


def _asks_for_any(node: Node) -> bool:
    """Whether it asks if there are series of a metric that needn't be there: a count of what no exporter always has."""
    found = selectors_of(node)
    counts = isinstance(node, Aggregation) and node.name == "count"
    return counts and not any(_is_always_there(each.name) for each in found)


def _is_always_there(name: str) -> bool:
    """Whether an exporter has series of the name however it is; of pods and jobs there may be none."""
    return name == "up" or (name in well_known() and not name.startswith(_OF_OBJECTS))


def check_rule(rule: FileRule, _project: Project) -> Findings:
    """Look for what is turned round."""
    yield from turned_round(rule)


RULE = Rule(
    __name__,
    Severity.WARNING,
    peers={"pint": "alerts/comparison"},
    query=check,
    rule=check_rule,
    managed=check_rule,
)
