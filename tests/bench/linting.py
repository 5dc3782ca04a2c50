"""A thousand dashboards of twelve panels for the linter, each panel with a query of its own."""

from __future__ import annotations

import json
from pathlib import Path

NUMBER, PANELS = 1000, 12
QUERIES = (
    'sum by (route) (rate({name}_requests_total{{job=~"$job",environment=~"$environment"}}[5m]))',
    'sum(rate({name}_failed_total{{job=~"$job"}}[5m])) / (sum(rate({name}_requests_total{{job=~"$job"}}[5m])) > 0)',
    'histogram_quantile(0.9, sum by (le) (rate({name}_duration_seconds_bucket{{job=~"$job"}}[$__rate_interval])))',
    '{name}_memory_bytes{{job=~"$job"}} / ({name}_memory_limit_bytes{{job=~"$job"}} > 0)',
    'max by (instance) ({name}_queue{{job=~"$job"}}) - min by (instance) ({name}_queue{{job=~"$job"}} offset 1h)',
    'topk(10, sum by (instance, reason) (increase({name}_failures_total{{job=~"$job",reason!=""}}[$__range])))',
    'count(up{{job="{name}",environment=~"$environment"}} == 0) or 0 * count(up{{job="{name}"}})',
    'avg_over_time({name}_utilisation_ratio{{job=~"$job"}}[10m]) * on (instance) group_left (pool) {name}_build_info',
    'time() - max by (instance) (process_start_time_seconds{{job="{name}"}})',
    '1 - avg by (instance) (rate(node_cpu_seconds_total{{mode="idle",job="{name}"}}[$__rate_interval]))',
    'sum by (cache) (rate({name}_hits_total[5m])) / sum by (cache) (rate({name}_lookups_total[5m]))',
    'predict_linear({name}_disk_free_bytes{{job=~"$job",mount!~"tmp.*"}}[6h], 86400) < 0',
)  # fmt: skip
TITLES = (
    "Requests by route",
    "Share of requests that fail",
    "Slowest tenth of requests",
    "Memory used of its limit",
    "Queue, by instance",
    "Failures by reason",
    "Instances down",
    "Utilisation by pool",
    "Time since the start",
    "Busy cores",
    "Hits of each cache",
    "Disks that will be full in a day",
)


def dashboard(number: int) -> dict:
    """Return a dashboard: queries of one shape differ from dashboard to dashboard, so that each is parsed."""
    source = {"type": "prometheus", "uid": "${datasource}"}
    panels = [
        {
            "id": panel + 1,
            "type": "timeseries",
            "title": TITLES[panel],
            "description": "What is normal, what is not, and what to do first.",
            "gridPos": {"x": 12 * (panel % 2), "y": 8 * (panel // 2), "w": 12, "h": 8},
            "datasource": source,
            "targets": [{"refId": "A", "expr": query.format(name=f"app{number}"), "datasource": source}],
            "fieldConfig": {"defaults": {"unit": "short", "custom": {"lineWidth": 1}}, "overrides": []},
            "options": {"legend": {"calcs": ["last", "mean", "max"], "displayMode": "table", "showLegend": True}},
        }
        for panel, query in enumerate(QUERIES)
    ]
    variables = [{"type": "datasource", "name": "datasource", "query": "prometheus"}]
    variables += [
        {"type": "query", "name": name, "query": f"label_values(up, {name})", "refresh": 2, "datasource": source}
        for name in ("job", "environment")
    ]
    shell = {"title": f"Bench {number}", "uid": f"bench-{number}", "schemaVersion": 42, "editable": False}
    return {**shell, "panels": panels, "templating": {"list": variables}}


def write(folder: Path) -> Path:
    """Write the files and return their folder."""
    folder.mkdir(parents=True)
    for number in range(NUMBER):
        (folder / f"{number}.json").write_text(json.dumps(dashboard(number), indent=2), encoding="utf-8")
    return folder
