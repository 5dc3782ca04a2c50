"""A panel whose thresholds aren't those of the alert on the same query.

The panel is green while the alert fires, or red while it is quiet. Compared are panels whose query is the alert's left
side (variables and windows aside; of a ratio or quantile also the grouping by labels that the panel fixes or lets one
choose), and queries that the catalogue gives thresholds.

WITH rules.yaml:
    groups:
      - name: api
        rules:
          - {alert: HighMemory, expr: 'process_resident_memory_bytes{job="api"} > 2e9'}
          - {alert: Full, expr: 'disk_used_ratio > 0.9 and disk_readonly == 0'}
          - alert: Near
            expr: sum by (job, site, instance) (used{job="a"}) / sum by (job, site, instance) (size{job="a"}) > 0.85

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

PASS panel:
    {type: timeseries, title: A, targets: [{expr: 'process_resident_memory_bytes{job="api"}', refId: A}]}
"""

from __future__ import annotations

import math

from sync.lint.dashboard import Panel
from sync.lint.limits import is_ratio, limits
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import CHOOSING, Aggregation
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_number


def check(panel: Panel, project: Project) -> Findings:
    """Look for each of the alert's numbers among the panel's steps."""
    thresholds = as_dict(panel.defaults.get("thresholds"))
    steps = [
        number
        for step in as_list(thresholds.get("steps"))
        if (number := as_number(as_dict(step).get("value"))) is not None
    ]
    steps = [number for number in steps if number != 0]
    known = limits(project)
    if (
        panel.kind == "timeseries"
        and as_dict(as_dict(panel.defaults.get("custom")).get("thresholdsStyle")).get("mode", "off") == "off"
    ):
        return
    if not steps or not known.exact or thresholds.get("mode") == "percentage":
        return
    shown = [target for target in panel.targets if target.query and not target.hidden]
    for target in shown if len(shown) == 1 else ():
        tree = target.query.tree if target.query else None
        while isinstance(tree, Aggregation) and (tree.name in CHOOSING or _is_extreme(tree)):
            tree = tree.body
        for limit in known.of(tree) if tree is not None else ():
            if not any(math.isclose(limit.value, step, rel_tol=1e-6) for step in steps):
                listed = ", ".join(f"{step:g}" for step in steps)
                yield Finding(
                    f"{limit.name} watches {limit.value:g}, the panel's thresholds are {listed}",
                    pointer=("fieldConfig", "defaults", "thresholds"),
                )


def _is_extreme(node: Aggregation) -> bool:
    """Whether it is the highest or lowest of ratios: what an alert on each of them compares."""
    return node.name in {"max", "min"} and is_ratio(node.body)


RULE = Rule(__name__, Severity.WARNING, needs="rule files or a catalogue", panel=check)
