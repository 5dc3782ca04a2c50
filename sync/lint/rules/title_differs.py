"""A panel whose title or legend says another thing than its query asks for.

What was copied and not changed to the end: "Received" of what is transmitted, "p95" of the 99th percentile, "5xx" of
4.., "CPU" of memory, "Uptime" since something else than a start, "per minute" of five, "Active" of what is suppressed.
A title is compared with all queries of its panel, and a legend with its own. What only a sibling metric is called (a
title "Lag" above kafka_consumergroup_current_offset) is an info.

FAIL panel:
    type: timeseries
    title: Network received
    targets: [{expr: "rate(node_network_transmit_bytes_total[5m])"}]

FAIL panel:
    type: timeseries
    title: Network
    targets:
    - {expr: "rate(node_network_transmit_bytes_total[5m])", legendFormat: "{{device}} sent"}
    - {expr: "rate(node_network_transmit_bytes_total[5m])", legendFormat: "{{device}} received"}

FAIL panel:
    type: timeseries
    title: Latency
    targets: [{expr: "histogram_quantile(0.99, sum by (le) (rate(took_seconds_bucket[5m])))", legendFormat: p95}]

FAIL panel:
    type: stat
    title: 5xx responses
    targets: [{expr: 'sum(rate(http_requests_total{code=~"4.."}[5m]))'}]

FAIL panel:
    type: stat
    title: 5xx in the log
    datasource: {type: loki, uid: loki}
    targets: [{expr: 'sum(count_over_time({job="nginx"} | json | status =~ "4[0-9][0-9]" [5m]))'}]

FAIL panel:
    type: gauge
    title: CPU
    targets: [{expr: "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes"}]

FAIL panel:
    type: stat
    title: Uptime
    targets: [{expr: time() - node_time_seconds}]

FAIL panel:
    type: timeseries
    title: Messages per minute
    targets: [{expr: "sum by (topic) (increase(messages_total[5m]))"}]

FAIL dashboard:
    panels:
    - {type: stat, title: Active alerts, targets: [{expr: 'alertmanager_alerts{state="suppressed"}'}]}
    - {type: stat, title: All but suppressed, targets: [{expr: 'alertmanager_alerts{state="active"}'}]}

FAIL dashboard:
    panels:
    - {type: stat, title: Lag, targets: [{expr: sum(kafka_consumergroup_current_offset)}]}
    - {type: stat, title: Late, targets: [{expr: sum(kafka_consumergroup_lag)}]}

FAIL panel:
    type: timeseries
    title: Messages
    targets:
    - {expr: "rate(watchable_publish_total[5m])", legendFormat: "events {{runner}}"}
    - {expr: "rate(watchable_events_total[5m])", legendFormat: "publish {{runner}}"}

PASS panel:
    type: timeseries
    title: Network received and sent
    targets:
    - {expr: "rate(node_network_transmit_bytes_total[5m])", legendFormat: "{{device}} sent"}
    - {expr: "rate(node_network_receive_bytes_total[5m])", legendFormat: "{{device}} received"}

PASS panel:
    type: timeseries
    title: p95 and 5xx
    targets:
    - {expr: "histogram_quantile(0.95, sum by (le) (rate(took_seconds_bucket[5m])))", legendFormat: p95}
    - {expr: 'sum(rate(http_requests_total{code=~"4..|5.."}[5m]))', legendFormat: 5xx}

PASS panel:
    type: timeseries
    title: Uptime, messages per minute
    targets:
    - {expr: time() - process_start_time_seconds}
    - {expr: "60 * sum by (topic) (rate(messages_total[5m]))"}
    - {expr: "sum by (topic) (increase(messages_total[5m]) / 5)"}

FAIL panel:
    type: timeseries
    title: Messages per second
    targets: [{expr: sum by (topic) (kafka_topic_partition_current_offset)}]

FAIL panel:
    type: stat
    title: Servers down
    targets: [{expr: 'count(up{job="a"} == 1)'}]

FAIL panel:
    type: logs
    title: Recent errors
    datasource: {type: loki, uid: loki}
    targets: [{expr: '{app="a"} !~ "(?i)error"'}]

FAIL panel:
    type: gauge
    title: Filesystem fullness
    targets: [{expr: node_filesystem_free_bytes / node_filesystem_size_bytes}]

FAIL panel:
    type: gauge
    title: Hit rate
    targets: [{expr: "rate(cache_misses_total[5m]) / (rate(cache_hits_total[5m]) + rate(cache_misses_total[5m]))"}]

FAIL dashboard:
    panels:
    - {type: gauge, title: Battery volts, targets: [{expr: ups_battery_voltage}]}
    - {type: gauge, title: Line volts, targets: [{expr: ups_battery_voltage}]}

FAIL panel:
    type: timeseries
    title: Nodes
    targets: [{expr: max(known_nodes), legendFormat: min}, {expr: min(known_nodes), legendFormat: max}]

FAIL panel:
    type: timeseries
    title: Network
    targets: [{expr: 'rate(container_network_receive_bytes_total[5m])', legendFormat: Outbound}]

FAIL panel:
    type: timeseries
    title: Share of what is granted
    targets:
      - {expr: sum(working_set_bytes) / sum(resource_limits), legendFormat: "{{pod}} requests"}
      - {expr: sum(working_set_bytes) / sum(resource_requests), legendFormat: "{{pod}} limits"}

FAIL panel:
    type: stat
    title: Slower than 300ms
    targets: [{expr: 'sum(rate(wait_seconds_count[5m])) - sum(rate(wait_seconds_bucket{le="3"}[5m]))'}]

FAIL panel:
    type: stat
    title: Logs with >5k entries
    targets: [{expr: count(raft_log_entries < 5000)}]

FAIL dashboard:
    panels:
    - {type: stat, title: Failed runs, targets: [{expr: sum(runs)}]}
    - {type: stat, title: Succeeded runs, targets: [{expr: 'sum(runs{state="succeeded"})'}]}
    - {type: gauge, title: Failures, targets: [{expr: 'sum(runs{state="failed"}) / count(runs{state="failed"})'}]}

PASS panel:
    type: stat
    title: Within 300ms, of >5k entries
    targets: [{expr: 'sum(rate(wait_seconds_bucket{le="0.3"}[5m])) > 5000'}]

PASS panel:
    type: stat
    title: Errors but timeouts, servers down, time until full
    targets: [{expr: 'count(up{job="a"} == 0)'}, {expr: 'predict_linear(node_filesystem_free_bytes[1d], 86400)'}]
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from sync.lint.dashboard import Dashboard, Panel, Target
from sync.lint.kinds import usual_names
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Binary
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule
from sync.lint.titles import GENERAL, differing, other_value, said_by, telling, words_of

_FILLED_IN = re.compile(r"\{\{[^{}]*\}\}|\$\{[^}]*\}|\$\w+|\[\[\w+\]\]")


def check(panel: Panel, _project: Project) -> Findings:
    """Compare each legend with its query, and the title with all of them."""
    shown = [(number, target) for number, target in enumerate(panel.targets) if not target.hidden]
    asked = [(number, target, target.query) for number, target in shown if target.query is not None]
    if not asked or len(asked) != len(shown):
        return
    for number, target, query in asked:
        for said in differing(_FILLED_IN.sub(" ", target.legend), [query]) if target.legend else ():
            yield Finding(f"the legend says {said}", pointer=("targets", number, "legendFormat"))
    yield from _exchanged(asked)
    for said in differing(_FILLED_IN.sub(" ", panel.title), [query for *_, query in asked]):
        yield Finding(f"the title says {said}", pointer=("title",))


def _exchanged(asked: list[tuple[int, Target, Query]]) -> Findings:
    """Look for two legends each of which has a word that only the other's query has."""
    if len(asked) != 2 or not all(target.legend for _, target, _ in asked):
        return
    told = [words_of(_FILLED_IN.sub(" ", target.legend)) for _, target, _ in asked]
    names = [words_of(said_by(query)) for *_, query in asked]
    if names[0] == names[1]:
        names = [words_of(" ".join(each.name for each, _ in query.as_promql.selectors)) for *_, query in asked]
    first, second = told[0] - told[1], told[1] - told[0]
    one, other = names[0] - names[1], names[1] - names[0]
    if first & one or second & other:
        return
    if first & other and second & one:
        words = f"{min(first & other)} and {min(second & one)}"
        yield Finding(f"the legends {words} are exchanged", pointer=("targets", asked[0][0], "legendFormat"))


def check_dashboard(dashboard: Dashboard, project: Project) -> Findings:
    """Look for titles that name a value, or a metric, that other queries ask for."""
    queries = [target.query for target in dashboard.targets if target.query is not None]
    families: dict[str, set[str]] = {}
    for name in {selector.name for query in queries for selector, _ in query.as_promql.selectors}:
        families.setdefault(_family(name), set()).update([] if ":" in name else [name])
    yield from _twice(dashboard)
    for panel in dashboard.panels if len(queries) > 1 else ():
        query = panel.targets[0].query if len(panel.targets) == 1 else None
        if query is None or any(node.operator == "-" for node, _ in query.as_promql.each(Binary)):
            continue
        title = _FILLED_IN.sub(" ", panel.title)
        if said := other_value(title, query, project) or _other_metric(title, query, families):
            where = panel.place(("title",))[len(dashboard.base) :]
            yield Finding(f"{panel.title!r}: {said}", pointer=where, severity=Severity.INFO)


def _twice(dashboard: Dashboard) -> Findings:
    """Look for two panels of a kind that ask the same, of which only one title has a word of the metric's name."""
    asked: dict[tuple[str, str], Panel] = {}
    for panel in dashboard.panels:
        query = panel.targets[0].query if len(panel.targets) == 1 else None
        if query is None or not panel.title or "$" in panel.title:
            continue
        other = asked.setdefault((panel.kind, query.text), panel)
        if other.title == panel.title:
            continue
        named = words_of(" ".join(selector.name for selector, _ in query.as_promql.selectors)) - GENERAL
        both = [(each, words_of(each.title) & named) for each in (other, panel)]
        for (one, told), (two, others) in (both, both[::-1]):
            if told - others and not others and len(words_of(two.title)) <= _SHORT:
                message = f"{two.title!r} asks the same as {one.title!r}"
                where = two.place(("title",))[len(dashboard.base) :]
                yield Finding(message, pointer=where, severity=Severity.INFO)


def _other_metric(title: str, query: Query, families: Mapping[str, set[str]]) -> str:
    """Say that a title names what tells another metric of the dashboard from the one that is asked for."""
    asked = {selector.name for selector, _ in query.as_promql.selectors}
    if len(asked) != 1 or query.as_promql.each(Binary):
        return ""
    name = asked.pop()
    own, family = words_of(name), _family(name)
    others = families.get(family, set()).union(_usual().get(family, ()))
    words = telling(title) if len(others) > 1 else frozenset[str]()
    for other in sorted(others) if words else ():
        told = words_of(other) - own
        if told and len(told) <= _FEW and told <= words and not _is_told_so(title, own - words_of(other), told, query):
            return f"the query asks for {name}, and there is {other}"
    return ""


def _is_told_so(title: str, lost: frozenset[str], told: frozenset[str], query: Query) -> bool:
    """Whether the query says what the title does: by words that the other metric lacks, or by a value."""
    if lost:
        return not {_stem(word) for word in lost}.isdisjoint(map(_stem, words_of(title) | telling(title)))
    return "/" in title or not {_stem(word) for word in told}.isdisjoint(map(_stem, words_of(said_by(query))))


def _family(name: str) -> str:
    return "_".join(name.split("_", 2)[:2])


@cache
def _usual() -> dict[str, list[str]]:
    """Return the metrics that many projects ask for by their first two words."""
    found: dict[str, list[str]] = {}
    for name in usual_names():
        found.setdefault(_family(name), []).append(name)
    return found


def _stem(word: str) -> str:
    return re.sub(r"(?:ing|ed|es|s|d|e)$", "", word) if len(word) > _SHORT else word


_SHORT = 4
_FEW = 2
"""Words by which a title tells two metrics apart."""


RULE = Rule(__name__, Severity.WARNING, panel=check, dashboard=check_dashboard)
