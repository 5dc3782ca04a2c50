"""No body and no address makes the sandbox fail: it answers, and what it answers is JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.sandbox.serve import running_sandbox
from tests.sync.sandbox.client import DASHBOARDS, FOLDERS, Client, dashboard, folder

RULES = "/api/v1/provisioning"
WRITES = [
    ("POST", DASHBOARDS),
    ("POST", DASHBOARDS.replace("v1beta1", "v0alpha1")),
    ("POST", DASHBOARDS.replace("v1beta1", "v2beta1")),
    ("PUT", f"{DASHBOARDS}/one"),
    ("DELETE", f"{DASHBOARDS}/none"),
    ("POST", FOLDERS),
    ("POST", "/api/dashboards/db"),
    ("POST", "/api/dashboards/uid/one/restore"),
    ("POST", "/api/dashboards/uid/one/permissions"),
    ("POST", "/api/folders"),
    ("PUT", "/api/folders/team"),
    ("POST", "/api/folders/team/move"),
    ("POST", "/api/library-elements"),
    ("POST", "/api/annotations"),
    ("POST", "/api/datasources"),
    ("POST", "/api/serviceaccounts"),
    ("POST", "/api/admin/users"),
    ("POST", f"{RULES}/alert-rules"),
    ("PUT", f"{RULES}/folder/team/rule-groups/g"),
    ("POST", f"{RULES}/contact-points"),
    ("PUT", f"{RULES}/policies"),
    ("POST", "/_sandbox/faults"),
]
NAMES = [
    "dashboard", "title", "uid", "folderUid", "folderUID", "message", "version", "overwrite", "id", "tags", "items",
    "role", "name", "kind", "model", "text", "time", "timeEnd", "data", "rules", "routes", "receiver", "interval",
    "type", "settings", "spec", "metadata", "annotations", "labels", "apiVersion", "parentUid", "description",
    "permission", "jsonData", "secureJsonData", "ruleGroup", "login", "password", "elements", "layout", "panels",
    "resourceVersion",
]  # fmt: skip
VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
JSON = st.recursive(
    VALUES | st.sampled_from(["Dashboard", "Folder", "team", "one", "dashboard.grafana.app/v1beta1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def stocked() -> Iterator[Client]:
    with running_sandbox() as url:
        client = Client(url)
        client.post(FOLDERS, folder("team"))
        client.post(DASHBOARDS, dashboard("one"))
        yield client


@pytest.mark.parametrize(("method", "path"), WRITES, ids=[f"{method} {path}" for method, path in WRITES])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=JSON)
def test_any_json_is_answered(stocked: Client, method: str, path: str, body: Any) -> None:
    answer = stocked.send(method, path, body)
    stocked.delete("/_sandbox/faults")
    assert answer.status < 500 or "resourceVersion" in answer.text
    assert answer.text == "" or answer.body is not None


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[" * 5000, b'{"a": "\\ud800"}', b"null", b"7"])
@pytest.mark.parametrize(
    ("method", "path"), [("POST", DASHBOARDS), ("POST", "/api/dashboards/db"), ("POST", "/_sandbox/faults")]
)
def test_what_is_no_object_is_refused(stocked: Client, method: str, path: str, body: bytes) -> None:
    assert stocked.send(method, path, body).status == 400


def test_every_plane_of_unicode_comes_back(stocked: Client) -> None:
    title = "".join(chr(plane * 0x10000 + 0x41) for plane in range(17)) + "e\u0301 \u202e"
    stocked.put(f"{DASHBOARDS}/planes", dashboard("planes", title=title))
    assert stocked.get(f"{DASHBOARDS}/planes").body["spec"]["title"] == title
    assert stocked.get("/api/dashboards/uid/planes").body["dashboard"]["title"] == title


def test_ten_megabytes_of_dashboard_are_kept(stocked: Client) -> None:
    panels = [
        {"id": number, "type": "text", "title": f"p{number}", "description": "x" * 2000} for number in range(1, 5001)
    ]
    assert stocked.post(DASHBOARDS, dashboard("large", panels=panels)).status == 201
    assert len(stocked.get(f"{DASHBOARDS}/large").body["spec"]["panels"]) == 5000


@pytest.mark.parametrize(
    "path", ["/api/none", "/apis/none.grafana.app/v1/namespaces/default/x", "/api/dashboards/uid/%00"]
)
def test_unknown_address_is_404(stocked: Client, path: str) -> None:
    assert stocked.get(path).status == 404
    assert stocked.get(path).body
