"""Mistakes that public files have, each in a few lines of our own, and what public files rightly do.

docs/lint.md names the files. A rule that finds the mistake here finds it there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from sync.lint import check
from sync.lint.registry import BY_NAME
from tests.sync.lint.examples import Example

PAGE = Path(__file__).resolve().parents[3] / "docs" / "lint.md"


@dataclass(frozen=True)
class Mistake:
    """The rule that finds it, what kind of thing it is in (as in the rules' examples), wrong and mended."""

    rule: str
    kind: str
    wrong: str
    right: str
    beside: tuple[tuple[str, str], ...] = ()


PANEL = "{{type: stat, title: A, {}}}"
ROUTES = "route: {{receiver: a, routes: [{}]}}\nreceivers: [{{name: a}}, {{name: b}}]\n"
CPU = 'groups: [{name: a, rules: [{record: "instance:cpu:rate5m", expr: "avg by (instance) (rate(cpu_total[5m]))"}]}]'
MEMORY = "groups: [{name: a, rules: [{alert: MemoryLow, expr: node_memory_MemFree_bytes < 5e9}]}]"


def memory(line: str) -> str:
    steps = f"[{{color: red, value: null}}, {{color: green, value: {line}}}]"
    query = "targets: [{expr: node_memory_MemFree_bytes, refId: A}]"
    return PANEL.format(f"{query}, fieldConfig: {{defaults: {{thresholds: {{steps: {steps}}}}}}}")


def logs(query: str) -> str:
    return PANEL.format(f'datasource: {{type: loki, uid: "$logs"}}, targets: [{{expr: "{query}", refId: A}}]')


def queries(*written: str) -> str:
    targets = (f"{{refId: {chr(65 + number)}, expr: '{query}'}}" for number, query in enumerate(written))
    return PANEL.format(f"targets: [{', '.join(targets)}]")


OFTEN = ("rate(mysql_status_queries[5m])", "rate(mysql_status_queries[1h])", "mysql_status_queries > 0")
CRITICAL = """{matchers: ['severity="critical"'], receiver: b}"""
BUDGET = """{matchers: ['component="slo"', 'severity="critical"'], receiver: a}"""
TOKEN = """\
global:
  resolve_timeout: 5m
  api_token: "glsa_AbCdEfGhIjKlMnOpQrStUvWxYz012345_a1b2c3d4"
route: {receiver: a}
receivers: [{name: a}]
"""


MISTAKES = [
    Mistake(
        "share-scale",
        "panel",
        PANEL.format(
            "fieldConfig: {defaults: {unit: percentunit, thresholds: {steps: [{}, {value: 60}, {value: 80}]}}}"
        ),
        PANEL.format("fieldConfig: {defaults: {unit: percent, thresholds: {steps: [{}, {value: 60}, {value: 80}]}}}"),
    ),
    Mistake(
        "variable-pattern",
        "dashboard",
        "templating: {list: [{type: query, name: a, query: 'label_values(up, job)', regex: '/.*job=\"(.*)\".*/'}]}",
        "templating: {list: [{type: query, name: a, query: 'query_result(up)', regex: '/.*job=\"(.*)\".*/'}]}",
    ),
    Mistake(
        "variable-cycle",
        "dashboard",
        "templating: {list: [{type: query, name: a, query: 'label_values(up{instance=~\"$a\"}, instance)'}]}",
        "templating: {list: [{type: query, name: a, query: 'label_values(up, instance)'}]}",
    ),
    Mistake(
        "duplicate-key",
        "file a.json",
        '{"title": "A", "panels": [{"type": "graph", "type": "stat"}]}',
        '{"title": "A", "panels": [{"type": "stat"}]}',
    ),
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
        "quantile-range",
        "promql",
        "histogram_quantile(100, sum by (le) (rate(attempt_bucket[5m])))",
        "histogram_quantile(1, sum by (le) (rate(attempt_bucket[5m])))",
    ),
    Mistake(
        "experimental-function",
        "promql",
        "holt_winters(pods_running[30d], 0.1, 0.9)",
        "avg_over_time(pods_running[1d])",
    ),
    Mistake(
        "high-cardinality",
        "promql",
        "sum by (user_agent) (rate(audit_requests_total[5m]))",
        "topk(10, sum by (user_agent) (rate(audit_requests_total[5m])))",
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
        "unknown-metric",
        "promql",
        "redis_memory_fragmentation_ratio",
        "redis_mem_fragmentation_ratio",
        (("redis.prom", "# TYPE redis_mem_fragmentation_ratio gauge\nredis_mem_fragmentation_ratio 1.2\n"),),
    ),
    Mistake(
        "counter-without-rate",
        "panel",
        queries("sum(shop_widgets_total)", "rate(shop_widgets_total[5m])", "rate(shop_widgets_total[1h])"),
        queries("sum(shop_widgets_total)", "rate(shop_widgets_total[5m])"),
    ),
    Mistake(
        "query-syntax",
        "rules",
        "groups: [{name: a, rules: [{alert: A, expr: 1 > 0}, {alert: B, expr: up == 0}]}]",
        "groups: [{name: a, rules: [{alert: A, expr: vector(1) > 0}, {alert: B, expr: up == 0}]}]",
    ),
    Mistake(
        "misspelt-label",
        "promql",
        'sum by (pod) (rate(fluentbit_output_errors_total{clusetr="$cluster"}[5m]))',
        'sum by (pod) (rate(fluentbit_output_errors_total{cluster="$cluster"}[5m]))',
    ),
    Mistake(
        "misspelt-metric",
        "panel",
        queries(*OFTEN, "irate(mysql_status_quesries[5m])"),
        queries(*OFTEN, "irate(mysql_status_queries[5m])"),
    ),
    Mistake(
        "unknown-label",
        "alert-expr",
        'instance:cpu:rate5m{role="firewall"} > 80',
        "instance:cpu:rate5m > 80",
        (("rules.yaml", CPU),),
    ),
    Mistake(
        "unknown-label",
        "promql",
        'haproxy_backend_current_sessions{backend="web"}',
        'haproxy_backend_current_sessions{proxy="web"}',
        (
            (
                "haproxy.prom",
                '# TYPE haproxy_backend_current_sessions gauge\nhaproxy_backend_current_sessions{proxy="web"} 1\n',
            ),
        ),
    ),
    Mistake("dashboard-shape", "panel", PANEL.format("options: []"), PANEL.format("options: {}")),
    Mistake(
        "broken-link",
        "dashboard",
        "links: [{title: Job, url: /d/this-needs-to-be-customized/compute-resources-workload}]",
        "links: [{title: Job, url: /d/a164a7f0/compute-resources-workload}]",
        (("workload.json", '{"title": "Compute Resources / Workload", "uid": "a164a7f0", "panels": []}'),),
    ),
    Mistake(
        "unknown-ref-id",
        "panel",
        PANEL.format(
            "targets: [{expr: up, refId: A}], fieldConfig: {overrides: [{matcher: {id: byFrameRefID, options: B}}]}"
        ),
        PANEL.format(
            "targets: [{expr: up, refId: A}], fieldConfig: {overrides: [{matcher: {id: byFrameRefID, options: A}}]}"
        ),
    ),
    Mistake(
        "threshold-differs",
        "panel",
        memory("7.0e+9"),
        memory("5.0e+9"),
        (("rules.yaml", MEMORY),),
    ),
    Mistake(
        "datasource-kind",
        "panel",
        logs("count_over_time(app:visits{code=~'$code'}[30d])"),
        logs("quantile_over_time(0.9, {app=~'$app'} | logfmt | unwrap lines[$__auto]) by ()"),
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
    Mistake("dashboard-title", "dashboard", "title: Pool Copy", "title: Pool"),
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
]

RIGHT = [
    ("comparison-never", "promql", "rate(x_total[5m]) and on () (vector($latency_metrics) == -1)"),
    ("query-syntax", "promql", "increase(x_total[${__to:date:H}h${__to:date:m}m])"),
    ("query-syntax", "runbook", '```promql\n# good\navg by (cpu) (x)\n# bad\nx{y="z"}\n```\n'),
    (
        "dashboard-shape",
        "file v2.json",
        '{"title": "A", "elements": {}, "layout": {}, "annotations": [], "variables": []}',
    ),
    (
        "dashboard-shape",
        "file perses.yaml",
        "kind: Dashboard\nmetadata: {project: a}\nspec: {panels: {a: {kind: Panel}}}\n",
    ),
    (
        "unit-mismatch",
        "panel",
        "{type: stat, title: A, fieldConfig: {defaults: {unit: µs}}, targets: [{expr: write_micro_seconds, refId: A}]}",
    ),
    (
        "counter-without-rate",
        "record-expr",
        "disk_writes_total * on (node) group_left (shard) topk by (node) (1, kube_node_labels)",
    ),
    ("counter-without-rate", "promql", "sum(exporter_nodes_identified_total) / sum(exporter_nodes_unidentified_total)"),
    ("counter-without-rate", "panel", queries("sum by (status) (awx_status_total)", "irate(awx_status_total[5m])")),
    ("logql-stream-selector", "file loki/alerts.yaml", "groups: [{name: a, rules: [{alert: Always, expr: 1 > 0}]}]\n"),
    ("query-syntax", "file loki/alerts.yaml", "groups: [{name: always, rules: [{alert: Always, expr: 1 > 0}]}]\n"),
    (
        "query-syntax",
        "rules",
        'groups: [{name: a, rules: [{alert: A, expr: 1 > 0}, {alert: B, expr: \'rate({app="a"} |= "b" [5m]) > 0\'}]}]',
    ),
    (
        "rule-file-shape",
        "file scc.yaml",
        "apiVersion: security.openshift.io/v1\nkind: SecurityContextConstraints\ngroups: [system]\nusers: []\n",
    ),
    (
        "unit-mismatch",
        "panel",
        queries("rate(tsdb_compaction_chunk_range_seconds_sum[5m])")[:-1] + ", fieldConfig: {defaults: {unit: Bps}}}",
    ),
]


def _problems(rule: str, kind: str, body: str, folder: Path, beside: tuple[tuple[str, str], ...] = ()) -> list[str]:
    example = Example(BY_NAME[rule], True, kind, body, beside=beside)
    return [problem.message for problem in example.problems(folder)]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: f"{mistake.rule}-{mistake.kind.split()[0]}")
def test_a_public_mistake_is_found_and_its_mend_is_not(mistake: Mistake, tmp_path: Path) -> None:
    assert _problems(mistake.rule, mistake.kind, mistake.wrong, tmp_path, mistake.beside)
    assert not _problems(mistake.rule, mistake.kind, mistake.right, tmp_path, mistake.beside)


@pytest.mark.parametrize(("rule", "kind", "body"), RIGHT, ids=[f"{rule}-{kind.split()[0]}" for rule, kind, _ in RIGHT])
def test_what_public_files_rightly_do_is_left_alone(rule: str, kind: str, body: str, tmp_path: Path) -> None:
    assert not _problems(rule, kind, body, tmp_path)


def test_every_mistake_shown_here_is_named_on_the_page() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("### Seen where")[2]
    assert {mistake.rule for mistake in MISTAKES} <= set(re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE))


def test_a_rule_without_a_public_mistake_is_named_as_one() -> None:
    page = PAGE.read_text(encoding="utf-8")
    seen = set(re.findall(r"^\| `([a-z-]+)` \|", page.partition("## On public files")[2], re.MULTILINE))
    [none] = re.findall(r"^No public mistake was found for (.*?)\.$", page, re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"`([a-z-]+)`", none)) == set(BY_NAME) - seen


def test_a_secret_stands_at_its_own_line() -> None:
    [problem] = [each for each in check({"alertmanager.yaml": TOKEN.encode()}) if each.rule == "secret"]
    assert problem.line == 3
