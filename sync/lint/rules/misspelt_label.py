"""A label, or a value of one, that differs by a slip from one that everybody's series have, or that is used often.

A matcher on a label that isn't there selects nothing (or, with `!=`, everything); a grouping by it makes one group.
An alert's text shows nothing for it. Letters that are swapped, doubled or left out are seen; a label that several
queries have, that a rule sets or that label_replace() makes is taken for right. So it is with the words for one thing
of which a metric has one (code and status), and with values that no other query writes so.

FAIL promql:
    up{jbo="api"}

FAIL promql:
    sum by (instnace) (rate(node_network_receive_bytes_total[5m]))

FAIL promql:
    kube_pod_info{namepsace="web"}

FAIL promql:
    sum(up) by (clusster)

FAIL promql:
    sum by (instalce) (up)

FAIL promql:
    node_cpu_seconds_total{moed="idle"}

FAIL panel:
    type: timeseries
    title: Up
    targets: [{expr: up, legendFormat: "{{instacne}}", refId: A}]

FAIL dashboard:
    templating: {list: [{type: query, name: protocol, query: "label_values(dns_requests_total, proto)"}]}
    panels:
      - type: stat
        title: A
        targets: [{expr: 'sum(rate(dns_requests_total{protocol="$protocol"}[5m]))', refId: A}]

FAIL rules:
    groups:
      - name: a
        rules:
          - {record: "job:up:min", expr: 'min by (job) (up{job="cert_monitor"})'}
          - {record: "job:up:max", expr: 'max by (job) (up{job="cert_monitor"})'}
          - {record: "job:certs:count", expr: 'count by (job) (certs{job="cert_monitor"})'}
          - {record: "job:expired:count", expr: 'count by (job) (certs{job="cert-monitor"} < 0)'}

FAIL rules:
    groups:
      - name: a
        rules:
          - {record: "svc:bad:rate5m", expr: 'sum by (svc) (rate(answers_total{code="500"}[5m]))'}
          - {record: "svc:worse:rate5m", expr: 'sum by (svc) (rate(answers_total{status="503"}[5m]))'}

FAIL promql:
    sum(flow_runs{state="COMPLETE"}) / sum(flow_runs{state=~"COMPLETED|FAILED"})

PASS rules:
    groups:
      - name: a
        rules:
          - {record: "job:up:min", expr: 'min by (job) (up{job=~"node_exporter|node-exporter"})'}
          - {record: "job:up:max", expr: 'max by (job) (up{job=~"node_exporter|node-exporter"})'}
          - {record: "svc:a:rate5m", expr: 'sum by (svc) (rate(a_total{code="500"}[5m]))'}
          - {record: "svc:b:rate5m", expr: 'sum by (svc) (rate(b_total{status="503"}[5m]))'}

PASS promql:
    sum by (stat, codename) (up)

FAIL dashboard:
    panels:
      - {type: stat, title: A, targets: [{expr: 'sum by (warehose) (stock_items)', refId: A}]}
      - {type: stat, title: B, targets: [{expr: 'sum by (warehouse) (stock_items)', refId: A}]}
      - {type: stat, title: C, targets: [{expr: 'min by (warehouse) (stock_items)', refId: A}]}
      - {type: stat, title: D, targets: [{expr: 'stock_items{warehouse="north"}', refId: A}]}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: "{{ $labels.instnce }} is down"}}

PASS promql:
    sum by (instance, nodename) (node_uname_info)

PASS promql:
    label_replace(up, "clusetr", "$1", "instance", "(.*)") and on (clusetr) up

FAIL promql:
    sum by (custmer) (aggregated_nodes{customer!=""})

FAIL promql:
    kube_pod_status_phase{phase="running"}

FAIL promql:
    elasticsearch_cluster_health_status{status="red"} == 1

FAIL panel:
    type: timeseries
    title: A
    targets: [{expr: 'unbound_queries{service_name="a"}', legendFormat: "{{servicename}}"}]

PASS promql:
    kube_pod_status_phase{phase="Running"} + on (pod) elasticsearch_cluster_health_status{color="red"}
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from sync.lint.dashboard import Target
from sync.lint.known import COMMON_LABELS
from sync.lint.logql import streams
from sync.lint.misspelling import is_a_letter_apart, is_swapped, slips
from sync.lint.near_names import OFTEN, misspelt_word, stem
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project, once_a_project
from sync.lint.promql.tree import Aggregation, Binary, Matcher, Selector
from sync.lint.query import Language, Query
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule
from sync.lint.usual_labels import label_meant, usual_labels, value_meant

_SHORTEST = 5
_SHORT = {"jbo": "job", "ojb": "job", "jo": "job", "jb": "job", "pdo": "pod", "opd": "pod"}
"""Slips of labels that are too short to be compared with others."""
_OFTEN = COMMON_LABELS | frozenset(
    {"action", "alertmanager", "alertname", "alertstate", "area", "backend", "bucket", "category", "chip", "code"}
    | {
        "collector",
        "command",
        "controller",
        "cronjob",
        "datname",
        "error",
        "event",
        "fstype",
        "grpc_code",
        "grpc_method",
    }
    | {
        "grpc_method",
        "grpc_service",
        "grpc_type",
        "horizontalpodautoscaler",
        "image",
        "index",
        "ingress",
        "integration",
        "job_name",
    }
    | {"kind", "level", "mode", "model", "name", "outcome", "owner_kind", "path", "persistentvolume", "provider"}
    | {"persistentvolumeclaim", "protocol", "proxy", "rcode", "region", "remote_name", "replicaset", "response_code"}
    | {"role", "rule_group", "scope", "scrape_job", "sensor", "server", "slice", "source", "subresource", "success"}
    | {"table", "target", "type", "unit", "user", "value", "verb", "volume", "workload_type"}
)
"""Labels that 15 public projects have, or more."""
_OTHERS = frozenset({"stat", "chi", "codename", "nodename", "even"})
"""Labels that are a slip from these, and right."""
_LONG = 7
"""Letters from which on a wrong letter is seen too: instalce."""
_IN_LEGEND = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_SHOWN = re.compile(r"\{\{[^{}]*\$labels\.(\w+)")


def check(query: Query, project: Project) -> Findings:
    """Compare the labels that a query names with those that others do."""
    for label, other in _slips(_labels(query), query, project):
        yield Finding(f"hardly any query has the label {label}; did you mean {other}?", piece=label)
    for selector, _ in query.selectors:
        for matcher in selector.matchers if selector.name else ():
            if other := _shortened(matcher.label, selector.name, project):
                said = f"hardly any query has the label {matcher.label}; {selector.name} is asked for {other} elsewhere"
                yield Finding(said, piece=matcher.label)
            elif other := project.asked.label_meant(selector.name, matcher.label):
                said = f"the other queries ask {selector.name} for {other}, and none for {matcher.label}"
                yield Finding(said, piece=matcher.label)
            elif other := label_meant(stem(selector.name), matcher.label):
                said = f"public projects ask {selector.name} for its {other}, and none for {matcher.label}"
                yield Finding(said, piece=matcher.label, severity=Severity.INFO)
            else:
                yield from _values(selector.name, matcher, project)


def _values(metric: str, matcher: Matcher, project: Project) -> Findings:
    """Look for values that no other query asks for, beside one that they do."""
    if matcher.has_variable or matcher.label in project.labels_set:
        return
    for value in matcher.value.split("|") if _PLAIN.fullmatch(matcher.value) else ():
        if usual := value_meant(stem(metric), matcher.label, value):
            said = f"{metric} has no {matcher.label} {value}; did you mean {usual}?"
            yield Finding(said, piece=value)
        elif value.isalpha() and project.asked.values[matcher.label][value] == 1 and (right := misspelt_word(value)):
            said = f"only this query asks for the {matcher.label} {value}; did you mean {right}?"
            yield Finding(said, piece=value, severity=Severity.INFO)
        elif other := project.asked.value_meant(metric, matcher.label, value):
            said = f"only this query asks for the {matcher.label} {value}; did you mean {other}?"
            yield Finding(said, piece=value, severity=Severity.INFO)


_PLAIN = re.compile(r"[\w.:/ -]+(?:\|[\w.:/ -]+)*")


def _shortened(label: str, metric: str, project: Project) -> str:
    """Return the label of the same metric that one is a longer or shorter word for: protocol and proto; '' for none."""
    uses = project.label_uses
    if len(label) < _SHORTEST - 1 or uses[label] > 1 or "_" in label:
        return ""
    chosen = _chosen(project).get(metric, set[str]())
    near: set[str] = {*chosen, *(_by_stem(project).get(label[: _STEM + 1], ()) if label not in _OFTEN else ())}
    for other in sorted(near):
        short, long = sorted((label, other), key=len)
        rest = long.removeprefix(short)
        if len(short) > _STEM and len(rest) > 1 and rest != long and rest.isalpha():
            asks = re.compile(rf"\b{re.escape(other)}\s*[=!,)]")
            if other in chosen or (uses[other] > 2 and any(asks.search(text) for text in project.asking(metric))):
                return other
    return ""


@once_a_project
def _by_stem(project: Project) -> dict[str, list[str]]:
    """Return the labels of all queries by how they begin."""
    found: dict[str, list[str]] = {}
    for label in project.label_uses:
        found.setdefault(label[: _STEM + 1], []).append(label)
    return found


@once_a_project
def _chosen(project: Project) -> dict[str, set[str]]:
    """Return the labels of each metric of which variables list the values."""
    found: dict[str, set[str]] = {}
    for variable in (variable for dashboard in project.dashboards for variable in dashboard.variables):
        if listed := _LISTED.search(variable.text):
            found.setdefault(listed[1], set()).add(listed[2])
    return found


_LISTED = re.compile(r"label_values\(\s*([A-Za-z_:][\w:]*)\s*(?:\{[^{}]*\})?\s*,\s*([A-Za-z_]\w*)\s*\)")
_STEM = 3
"""Letters that aren't enough to tell that two words are one."""


def check_legend(target: Target, project: Project) -> Findings:
    """Compare the labels that a legend shows in the same way."""
    query = target.query
    for label, other in _slips(_IN_LEGEND.findall(target.legend), query, project) if query is not None else ():
        yield Finding(f"the legend shows {label}; did you mean {other}?", pointer=("legendFormat",), piece=label)


def check_texts(rule: FileRule, project: Project) -> Findings:
    """Compare the labels that an alert's text shows in the same way."""
    for name, text in rule.annotations.items() if rule.alert else ():
        for label, other in _slips(_SHOWN.findall(text), rule.query, project):
            message = f"{rule.alert} shows $labels.{label}; did you mean {other}?"
            yield Finding(message, pointer=("annotations", name), piece=label)


def _slips(labels: list[str], query: Query, project: Project) -> Iterator[tuple[str, str]]:
    """Yield labels that nobody else has, each with the one that is meant."""
    uses = project.label_uses
    for label in dict.fromkeys(labels):
        if label in _SHORT and uses[label] < OFTEN:
            yield label, _SHORT[label]
        if len(label) < _SHORTEST - 1 or label in _right() or uses[label] >= OFTEN or _is_made(label, query, project):
            continue
        if other := _meant(label, uses) or _beside(label, _labels(query), uses):
            yield label, other


@cache
def _right() -> frozenset[str]:
    return _OFTEN | _OTHERS | usual_labels()


def _beside(label: str, labels: list[str], uses: Counter[str]) -> str:
    """Return the label of the same query that one is a slip from, which no other query has; '' for none."""
    if uses[label] > 1 or len(label) < _SHORTEST:
        return ""
    near = {*slips(label)}
    return next((each for each in labels if each in near or (each != label and _bare(each) == _bare(label))), "")


def _bare(label: str) -> str:
    return label.replace("_", "")


def _meant(label: str, uses: Counter[str]) -> str:
    """Return the label that a slip of the hand has made another one of; '' where none is near."""
    for other in slips(label):
        is_long = len(other) >= _SHORTEST or (len(other) == len(label) and len(other) == _SHORTEST - 1)
        if is_long and (other in _OFTEN or uses[other] >= OFTEN or (other in usual_labels() and uses[label] <= 1)):
            return other
        if uses[label] <= 1 and uses[other] and len(other) >= _LONG and (is_swapped(label, other) or uses[other] > 1):
            return other
    if uses[label] <= 1 and (right := misspelt_word(label)) and not uses[right]:
        return right
    if len(label) < _LONG or not label.isalpha():
        return ""
    if uses[label] <= 1 and not label.endswith("name"):
        for place in range(2, len(label) - 1):
            if uses[parted := f"{label[:place]}_{label[place:]}"] >= OFTEN:
                return parted
    return next((other for other in sorted(_OFTEN) if len(other) == len(label) and _is_near(label, other)), "")


def _is_near(label: str, other: str) -> bool:
    return label[0] == other[0] and label[-1] == other[-1] and is_a_letter_apart(label, other)


def _labels(written: Query) -> list[str]:
    query = written.as_promql
    found = [matcher.label for selector, _ in query.selectors for matcher in selector.matchers]
    if written.language is Language.LOGQL and not found:
        found = [matcher.label for stream in streams(written.text) for matcher in stream.matchers]
    found += [label for node, _ in query.each(Aggregation) for label in node.labels or ()]
    for node, _ in query.each(Binary):
        found += [*(node.on or ()), *(node.ignoring or ()), *node.include]
    return found


def _is_made(label: str, query: Query, project: Project) -> bool:
    """Whether something says that there is such a label."""
    if f'"{label}"' in query.text or label in project.labels_set:
        return True
    known = (project.known.find(selector.name) for selector, _ in query.as_promql.each(Selector))
    return any(label in (metric.labels or ()) for metric in known if metric is not None)


RULE = Rule(__name__, Severity.WARNING, query=check, rule=check_texts, target=check_legend)
