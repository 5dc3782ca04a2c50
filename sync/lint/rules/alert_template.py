"""A template in an alert that can't be filled in.

A label that the expression drops is written as nothing; an unknown function or an unclosed action makes every
notification say "error in template". `$value` in a label makes another alert of each evaluation: it never stays long
enough for `for`, and is told anew each time.

FAIL alert:
    {alert: A, expr: sum by (job) (up) == 0, annotations: {summary: "{{ $labels.instance }} is down"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: "{{ $labels.instance is down"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: "{{ $value | humanise }} is down"}}

FAIL alert:
    {alert: A, expr: up == 0, labels: {value: "{{ $value }}"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: "{{ $label.instance }} is down"}}

PASS alert:
    {alert: A, expr: sum by (job) (up) == 0, annotations: {summary: "{{ $labels.job }}: {{ $value | humanize }}"}}

WITH recorded.yaml:
    groups: [{name: a, rules: [{record: "job:up:share", expr: avg by (job) (up)}]}]

FAIL alert:
    {alert: A, expr: "job:up:share < 1", annotations: {summary: "{{ $labels.instance }} is down"}}

PASS alert:
    {alert: A, expr: "job:up:share < 1", annotations: {summary: "{{ $labels.job }} in {{ $labels.cluster }} is down"}}

PASS alert:
    {alert: A, expr: up == 0, annotations: {summary: '{{ with query "up" }}{{ . | first | value }}{{ end }}'}}

PASS alert:
    {alert: A, expr: sum(up) > 2, annotations: {summary: '{{ range query "up" }}{{ .Labels.job }}{{ end }}'}}

FAIL alert:
    {alert: A, expr: sum(up) > 2, annotations: {summary: '{{ with query "up" }}{{ . }}{{ end }}{{ .Labels.job }}'}}

FAIL alert:
    {alert: A, expr: sum(up) > 2, annotations: {summary: '{{ range query "up" }}{{ $labels.job }}{{ end }}'}}
"""

from __future__ import annotations

from sync.lint.gotemplate import labels_used, problems
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.labels import Labels, result_labels
from sync.lint.recorded_labels import lacks
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule
from sync.lint.shape import as_dict


def check(rule: FileRule, project: Project) -> Findings:
    """Read the templates of labels and annotations."""
    if not rule.alert:
        return
    tree = rule.query.tree
    labels = result_labels(tree) if tree is not None else Labels()
    added = {*rule.labels, *as_dict(rule.group.raw.get("labels")), *project.external_labels, "alertname"}
    for part, texts in (("labels", rule.labels), ("annotations", rule.annotations)):
        for name, text in texts.items():
            if "{{" not in text and "}}" not in text:
                continue
            where = (part, name)
            for words, token in problems(text):
                yield Finding(f"{rule.alert}: {words}", pointer=where, piece=token)
            for label in labels_used(text):
                if label not in added and tree is not None and lacks(tree, label, project):
                    kept = f"; it keeps {', '.join(sorted(labels.names)) or 'none'}" if labels.exact else ""
                    yield Finding(
                        f"{rule.alert}: {name} shows $labels.{label}, which the expression drops{kept}",
                        pointer=where,
                        piece=label,
                    )
            if part == "labels" and "$value" in text and "if" not in text:
                yield Finding(
                    f"{rule.alert}: $value in the label {name} makes another alert of each evaluation",
                    pointer=where,
                    piece="$value",
                )


RULE = Rule(__name__, Severity.ERROR, peers={"pint": "alerts/template"}, rule=check)
