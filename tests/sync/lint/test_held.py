"""Rules, dashboards and configurations within other files: values of charts, resources, playbooks, templates."""

from __future__ import annotations

import json
from textwrap import indent

import pytest

from sync.lint import check
from sync.lint.problem import Problem

RULE = "- alert: LoadHigh\n  expr: rate(node_load1[5m]) > 5\n"
GROUPS = f"groups:\n- name: load\n  rules:\n{indent(RULE, '  ')}"
PANEL = {"type": "stat", "title": "Load", "targets": [{"refId": "A", "expr": "rate(node_load1[5m])"}]}
DASHBOARD = json.dumps({"title": "Nodes", "panels": [PANEL]})


def resource(kind: str, version: str, spec: str) -> str:
    return f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\nspec:\n{indent(spec, '  ')}"


def under(keys: str, text: str) -> str:
    """Return a text below keys, of which the last may end in a bar."""
    for key in reversed(keys.split(".")):
        text = f"{key.removesuffix('|')}:{' |' if key.endswith('|') else ''}\n{indent(text, '  ')}"
    return text


OPERATORS = resource("PrometheusRule", "monitoring.coreos.com/v1", GROUPS)
HELD = {
    "google": resource("ClusterRules", "monitoring.googleapis.com/v1", GROUPS),
    "openshift": resource("AlertingRule", "monitoring.openshift.io/v1", GROUPS),
    "amazon": resource(
        "RuleGroupsNamespace", "prometheusservice.services.k8s.aws/v1alpha1", under("configuration|", GROUPS)
    ),
    "values-groups": under("prometheusRule", GROUPS),
    "values-rules": under("metrics.prometheusRule.rules", RULE),
    "values-listed": f"additionalPrometheusRules:\n- name: a\n{indent(GROUPS, '  ')}",
    "values-text": under("serverFiles.alerting|", GROUPS),
    "values-dashboard": under("grafana.dashboards.default.nodes.json|", DASHBOARD),
    "values-resource": f"extraObjects:\n- {indent(OPERATORS, '  ')[2:]}",
    "release": resource("HelmChart", "helm.cattle.io/v1", under("valuesContent|", under("rules", GROUPS))),
    "compose": under("configs.rules.content|", GROUPS),
    "playbook": f"prometheus_alert_rules:\n{RULE}",
    "rules-alone": RULE,
    "jinja": f"{{% raw %}}\n{GROUPS}{{% endraw %}}\n",
    "helm": GROUPS
    + '    annotations: {summary: "{{ "{{" }} $labels.instance {{ "}}" }}"}\n'.replace('"{{ "{{', "'{{ \"{{").replace(
        '"}}" }}"', '"}}" }}\''
    ),
}


@pytest.mark.parametrize("text", HELD.values(), ids=HELD)
def test_what_a_file_holds_is_read_where_it_stands(text: str) -> None:
    path = "a.yaml"
    [problem] = [each for each in check({path: text.encode()}) if each.rule == "rate-of-gauge"]
    assert "rate(node_load1" in text.splitlines()[problem.line - 1]
    assert not {each.rule for each in check({path: text.encode()})} & {"rule-file-shape", "unknown-document"}


def managed(rules: str, **query: object) -> str:
    """Return a provisioning file with a rule; its query A is PromQL unless it says more."""
    model = {"refId": "A", "expr": rules, "instant": True, **query}
    asked = {"refId": "A", "datasourceUid": "metrics", "relativeTimeRange": {"from": 600, "to": 0}, "model": model}
    limit = {"evaluator": {"type": "gt", "params": [90]}}
    fires = {
        "refId": "B",
        "datasourceUid": "__expr__",
        "model": {"type": "threshold", "expression": "A", "conditions": [limit]},
    }
    rule = {"uid": "a", "title": "A", "condition": "B", "data": [asked, fires]}
    group = {"name": "a", "folder": "a", "interval": "1m", "rules": [rule]}
    return json.dumps({"apiVersion": 1, "groups": [group]}, indent=1)


def found(text: str) -> list[Problem]:
    return [each for each in check({"a.json": text.encode()}) if each.rule != "alert-runbook"]


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        ("rate(node_load1[5m])", "rate-of-gauge"),
        ("irate(errors_total[5m])", "irate-in-alert"),
        ("node_filesystem_avail_bytes / node_filesystem_size_bytes", "comparison-never"),
        ("sum(rate(errors_total[5m])", "query-syntax"),
        ('jobs_waiting{job="$job"}', "query-syntax"),
    ],
)
def test_queries_of_grafanas_alerts_are_read_with_their_limits(query: str, rule: str) -> None:
    text = managed(query)
    [problem] = found(text)
    assert problem.rule == rule
    assert '"expr"' in text.splitlines()[problem.line - 1]
    assert problem.panel == "A"


def test_grafana_fills_in_its_own_variables_in_its_alerts() -> None:
    assert not found(managed("rate(errors_total[$__rate_interval])"))
    assert not found(managed("sum(rate(errors_total[5m])) or vector(0)"))


def test_rules_of_an_operators_group_are_read() -> None:
    group = json.loads(managed("rate(node_load1[5m])"))["groups"][0]
    spec = {"folderRef": "a", "interval": "1m", "rules": group["rules"]}
    kind = {"apiVersion": "grafana.integreatly.org/v1beta1", "kind": "GrafanaAlertRuleGroup"}
    [problem] = found(json.dumps({**kind, "metadata": {"name": "a"}, "spec": spec}, indent=1))
    assert problem.rule == "rate-of-gauge"


@pytest.mark.parametrize(
    "text",
    [
        "route: {routes: [{match: [{receiver: dump}]}]}\nreceivers: [{name: dump, file: {path: /dev/stdout}}]\n",
        "rules:\n- {alert: A, expr: up, comparison: gt, threshold: 0}\n",
        '{"General": [{"name": "a", "rules": [{"expr": "", "grafana_alert": {"title": "A", "data": []}}]}]}',
        "clusterPermissions:\n- {serviceAccountName: a, rules: [{verbs: [get], resources: [pods]}]}\n",
    ],
)
def test_what_is_like_it_and_another_programs_is_unknown(text: str) -> None:
    assert {each.rule for each in check({"a.yaml": text.encode()})} == {"unknown-document"}


def test_a_template_that_jinja_fills_in_is_no_finished_file() -> None:
    text = f"{{% raw %}}\n{GROUPS}{{% endraw %}}{{{{ more }}}}\n"
    assert {each.rule for each in check({"a.yaml": text.encode()})} == {"templated-file"}


def test_rules_are_read_beside_what_is_filled_in() -> None:
    text = resource(
        "PrometheusRule", "monitoring.coreos.com/v1", GROUPS + "    for: {{ wait }}\n    labels: {a: {{ .b }}}\n"
    )
    found = {each.rule for each in check({"a.yaml": text.encode()})}
    assert found >= {"templated-file", "rate-of-gauge"}
    assert not found & {"rule-file-shape", "alert-template"}


def test_a_template_for_prometheus_wants_quotes() -> None:
    text = GROUPS + "    annotations: {summary: {{ $value }}}\n"
    assert "rule-file-shape" in {each.rule for each in check({"a.yaml": text.encode()})}
