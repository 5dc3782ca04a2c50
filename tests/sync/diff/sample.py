"""A dashboard with something of everything, for tests to edit."""
# ruff: noqa: E501 (one thing a line)

from __future__ import annotations

from typing import Any

from sync.diff import build, dashboards, read

PROMETHEUS = {"type": "prometheus", "uid": "${datasource}"}


def target(expr: str, ref: str = "A", **more: Any) -> dict[str, Any]:
    return {"refId": ref, "expr": expr, "datasource": PROMETHEUS, "legendFormat": "{{route}}", **more}


def panel(
    number: int, kind: str, title: str, place: tuple[int, int, int, int], *targets: Any, **more: Any
) -> dict[str, Any]:
    x, y, w, h = place
    return {
        "id": number, "type": kind, "title": title, "gridPos": {"x": x, "y": y, "w": w, "h": h},
        "datasource": PROMETHEUS, "targets": list(targets), **more,
    }  # fmt: skip


def fields(**defaults: Any) -> dict[str, Any]:
    overrides = defaults.pop("overrides", [])
    return {"defaults": defaults, "overrides": overrides}


def sample() -> dict[str, Any]:
    """Return a fresh copy: two rows, six panels, three variables, two annotations, two links."""
    thresholds = {"mode": "absolute", "steps": [{"color": "green", "value": None}, {"color": "red", "value": 0.05}]}
    errors = {
        "matcher": {"id": "byName", "options": "errors"},
        "properties": [{"id": "unit", "value": "short"}, {"id": "custom.lineWidth", "value": 2}],
    }
    slow = {
        "matcher": {"id": "byRegexp", "options": "/p99/"},
        "properties": [{"id": "color", "value": {"mode": "fixed", "fixedColor": "red"}}],
    }
    states = [
        {
            "type": "value",
            "options": {
                "0": {"text": "down", "color": "red", "index": 0},
                "1": {"text": "up", "color": "green", "index": 1},
            },
        },
        {"type": "range", "options": {"from": 2, "to": 9, "result": {"text": "many", "index": 2}}},
    ]
    return {
        "uid": "sample",
        "title": "Sample",
        "description": "What the sample does.",
        "tags": ["phoenix", "orchestrator"],
        "schemaVersion": 42,
        "version": 7,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "graphTooltip": 1,
        "links": [
            {"title": "Runbook", "type": "link", "url": "https://runbooks.example.com/sample", "targetBlank": True},
            {"title": "Siblings", "type": "dashboards", "tags": ["phoenix"], "asDropdown": True, "keepTime": True},
        ],
        "annotations": {
            "list": [
                {"name": "Deploys", "datasource": PROMETHEUS, "enable": True, "iconColor": "blue", "expr": "deploys_total"},
                {"name": "Alerts", "datasource": PROMETHEUS, "enable": True, "iconColor": "red", "expr": 'ALERTS{alertstate="firing"}'},
            ]
        },
        "templating": {
            "list": [
                {"name": "datasource", "type": "datasource", "query": "prometheus"},
                {
                    "name": "environment", "type": "query", "datasource": PROMETHEUS, "query": "label_values(up, environment)",
                    "refresh": 2, "multi": True, "includeAll": True, "sort": 1,
                    "current": {"text": "production", "value": "production"},
                },
                {"name": "quantile", "type": "custom", "query": "0.5, 0.95, 0.99", "label": "Quantile"},
            ]
        },
        "panels": [
            panel(1, "stat", "Error rate", (0, 0, 6, 4),
                  target('sum(rate(errors_total{environment=~"$environment"}[5m]))', instant=True, range=False),
                  description="Should be near zero.", fieldConfig=fields(unit="percentunit", thresholds=thresholds, decimals=2),
                  options={"colorMode": "background", "reduceOptions": {"calcs": ["lastNotNull"]}}),
            panel(2, "text", "About", (6, 0, 18, 4), options={"mode": "markdown", "content": "# Sample\n\nRead me."}),
            {"id": 3, "type": "row", "title": "Requests", "collapsed": False, "gridPos": {"x": 0, "y": 4, "w": 24, "h": 1}, "panels": []},
            panel(4, "timeseries", "Rate", (0, 5, 12, 8),
                  target('sum by (route) (rate(requests_total{job="api", status=~"5.."}[$__rate_interval]))'),
                  target("sum(rate(requests_total[$__rate_interval])) / 2", "B"),
                  fieldConfig=fields(unit="reqps", custom={"lineWidth": 1, "fillOpacity": 10}, overrides=[errors, slow]),
                  options={"legend": {"displayMode": "table", "calcs": ["mean", "max"], "showLegend": True}, "tooltip": {"mode": "multi"}},
                  links=[{"title": "Trace", "url": "/explore?left=1"}]),
            panel(5, "timeseries", "Latency", (12, 5, 12, 8),
                  target("histogram_quantile(0.95, sum by (le) (rate(duration_seconds_bucket[5m])))"),
                  fieldConfig=fields(unit="s"), interval="1m"),
            {"id": 6, "type": "row", "title": "Agents", "collapsed": True, "gridPos": {"x": 0, "y": 13, "w": 24, "h": 1}, "panels": [
                panel(7, "table", "States", (0, 14, 12, 8), target("agent_state > 0", format="table"),
                      fieldConfig=fields(mappings=states, custom={"align": "left"}),
                      transformations=[{"id": "merge", "options": {}}, {"id": "organize", "options": {"excludeByName": {"Time": True}}}]),
                panel(8, "heatmap", "Durations", (12, 14, 12, 8), target("sum by (le) (increase(task_seconds_bucket[1m]))", format="heatmap"),
                      options={"calculate": False, "color": {"scheme": "Blues"}, "yAxis": {"unit": "s"}}),
            ]},
        ],
    }  # fmt: skip


def form(document: Any) -> Any:
    return build.build(read.document(document))


def difference(before: Any, after: Any) -> Any:
    return dashboards.compare(form(before), form(after))


GRAPH = {
    "id": 1, "type": "graph", "title": "Old", "span": 6, "datasource": "Prometheus", "lines": True, "linewidth": 2, "fill": 1, "stack": True,
    "nullPointMode": "null", "aliasColors": {"errors": "#E24D42"}, "legend": {"show": True, "alignAsTable": True, "values": True, "avg": True},
    "tooltip": {"shared": True, "sort": 2}, "yaxes": [{"format": "s", "min": 0, "show": True, "logBase": 1}, {"format": "short", "show": True}],
    "seriesOverrides": [{"alias": "/p99/", "dashes": True}], "thresholds": [{"op": "gt", "value": 5, "colorMode": "critical", "fill": True}],
    "targets": [{"expr": "rate(x[5m])", "legendFormat": "x"}],
}  # fmt: skip
OLD = {
    "title": "Old",
    "schemaVersion": 14,
    "rows": [{"title": "r", "height": "250px", "panels": [GRAPH, {**GRAPH, "id": 2, "title": "Older"}]}],
}
