"""A panel whose thresholds aren't those of the alert on the same query.

The panel is green while the alert fires, or red while it is quiet. Compared are panels whose query is the alert's left
side (variables and windows aside; of a ratio or quantile also the grouping by labels that the panel fixes or lets one
choose), and queries that the catalogue gives thresholds; an alert's own number is held against those too. Where a panel
has several queries, or shows the same ratio by another grouping, its thresholds may be about something else: it is
named when one of the alert's numbers is among them, and another is not.

WITH rules.yaml:
    groups:
      - name: api
        rules:
          - {alert: HighMemory, expr: 'process_resident_memory_bytes{job="api"} > 2e9'}
          - {alert: Slow, expr: 'histogram_quantile(0.95, sum by (le, job) (rate(took_bucket{job="a"}[5m]))) >= 1'}
          - {alert: Slow, expr: 'histogram_quantile(0.95, sum by (le, job) (rate(took_bucket{job="a"}[5m]))) >= 2.5'}
          - {alert: Expires, expr: 'expiry{job="a"} - time() < 7 * 24 * 3600 and expiry{job="a"} - time() > 0'}
          - {alert: Mount, expr: 'mount_used{mount="/"} > 0.8'}
          - {alert: Mount, expr: 'mount_used{mount="/data"} > 0.9'}
          - {alert: Full, expr: 'disk_used_ratio > 0.9 and disk_readonly == 0'}
          - {alert: Long, expr: '100 < queue_length'}
          - {alert: Spent, expr: 'sum by (i) (spent{job="a"}) / sum by (i) (planned{job="a"}) > 0.9'}
          - {alert: Free, expr: 'b_free{job="a"} / b_size{job="a"} < 0.1'}
          - {alert: Bad, expr: 'job:bad:ratio > 0.05'}
          - {record: "job:bad:ratio", expr: 'sum by (job) (rate(bad[5m])) / sum by (job) (rate(all[5m]))'}
          - {alert: Lag, expr: 'max by (job, site, instance) (lag_seconds{job="a"}) > 20'}
          - alert: Near
            expr: sum by (job, site, instance) (used{job="a"}) / sum by (job, site, instance) (size{job="a"}) > 0.85

WITH catalogue.json:
    {"signals": [], "indicators": [{"title": "Storage utilisation", "thresholds": {"warning": 0.8, "critical": 0.9},
      "expr": "1 - sum by (instance) (storage_free) / (sum by (instance) (storage_size) > 0)"}]}

FAIL alert:
    alert: StorageNearlyFull
    expr: 1 - sum by (site, instance) (storage_free) / (sum by (site, instance) (storage_size) > 0) >= 0.7

PASS alert:
    alert: StorageNearlyFull
    expr: 1 - sum by (site, instance) (storage_free) / (sum by (site, instance) (storage_size) > 0) >= 0.8

FAIL panel:
    type: stat
    title: What is used, where the alert watches what is free
    targets: [{expr: '100 * (b_size{job="a"} - b_free{job="a"}) / b_size{job="a"}', refId: A}]
    fieldConfig: {defaults: {thresholds: {steps: [{color: green, value: null}, {color: red, value: 95}]}}}

PASS panel:
    type: stat
    title: What is used, where the alert watches what is free
    targets: [{expr: '1 - b_free{job="a"} / b_size{job="a"}', refId: A}]
    fieldConfig: {defaults: {thresholds: {steps: [{color: green, value: null}, {color: red, value: 0.9}]}}}

FAIL panel:
    type: stat
    title: Written out, where the alert names the recorded series
    targets: [{expr: 'sum by (job) (rate(bad[5m])) / sum by (job) (rate(all[5m]))', refId: A}]
    fieldConfig: {defaults: {thresholds: {steps: [{color: green, value: null}, {color: red, value: 0.1}]}}}

FAIL file graph.json:
    {"title": "A", "panels": [{"type": "graph", "title": "Full", "thresholds": [{"value": 0.2, "op": "gt"}],
        "targets": [{"expr": "how_full", "refId": "A"}], "alert": {"name": "Full", "conditions": [
            {"evaluator": {"type": "gt", "params": [0.5]}, "query": {"params": ["A", "5m", "now"]}}]}}]}

FAIL file old.json:
    {"title": "A", "panels": [{"type": "graph", "thresholds": [{"value": 0.2, "op": "gt"}], "targets": [
        {"expr": "1 - sum by (instance) (storage_free) / sum by (instance) (storage_size)", "refId": "A"}]}]}

FAIL panel:
    type: timeseries
    title: The ten fullest
    targets:
      - refId: A
        expr: >-
          1 - sum by (instance) (storage_free{site=~"$site"}) / (sum by (instance) (storage_size{site=~"$site"}) > 0)
          and topk(10, sum by (instance) (storage_size{site=~"$site"}))
    fieldConfig:
      defaults:
        custom: {thresholdsStyle: {mode: dashed}}
        thresholds: {steps: [{value: null}, {color: red, value: 0.8}, {color: red, value: 0.95}]}

FAIL panel:
    type: gauge
    title: The fullest
    targets:
      - refId: A
        expr: >-
          max(sum by (instance) (used{job="a", site=~"$site"}) / sum by (instance) (size{job="a", site=~"$site"}))
    fieldConfig: {defaults: {thresholds: {steps: [{color: green, value: null}, {color: red, value: 0.7}]}}}

PASS panel:
    type: gauge
    title: All instances together
    targets: [{expr: 'sum(used{job="a", site=~"$site"}) / sum(size{job="a", site=~"$site"})', refId: A}]
    fieldConfig: {defaults: {thresholds: {steps: [{color: green, value: null}, {color: red, value: 0.7}]}}}

FAIL panel:
    type: stat
    title: Latency
    targets:
      - {refId: A, expr: 'histogram_quantile(0.5, sum by (le) (rate(took_bucket{job="a"}[5m]))) >= 0'}
      - {refId: B, expr: 'histogram_quantile(0.95, sum by (le) (rate(took_bucket{job="a"}[5m]))) >= 0'}
      - {refId: C, expr: 'histogram_quantile(0.99, sum by (le) (rate(took_bucket{job="a"}[5m]))) >= 0'}
    fieldConfig: {defaults: {thresholds: {steps: [{value: null}, {color: red, value: 1}, {color: red, value: 5}]}}}

PASS panel:
    type: stat
    title: Latency
    targets:
      - {refId: A, expr: 'histogram_quantile(0.5, sum by (le) (rate(took_bucket{job="a"}[5m]))) >= 0'}
      - {refId: B, expr: 'histogram_quantile(0.95, sum by (le) (rate(took_bucket{job="a"}[5m]))) >= 0'}
      - {refId: C, expr: 'histogram_quantile(0.99, sum by (le) (rate(took_bucket{job="a"}[5m]))) >= 0'}
    fieldConfig: {defaults: {thresholds: {steps: [{value: null}, {color: red, value: 1}, {color: red, value: 2.5}]}}}

FAIL panel:
    type: stat
    title: Rounded and guarded
    targets: [{refId: A, expr: 'round(sum by (i) (spent{job="a"}) / on (i) (sum by (i) (planned{job="a"}) > 0), 0.01)'}]
    fieldConfig: {defaults: {thresholds: {steps: [{value: null}, {color: red, value: 0.8}]}}}

FAIL panel:
    type: stat
    title: Latency by route
    targets:
      - {refId: A, expr: 'histogram_quantile(0.95, sum by (le, route) (rate(took_bucket{job="a"}[5m]))) >= 0'}
    fieldConfig: {defaults: {thresholds: {steps: [{value: null}, {color: red, value: 1}, {color: red, value: 5}]}}}

PASS panel:
    type: stat
    title: Its own limits by route
    targets:
      - {refId: A, expr: 'histogram_quantile(0.95, sum by (le, route) (rate(took_bucket{job="a"}[5m]))) >= 0'}
    fieldConfig: {defaults: {thresholds: {steps: [{value: null}, {color: red, value: 3}, {color: red, value: 5}]}}}

FAIL panel:
    type: stat
    title: The first to expire
    targets: [{refId: A, expr: 'min by (instance) (expiry{job=~"$job"} - time())'}]
    fieldConfig: {defaults: {thresholds: {steps: [{color: red, value: 0}, {color: green, value: 1814400}]}}}

FAIL panel:
    type: stat
    title: The slowest replica
    targets: [{refId: A, expr: 'max by (instance) (lag_seconds{job="a", site=~"$site"})'}]
    fieldConfig: {defaults: {thresholds: {steps: [{value: null}, {color: red, value: 10}]}}}

PASS panel:
    type: stat
    title: The last to expire
    targets: [{refId: A, expr: 'max by (instance) (expiry{job=~"$job"} - time())'}]
    fieldConfig: {defaults: {thresholds: {steps: [{color: red, value: 0}, {color: green, value: 1814400}]}}}

PASS panel:
    type: stat
    title: Any mount, which are watched apart
    targets: [{refId: A, expr: 'mount_used{mount=~"$mount"}'}]
    fieldConfig: {defaults: {thresholds: {steps: [{color: green, value: null}, {color: red, value: 0.8}]}}}

FAIL panel:
    type: timeseries
    title: A
    targets: [{expr: 'process_resident_memory_bytes{job="api", instance=~"$instance"}', refId: A}]
    fieldConfig:
      defaults:
        custom: {thresholdsStyle: {mode: line}}
        thresholds: {steps: [{color: green, value: null}, {color: red, value: 3.0e+9}]}

FAIL panel:
    type: stat
    title: A
    targets: [{expr: disk_used_ratio, refId: A}]
    fieldConfig: {defaults: {thresholds: {steps: [{color: green, value: null}, {color: red, value: 0.8}]}}}

PASS panel:
    type: timeseries
    title: A
    targets: [{expr: 'process_resident_memory_bytes{job="api", instance=~"$instance"}', refId: A}]
    fieldConfig:
      defaults:
        custom: {thresholdsStyle: {mode: line}}
        thresholds: {steps: [{color: green, value: null}, {color: red, value: 2.0e+9}]}

PASS panel:
    type: timeseries
    title: A
    targets: [{expr: 'process_resident_memory_bytes{job="api"}', refId: A}]
    fieldConfig: {defaults: {thresholds: {steps: [{color: green, value: null}, {color: red, value: 80}]}}}

FAIL panel:
    type: gauge
    title: In percent
    targets: [{expr: disk_used_ratio * 100, refId: A}]
    fieldConfig: {defaults: {thresholds: {steps: [{color: green, value: null}, {color: red, value: 80}]}}}

PASS panel:
    type: stat
    title: Without colours
    options: {colorMode: none, graphMode: none}
    targets: [{expr: queue_length, refId: A}]
    fieldConfig: {defaults: {thresholds: {steps: [{color: green, value: null}, {color: red, value: 80}]}}}

PASS panel:
    type: gauge
    title: In percent
    targets: [{expr: 100 * disk_used_ratio, refId: A}]
    fieldConfig: {defaults: {thresholds: {steps: [{color: green, value: null}, {color: red, value: 90}]}}}

FAIL panel:
    type: stat
    title: Compared from the left
    targets: [{expr: queue_length, refId: A}]
    fieldConfig: {defaults: {thresholds: {steps: [{color: green, value: null}, {color: red, value: 50}]}}}

FAIL panel:
    type: table
    title: An override
    targets:
      - {expr: disk_used_ratio, refId: A, format: table, instant: true}
      - {expr: up, refId: B, format: table, instant: true}
    fieldConfig:
      overrides:
        - matcher: {id: byName, options: "Value #A"}
          properties:
            - {id: thresholds, value: {steps: [{color: green, value: null}, {color: red, value: 0.8}]}}

PASS panel:
    type: table
    title: An override
    targets:
      - {expr: disk_used_ratio, refId: A, format: table, instant: true}
      - {expr: queue_length, refId: B, format: table, instant: true}
    fieldConfig:
      defaults: {thresholds: {steps: [{color: green, value: null}, {color: red, value: 100}]}}
      overrides:
        - matcher: {id: byName, options: "Value #A"}
          properties:
            - {id: thresholds, value: {steps: [{color: green, value: null}, {color: red, value: 0.9}]}}

PASS panel:
    {type: timeseries, title: A, targets: [{expr: 'process_resident_memory_bytes{job="api"}', refId: A}]}
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from sync.lint.dashboard import Panel, Target
from sync.lint.fields import Fields, fields, overridden
from sync.lint.limits import BEYOND, Limit, Limits, is_ratio, limits, watched_by
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.promql.ranges import unguarded
from sync.lint.promql.tree import CHOOSING, Aggregation, Binary, Node
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as AlertRule
from sync.lint.shape import as_dict, as_list, as_number, as_text


def check(panel: Panel, project: Project) -> Findings:
    """Look for each of the alert's numbers among the steps of the panel, and of each override for what it is for."""
    known = limits(project)
    if not known.by_form:
        return
    rest = [*panel.targets]
    overrides = [*_overrides(panel), *_styles(panel)]
    found = fields(panel) if overrides else Fields()
    for thresholds, matcher, pointer in overrides:
        targets = [*overridden(panel, matcher, found)]
        rest = [each for each in rest if each not in targets]
        yield from _compared(targets, thresholds, pointer, known)
    if panel.kind in {"graph", "singlestat"}:
        yield from _compared(rest, _of_old(panel), ("thresholds",), known)
    elif _are_drawn(panel):
        yield from _compared(
            rest, as_dict(panel.defaults.get("thresholds")), ("fieldConfig", "defaults", "thresholds"), known
        )


def _are_drawn(panel: Panel) -> bool:
    """Whether one sees the thresholds: as lines of a chart, or as colours of what isn't one."""
    if panel.kind == "timeseries":
        style = as_dict(as_dict(panel.defaults.get("custom")).get("thresholdsStyle"))
        return as_text(style.get("mode")) not in {"", "off"}
    coloured = as_text(as_dict(panel.defaults.get("color")).get("mode")) in {"", "thresholds"}
    if panel.kind == "stat":
        options = as_dict(panel.raw.get("options"))
        return coloured and (options.get("colorMode"), options.get("graphMode")) != ("none", "none")
    return coloured or panel.kind == "gauge"


def _overrides(panel: Panel) -> Iterator[tuple[dict[str, Any], dict[str, Any], Pointer]]:
    """Yield the thresholds of each override that has any, with the matcher of what has them and their place."""
    for number, raw in enumerate(as_list(as_dict(panel.raw.get("fieldConfig")).get("overrides"))):
        for index, each in enumerate(as_list(as_dict(raw).get("properties"))):
            if as_dict(each).get("id") == "thresholds":
                pointer = ("fieldConfig", "overrides", number, "properties", index, "value")
                yield as_dict(as_dict(each).get("value")), as_dict(as_dict(raw).get("matcher")), pointer


def _of_old(panel: Panel) -> dict[str, Any]:
    """Return the thresholds of an old graph, which it draws, or of a single number, where they colour it."""
    if panel.kind == "graph":
        return {"steps": as_list(panel.raw.get("thresholds"))}
    coloured = panel.raw.get("colorValue") is True or panel.raw.get("colorBackground") is True
    return _steps(as_text(panel.raw.get("thresholds")).split(",")) if coloured else {}


def _styles(panel: Panel) -> Iterator[tuple[dict[str, Any], dict[str, Any], Pointer]]:
    """Yield the thresholds of an old table's columns, as those of overrides."""
    for number, style in enumerate(map(as_dict, as_list(panel.raw.get("styles")))):
        name = as_text(style.get("pattern"))
        if style.get("colorMode") and style.get("thresholds"):
            matcher = {"id": "byRegexp" if name.startswith("/") else "byName", "options": name}
            yield _steps(as_list(style.get("thresholds"))), matcher, ("styles", number, "thresholds")


def _steps(written: list[Any]) -> dict[str, Any]:
    """Write numbers, or texts of numbers, as steps."""
    numbers = (float(each) for each in map(str, written) if re.fullmatch(r"\s*-?\d+(?:\.\d+)?\s*", each))
    return {"steps": [{"value": number} for number in numbers]}


def _compared(targets: list[Target], thresholds: dict[str, Any], pointer: Pointer, known: Limits) -> Findings:
    numbers = [as_number(as_dict(step).get("value")) for step in as_list(thresholds.get("steps"))]
    steps = [number for number in numbers if number]
    if not steps or thresholds.get("mode") == "percentage":
        return
    trees = [target.query.tree for target in targets if target.query and not target.hidden]
    watched = [_limits(known.of, tree) for tree in trees if tree is not None]
    if len(trees) != 1 or not any(watched):
        watched = _slips([_limits(known.akin, tree) for tree in trees if tree is not None], steps)
    for limit in dict.fromkeys(chain.from_iterable(watched)):
        if abs(limit.value) > 1e-9 and not _among(limit.value, steps):
            listed = ", ".join(f"{step:.12g}" for step in steps)
            yield Finding(
                f"{limit.name} watches {limit.value:.12g}, the panel's thresholds are {listed}", pointer=pointer
            )


def _limits(find: Callable[[Node], list[Limit]], tree: Node) -> list[Limit]:
    """Return the limits of a query, or of what it takes the highest or lowest of: an alert compares each of them."""
    while isinstance(tree, Binary) and tree.operator in {"and", "unless"}:  # which series are shown
        tree = tree.left
    tree = unguarded(tree)
    found = find(tree)
    while not found and isinstance(tree, Aggregation) and tree.name in CHOOSING | BEYOND.keys():
        beyond, tree = BEYOND.get(tree.name), tree.body
        found = [each for each in find(tree) if beyond is None or each.operator in beyond or is_ratio(tree)]
    return found


def _slips(watched: list[list[Limit]], steps: list[float]) -> list[list[Limit]]:
    """Return the limits that steps were made for, as one number shows, while another step is nobody's."""
    numbers = [limit.value for each in watched for limit in each]
    if all(_among(step, numbers) for step in steps):
        return []
    return [each for each in watched if any(_among(limit.value, steps) for limit in each)]


def _among(number: float, others: list[float]) -> bool:
    return any(math.isclose(number, other, rel_tol=1e-6) for other in others)


def check_alert(rule: AlertRule, project: Project) -> Findings:
    """Hold an alert's number against the thresholds that the catalogue gives what it watches."""
    own = watched_by(rule) if rule.alert else None
    if own is None or not project.known.thresholds:
        return
    known = limits(project)
    found = [each for each in known.akin(own.tree) or known.of(own.tree) if not each.operator]
    if found and not _among(own.value, [each.value for each in found]):
        listed = ", ".join(f"{each.value:.12g} of {each.name}" for each in found)
        yield Finding(f"the alert watches {own.value:.12g}, the catalogue has {listed}", pointer=("expr",))


RULE = Rule(__name__, Severity.WARNING, needs="rule files or a catalogue", panel=check, rule=check_alert)
