"""Mistakes that public rules, routings and runbooks have, each in a few lines of our own; docs/lint.md names them."""

from __future__ import annotations

from tests.sync.lint.public_mistakes import Mistake

ROUTES = "route: {{receiver: a, routes: [{}]}}\nreceivers: [{{name: a}}, {{name: b}}]\n"
CPU = 'groups: [{name: a, rules: [{record: "instance:cpu:rate5m", expr: "avg by (instance) (rate(cpu_total[5m]))"}]}]'
CRITICAL = """{matchers: ['severity="critical"'], receiver: b}"""
BUDGET = """{matchers: ['component="slo"', 'severity="critical"'], receiver: a}"""
MAIL = "{{name: b, email_configs: [{{to: a@b.c, text: '{}'}}]}}"
SILENCES = "inhibit_rules: [{{source_match: {{severity: {}}}, target_match: {{severity: {}}}, equal: [alertname]}}]\n"
MANAGED = """\
apiVersion: 1
groups:
- name: a
  folder: A
  interval: 1m
  rules:
  - {{uid: {}, title: A, condition: A, data: [&a {{refId: A, datasourceUid: a, relativeTimeRange: {{from: 600, to: 0}},
      model: {{expr: up < 1, instant: true}}}}]}}
  - {{uid: {}, title: B, condition: A, data: [*a]}}
"""


def burn(short: str, long: str, factor: int) -> str:
    ratio = "sum(rate(bad_total[{0}])) / sum(rate(all_total[{0}])) > {1} * 0.01"
    both = " and ".join(ratio.format(window, factor) for window in (short, long))
    return f'{{alert: Burns{long}, expr: "{both}"}}'


IN_RULES = [
    Mistake(
        "unreadable-file",
        "file alertmanager.yaml",
        "receivers:\n- name: a\n  slack: x\n   title: y\n",
        "receivers:\n- name: a\n  slack: x\n  title: y\n",
    ),
    Mistake(
        "secret",
        "alertmanager",
        'global: {smtp_auth_password: "mzqkwplthvrenduc"}\nroute: {receiver: a}\nreceivers: [{name: a}]\n',
        "global: {smtp_auth_password_file: /etc/password}\nroute: {receiver: a}\nreceivers: [{name: a}]\n",
    ),
    Mistake(
        "costly-subquery",
        "alert-expr",
        "max_over_time(count(uptime_seconds)[30d:]) - count(uptime_seconds) > 0",
        "max_over_time(count(uptime_seconds)[30d:1h]) - count(uptime_seconds) > 0",
    ),
    Mistake(
        "topk-in-alert",
        "record-expr",
        "topk(10, sum by (project) (rate(api_requests_total[5m])))",
        "sum by (project) (rate(api_requests_total[5m]))",
    ),
    Mistake(
        "query-syntax",
        "rules",
        "groups: [{name: a, rules: [{alert: A, expr: 1 > 0}, {alert: B, expr: up == 0}]}]",
        "groups: [{name: a, rules: [{alert: A, expr: vector(1) > 0}, {alert: B, expr: up == 0}]}]",
    ),
    Mistake(
        "unknown-label",
        "alert-expr",
        'instance:cpu:rate5m{role="firewall"} > 80',
        "instance:cpu:rate5m > 80",
        (("rules.yaml", CPU),),
    ),
    Mistake(
        "rule-file-shape",
        "rules",
        "groups:\n- name: a\n  rules: []\n- record: job:a:rate5m\n  expr: sum(rate(a_total[5m]))\n",
        "groups:\n- name: a\n  rules:\n  - record: job:a:rate5m\n    expr: sum(rate(a_total[5m]))\n",
    ),
    Mistake(
        "group-interval",
        "rules",
        "groups: [{name: a, interval: 30m, rules: [{record: 'a:b:c', expr: sum(up)}]}]",
        "groups: [{name: a, interval: 2m, rules: [{record: 'a:b:c', expr: sum(up)}]}]",
    ),
    Mistake(
        "duplicate-rule",
        "rules",
        "groups: [{name: a, rules: [{record: 'a:b:c', expr: sum(up)}]}]",
        "groups: [{name: a, rules: [{record: 'a:b:d', expr: sum(up)}]}]",
        (("other.yaml", "groups: [{name: o, rules: [{record: 'a:b:c', expr: sum(up)}]}]"),),
    ),
    Mistake(
        "alert-text-number",
        "alert",
        'alert: A\nexpr: cpu_usage_percentage > 80\nannotations: {summary: "CPU of {{ $labels.host }} is above 90%. "}',
        'alert: A\nexpr: cpu_usage_percentage > 90\nannotations: {summary: "CPU of {{ $labels.host }} is above 90%. "}',
    ),
    Mistake(
        "absent-of-aggregate",
        "alert-expr",
        'absent(sum by (instance) (queue_size{queue="in"}))',
        'absent(queue_size{queue="in"})',
    ),
    Mistake(
        "alert-severity",
        "alert",
        "{alert: A, expr: up == 0, labels: {level: warning}}",
        "{alert: A, expr: up == 0, labels: {severity: warning}}",
    ),
    Mistake(
        "receiver",
        "alertmanager",
        "route: {receiver: a, routes: [{receiver: c}]}\nreceivers: [{name: a}]\n",
        "route: {receiver: a, routes: [{receiver: c}]}\nreceivers: [{name: a}, {name: c}]\n",
    ),
    Mistake(
        "unreachable-route",
        "alertmanager",
        ROUTES.format(f"{CRITICAL}, {BUDGET}"),
        ROUTES.format(f"{BUDGET}, {CRITICAL}"),
    ),
    Mistake(
        "query-syntax",
        "runbook",
        "```promql\nrate(cpu_total[2m])\n``\nIf it is high, move the guests.\n\n```bash\nls\n```\n",
        "```promql\nrate(cpu_total[2m])\n```\nIf it is high, move the guests.\n",
    ),
    Mistake(
        "alertmanager-times",
        "alertmanager",
        ROUTES.format("{receiver: b, group_interval: 30s, repeat_interval: 15s}"),
        ROUTES.format("{receiver: b, group_interval: 30s, repeat_interval: 30s}"),
    ),
    Mistake(
        "alertmanager-shape",
        "alertmanager",
        ROUTES.format("{receiver: b}") + "slack_configs: [{channel: '#a', api_url: 'https://hooks.example.org/a'}]",
        ROUTES.format("{receiver: b}"),
    ),
    Mistake("comparison-always", "alert-expr", "absent(sum by (app) (web_up)) == 1", "absent(web_up)"),
    Mistake(
        "forbidden-label",
        "alert",
        "{alert: A, expr: min by (namespace) (ready) < 2, labels: {namespace: monitoring}}",
        "{alert: A, expr: min by (namespace) (ready) < 2, labels: {severity: page}}",
    ),
    Mistake(
        "name-differs",
        "rules",
        'groups: [{name: a, rules: [{record: "job:osd:count", expr: count(osd)}]}]',
        'groups: [{name: a, rules: [{record: "job:osd:count", expr: count by (job) (osd)}]}]',
    ),
    Mistake(
        "unknown-recorded",
        "rules",
        'groups: [{name: a, rules: [{record: "ns_memory:requests:sum", expr: sum by (ns) (requests)},'
        " {alert: A, expr: 'ns_memory:request:sum > 5'}]}]",
        'groups: [{name: a, rules: [{record: "ns_memory:requests:sum", expr: sum by (ns) (requests)},'
        " {alert: A, expr: 'ns_memory:requests:sum > 5'}]}]",
    ),
    Mistake(
        "unlike-units",
        "alert-expr",
        '100 - (avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))) > .80',
        '1 - (avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))) > .80',
    ),
    Mistake(
        "offset-and-window",
        "alert-expr",
        "(increase(sync_requests_schema_mismatch_failure_total[5m:] offset -5m)) > 0",
        "(increase(sync_requests_schema_mismatch_failure_total[5m])) > 0",
    ),
    Mistake(
        "burn-rate",
        "rules",
        f"groups: [{{name: a, rules: [{burn('2h', '1d', 3)}, {burn('6h', '3d', 6)}]}}]",
        f"groups: [{{name: a, rules: [{burn('2h', '1d', 3)}, {burn('6h', '3d', 1)}]}}]",
    ),
    Mistake(
        "managed-alert",
        "file alerts.yaml",
        MANAGED.format("kafka-errors", "kafka-errors"),
        MANAGED.format("kafka-errors", "rpc-errors"),
    ),
    Mistake(
        "managed-alert",
        "managed",
        "data: [{model: {expr: up < 1}}, {model: ABOVE}]",
        "data: [{model: {expr: up < 1, instant: true}}, {model: ABOVE}]",
    ),
    Mistake(
        "alertmanager-matcher",
        "alertmanager",
        ROUTES.format("""{matchers: ["repeat_interval = 'long'"], receiver: b}"""),
        ROUTES.format("""{matchers: ["repeat_interval = long"], receiver: b}"""),
    ),
    Mistake(
        "alertmanager-template",
        "alertmanager",
        ROUTES.format("{receiver: b}").replace("{name: b}", MAIL.format("{{ .Labels.severity }}")),
        ROUTES.format("{receiver: b}").replace("{name: b}", MAIL.format("{{ .CommonLabels.severity }}")),
    ),
    Mistake(
        "inhibition",
        "alertmanager",
        ROUTES.format("{receiver: b}") + SILENCES.format("error", "critical"),
        ROUTES.format("{receiver: b}") + SILENCES.format("critical", "error"),
    ),
    Mistake(
        "unknown-document",
        "file alert-definitions.yml",
        "rules:\n- {alert: Down, uid: a, expr: up, comparison: lt, threshold: 1, for: 1m}\n",
        "groups:\n- {name: a, rules: [{alert: Down, expr: up < 1, for: 1m}]}\n",
    ),
]
