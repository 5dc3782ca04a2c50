"""The rules for Grafana to evaluate say what those of Prometheus say: same condition, same time, same words."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

from sync.owned.alert_panels import PANEL, linked
from tests.alerts.rendered import files, groups

DASHBOARDS = Path(__file__).resolve().parents[2] / "rendered" / "dashboards"


def managed() -> dict[str, Any]:
    """The groups of alerting/, by name."""
    found = [
        group
        for path, content in files().items()
        if path.startswith("alerting/")
        for group in yaml.load(content, yaml.CSafeLoader)["groups"]
    ]
    assert len({group["name"] for group in found}) == len(found)
    return {group["name"]: group for group in found}


def pairs() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each alert of Prometheus with the rule for Grafana."""
    found = []
    for group in groups():
        alerts = [rule for rule in group["rules"] if "alert" in rule]
        if alerts:
            other = managed()[group["name"]]
            assert other["interval"] == group["interval"]
            found += list(zip(alerts, other["rules"], strict=True))
    assert len(found) > 50
    return found


def test_each_alert_is_there_once_and_no_other():
    assert sum(len(group["rules"]) for group in managed().values()) == len(pairs())
    uids = [rule["uid"] for _, rule in pairs()]
    assert len(set(uids)) == len(uids)
    assert all(re.fullmatch(r"phoenix-[a-z0-9-]{1,32}", uid) for uid in uids)


def test_a_rule_asks_what_prometheus_is_asked_and_fires_as_late():
    for alert, rule in pairs():
        query, number, threshold = rule["data"]
        assert query["model"]["expr"] == alert["expr"]
        assert (query["model"]["instant"], query["relativeTimeRange"]["to"]) == (True, 0)
        assert query["datasourceUid"] == query["model"]["datasource"]["uid"] == "prometheus"
        assert rule["for"] == alert.get("for", "0s")
        assert (rule["title"], rule["labels"]) == (alert["alert"], alert["labels"])
        # Any value is a breach, 0 and NaN too; the threshold is on that, not on the value.
        assert number["model"]["expression"] == "is_number($A) || is_nan($A) || is_inf($A)"
        assert threshold["model"]["expression"] == number["refId"]
        assert rule["condition"] == threshold["refId"]


def test_no_series_is_no_alert_and_a_series_that_is_gone_is_over_at_once():
    for _, rule in pairs():
        assert (rule["noDataState"], rule["execErrState"]) == ("OK", "Error")
        assert rule["missing_series_evals_to_resolve"] == 1


def test_the_value_in_a_text_is_the_number_of_the_query():
    for alert, rule in pairs():
        assert rule["annotations"].keys() == alert["annotations"].keys()
        for name, text in rule["annotations"].items():
            assert not re.search(r"\$value\b", text)
            assert text.replace("$values.A.Value", "$value") == alert["annotations"][name]


def test_recording_rules_stay_in_prometheus():
    assert not [rule for group in managed().values() for rule in group["rules"] if "record" in rule]


def test_every_alert_leads_to_a_panel_of_its_dashboard():
    pages = [json.loads(file.read_bytes()) for file in DASHBOARDS.rglob("*.json")]
    specs = {page["uid"]: page for page in pages}
    lost = {rule["title"] for _, rule in pairs() if PANEL not in linked(rule, specs.get)["annotations"]}
    assert lost == set()
