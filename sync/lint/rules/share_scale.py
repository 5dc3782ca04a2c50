"""Thresholds or ends of an axis in percent, where the panel shows a share of 1; or the other way round.

`percentunit` shows 0.9 as 90 %: a threshold of 90 is 9000 %, and nothing ever reaches it.

FAIL panel:
    type: stat
    title: A
    targets: [{expr: up, refId: A}]
    fieldConfig:
      defaults:
        unit: percentunit
        thresholds: {mode: absolute, steps: [{color: red, value: null}, {color: green, value: 90}]}

FAIL panel:
    type: gauge
    title: A
    targets: [{expr: up, refId: A}]
    fieldConfig: {defaults: {unit: percentunit, min: 0, max: 100}}

FAIL panel:
    type: gauge
    title: A
    targets: [{expr: up, refId: A}]
    fieldConfig:
      defaults:
        unit: percent
        thresholds: {steps: [{color: green, value: null}, {color: orange, value: 0.7}, {color: red, value: 0.9}]}

FAIL panel:
    type: gauge
    title: A
    targets: [{expr: up, refId: A}]
    fieldConfig: {defaults: {unit: percent, min: 0, max: 1}}

PASS panel:
    type: stat
    title: Grafana's own threshold
    targets: [{expr: up, refId: A}]
    fieldConfig: {defaults: {unit: percentunit, thresholds: {steps: [{color: green}, {color: red, value: 80}]}}}

PASS panel:
    type: gauge
    title: A
    targets: [{expr: up, refId: A}]
    fieldConfig:
      defaults:
        unit: percentunit
        max: 1
        thresholds: {steps: [{color: green, value: null}, {color: orange, value: 0.8}, {color: red, value: 4}]}

PASS panel:
    type: gauge
    title: Half a percent is many
    targets: [{expr: packet_loss_percent, refId: A}]
    fieldConfig: {defaults: {unit: percent, max: 1, thresholds: {steps: [{color: green, value: 0.5}, {value: 0.8}]}}}

PASS panel:
    type: stat
    title: All cores of a machine
    targets: [{expr: "sum(rate(container_cpu_usage_seconds_total[5m]))", refId: A}]
    fieldConfig: {defaults: {unit: percentunit, thresholds: {steps: [{color: green, value: 16}, {value: 32}]}}}

PASS panel:
    type: gauge
    title: Percent of a bar's length
    targets: [{expr: up, refId: A}]
    fieldConfig:
      defaults: {unit: percentunit, thresholds: {mode: percentage, steps: [{color: green}, {color: red, value: 80}]}}
"""

from __future__ import annotations

from sync.lint.dashboard import Panel
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.percentages import may_be_small
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_number, as_text

_MANY = 20
"""Times of the whole from which on a number is meant in percent: a share of several CPUs may be above 1."""
_NEVER = 1e6
"""From here on a threshold is there to be never reached."""
_DEFAULT = 80
"""The threshold that Grafana gives a new panel, of whatever unit: nobody chose it."""


def check(panel: Panel, _project: Project) -> Findings:
    """Compare the thresholds and the ends with the unit."""
    defaults = panel.defaults
    unit, thresholds = as_text(defaults.get("unit")), as_dict(defaults.get("thresholds"))
    steps = [as_number(as_dict(step).get("value")) for step in as_list(thresholds.get("steps"))]
    given = [step for step in steps if step] if _are_shown(panel) and thresholds.get("mode") != "percentage" else []
    given = [] if given == [_DEFAULT] else given
    top = as_number(defaults.get("max"))
    where = ("fieldConfig", "defaults", "thresholds")
    if (unit == "percentunit" and _is_of_cores(panel)) or (unit == "percent" and _may_be_small(panel)):
        return
    if unit == "percentunit" and given and _MANY <= max(given) < _NEVER:
        yield Finding(f"the threshold {max(given):g} is {max(given) * 100:g} % of a share", pointer=where)
    elif unit == "percent" and len(given) > 1 and all(1 / 2 <= step < 1 for step in given):
        yield Finding(f"the threshold {max(given):g} is less than one percent", pointer=where)
    if (unit, top) in {("percentunit", 100), ("percent", 1)}:
        said = "10000 % of a share" if top == 100 else "one percent"
        yield Finding(f"the axis ends at {said}", pointer=("fieldConfig", "defaults", "max"))


def _is_of_cores(panel: Panel) -> bool:
    """Whether it shows the time of all cores together: 32 of them are 3200 % of one."""
    texts = [target.query.text for target in panel.targets if target.query]
    return any("sum" in text and "_cpu_" in text and "/" not in text for text in texts)


def _may_be_small(panel: Panel) -> bool:
    """Whether it shows a percentage of which less than one may be too much already: of errors, of lost packets."""
    selectors = (each for target in panel.targets if target.query for each, _ in target.query.as_promql.selectors)
    return any(may_be_small(each.name) for each in selectors)


def _are_shown(panel: Panel) -> bool:
    """Whether thresholds colour anything: numbers do by default, lines where they are told to."""
    mode = as_dict(panel.defaults.get("color")).get("mode")
    style = as_dict(as_dict(panel.defaults.get("custom")).get("thresholdsStyle")).get("mode", "off")
    return style != "off" or mode == "thresholds" or (mode is None and panel.kind in {"stat", "gauge", "bargauge"})


RULE = Rule(__name__, Severity.WARNING, panel=check)
