"""An alert that doesn't say what happened: no summary or description, or a description that is the same for all.

The summary is a sentence for the subject; the description names the thing and the value by template. `message` counts
as a description.

FAIL alert:
    {alert: A, expr: up == 0}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: A target is down., description: It is down.}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: TODO, description: "{{ $labels.instance }} is down."}}

PASS alert:
    {alert: A, expr: up == 0, annotations: {summary: A target is down., description: "{{ $labels.instance }} is down."}}

PASS alert:
    {alert: A, expr: up == 1, labels: {severity: none}, annotations: {summary: It lives., description: It lives.}}

PASS alert:
    {alert: A, expr: sum(up) == 0, annotations: {summary: Nothing is up., description: Every target is down.}}
"""

from __future__ import annotations

import re

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.labels import result_labels
from sync.lint.promql.tree import Call
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule

_EMPTY = re.compile(r"\W*(?:(?:todo|tbd|fixme|xxx|n/?a|none|description|summary|placeholder)\W*)?", re.IGNORECASE)
"""What stands where a text is still to be written."""
_DESCRIPTIONS = ("description", "message", "msg", "body", "details")


def check(rule: FileRule, project: Project) -> Findings:
    """Look at the annotations; a description needs no template where the result has no labels."""
    if not rule.alert:
        return
    annotations = rule.annotations
    where = ("annotations",) if "annotations" in rule.raw else ("alert",)
    if _EMPTY.fullmatch(annotations.get("summary", "")):
        yield Finding(f"{rule.alert} has no summary", pointer=where)
    name = next((name for name in _DESCRIPTIONS if not _EMPTY.fullmatch(annotations.get(name, ""))), None)
    if name is None:
        yield Finding(f"{rule.alert} has no description", pointer=where)
    elif (
        "{{" not in annotations[name]
        and "{{" not in annotations.get("summary", "")
        and _is_told(rule, annotations[name])
    ):
        yield Finding(
            f"{rule.alert}: the description names neither the thing nor the value", pointer=("annotations", name)
        )
    for needed in project.settings.alert_annotations:
        if _EMPTY.fullmatch(annotations.get(needed, "")):
            yield Finding(f"{rule.alert} has no annotation {needed}", pointer=where, severity=Severity.WARNING)


def _is_told(rule: FileRule, text: str) -> bool:
    """Whether somebody reads it who has to know which one it is: what only inhibits or beats reaches nobody."""
    return rule.labels.get("severity") != "none" and not _alone(rule) and not _is_named(rule, text)


def _is_named(rule: FileRule, text: str) -> bool:
    """Whether the text has in words the one value that is asked for: Loki, of up{job="loki"}."""
    values = {each.value for selector, _ in rule.query.selectors for each in selector.matchers if each.operator == "="}
    return any(len(value) > 2 and value.lower() in text.lower() for value in values)


def _alone(rule: FileRule) -> bool:
    """Whether there is one of it: nothing to be told apart by a template."""
    if any(
        isinstance(node, Call) and node.name in {"absent", "absent_over_time", "vector"} for node, _ in rule.query.nodes
    ):
        return True
    labels = result_labels(rule.query.tree) if rule.query.tree is not None else None
    return labels is not None and labels.exact and not labels.possible


RULE = Rule(
    __name__,
    Severity.INFO,
    peers={"mixtool": "alert-summary-* (in part), alert-description-*", "pint": "alerts/annotation"},
    rule=check,
)
