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

FAIL panel:
    type: gauge
    title: Memory usage
    fieldConfig: {defaults: {thresholds: {steps: [{color: red}, {color: gold, value: 70}, {color: green, value: 90}]}}}

PASS panel:
    type: gauge
    title: Memory free
    fieldConfig: {defaults: {thresholds: {steps: [{color: red}, {color: gold, value: 70}, {color: green, value: 90}]}}}
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from sync.lint.dashboard import Panel
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_number, as_text


def check(panel: Panel, _project: Project) -> Findings:
    """Look at the order of the numbers, and at that of the colours."""
    yield from _numbers(panel)
    yield from _colours(panel)


def _numbers(panel: Panel) -> Findings:
    """Compare each step with the one before; the first is the base, whatever its value."""
    listed = as_list(as_dict(panel.defaults.get("thresholds")).get("steps"))
    steps = [as_number(as_dict(step).get("value")) for step in listed[1:]]
    for before, after in pairwise(number for number in steps if number is not None):
        if after <= before:
            yield Finding(
                f"the threshold {after:g} comes after {before:g}: steps have to ascend",
                pointer=("fieldConfig", "defaults", "thresholds"),
            )


def _colours(panel: Panel) -> Findings:
    """Look for colours that say of much of something bad that it is good."""
    if not _is_bad(panel.title):
        return
    listed = [as_dict(step) for step in as_list(as_dict(panel.defaults.get("thresholds")).get("steps"))]
    colours = [as_text(step.get("color")).lower() for step in listed]
    highest = as_number(listed[-1].get("value")) if len(listed) > 1 else None
    if highest is None or (_USED.search(panel.title) and highest not in _NEARLY_ALL):
        return
    if _RED.search(colours[0]) and _GREEN.search(colours[-1]):
        said = (
            f"{panel.title!r} is red below {as_number(listed[1].get('value')) or 0:g}, and green above: exchange them"
        )
        yield Finding(said, pointer=("fieldConfig", "defaults", "thresholds"))


@lru_cache(10_000)
def _is_bad(title: str) -> bool:
    return _BAD.search(title) is not None and _GOOD.search(title) is None


_USED = re.compile(r"us(?:age|ed)|utili[sz]", re.IGNORECASE)
_NEARLY_ALL = frozenset({80, 85, 90, 95, 98, 99, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99})
"""From where on people are told of use: of a graphics card little may be worse."""
_RED = re.compile(r"red|#(?:f2495c|e02f44|d44a3a|c4162a)")
_GREEN = re.compile(r"green|#(?:73bf69|299c46|56a64b|37872d)")
_BAD = re.compile(
    r"\b(?:usage|utili[sz]ation|used|errors?|failures?|failed|latency|lag|load(?! balanc)|saturation|drops?|pending)\b",
    re.IGNORECASE,
)
_GOOD = re.compile(r"free|avail|left|remain|budget|success|healthy|budget|until|since", re.IGNORECASE)


RULE = Rule(__name__, Severity.WARNING, panel=check)
