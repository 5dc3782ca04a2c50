"""rate(), irate() or increase() of a gauge.

A gauge goes up and down; rate() takes every fall for a restart and adds it, so that the result means nothing. Use
deriv() or delta() for how a gauge changes. That a metric is a gauge is known from the catalogue, from expositions, from
well-known exporters, or from a name that only a gauge can have; a series that a rule among the files records from
gauges is one.

WITH rules.yaml:
    groups: [{name: a, rules: [{record: "instance:memory:free", expr: node_memory_MemAvailable_bytes / 1024}]}]

FAIL promql:
    rate(instance:memory:free[5m])

FAIL promql:
    rate(node_memory_MemAvailable_bytes[5m])

FAIL promql:
    increase(process_start_time_seconds[1h])

FAIL promql:
    rate(up{job="api"}[5m])

FAIL promql:
    rate(memcached_current_connections[5m])

FAIL promql:
    increase(backup_last_success_timestamp_seconds[1d])

FAIL promql:
    rate(mysql_global_variables_max_connections[5m])

FAIL promql:
    rate(ring_members{state="ACTIVE"}[5m])

FAIL promql:
    rate(parcel_locker_doors_open[5m])

FAIL promql:
    rate(felix_active_local_selectors[5m])

FAIL promql:
    rate(kafka_server_replicamanager_offlinereplicacount[5m])

PASS promql:
    rate(mysql_binlog_file_number[5m])

PASS dashboard:
    panels:
      - {type: timeseries, title: A, targets: [{expr: 'count(anomaly_estimate{job="a"})', refId: A}]}
      - {type: timeseries, title: B, targets: [{expr: 'changes(anomaly_estimate{job="b"}[5m])', refId: A}]}
      - {type: timeseries, title: C, targets: [{expr: absent(anomaly_estimate), refId: A}]}
      - {type: timeseries, title: D, targets: [{expr: 'rate(anomaly_estimate[5m])', refId: A}]}

FAIL promql:
    rate(pcie_throughput_tx_bytes_per_second[5m])

FAIL dashboard:
    panels:
      - {type: timeseries, title: A, targets: [{expr: 'sum(anomaly_estimate{job="a"})', refId: A}]}
      - {type: timeseries, title: B, targets: [{expr: 'anomaly_estimate{job="b"}', refId: A}]}
      - {type: timeseries, title: C, targets: [{expr: 'max by (job) (anomaly_estimate)', refId: A}]}
      - {type: timeseries, title: D, targets: [{expr: 'rate(anomaly_estimate[5m])', refId: A}]}

PASS promql:
    histogram_quantile(0.99, sum(rate(bucket_store_result_series[5m])))

PASS promql:
    rate(queue_highest_timestamp_seconds[5m])

PASS promql:
    rate(node_cpu_seconds_total[5m])

PASS promql:
    deriv(node_memory_MemAvailable_bytes[1h])
"""

from __future__ import annotations

from sync.lint.kinds import kind, looks_like_a_level
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.states import is_state
from sync.lint.promql.tree import RATES, Call, Selector, Subquery
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule


def check(query: Query, project: Project) -> Findings:
    """Look at what each rate is taken of."""
    for selector, above in query.selectors:
        parent = next((node for node in reversed(above) if not isinstance(node, Subquery)), None)
        observed = any(isinstance(node, Call) and node.name.startswith("histogram_") for node in above)
        if isinstance(parent, Call) and parent.name in RATES and not observed:
            if _is_gauge(selector, project):
                yield _finding(selector.name, parent.name)
            elif not kind(selector.name, project.known) and (why := _why_perhaps(selector.name, project)):
                message = f"{why}, and this takes its {parent.name}()"
                yield Finding(message, piece=selector.name, severity=Severity.INFO)


def _finding(name: str, function: str) -> Finding:
    if is_state(name):
        message = f"{name} is 0 or 1: changes() says how often that changes, {function}() counts returns to 1"
        return Finding(message, piece=name, severity=Severity.WARNING)
    return Finding(f"{name} is a gauge: {function}() of it means nothing", piece=name)


def _why_perhaps(name: str, project: Project) -> str:
    """Say why a metric of unknown kind may be a gauge; '' where nothing tells."""
    if project.is_shown_elsewhere(name):
        return f"other queries show {name} as it is"
    return f"{name} is a gauge by its name" if ":" not in name and looks_like_a_level(name) else ""


def _is_gauge(selector: Selector, project: Project) -> bool:
    if selector.has_variable_name or selector.name not in project.recorded:
        return not selector.has_variable_name and kind(selector.name, project.known) == "gauge"
    return all(_is_made_of_gauges(rule, project) for rule in project.recorded[selector.name])


def _is_made_of_gauges(rule: FileRule, project: Project) -> bool:
    names = {selector.name for selector, _ in rule.query.selectors}
    return bool(names) and all(kind(name, project.known) == "gauge" for name in names)


RULE = Rule(__name__, Severity.ERROR, peers={"pint": "promql/rate"}, query=check)
