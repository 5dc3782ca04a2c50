"""A template in an alert that can't be filled in.

A label that the expression drops is written as nothing, and so are those that the rule itself or Prometheus adds: a
template sees the labels of the expression's result alone. An unclosed action, an unknown function or field, a query
that is no PromQL, `$value` compared with 10 in place of 10.0 make every notification say "error expanding template".
`$value` in a label makes another alert of each evaluation: it never stays long enough for `for`, and is told anew each
time.

FAIL alert:
    alert: A
    expr: sum by (job) (rate(errors_total[5m])) > 5
    annotations: {summary: "{{ with printf `up{pod='%s'}` $labels.pod | query }}{{ . | first | value }}{{ end }}"}

FAIL alert:
    {alert: A, expr: sum by (job) (up) == 0, annotations: {summary: "{{ $labels.instance }} is down"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: "{{ $labels.instance is down"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: "{{ $labels.instance } is down, {{ $labels.job }} too"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: "{ $labels.instance }} is down"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: "$labels.instance is down"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: "{{ $value | humanise }} is down"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: "{{ value }} is down"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: "{{ labels.instance }} is down"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: "{{ .labels.instance }} is down"}}

FAIL alert:
    {alert: A, expr: up < 1, annotations: {summary: "{{ $value * 100 }} are up"}}

FAIL alert:
    {alert: A, expr: up < 1, annotations: {summary: "{{ if gt $value 10 }}many{{ end }}"}}

FAIL alert:
    {alert: A, expr: up < 1, annotations: {summary: '{{ printf "%d" $value }} are up'}}

FAIL alert:
    {alert: A, expr: up == 0, labels: {value: "{{ $value }}"}}

FAIL alert:
    {alert: A, expr: node_load1 > 5, labels: {load: '{{ .Value | printf "%.2f" }}'}}

PASS alert:
    {alert: A, expr: node_load1 > 5, labels: {severity: "{{ if gt $value 9.0 }}critical{{ else }}warning{{ end }}"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: "{{ $label.instance }} is down"}}

FAIL alert:
    {alert: A, expr: sum by (job) (up) == 0, labels: {severity: page}, annotations: {summary: "{{ $labels.severity }}"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: "{{ $labels.alertname }}: {{ $labels.job }}"}}

FAIL alert:
    {alert: A, expr: up == 0, labels: {severity: page}, annotations: {summary: "{{ $labels.severity }}"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: "{{ $labels.Instance }} is down"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: '{{ index $labels "instnace" }} is down'}}

PASS alert:
    {alert: A, expr: 'ALERTS{alertstate="firing"} > 0', annotations: {summary: "{{ $labels.alertname }} fires"}}

PASS alert:
    {alert: A, expr: sum by (job) (up) == 0, annotations: {summary: "{{ $labels.job }}: {{ $value | humanize }}"}}

PASS alert:
    {alert: A, expr: sum(up) == 0, annotations: {summary: "{{ if $labels.job }}{{ $labels.job }}: {{ end }}all down"}}

PASS alert:
    {alert: A, expr: sum(up) == 0, annotations: {summary: '{{ if eq (printf "%s" $labels.zone) "" }}all down{{ end }}'}}

WITH recorded.yaml:
    groups: [{name: a, rules: [
        {record: "job:up:share", expr: avg by (job) (up)},
        {record: "job:up:min", expr: min by (job) (up), labels: {tier: a}}]}]

WITH prometheus.yml:
    global: {external_labels: {site: a}}
    scrape_configs: []

FAIL alert:
    {alert: A, expr: "job:up:share < 1", annotations: {summary: "{{ $labels.instance }} is down"}}

PASS alert:
    {alert: A, expr: "job:up:share < 1", annotations: {summary: "{{ $labels.job }} in {{ $labels.cluster }} is down"}}

PASS alert:
    {alert: A, expr: job:up:min < 1, labels: {tier: a}, annotations: {summary: "{{ $labels.tier }} is down"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: "{{ $externalLabels.cluster }} is down"}}

PASS alert:
    {alert: A, expr: up == 0, annotations: {summary: "{{ $externalLabels.site }} is down"}}

PASS alert:
    {alert: A, expr: up == 0, annotations: {summary: '{{ with query "up" }}{{ . | first | value }}{{ end }}'}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: '{{ with query "up{" }}{{ . | first | value }}{{ end }}'}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: '{{ with query "sum(up)" }}{{ first . | label "job" }}{{ end }}'}}

PASS alert:
    {alert: A, expr: sum(up) > 2, annotations: {summary: '{{ range query "up" }}{{ .Labels.job }}{{ end }}'}}

FAIL alert:
    {alert: A, expr: sum(up) > 2, annotations: {summary: '{{ range query "up" }}{{ .labels.job }}{{ end }}'}}

FAIL alert:
    {alert: A, expr: sum(up) > 2, annotations: {summary: '{{ with query "up" }}{{ . }}{{ end }}{{ .Labels.job }}'}}

FAIL alert:
    {alert: A, expr: sum(up) > 2, annotations: {summary: '{{ range query "up" }}{{ $labels.job }}{{ end }}'}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: "{{ $labels.job }} is down for five minutes }}"}}
"""

from __future__ import annotations

from collections.abc import Iterator

from sync.lint.alert_text import AlertText, LabelShown, read
from sync.lint.known import COMMON_LABELS, TARGET_LABELS
from sync.lint.misspelling import slips
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.labels import result_labels
from sync.lint.recorded_labels import lacks
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule
from sync.lint.shape import FilledIn, as_plain_texts

_Said = tuple[str, str, Severity]


def check(rule: FileRule, project: Project) -> Findings:
    """Follow the templates of labels and annotations."""
    if not rule.alert:
        return
    for part, texts in (("labels", rule.labels), ("annotations", rule.annotations)):
        for name, text in texts.items():
            if ("{{" in text or "}}" in text or "$" in text) and not isinstance(text, FilledIn):
                found = read(text, rule.query.as_promql)
                for words, piece, severity in _said(found, part, name, rule, project):
                    yield Finding(f"{rule.alert}: {words}", pointer=(part, name), piece=piece, severity=severity)


def _said(found: AlertText, part: str, name: str, rule: FileRule, project: Project) -> Iterator[_Said]:
    """Yield the words, the piece that shows where, and how grave it is."""
    for words, piece in found.failures.items():
        yield words, piece, Severity.ERROR
    for words, piece in found.typos.items():
        yield words, piece, Severity.WARNING
    for shown in dict.fromkeys(found.labels):
        missed = _missed(shown, rule, project)
        if missed:
            yield f"{name} {missed}", shown.piece, Severity.ERROR
        elif _is_taken_for_own(shown, rule, project):
            words = f"{name} shows $labels.{shown.name} of the series, if it has one: the rule's is added afterwards"
            yield words, shown.piece, Severity.WARNING
        elif near := _label_meant(shown, project):
            words = f"{name} shows $labels.{shown.name}, which nothing has; did you mean {near}?"
            yield words, shown.piece, Severity.WARNING
    known = project.external_labels
    for label in dict.fromkeys(found.external) if known else ():
        if label not in known:
            words = f"{name} shows $externalLabels.{label}; the external labels are {', '.join(known)}"
            yield words, label, Severity.WARNING
    if part == "labels" and found.moving:
        words = f"{found.moving} in the label {name} makes another alert of each evaluation"
        yield words, found.moving, Severity.ERROR


def _missed(shown: LabelShown, rule: FileRule, project: Project) -> str:
    """Say why a label is shown as nothing; '' where it may be there."""
    tree, label = shown.source.tree, shown.name
    if tree is None or not (_is_of_alerts_alone(shown) or lacks(tree, label, project)):
        return ""
    if shown.source is not rule.query.as_promql:
        return f"shows the label {label} of a query that drops it"
    if label in _added(rule):
        words = f"shows $labels.{label}, which the rule adds only afterwards: write its value"
        return "" if _is_vmalert(rule) else words
    labels = result_labels(tree)
    kept = f"; it keeps {', '.join(sorted(labels.possible)) or 'none'}" if labels.exact else ""
    return f"shows $labels.{label}, which the expression drops{kept}"


def _is_of_alerts_alone(shown: LabelShown) -> bool:
    """Whether it is an alertname, which no other series have, and the query is of others."""
    names = [selector.name for selector, _ in shown.source.selectors]
    return shown.name == "alertname" and all(name and "alert" not in name.lower() for name in names)


def _label_meant(shown: LabelShown, project: Project) -> str:
    """Return the label that everybody has which is meant by another case or a slip; '' where the label may be one."""
    label = shown.name
    if label in COMMON_LABELS or label in shown.source.text or project.label_uses[label] or label in project.labels_set:
        return ""
    if label.lower() in COMMON_LABELS:
        return label.lower()
    return next((near for near in slips(label) if near in COMMON_LABELS), "") if len(label) > 4 else ""


def _is_taken_for_own(shown: LabelShown, rule: FileRule, project: Project) -> bool:
    """Whether the rule sets the label to a fixed text, and nothing says that the series have it too."""
    label, source = shown.name, shown.source
    if source is not rule.query.as_promql or "{{" in _added(rule).get(label, "{{") or _is_vmalert(rule):
        return False
    if label in TARGET_LABELS or label in source.text:
        return False
    names = [selector.name for selector, _ in source.selectors]
    known = [metric.labels or () for name in names if (metric := project.known.find(name)) is not None]
    return not any(label in labels for labels in (*known, *_recorded(names, project)))


def _recorded(names: list[str], project: Project) -> Iterator[dict[str, str]]:
    return (_added(each) for name in names for each in project.recorded.get(name, []))


def _added(rule: FileRule) -> dict[str, str]:
    """Return the labels that a rule gives to what it makes."""
    own = {**as_plain_texts(rule.group.raw.get("labels")), **rule.labels}
    return {**own, "alertname": "{{"} if rule.alert else own


def _is_vmalert(rule: FileRule) -> bool:
    """Whether VictoriaMetrics evaluates the file: its templates see the labels that a rule adds."""
    return "vmalert" in rule.group.file.path.lower()


RULE = Rule(__name__, Severity.ERROR, peers={"pint": "alerts/template, alerts/external_labels"}, rule=check)
