"""Thresholds that aren't in ascending order, or the same number twice.

Grafana takes the last step that a value reaches: one out of order is never seen, or hides another.

FAIL panel:
    type: stat
    title: A
    fieldConfig:
      defaults:
        thresholds: {steps: [{color: green, value: null}, {color: red, value: 90}, {color: orange, value: 70}]}

PASS panel:
    type: stat
    title: A
    fieldConfig:
      defaults:
        thresholds: {steps: [{color: green, value: null}, {color: orange, value: 70}, {color: red, value: 90}]}
"""

from __future__ import annotations

from itertools import pairwise

from sync.lint.dashboard import Panel
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_number


def check(panel: Panel, _project: Project) -> Findings:
    """Compare each step with the one before; the first is the base, whatever its value."""
    listed = as_list(as_dict(panel.defaults.get("thresholds")).get("steps"))
    steps = [as_number(as_dict(step).get("value")) for step in listed[1:]]
    for before, after in pairwise(number for number in steps if number is not None):
        if after <= before:
            yield Finding(
                f"the threshold {after:g} comes after {before:g}: steps have to ascend",
                pointer=("fieldConfig", "defaults", "thresholds"),
            )


RULE = Rule(__name__, Severity.WARNING, panel=check)
