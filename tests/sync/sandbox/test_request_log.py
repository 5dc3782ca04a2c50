from __future__ import annotations

import base64
import http.client

import pytest

from tests.sync.sandbox.client import Client


def test_log_tells_what_was_asked_in_order(sandbox: Client) -> None:
    sandbox.get("/api/search?tag=a&tag=b&limit=5")
    sandbox.get("/api/dashboards/uid/none")
    sandbox.get("/_sandbox/requests")
    first, second = sandbox.get("/_sandbox/requests").body["requests"]
    assert first == {
        "method": "GET",
        "path": "/api/search",
        "query": {"tag": ["a", "b"], "limit": ["5"]},
        "status": 200,
        "userAgent": "test/1",
    }
    assert (second["path"], second["status"]) == ("/api/dashboards/uid/none", 404)
    assert sandbox.delete("/_sandbox/requests").status == 204
    assert sandbox.get("/_sandbox/requests").body == {"requests": []}


def test_log_holds_no_credentials(sandbox: Client) -> None:
    viewer = sandbox.with_role("Viewer")
    key = viewer.authorization.removeprefix("Bearer ")
    viewer.get("/api/search")
    basic = "Basic " + base64.b64encode(b"somebody:a-password").decode()
    Client(sandbox.url, authorization=basic).get("/api/search")
    sandbox.get(f"/api/search?auth_token={key}&password=a-password")
    sandbox.post(
        "/api/datasources", {"name": "x", "type": "loki", "secureJsonData": {"basicAuthPassword": "a-password"}}
    )
    log = sandbox.get("/_sandbox/requests").text
    for secret in (key, "a-password", basic.removeprefix("Basic "), "Bearer", "YWRtaW46YWRtaW4="):
        assert secret not in log


def test_log_names_the_fault_that_swallowed_an_answer(sandbox: Client) -> None:
    sandbox.post("/_sandbox/faults", {"fault": "drop"})
    with pytest.raises(http.client.RemoteDisconnected):
        sandbox.get("/api/search")
    (entry,) = sandbox.get("/_sandbox/requests").body["requests"]
    assert (entry["status"], entry["fault"]) == (None, "drop")


def test_secrets_are_kept_nowhere_in_the_answers(sandbox: Client) -> None:
    secret = {"basicAuthPassword": "a-password"}
    sandbox.post("/api/datasources", {"uid": "x", "name": "x", "type": "loki", "secureJsonData": secret})
    shown = sandbox.get("/api/datasources/uid/x")
    assert shown.body["secureJsonFields"] == {"basicAuthPassword": True}
    assert "a-password" not in shown.text
