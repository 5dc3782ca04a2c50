"""A rule that sets a label which the team or Prometheus' external labels reserve, or which its expression has.

An external label of the same name is dropped, or overwritten, when the alert leaves Prometheus. Reserved are those of
`forbidden-labels` in dash-sync-lint.yaml and the external_labels of the prometheus.yml among the files. A label by
which the expression groups is overwritten too, and one instance for all makes them one alert. `alertname` is always
the alert's own name.

WITH prometheus.yml:
    global: {external_labels: {cluster: a}}
    scrape_configs: []

FAIL alert:
    {alert: A, expr: up == 0, labels: {cluster: b}}

FAIL alert with forbidden-labels pager:
    {alert: A, expr: up == 0, labels: {pager: b}}

FAIL rules:
    groups: [{name: a, rules: [{alert: A, expr: avg by (job) (config_loaded) != 1, labels: {job: receiver}}]}]

FAIL rules:
    groups:
      - name: a
        rules: [{alert: A, expr: 100 * count by (lb) (a == 0) / count by (lb) (a) > 50, labels: {lb: front}}]

FAIL alert:
    {alert: A, expr: up == 0, labels: {instance: all}}

FAIL rules:
    groups: [{name: a, rules: [{record: instance:lag, expr: lag_seconds - wait_seconds, labels: {instance: db}}]}]

FAIL alert:
    {alert: A, expr: up == 0, labels: {alertname: TargetDown}}

PASS alert:
    {alert: A, expr: sum(up) == 0, labels: {instance: all}}

PASS rules:
    groups: [{name: a, rules: [{alert: A, expr: count(count by (lb) (a == 0)) > 3, labels: {lb: front}}]}]

PASS alert:
    {alert: A, expr: up == 0, labels: {severity: page}}
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.labels import result_labels
from sync.lint.promql.tree import Aggregation
from sync.lint.recorded_labels import labels_of
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule


def check(rule: FileRule, project: Project) -> Findings:
    """Look at the labels that the rule sets."""
    for label in rule.labels:
        if label in project.external_labels:
            yield Finding(
                f"{rule.name} sets {label}, which is an external label of Prometheus", pointer=("labels", label)
            )
        elif label in project.settings.forbidden_labels:
            yield Finding(f"{rule.name} sets {label}, which the team reserves", pointer=("labels", label))
        elif label == "alertname" and rule.alert:
            said = f"{rule.name} sets alertname, which is its name whatever the label says"
            yield Finding(said, pointer=("labels", label))
        elif label == "instance" and _overwrites(rule, project):
            one = "one alert" if rule.alert else "one series"
            said = (
                f"{rule.name} sets {label} over that of each series: what differs in nothing else is {one}, or an error"
            )
            yield Finding(said, pointer=("labels", label))
        elif label in _kept(rule) and "{{" not in rule.labels[label]:
            message = f"{rule.name} sets {label} over the one that the expression keeps"
            yield Finding(message, pointer=("labels", label), severity=Severity.INFO)


def _overwrites(rule: FileRule, project: Project) -> bool:
    """Whether a fixed instance takes the place of those that scraped series have."""
    tree, text = rule.query.tree, rule.labels["instance"]
    if tree is None or "{{" in text:
        return False
    one = any(matcher.label == "instance" for selector, _ in rule.query.selectors for matcher in selector.matchers)
    return not one and "instance" in labels_of(tree, project).names


def _kept(rule: FileRule) -> frozenset[str]:
    """Return the labels that the expression groups by and still has in its result: they tell its series apart."""
    if rule.query.tree is None:
        return frozenset()
    grouped = {label for node, _ in rule.query.each(Aggregation) if not node.without for label in node.labels or ()}
    found = result_labels(rule.query.tree)
    return found.names & grouped if found.exact else frozenset()


RULE = Rule(__name__, Severity.WARNING, peers={"pint": "rule/reject (in part), labels/conflict"}, rule=check)
