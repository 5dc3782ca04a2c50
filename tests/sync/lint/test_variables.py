"""Variables of several values, beyond what the examples of `variable-many` show."""

from __future__ import annotations

import json

from sync.lint import check


def test_a_dashboard_of_v2_asks_for_several_values_everywhere() -> None:
    query = {"kind": "DataQuery", "group": "prometheus"}
    job = {"name": "job", "multi": True, "query": {**query, "spec": {"query": "label_values(up, job)"}}}
    node = {"name": "node", "query": {**query, "spec": {"query": 'label_values(up{job="$job"}, instance)'}}}
    restarts = {**query, "spec": {"expr": 'resets(process_cpu_seconds_total{job="$job"}[5m]) > 0'}}
    spec = {
        "title": "Shop",
        "elements": {},
        "layout": {"kind": "GridLayout", "spec": {"items": []}},
        "variables": [{"kind": "QueryVariable", "spec": variable} for variable in (job, node)],
        "annotations": [{"kind": "AnnotationQuery", "spec": {"name": "Restarts", "query": restarts}}],
    }
    text = json.dumps({"kind": "Dashboard", "metadata": {"name": "shop"}, "spec": spec}, indent=1)
    found = [each for each in check({"shop.json": text.encode()}) if each.rule == "variable-many"]
    lines = text.splitlines()
    assert ["label_values" in lines[each.line - 1] for each in found] == [True, False]
