"""Data sources by the HTTP API: pushed when asked for, owned, secrets only from the environment."""

from __future__ import annotations

import json
import sqlite3

import orjson
import pytest

from sync.sandbox.serve import running_sandbox
from tests.sync.grafana import Grafana
from tests.sync.owned.rules import reason, states
from tests.sync.project import DASHBOARD
from tests.sync.sandbox.client import Client

PROMETHEUS, LOKI = "datasource/prometheus", "datasource/loki"
HERE = {"PROMETHEUS_URL": "http://prometheus:9090", "LOKI_URL": "http://loki:3100", "LOKI_PASSWORD": "open-sesame"}


def source(uid: str, **more) -> dict:
    return {
        "name": uid.title(),
        "uid": uid,
        "type": uid,
        "access": "proxy",
        "url": f"${{{uid.upper()}_URL}}",
        "isDefault": uid == "prometheus",
        "editable": False,
        "jsonData": {"timeInterval": "15s"},
        **more,
    }


def write(project, *sources: dict) -> None:
    project.rendered("provisioning/datasources.yaml", json.dumps({"apiVersion": 1, "datasources": list(sources)}))


def push(project, *arguments: str, environment: dict | None = None):
    here = {**HERE, **(environment or {})}
    return project.invoke("push", "--datasources", "--format", "json", *arguments, environment=here)


def held(grafana, uid: str) -> dict:
    return grafana.client.get(f"/api/datasources/uid/{uid}").body


def of_sources(done) -> dict[str, str]:
    return {uid: state for uid, state in states(done).items() if uid.startswith("datasource/")}


@pytest.fixture
def stack(project, grafana):
    project.connect(grafana.url)
    project.rendered("dashboards/Shop/overview.json", DASHBOARD)
    write(project, source("prometheus"), source("loki", jsonData={"derivedFields": [{"url": "$${__value.raw}"}]}))
    return project


def test_they_are_made_before_the_dashboards_with_what_the_environment_says(stack, grafana):
    grafana.requests()
    done = push(stack)
    assert done.code == 0, done
    assert states(done) == {PROMETHEUS: "created", LOKI: "created", "shop-overview": "created"}
    writes = [request for request in grafana.requests() if request.startswith("POST")]
    assert writes[:2] == ["POST /api/datasources"] * 2
    assert held(grafana, "prometheus")["url"] == "http://prometheus:9090"
    assert held(grafana, "loki")["jsonData"]["derivedFields"] == [{"url": "${__value.raw}"}]
    assert held(grafana, "loki")["jsonData"]["dashSync"].startswith("loki dash-sync/1 push=")


def test_without_the_option_nothing_is_asked(stack, grafana):
    grafana.requests()
    assert states(stack.invoke("push", "--format", "json")) == {"shop-overview": "created"}
    assert not [request for request in grafana.requests() if "datasources" in request]


def test_a_second_push_writes_nothing(stack, grafana):
    push(stack)
    grafana.requests()
    done = push(stack)
    assert of_sources(done) == {PROMETHEUS: "unchanged", LOKI: "unchanged"}
    assert not [request for request in grafana.requests() if not request.startswith("GET")]
    assert held(grafana, "loki")["version"] == 1


def test_another_address_is_a_change(stack, grafana):
    push(stack)
    done = push(stack, environment={"LOKI_URL": "http://elsewhere:3100"})
    assert of_sources(done) == {PROMETHEUS: "unchanged", LOKI: "updated"}
    assert (held(grafana, "loki")["url"], held(grafana, "loki")["version"]) == ("http://elsewhere:3100", 2)


def test_an_edit_in_the_ui_is_refused_until_forced(stack, grafana):
    push(stack)
    now = held(grafana, "loki")
    changed = {**now, "jsonData": {**now["jsonData"], "maxLines": 5}}
    assert grafana.client.put("/api/datasources/uid/loki", changed).status == 200
    done = push(stack)
    assert done.code == 5, done
    assert of_sources(done) == {PROMETHEUS: "unchanged", LOKI: "refused"}
    assert held(grafana, "loki")["jsonData"]["maxLines"] == 5
    assert of_sources(push(stack, "--force", LOKI, "--yes"))[LOKI] == "updated"
    assert "maxLines" not in held(grafana, "loki")["jsonData"]


def test_one_that_is_not_ours_is_never_written_nor_deleted(stack, grafana):
    body = {"uid": "loki", "name": "Loki", "type": "loki", "access": "proxy", "url": "http://by-hand"}
    assert grafana.client.post("/api/datasources", body).status == 200
    done = push(stack)
    assert done.code == 4, done
    assert of_sources(done) == {PROMETHEUS: "created", LOKI: "refused"}
    write(stack, source("prometheus"))
    assert push(stack, "--prune", "--yes").code == 0
    assert held(grafana, "loki")["url"] == "http://by-hand"


def test_a_name_that_another_has_is_said(stack, grafana):
    body = {"uid": "by-hand", "name": "Loki", "type": "loki", "access": "proxy", "url": "http://by-hand"}
    assert grafana.client.post("/api/datasources", body).status == 200
    done = push(stack)
    assert done.code == 4, done
    assert "data source with the same name already exists" in reason(done, LOKI)


def test_prune_deletes_ours_and_keeps_a_copy_without_secrets(stack, grafana):
    secret = {"basicAuth": True, "basicAuthUser": "u", "secureJsonData": {"basicAuthPassword": "$LOKI_PASSWORD"}}
    write(stack, source("prometheus"), source("loki", **secret))
    push(stack)
    assert held(grafana, "loki")["secureJsonFields"] == {"basicAuthPassword": True}
    write(stack, source("prometheus"))
    assert of_sources(push(stack, "--prune", "--yes")) == {PROMETHEUS: "unchanged", LOKI: "deleted"}
    [copy] = stack.root.glob("deleted/local/*/datasources/loki.yaml")
    assert b"open-sesame" not in copy.read_bytes()
    assert grafana.client.get("/api/datasources/uid/loki").status == 404


def test_a_secret_goes_to_grafana_and_nowhere_else(stack, grafana):
    write(stack, source("prometheus"), source("loki", secureJsonData={"basicAuthPassword": "$LOKI_PASSWORD"}))
    done = push(stack, "--verbose")
    assert done.code == 0, done
    assert held(grafana, "loki")["secureJsonFields"] == {"basicAuthPassword": True}
    plan = stack.root / "plan.json"
    stack.invoke("plan", "--datasources", "--out", str(plan), environment=HERE)
    assert "open-sesame" not in done.out + done.err + plan.read_text()


def test_a_secret_in_the_file_is_refused_and_not_shown(stack, grafana):
    write(stack, source("loki", secureJsonData={"basicAuthPassword": "open-sesame"}))
    done = push(stack)
    assert done.code == 1
    assert "secureJsonData.basicAuthPassword is written out" in done.err
    assert "open-sesame" not in done.out + done.err


def test_a_variable_that_is_not_set_is_named_and_nothing_is_sent(stack, grafana):
    grafana.requests()
    done = stack.invoke("push", "--datasources", environment={"PROMETHEUS_URL": "http://prometheus:9090"})
    assert done.code == 1
    assert "data source Loki: the variable LOKI_URL is not set" in done.err
    assert not [request for request in grafana.requests() if not request.startswith("GET")]


def test_the_context_maps_uids_everywhere(stack, grafana):
    tempo = {"exemplarTraceIdDestinations": [{"name": "trace_id", "datasourceUid": "loki"}]}
    write(stack, source("prometheus", jsonData=tempo), source("loki"))
    stack.connect(grafana.url, datasources={"prometheus": "prom-prod", "loki": "loki-prod"})
    assert of_sources(push(stack)) == {"datasource/prom-prod": "created", "datasource/loki-prod": "created"}
    [leads] = held(grafana, "prom-prod")["jsonData"]["exemplarTraceIdDestinations"]
    assert leads["datasourceUid"] == "loki-prod"
    assert of_sources(push(stack)) == {"datasource/prom-prod": "unchanged", "datasource/loki-prod": "unchanged"}


def test_who_may_not_is_told_so(stack, grafana):
    editor = grafana.client.with_role("Editor")
    token = editor.authorization.removeprefix("Bearer ")
    context = {"url": grafana.url, "token-env": "SHOP_TOKEN"}
    stack.config(json.dumps({"project": "shop", "default-context": "local", "contexts": {"local": context}}))
    done = push(stack, environment={"SHOP_TOKEN": token})
    assert done.code in {3, 4}, done
    assert of_sources(done) == {PROMETHEUS: "failed", LOKI: "failed"}
    assert "datasources:create" in reason(done, LOKI)


def test_a_provisioned_one_is_said_plainly_and_left_alone(project, tmp_path):
    with running_sandbox(tmp_path / "sandbox.db") as url:
        grafana = Grafana(Client(url), "app-platform")
        project.connect(url)
        project.rendered("dashboards/Shop/overview.json", DASHBOARD)
        write(project, source("prometheus"), source("loki"))
        push(project)
        provision(tmp_path / "sandbox.db", "loki")
        assert of_sources(push(project)) == {PROMETHEUS: "unchanged", LOKI: "unchanged"}
        done = push(project, "--adopt", LOKI, "--yes", environment={"LOKI_URL": "http://elsewhere"})
        assert done.code == 5, done
        assert "provisioned from a file of that Grafana's own (read-only)" in reason(done, LOKI)
        assert held(grafana, "loki")["url"] == "http://loki:3100"


def provision(file, uid: str) -> None:
    """Make a data source what a provisioning file of that Grafana makes: read-only, and without our mark."""
    with sqlite3.connect(file) as database:
        [(body,)] = database.execute("SELECT body FROM records WHERE uid = ?", (uid,))
        changed = {**orjson.loads(body), "readOnly": True, "jsonData": {"timeInterval": "15s"}}
        database.execute("UPDATE records SET body = ? WHERE uid = ?", (orjson.dumps(changed), uid))
