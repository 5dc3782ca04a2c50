"""Alert rules and data sources through every fault: no edit is lost, the list is true, the next push mends."""

from __future__ import annotations

import json

import pytest

from tests.sync.owned.rules import edit, group, held, rule, write_group
from tests.sync.project import DASHBOARD

FAULTS = (
    *("401", "403", "409", "412", "413", "429", "500", "502", "503", "504"),
    *("latency", "slow", "truncated", "drop", "reset", "html"),
)
HARMLESS = {"latency", "slow", "truncated"}
WRITES = {"method": "POST|PUT|DELETE", "path": "/api/v1/provisioning/.*|/api/datasources.*"}
ENVIRONMENT = {"PROMETHEUS_URL": "http://prometheus:9090", "LOKI_URL": "http://loki:3100"}
DOWN, SLOW, EDITED, LOKI = "alert/shop-down", "alert/shop-slow", "alert/shop-edited", "datasource/loki"
WRITTEN = {"created", "updated", "deleted"}


def push(project, *arguments: str):
    return project.invoke(
        "push", "--alerts", "--datasources", "--timeout", "2", "--format", "json", *arguments, environment=ENVIRONMENT
    )


def write_source(project, timeout: str) -> None:
    one = {"name": "Loki", "uid": "loki", "type": "loki", "url": "$LOKI_URL", "jsonData": {"timeout": timeout}}
    project.rendered("provisioning/datasources.yaml", json.dumps({"datasources": [one]}))


@pytest.fixture
def changed(project, grafana):
    """A rule and a data source changed in code, a new rule, and one edited in Grafana."""
    project.connect(grafana.url)
    project.rendered("dashboards/Shop/overview.json", DASHBOARD)
    write_group(project, rule("shop-down"), rule("shop-edited"))
    write_source(project, "1")
    assert push(project).code == 0
    edit(grafana, "shop-edited", **{"for": "1h"})
    write_group(project, rule("shop-down", expr="up < 2"), rule("shop-edited"), rule("shop-slow"))
    write_source(project, "2")
    return project


def truth(grafana) -> dict[str, bool]:
    """Tell of each thing whether it is as the code says by now."""
    rules = held(grafana)
    source = grafana.client.get("/api/datasources/uid/loki").body
    return {
        DOWN: rules["shop-down"]["data"][0]["model"]["expr"] == "up < 2",
        SLOW: "shop-slow" in rules,
        LOKI: source["jsonData"]["timeout"] == "2",
    }


def rows(done) -> dict[str, str]:
    return {row["uid"]: row["state"] for row in done.json["rows"]} if done.out else {}


def check(done, grafana) -> None:
    assert "Traceback" not in done.err
    assert held(grafana)["shop-edited"]["for"] == "1h", "an edit is lost"
    assert group(grafana)["interval"] == 30
    for uid, is_written in truth(grafana).items():
        if rows(done):
            assert (rows(done)[uid] in WRITTEN) == is_written, f"the list says {rows(done)[uid]} of {uid}"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_every_write_is_told(changed, grafana, fault):
    grafana.fault(fault, **WRITES, count=None, seconds=0.01)
    done = push(changed)
    check(done, grafana)
    assert done.code in ({4} if fault in HARMLESS else {1, 3, 4, 5}), done
    grafana.client.delete("/_sandbox/faults")
    mended = push(changed)
    assert rows(mended)[EDITED] == "refused"
    assert all(truth(grafana).values())


@pytest.mark.parametrize("fault", ["500", "502", "504", "drop", "reset", "html"])
def test_a_write_whose_answer_is_lost_is_found_to_be_done(changed, grafana, fault):
    grafana.fault(fault, **WRITES, count=None, after=True)
    done = push(changed)
    check(done, grafana)
    assert {rows(done)[uid] for uid in (DOWN, SLOW, LOKI)} <= WRITTEN
    grafana.client.delete("/_sandbox/faults")
    grafana.requests()
    push(changed)
    assert not [request for request in grafana.requests() if not request.startswith("GET")]


@pytest.mark.parametrize("fault", ["401", "403", "500", "html", "drop"])
def test_a_fault_of_the_listing_writes_nothing(changed, grafana, fault):
    before = held(grafana)
    grafana.fault(fault, method="GET", path="/api/v1/provisioning/alert-rules", count=None)
    grafana.requests()
    done = push(changed)
    assert done.code in {1, 3}, done
    assert not [request for request in grafana.requests() if not request.startswith("GET")]
    grafana.client.delete("/_sandbox/faults")
    assert held(grafana) == before


def test_a_rule_saved_while_the_push_runs_is_not_overwritten(changed, grafana, monkeypatch):
    from sync.owned.alerts import AlertRules

    batches = AlertRules.batches

    def meanwhile(self, jobs):
        edit(grafana, "shop-down", **{"for": "7h"})
        return batches(self, jobs)

    monkeypatch.setattr(AlertRules, "batches", meanwhile)
    done = push(changed)
    assert rows(done)[DOWN] == "refused"
    assert held(grafana)["shop-down"]["for"] == "7h"
