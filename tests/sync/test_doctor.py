from __future__ import annotations

import json

import pytest

from sync.datasources import references
from tests.sync.project import DASHBOARD


@pytest.fixture
def shop(project, sandbox):
    project.connect(sandbox.url, api=sandbox.api)
    project.rendered("dashboards/Shop/overview.json", DASHBOARD)
    return project


def findings(done) -> dict[str, tuple[str, str]]:
    return {row["check"]: (row["state"], row["detail"]) for row in done.json["rows"]}


def doctor(project, **more):
    return project.invoke("doctor", "--format", "json", **more)


def test_a_healthy_setup(shop, sandbox):
    sandbox.client.post("/api/datasources", {"uid": "prometheus", "name": "P", "type": "prometheus", "access": "proxy"})
    shop.invoke("push")
    done = doctor(shop)
    assert done.code == 0, done
    found = findings(done)
    assert found["configuration"] == ("ok", "dash-sync.yaml, project shop")
    assert found["files"] == ("ok", "1 dashboard in 1 folder")
    assert found["local: server"] == ("ok", f"{sandbox.url}, Grafana 12.4.0")
    assert found["local: organisation"] == ("ok", "Main Org. (1)")
    assert found["local: api"][1].startswith(sandbox.api)
    assert found["local: data sources"] == ("ok", "all 1 that the dashboards use are there")
    assert found["local: marks"] == ("ok", "1 in step, 0 to push")


def test_a_data_source_that_the_server_lacks(shop):
    row = next(row for row in doctor(shop).json["rows"] if row["check"] == "local: data sources")
    assert row["state"] == "warning"
    assert row["detail"] == "shop-overview uses the data source 'prometheus', which the server lacks"
    assert "datasources: {prometheus: UID}" in row["remedy"]


def test_a_dashboard_that_a_push_would_refuse(shop, sandbox):
    shop.invoke("push")
    sandbox.save_by_hand("shop-overview", "By hand")
    row = next(row for row in doctor(shop).json["rows"] if row["check"] == "local: marks")
    assert row["state"] == "warning"
    assert row["detail"].startswith("shop-overview: changed in Grafana: saved by admin")


def test_a_dashboard_of_ours_that_is_in_no_file_any_more(shop, sandbox):
    shop.invoke("push")
    shop.rendered("dashboards/Shop/overview.json", {**DASHBOARD, "uid": "shop-new"})
    details = [row["detail"] for row in doctor(shop).json["rows"]]
    if sandbox.api == "app-platform":
        assert "shop-overview: ours, and in no file any more" in details


def test_every_check_goes_on_after_one_that_failed(shop):
    shop.rendered("dashboards/Shop/broken.json", "{")
    shop.connect("http://127.0.0.1:9")
    done = doctor(shop)
    assert done.code == 1
    found = findings(done)
    assert found["files"][0] == "failed"
    assert "nothing listens there" in found["local: connection"][1]
    assert "2 checks failed" in done.err


def test_missing_credentials_are_exit_3(shop, sandbox):
    context = {"url": sandbox.url, "token-env": "NOT_SET"}
    shop.config(json.dumps({"project": "shop", "default-context": "l", "contexts": {"l": context}}))
    done = doctor(shop)
    assert done.code == 3
    assert "not set: NOT_SET" in findings(done)["l: connection"][1]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"datasource": "prom"}, [("uid", "prom")]),
        ({"datasource": {"type": "prometheus", "uid": "prom"}}, [("uid", "prom")]),
        ({"datasource": {"name": "prom"}}, [("uid", "prom")]),
        ({"datasource": {"uid": "${datasource}"}}, []),
        ({"datasource": {"uid": "-- Grafana --"}}, []),
        ({"datasource": None}, []),
        ({"list": [{"type": "datasource", "name": "d", "query": "loki"}]}, [("type", "loki")]),
        ({"variables": [{"kind": "DatasourceVariable", "spec": {"pluginId": "tempo"}}]}, [("type", "tempo")]),
    ],
)
def test_what_counts_as_a_use_of_a_data_source(value, expected):
    assert list(references(value)) == expected
