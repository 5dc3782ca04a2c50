"""Correlations: made after their data sources, owned, and never over somebody's edit."""

from __future__ import annotations

import json

import pytest

from sync.owned.correlations import content_of
from tests.sync.owned.rules import reason, states
from tests.sync.owned.test_recorded import SOURCES
from tests.sync.project import DASHBOARD

LINK, OTHER = "correlation/loki.prometheus.numbers", "correlation/loki.loki.lines"
SOURCE = "datasource/loki"


def correlation(label: str, target: str, **more) -> dict:
    config = {"field": "message", "target": {"expr": 'up{job="$${job}"}'}}
    return {"targetUID": target, "label": label, "description": "", "type": "query", "config": {**config, **more}}


def write(project, *correlations: dict) -> None:
    found = [
        {"name": "Prometheus", "uid": "prometheus", "type": "prometheus", "isDefault": True, "url": "http://p"},
        {"name": "Loki", "uid": "loki", "type": "loki", "url": "http://l", "correlations": list(correlations)},
    ]
    project.rendered("provisioning/datasources.yaml", json.dumps({"apiVersion": 1, "datasources": found}))


def push(project, *arguments: str):
    return project.invoke("push", "--datasources", "--format", "json", *arguments)


def of_links(done) -> dict[str, str]:
    return {uid: state for uid, state in states(done).items() if uid.startswith("correlation/")}


def held(grafana) -> dict[str, dict]:
    return {one["label"]: one for one in grafana.client.get("/api/datasources/uid/loki/correlations").body}


def edit(grafana, which: str, **changes) -> None:
    uid = held(grafana)[which]["uid"]
    assert grafana.client.send("PATCH", f"/api/datasources/uid/loki/correlations/{uid}", changes).status == 200


@pytest.fixture
def linked(project, grafana):
    project.connect(grafana.url)
    project.rendered("dashboards/Shop/overview.json", DASHBOARD)
    write(project, correlation("Numbers", "prometheus"), correlation("Lines", "loki"))
    return project


def test_what_was_recorded_is_read_as_what_was_sent():
    step = SOURCES["correlation-create"]
    sent = {**step["request"]["body"], "sourceUID": "loki"}
    assert content_of(step["response"]["body"]["result"]) == content_of(sent)


def test_they_are_made_after_the_data_sources_and_only_once(linked, grafana):
    grafana.requests()
    done = push(linked)
    assert done.code == 0, done
    assert of_links(done) == {LINK: "created", OTHER: "created"}
    writes = [request for request in grafana.requests() if request.startswith("POST /api/datasources")]
    assert [request.endswith("/correlations") for request in writes] == [False, False, True, True]
    assert held(grafana)["Numbers"]["config"]["target"]["expr"] == 'up{job="${job}"}'
    assert of_links(push(linked)) == {LINK: "unchanged", OTHER: "unchanged"}
    assert not [request for request in grafana.requests() if not request.startswith("GET")]


def test_a_change_in_code_is_written(linked, grafana):
    push(linked)
    uid = held(grafana)["Numbers"]["uid"]
    write(linked, correlation("Numbers", "prometheus", field="line"), correlation("Lines", "loki"))
    assert of_links(push(linked)) == {LINK: "updated", OTHER: "unchanged"}
    assert (held(grafana)["Numbers"]["uid"], held(grafana)["Numbers"]["config"]["field"]) == (uid, "line")


@pytest.mark.parametrize("changes", [{"label": "By hand"}, {"description": "By hand"}])
def test_an_edit_is_refused_until_forced(linked, grafana, changes):
    push(linked)
    edit(grafana, "Numbers", **changes)
    done = push(linked)
    assert done.code == 5, done
    assert of_links(done) == {LINK: "refused", OTHER: "unchanged"}
    assert of_links(push(linked, "--force", LINK, "--yes"))[LINK] == "updated"
    assert held(grafana).keys() == {"Numbers", "Lines"}


def test_one_that_somebody_made_is_left_alone(linked, grafana):
    push(linked)
    body = {"targetUID": "prometheus", "label": "Mine", "type": "query", "config": {"field": "a", "target": {}}}
    assert grafana.client.post("/api/datasources/uid/loki/correlations", body).status == 200
    write(linked, correlation("Numbers", "prometheus"))
    assert of_links(push(linked, "--prune", "--yes")) == {LINK: "unchanged", OTHER: "deleted"}
    assert held(grafana).keys() == {"Numbers", "Mine"}


def test_they_go_back_with_their_push(linked, grafana):
    write(linked)
    push(linked)
    write(linked, correlation("Numbers", "prometheus"))
    second = push(linked).json["summary"]["push"]
    done = linked.invoke("rollback", "--push", second, "--yes", "--format", "json")
    assert done.code == 0, done
    assert of_links(done) == {LINK: "deleted"}
    assert held(grafana) == {}


@pytest.mark.parametrize(
    ("fault", "after"),
    [("403", False), ("409", False), ("500", False), ("drop", False), ("500", True), ("drop", True), ("html", True)],
)
def test_a_fault_is_told(linked, grafana, fault, after):
    grafana.fault(fault, method="POST", path=".*/correlations", count=None, after=after)
    done = push(linked)
    written = {uid for uid, state in of_links(done).items() if state == "created"}
    assert len(written) == len(held(grafana))
    assert "Traceback" not in done.err
    grafana.client.delete("/_sandbox/faults")
    assert push(linked).code == 0
    assert held(grafana).keys() == {"Numbers", "Lines"}
    assert reason(push(linked), LINK) == ""
