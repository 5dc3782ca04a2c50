"""Alert rules of a throw-away project, and what a Grafana holds of them."""

from __future__ import annotations

import json
from typing import Any

BASE = "/api/v1/provisioning"


def rule(uid: str, *, expr: str = "up < 1", **more: Any) -> dict[str, Any]:
    return {
        "uid": uid,
        "title": uid.title().replace("-", ""),
        "condition": "B",
        "data": [
            {
                "refId": "A",
                "relativeTimeRange": {"from": 600, "to": 0},
                "datasourceUid": "prometheus",
                "model": {"refId": "A", "expr": expr, "instant": True},
            },
            {"refId": "B", "datasourceUid": "__expr__", "model": {"refId": "B", "type": "math", "expression": "$A"}},
        ],
        "noDataState": "OK",
        "execErrState": "Error",
        "for": "2m",
        "missing_series_evals_to_resolve": 1,
        "annotations": {
            "summary": "{{ $values.A.Value }}",
            "dashboard_url": "https://g.example.com/d/shop-overview?a=b",
        },
        "labels": {"severity": "critical"},
        **more,
    }


def write_group(project: Any, *rules: dict[str, Any], name: str = "shop", interval: str = "30s") -> None:
    group = {"orgId": 1, "name": name, "folder": "Shop", "interval": interval, "rules": list(rules)}
    project.rendered(f"alerting/{name}.yaml", json.dumps({"apiVersion": 1, "groups": [group]}))


def push(project: Any, *arguments: str) -> Any:
    return project.invoke("push", "--alerts", "--format", "json", *arguments)


def states(done: Any) -> dict[str, str]:
    return {row["uid"]: row["state"] for row in done.json["rows"]}


def of_alerts(done: Any) -> dict[str, str]:
    return {uid: state for uid, state in states(done).items() if uid.startswith("alert/")}


def reason(done: Any, uid: str) -> str:
    return next(row["reason"] for row in done.json["rows"] if row["uid"] == uid)


def held(grafana: Any) -> dict[str, dict[str, Any]]:
    return {one["uid"]: one for one in grafana.client.get(f"{BASE}/alert-rules").body}


def group(grafana: Any, name: str = "shop") -> dict[str, Any]:
    return grafana.client.get(f"{BASE}/folder/shop/rule-groups/{name}").body


def edit(grafana: Any, uid: str, **changes: Any) -> None:
    """Save as a person does in the UI: the annotations stay."""
    now = held(grafana)[uid]
    headers = {} if now.get("provenance") else {"X-Disable-Provenance": "true"}
    assert grafana.client.put(f"{BASE}/alert-rules/{uid}", {**now, **changes}, headers=headers).status == 200
