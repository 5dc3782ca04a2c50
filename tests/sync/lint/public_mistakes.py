"""Mistakes that public dashboards and queries have, each in a few lines of our own; docs/lint.md names the files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """The rule that finds it, what kind of thing it is in (as in the rules' examples), wrong and mended."""

    rule: str
    kind: str
    wrong: str
    right: str
    beside: tuple[tuple[str, str], ...] = ()


PANEL = "{{type: stat, title: A, {}}}"
MEMORY = "groups: [{name: a, rules: [{alert: MemoryLow, expr: node_memory_MemFree_bytes < 5e9}]}]"
OFTEN = ("rate(mysql_status_queries[5m])", "rate(mysql_status_queries[1h])", "mysql_status_queries > 0")
QUANTILE = (
    'targets: [{{expr: "histogram_quantile({}, sum by (le) (rate(query_seconds_bucket[15m])))", legendFormat: p95}}]'
)
BUCKETS = ("0.5", "1.0", "1.5", "2.5", "5.0", "10.0", "20.0", "30.0", "+Inf")
LATENCY = "# TYPE output_latency_seconds histogram\n" + "".join(
    f'output_latency_seconds_bucket{{le="{bound}"}} 6\n' for bound in BUCKETS
)


def memory(line: str) -> str:
    steps = f"[{{color: red, value: null}}, {{color: green, value: {line}}}]"
    query = "targets: [{expr: node_memory_MemFree_bytes, refId: A}]"
    return PANEL.format(f"{query}, fieldConfig: {{defaults: {{thresholds: {{steps: {steps}}}}}}}")


def logs(query: str) -> str:
    return PANEL.format(f'datasource: {{type: loki, uid: "$logs"}}, targets: [{{expr: "{query}", refId: A}}]')


def queries(*written: str) -> str:
    targets = (f"{{refId: {chr(65 + number)}, expr: '{query}'}}" for number, query in enumerate(written))
    return PANEL.format(f"targets: [{', '.join(targets)}]")


IN_DASHBOARDS = [
    Mistake(
        "lost-grouping",
        "promql",
        'topk(10, sum by (__name__) (rate({__name__=~"ErrorMetric_.+"}[15m])))',
        'topk(10, sum by (instance) (rate({__name__=~"ErrorMetric_.+"}[15m])))',
    ),
    Mistake(
        "title-differs",
        "panel",
        PANEL.format(QUANTILE.format("0.50")),
        PANEL.format(QUANTILE.format("0.95")),
    ),
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
    Mistake("dashboard-title", "dashboard", "title: Pool Copy", "title: Pool"),
    Mistake(
        "undeclared-le",
        "promql",
        'rate(output_latency_seconds_bucket{le="2.0"}[5m]) / rate(output_latency_seconds_count[5m])',
        'rate(output_latency_seconds_bucket{le="2.5"}[5m]) / rate(output_latency_seconds_count[5m])',
        (("app.prom", LATENCY),),
    ),
    Mistake(
        "unlike-units",
        "panel",
        queries("time() - process_start_time_seconds or runtime_uptime_milliseconds_total"),
        queries("time() - process_start_time_seconds or runtime_uptime_milliseconds_total / 1000"),
    ),
    Mistake(
        "unlike-windows",
        "promql",
        "sum(rate(workspace_starts_failure_total[8h])) / sum(rate(workspace_starts_total[4h]))",
        "sum(rate(workspace_starts_failure_total[4h])) / sum(rate(workspace_starts_total[4h]))",
    ),
    Mistake(
        "logql-filter-never",
        "logql",
        '{job="ctf", container=~"node.*"} |= "WARN|INFO|DEBUG"',
        '{job="ctf", container=~"node.*"} |~ "WARN|INFO|DEBUG"',
    ),
    Mistake(
        "logql-unknown-label",
        "logql",
        'avg_over_time({app="web"} | pattern "<_> <_> <size>" | unwrap size [5m]) by (path)',
        'avg_over_time({app="web"} | pattern "<_> <path> <size>" | unwrap size [5m]) by (path)',
    ),
    Mistake("logql-id-label", "logql", '{traceID="$traceID"}', '{app=~".+"} |= "$traceID"'),
    Mistake(
        "traceql-filter-never",
        "traceql",
        '{resource.service.name = "checkout-api" && resource.service.name = "payment-api"}',
        '{resource.service.name = "checkout-api"} && {resource.service.name = "payment-api"}',
    ),
]
