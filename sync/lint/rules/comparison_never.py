"""A comparison that can't hold, so that the alert never fires and the panel stays empty.

The values that an expression can have follow from its functions (a count is at least 1, a rate is never negative, a
part of a whole is at most 1, a size is not negative), from the bounds of a histogram, and from the comparisons around
it. A share compared with a number meant as percent, a burn-rate factor that would need more than 100 % failures, and a
count compared with 0 are the usual ones. What is used or free of something is a part of it by its name: `…_avail_bytes`
of `…_size_bytes`. A limit may be exceeded, though not by as much as a percentage would say: what is used of one (by its
name, or by the catalogue) has to be compared with a share. What is free in percent is hardly ever below 0.1.
Nobody waits a hundred seconds for an answer.

FAIL promql:
    (cert_expiry - time()) < 30 * 86400 and (cert_expiry - time()) >= 70 * 86400

FAIL alert-expr:
    count(up == 0) < 1

FAIL alert-expr:
    sum(rate(http_requests_total{code="500"}[5m])) / sum(rate(http_requests_total[5m])) > 5

FAIL alert-expr:
    sum(rate(http_requests_total{code="500"}[1h])) / sum(rate(http_requests_total[1h])) > 14.4 * (1 - 0.9)

FAIL alert-expr:
    rate(http_requests_total[5m]) < 0

FAIL alert-expr:
    100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100 > 100

FAIL alert-expr:
    avg by (instance) (rate(node_cpu_seconds_total{mode="iowait"}[5m])) > 20

FAIL alert-expr:
    node_load1 > 10 and node_load1 < 5

FAIL alert-expr:
    10 < node_load1 and node_load1 < 5

FAIL alert-expr:
    0 > rate(http_requests_total[5m])

FAIL alert-expr:
    avg(sum by (pod) (go_sql_stats_connections_open) / sum by (pod) (go_sql_stats_connections_max_open)) > 70

FAIL alert-expr:
    count(job_heartbeat_seconds{job="a"} > time() - 90) < 1

PASS alert-expr:
    count(job_heartbeat_seconds{job="a"} > time() - 90) < 1 or absent(job_heartbeat_seconds{job="a"})

FAIL alert-expr:
    (disk_total_bytes - disk_used_bytes) / disk_total_bytes > 90

FAIL alert-expr:
    sum by (job) (up) / count by (job) (up) > 80 or rate(node_disk_io_time_seconds_total[5m]) > 80

FAIL alert-expr:
    sum(pg_stat_activity_count) / sum(pg_settings_max_connections) > 80

FAIL alert-expr:
    round(last_over_time(probe_ssl_earliest_cert_expiry[10m]) / 86400, 0.1) < 14

FAIL alert-expr:
    cache_g_bytes{type="s0"} / (cache_g_bytes{type="s0"} + cache_g_space{type="s0"}) > 90

FAIL alert-expr:
    heap{item="used", job="a"} / heap{item="max", job="a"} > 75 or sum by (job) (kube_pod_status_ready) < 0

FAIL alert-expr:
    ceil(sum(rate(http_request_errors_total[5m]))) < 0

FAIL promql:
    up > 1

FAIL alert-expr:
    max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m]) > 1

FAIL alert-expr:
    disk_free_percent{mount="/"} < 0.1

FAIL alert-expr:
    probe_ssl_earliest_cert_expiry{job="web"} < 86400 * 14

FAIL alert-expr:
    backup_last_success_timestamp_seconds - time() > 86400

FAIL alert-expr:
    avg_over_time(up{job="web"}[1d]) * 100 < 0.99

FAIL alert-expr:
    rate(proxy_http_errors_total[5m]) / clamp_min(rate(proxy_http_requests_total[5m]), 1) > 5

PASS alert-expr:
    probe_ssl_earliest_cert_expiry{job="web"} - time() < 86400 * 14

PASS alert-expr:
    sum by (namespace) (kube_pod_status_ready) > 1 and kube_job_status_ready > 1 or cpu_used_percent < 0.5

FAIL alert-expr:
    histogram_quantile(0.99, sum by (job, le) (rate(http_request_duration_seconds_bucket{job="web"}[5m]))) > 500

FAIL alert-expr:
    sum(rate(grpc_server_handling_seconds_sum[5m])) / sum(rate(grpc_server_handling_seconds_count[5m])) > 150

FAIL alert-expr:
    100 * sum by (job) (rate(spans_lost[1m])) / sum by (job) (rate(spans[1m])) > 1500

FAIL alert-expr:
    (time() - max(backup_last_upload_time)) / 60 / 60 > 86400

PASS alert-expr:
    (time() - max(backup_last_upload_time)) / 60 / 60 > 24

FAIL alert-expr:
    node_thermal_zone_temp{job="node"} > 84000

PASS alert-expr:
    node_hwmon_temp_celsius * 1000 > 84000 or node_thermal_zone_temp > 84

PASS alert-expr:
    histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{job="web"}[5m]))) > 90

PASS alert-expr:
    histogram_quantile(0.9, rate(backup_duration_seconds_bucket[1h])) > 600

FAIL alert-expr:
    node_load1 == NaN

FAIL alert-expr:
    node_filesystem_avail_bytes{job="node"} / node_filesystem_size_bytes{job="node"} > 90

FAIL alert-expr:
    redis_memory_used_bytes / redis_memory_max_bytes < 0

FAIL alert-expr:
    1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes > 1

PASS alert-expr:
    sum(rate(http_requests_total{code="500"}[5m])) / sum(rate(http_requests_total[5m])) > 0.05

PASS alert-expr:
    redis_memory_used_bytes / redis_memory_max_bytes > 1 or process_heap_bytes / process_requested_bytes > 1

PASS alert-expr:
    nova_memory_used_bytes / nova_memory_available_bytes > 1 or queue_lag_bytes < 0

FAIL alert-expr:
    changes(process_start_time_seconds[15m]) > 300

WITH catalogue.json:
    {"indicators": [], "signals": [{"name": "agent_health", "type": "state set", "labels": [{"name": "health"}]},
     {"name": "heap_bytes", "type": "gauge", "labels": [], "limit": {"name": "box_bytes"}},
     {"name": "cache_load", "type": "gauge", "labels": [], "unit": "ratio"}]}

WITH pool.prom:
    # TYPE pool_usage_ratio gauge
    pool_usage_ratio 0.42
    # TYPE box_hit_ratio gauge
    box_hit_ratio 97

FAIL alert-expr:
    (1 - cache_current_connections / cache_max_connections) > 80

FAIL alert-expr:
    sum by (job) (heap_bytes) / (sum by (job) (box_bytes) > 0) >= 85

FAIL alert-expr:
    max by (agent) (agent_health{health="bad"}) > 1

FAIL alert-expr:
    pool_usage_ratio > 90

FAIL alert-expr:
    cache_load >= 50

PASS alert-expr:
    cache_load > 1.5

FAIL alert-expr:
    count by (job) (avg_over_time(up{job="a"}[5m]) < 0.5) / count by (job) (up{job="a"}) >= 50

FAIL alert-expr:
    sum without (mode) (avg without (cpu) (rate(node_cpu_seconds_total{mode!="idle"}[2m]))) > 90

PASS alert-expr:
    cache_current_connections / cache_max_connections > 2 or cache_current_connections / cache_connections > 80

PASS alert-expr:
    sum by (agent) (agent_health) > 1 or heap_bytes / pool_bytes > 80 or box_hit_ratio > 90

PASS alert-expr:
    count(max_over_time(up{job="a"}[5m]) < 1) / count(up{job="a"}) > 1 or count(a) / count(b) > 50

PASS alert-expr:
    sum by (instance) (rate(node_cpu_seconds_total{mode!="idle"}[2m])) > 90

FAIL alert-expr:
    max without (sloth_window) (slo:sli_error:ratio_rate5m{sloth_id="a"} > (14.4 * 0.5))

FAIL alert-expr:
    slo:bad_events:rate1h{slo="a"} / (slo:total_events:rate1h{slo="a"} > 0) > 1.44

PASS alert-expr:
    slo:sli_error:ratio_rate5m{sloth_id="a"} > (14.4 * 0.05)

FAIL rules:
    groups:
      - name: a
        rules:
          - {alert: A, expr: 'sum(rate({app="a"} |= "error" [5m])) / sum(rate({app="a"} [5m])) > 5'}

FAIL alert-expr:
    sum by (pod) (cilium_unreachable_nodes) < 0

FAIL alert-expr:
    ceph_pg_inconsistent < 0

FAIL alert-expr:
    backup_last_successful_backup_timestamp - time() > 86400

PASS alert-expr:
    freezer_temperature < 0

PASS alert-expr:
    node_load1 > 5 and node_load1 < 10

PASS alert-expr:
    100 * sum(rate(http_requests_total{code="500"}[5m])) / sum(rate(http_requests_total[5m])) > 5
"""

from __future__ import annotations

import math
import re

from sync.lint.limits import constant
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql import intervals, ranges
from sync.lint.promql.intervals import ABOUT_A_SHARE, Interval
from sync.lint.promql.moments import is_taken_for_span
from sync.lint.promql.percentages import is_limit_of_share
from sync.lint.promql.plausible import implausible
from sync.lint.promql.tree import COMPARISONS, Aggregation, Binary, Call, Node, Number, Selector, turned, walk
from sync.lint.query import Query
from sync.lint.ranges_known import lookup, quantile_limit
from sync.lint.rule import Findings, Rule


def check(query: Query, project: Project) -> Findings:
    """Compare the ranges of both sides."""
    look = lookup(project)
    for written, above in query.as_promql.each(Binary):
        if written.operator == "and":
            yield from _contradiction(written, look)
        if written.operator not in COMPARISONS or written.as_bool:
            continue
        node = turned(written)
        if _is_nan(node.left) or _is_nan(node.right):
            if node.operator != "!=":
                yield Finding("nothing compares with NaN: this never holds", piece="NaN")
            continue
        left, right = ranges.range_of(node.left, look), ranges.range_of(node.right, look)
        if intervals.never(node.operator, left, right) and not _tells_absence(node, above):
            yield Finding(_said(node, left, right), piece=f"{written.operator} ")
        elif node.operator in {">", ">="} and (most := _most_changes(node.left)) and right.low > most:
            said = f"in {most * _FASTEST:g} s there are at most {most:g} samples to differ: this never holds"
            yield Finding(said, piece=f"{written.operator} ", severity=Severity.WARNING)
        elif node.operator in {">", ">="}:
            yield from _too_high(node, right.low, written.operator, project)
        elif node.operator in {"<", "<="}:
            yield from _too_low(node, right.high, written.operator, project)


def _most_changes(node: Node) -> float:
    """Return how often a series can change or be reset within a window, if it is scraped as fast as anybody does."""
    call = node if isinstance(node, Call) and node.name in {"changes", "resets"} and node.arguments else None
    counted = call.arguments[0] if call is not None else None
    window = counted.window if isinstance(counted, Selector) else None
    return (window.seconds or 0) / _FASTEST if window else 0


_FASTEST = 5
"""Seconds between two scrapes where they are few."""


def _too_high(node: Binary, limit: float, written: str, project: Project) -> Findings:
    """Look for quantiles above all buckets, and for what is hardly ever so much."""
    highest = quantile_limit(node.left, project)
    if highest is not None and limit >= highest:
        said = f"this never holds: the highest bucket ends at {highest:g}, so no quantile is above it"
        yield Finding(said, piece=written)
    elif limit < math.inf and (said := implausible(node.left, limit)):
        yield Finding(said, piece=f"{written} ", severity=Severity.WARNING)


def _too_low(node: Binary, limit: float, written: str, project: Project) -> Findings:
    """Look for points in time taken for spans, and percentages for shares."""
    if limit == 0 and node.operator == "<" and _is_hardly_negative(node.left, project):
        yield Finding("this is hardly ever less than 0", piece=f"{written} ", severity=Severity.INFO)
    elif is_taken_for_span(node.left, limit):
        said = "a point in time is never below this: compare what is left of it, … - time()"
        yield Finding(said, piece=f"{written} ")
    elif is_limit_of_share(node):
        said = f"a percentage is hardly ever {node.operator} {node.right}: that is the limit of a share"
        yield Finding(said, piece=f"{written} ", severity=Severity.WARNING)


def _is_hardly_negative(node: Node, project: Project) -> bool:
    """Whether it is a series as it is, or its sum, and no word of its name says that it may be less than nothing."""
    while isinstance(node, Aggregation):
        node = node.body
    if not isinstance(node, Selector) or node.name in project.recorded:
        return False
    return ":" not in node.name and not _MAY_BE_NEGATIVE.search(node.name)


_MAY_BE_NEGATIVE = re.compile(
    r"temp|celsius|offset|skew|drift|delta|diff|balance|lag|lat|lon|signal|rssi|dbm|_db$|gain|power|level|volt|current|clock"
    r"|remain|expir|day|ttl|return|code|status|health|state|result|exit|score|change|growth|gap|left|predict|trend|error$"
    r"|timestamp|time|_id$|value|rate|deviation|angle|elevation|price|profit|income|margin|budget|quota|free|avail|limit|max|constraint|amp|watt|dew|height|attribute|pressure|credit|headroom|commit|surplus"
    r"|missing|stock|net_|extra",
    re.IGNORECASE,
)


def _is_nan(node: Node) -> bool:
    return isinstance(node, Number) and math.isnan(node.value)


def _tells_absence(node: Binary, above: tuple[Node, ...]) -> bool:
    """Whether an `or` beside it says what happens when it doesn't hold: `count(x) == 0 or vector(1)`, or absent(x)."""
    if isinstance(node.left, Call) and node.left.name.startswith("absent"):
        return False  # it is 1 or nothing, whatever stands beside it
    choices = [each for each in above if isinstance(each, Binary) and each.operator == "or"]
    told = (part for each in choices for part, _ in walk(each) if isinstance(part, Call))
    return bool(choices) and (node.operator == "==" or any(call.name.startswith("absent") for call in told))


def _contradiction(node: Binary, look: ranges.Lookup) -> Findings:
    left, right = node.left, node.right
    if not (isinstance(left, Binary) and isinstance(right, Binary) and left.filters and right.filters):
        return
    left, right = turned(left), turned(right)
    if left.left == right.left and constant(left.right) is not None and constant(right.right) is not None:
        both = ranges.range_of(left, look).cut(ranges.range_of(right, look))
        strict = {left.operator, right.operator} & {">", "<"}
        if both.low > both.high or (both.low == both.high and strict):
            yield Finding(
                f"both sides of `and` can't hold: {left.operator} {left.right} and {right.operator} {right.right}",
                piece="and",
            )


def _said(node: Binary, left: Interval, right: Interval) -> str:
    if node.operator in {">", ">="} and 1 < left.high <= ABOUT_A_SHARE.high + 1 and right.low > left.high:
        return f"this is a share, of which 1 is all, and has to be {node.operator} {right.low:.10g}: multiply it by 100"
    limit = f"{right.low:.10g}" if right.low == right.high else f"{right.low:.10g} … {right.high:.10g}"
    between = f"between {left.low:.10g} and {left.high:.10g}"
    return f"this never holds: the left is {between}, and has to be {node.operator} {limit}"


RULE = Rule(__name__, Severity.ERROR, peers={"pint": "promql/impossible, promql/nan"}, query=check)
