"""A counter is shown or compared as it is, without rate() or increase().

A counter is the number of events since its process started: it only grows, and falls to zero at a restart. A threshold
on it fires once and for ever, a graph of it hides what happens now. Counting or matching its series is fine.

FAIL promql:
    sum by (route) (http_requests_total)

FAIL alert-expr:
    http_request_errors_total > 10

FAIL panel:
    type: timeseries
    title: Syncs/sec
    targets: [{expr: sum(sync_configs_total), refId: A}]

FAIL alert-expr:
    sum(prometheus_rule_evaluations_total) <= 0 and sum(thanos_rule_loaded_rules) > 0

FAIL dashboard:
    panels:
      - {type: timeseries, title: A, targets: [{expr: 'sum(rate(door_openings{job="a"}[5m]))', refId: A}]}
      - {type: timeseries, title: B, targets: [{expr: 'rate(door_openings{job="b"}[5m])', refId: A}]}
      - {type: timeseries, title: C, targets: [{expr: 'increase(door_openings[5m])', refId: A}]}
      - {type: timeseries, title: D, targets: [{expr: 'sum by (job) (door_openings)', refId: A}]}

PASS panel:
    type: stat
    title: Share of nodes per second cluster
    targets: [{expr: sum(nodes_ready) / sum(nodes_total), refId: A}]

FAIL alert-expr:
    sum(rate(polls_total[5m])) < 1 and sum(poll_errors_total) > 0

FAIL promql:
    sum by (path) (api_times_sum) / sum by (path) (rate(api_times_count[1h]))

FAIL promql:
    sum by (queue) (parcel_wait_duration_sum)

PASS promql:
    aws_lambda_errors_sum

FAIL promql:
    envoy_cluster_upstream_rq_per_try_timeout

FAIL alert-expr:
    image_build_total{state="failed"} > 0

FAIL alert-expr:
    sum(http_request_errors_total) > 0

FAIL alert-expr:
    rate(http_failed_total[5m]) > 1 and sum by (job) (http_requests_total) > 20

FAIL promql:
    avg_over_time(http_requests_total[5m])

FAIL alert-expr:
    sum(rate(kube_state_metrics_list_total{result="error"}[5m])) / sum(kube_state_metrics_list_total) > 0.01

FAIL promql:
    delta(http_requests_total[1h])

FAIL promql:
    sum by (shop) (checkout_payments_total)

FAIL alert-expr:
    mysql_global_status_slow_queries > 100 and on (instance) mysql_up == 1

FAIL promql:
    pg_stat_database_blks_hit / (pg_stat_database_blks_hit + pg_stat_database_blks_read)

PASS promql:
    rate(node_netstat_Tcp_RetransSegs[5m]) / mysql_global_status_threads_running

FAIL promql:
    sum(machine_cpu_cores) - sum(node_cpu_seconds_total{mode="idle"})

FAIL promql:
    histogram_quantile(0.95, sum by (le) (http_request_duration_seconds_bucket))

PASS panel:
    {type: stat, title: Errors since boot, targets: [{expr: sum(http_request_errors_total), refId: A}]}

PASS promql:
    requests_accepted - requests_handled_total

PASS promql:
    sum by (route) (rate(http_requests_total[$__rate_interval]))

FAIL promql:
    count(http_requests_total > 500)

PASS promql:
    count(http_requests_total) by (job)

PASS alert-expr:
    http_duration_seconds_count > 0 and histogram_quantile(0.9, rate(http_duration_seconds_bucket[5m])) > 1

FAIL promql:
    http_requests_total - http_requests_total offset 1h

PASS promql:
    sum(grpc_server_started_total) - sum(grpc_server_handled_total)

PASS record-expr:
    http_requests_total * on (pod) group_left (team) kube_pod_owner_info

PASS promql:
    node_memory_MemFree_bytes

PASS promql:
    erlang_vm_memory_system_bytes_total / 2 or swift_account_stats_bytes_total

PASS promql:
    hadoop_hdfs_bytes_used / hadoop_hdfs_bytes_total

FAIL promql:
    sum(node_memory_swapped_in_pages_bytes_total)

FAIL dashboard:
    templating: {list: [{type: query, name: a, query: "query_result(topk(5, http_requests_total))"}]}

PASS dashboard:
    templating: {list: [{type: query, name: a, query: "query_result(topk(5, rate(http_requests_total[1h])))"}]}
"""

from __future__ import annotations

import re
from dataclasses import replace

from sync.lint.dashboard import Panel, Target
from sync.lint.grafana_units import UNITS
from sync.lint.kinds import kind
from sync.lint.known import Known
from sync.lint.panel_units import default_unit
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.labels import is_scalar
from sync.lint.promql.tree import (
    CHOOSING,
    RATES,
    Aggregation,
    Binary,
    Call,
    Node,
    Number,
    Selector,
    Subquery,
    selectors_of,
    turned,
    walk,
)
from sync.lint.query import Query, Use
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_text
from sync.lint.untyped import untyped_kind

_COUNTING = frozenset(
    [
        "rate",
        "irate",
        "increase",
        "resets",
        "changes",
        "absent",
        "absent_over_time",
        "present_over_time",
        "timestamp",
        "count_over_time",
        "histogram_quantile",
        "histogram_fraction",
        "histogram_avg",
        "histogram_sum",
        "histogram_count",
        "ts_of_last_over_time",
    ]
)


def check_target(target: Target, project: Project) -> Findings:
    """Look at a panel's query, unless the panel says that it shows all there was since the start."""
    if target.query is None:
        return
    title = target.panel.title
    for found in (*_counters(target.query, project, panel=target.panel), *_differences(target.query, project)):
        if _ALL_THERE_WAS.search(title) or _SINCE.search(as_text(target.panel.raw.get("description"))):
            return
        yield replace(found, pointer=(target.key,))


_ALL_THERE_WAS = re.compile(r"\b(?:since|all[- ]time|lifetime|cumulative|ever)\b", re.IGNORECASE)
_SINCE = re.compile(r"since (?:the )?(?:last )?(?:\w+ )?(?:start|restart|boot)", re.IGNORECASE)
_RATE = re.compile(r"(?<=\w)\s?/ ?s(?:ec(?:ond)?)?\b|\bper sec(?:ond)?\b|\b[RQT]PS\b")
_LIMIT = re.compile(r"limit|max|quota|capacity", re.IGNORECASE)
_PER_SECOND = frozenset(unit for unit, found in UNITS.items() if found.seconds == -1)


def check(query: Query, project: Project) -> Findings:
    """Look at queries that no panel shows."""
    is_ranked = query.use is Use.VARIABLE and any(node.name in CHOOSING for node, _ in query.each(Aggregation))
    is_still_one = query.use is Use.RECORDING and query in project.recorded_counters
    if is_ranked or (query.use is not Use.VARIABLE and not query.use.drawn and not is_still_one):
        yield from _counters(query, project)
        yield from _differences(query, project)


def _is_called_rate(panel: Panel | None) -> bool:
    """Whether a panel's title or unit says that it shows a rate, and no limit of one."""
    if panel is None or _LIMIT.search(panel.title):
        return False
    return _RATE.search(panel.title) is not None or default_unit(panel)[0] in _PER_SECOND


def _counters(query: Query, project: Project, panel: Panel | None = None) -> Findings:
    """Look at every counter and what stands around it."""
    for selector, above in query.selectors:
        told = kind(selector.name, project.known)
        if (
            (":" not in selector.name or selector.name.startswith(_COLONED))
            and (told == "counter" or (not told and _is_told(selector, query, project, panel)))
            and _value_matters(selector, above, project.known)
            and not (query.use is Use.RECORDING and _joined(above))
        ):
            yield Finding(f"{selector.name} is a counter and needs rate() or increase() around it", piece=selector.name)
        elif not told and project.is_rated_elsewhere(selector.name) and _value_matters(selector, above, project.known):
            message = f"other queries take the rate of {selector.name}, and this one shows it as it is"
            yield Finding(message, piece=selector.name, severity=Severity.INFO)
        elif (query.use.drawn or query.use.evaluated) and selector.name.endswith("_bucket") and _since_the_start(above):
            message = f"buckets of all that was since the start: rate({selector.name}[…]) has those of now"
            yield Finding(message, piece=selector.name)


def _is_told(selector: Selector, query: Query, project: Project, panel: Panel | None) -> bool:
    """Whether a name of unknown kind is rated beside, counts failures, or is all that a panel of a rate shows.

    The sum of a histogram or a summary is a counter if its count is one.
    """
    name = selector.name
    if not name.endswith(("_total", "_sum")):
        return False
    rated = {each.name for each, above in query.selectors if any(_rates(node) for node in above)}
    if name.endswith("_sum"):
        return name.removesuffix("_sum") + "_count" in rated
    is_shown = not rated and "/" not in query.text and _is_called_rate(panel)
    return name in rated or is_shown or _counts_failures(selector, project.known)


def _counts_failures(selector: Selector, known: Known) -> bool:
    """Whether a _total of which nobody knows the kind is asked for what failed: build_total{state="failed"}."""
    asked = (each for each in selector.matchers if each.operator == "=" and _FAILED.fullmatch(each.value))
    is_thing = _PLURAL.search(selector.name) is not None  # nodes that have failed are there
    return not is_thing and known.find(selector.name) is None and any(each.label not in _CONDITIONS for each in asked)


_PLURAL = re.compile(r"s_total$|_(?:status|state|phase|condition|health)_")
_CONDITIONS = frozenset({"phase", "condition", "health"})
_FAILED = re.compile(r"fail(?:ed|ures?)?|errors?|err|rejected|timed_?out|timeout|aborted|crashed", re.IGNORECASE)
_COLONED = ("vllm:", "sglang:")
"""Exporters whose own names have the colon that else tells a recorded series."""


def _rates(node: Node) -> bool:
    return isinstance(node, Call) and node.name in RATES


def _differences(query: Query, project: Project) -> Findings:
    """Look for a counter less what it was before: negative where its process has restarted since."""
    for node, _ in query.each(Binary) if " offset" in query.text else ():
        now, before = node.left, node.right
        if node.operator == "-" and isinstance(now, Selector) and isinstance(before, Selector):
            is_same = now != before and replace(before, offset=now.offset) == now
            if is_same and kind(now.name, project.known) == "counter":
                said = f"negative after a restart: increase({now.name}[…]) is what came since"
                yield Finding(said, piece=now.name, severity=Severity.INFO)


def _since_the_start(above: tuple[Node, ...]) -> bool:
    """Whether a quantile is made of buckets that nothing takes the rate of."""
    for node in reversed(above):
        if isinstance(node, Call):
            return node.name == "histogram_quantile"
        if isinstance(node, Binary):
            return False
    return False


def _value_matters(selector: Selector, above: tuple[Node, ...], known: Known) -> bool:
    child: Node = selector
    for node in reversed(above):
        match node:
            case Call() if node.name in _COUNTING:
                return False
            case Call() if node.name in {"delta", "deriv"} and (
                untyped_kind(selector.name) or selector.name.endswith("_sum")
            ):
                return False  # who takes it for a gauge, as its exporter says, may write so
            case Call() if node.name in {"vector", "scalar"}:
                return True
            case Aggregation() if node.name in {"count", "group", "count_values"}:
                limit = turned(child).right if isinstance(child, Binary) and child.filters else Number(0)
                return isinstance(limit, Number) and limit.value > 1
            case Subquery():
                pass
            case Binary() if _only_matched(node, child, known):
                return False
            case _:
                pass
        child = node
    return True


def _joined(above: tuple[Node, ...]) -> bool:
    """Whether a rule only gives the counter labels of other series, or another name: it is to be rated later."""
    return bool(above) and all(
        isinstance(node, Binary) and ((node.operator == "*" and node.group) or Number(0) in {node.left, node.right})
        for node in above
    )


def _only_matched(node: Binary, child: Node, known: Known) -> bool:
    """Whether the series matter and not their values: the right of `and`, `x > 0` on either side, and `0 * x`.

    A difference of two counters is a number of its own: what began and hasn't ended, what came since an hour ago.
    A level that no counter is taken from isn't one.
    """
    other = node.right if child is node.left else node.left
    if node.operator in {"and", "unless"}:
        if isinstance(child, Binary) and child.filters:
            limit = turned(child).right
            is_some = limit == Number(0) and turned(child).operator in {">", "!="} and not _of_failures(child)
            return is_some or (child is node.right and not isinstance(limit, Number))
        return child is node.right
    if node.operator == "*" and isinstance(other, Number) and other.value == 0:
        return True
    rated = any(isinstance(each, Call) and each.name in RATES for each, _ in walk(other))
    if node.operator != "-" or is_scalar(other) or rated:
        return False
    names = {each.name for each in selectors_of(other)}
    return not names or any(kind(name, known) != "gauge" for name in names)


def _of_failures(node: Node) -> bool:
    """Whether failures since the start are asked for, which are there for ever: `and sum(poll_errors_total) > 0`."""
    names = [each.name for each in selectors_of(node)]
    return bool(names) and all(_ENDS_WITH_FAILURE.search(name) for name in names)


_ENDS_WITH_FAILURE = re.compile(r"_(?:errors?|fail(?:ed|ures?)|timeouts?|rejected|dropped)_total$")


RULE = Rule(
    __name__,
    Severity.WARNING,
    peers={"dashboard-linter": "target-counter-agg", "pint": "promql/counter"},
    query=check,
    target=check_target,
)
