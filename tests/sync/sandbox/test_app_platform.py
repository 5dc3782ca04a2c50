from __future__ import annotations

from typing import Any

import pytest

from tests.sync.sandbox.client import DASHBOARDS, FOLDERS, METADATA_ONLY, Client, dashboard, folder


def pages(sandbox: Client, path: str, **headers: str) -> list[list[str]]:
    found, token = [], ""
    while True:
        page = sandbox.get(f"{path}&continue={token}", headers=headers).body
        found.append([item["metadata"]["name"] for item in page["items"]])
        if not (token := page["metadata"].get("continue", "")):
            return found


def test_pages_are_cut_by_count(sandbox: Client) -> None:
    for number in range(5):
        sandbox.post(DASHBOARDS, dashboard(f"d{number}"))
    assert pages(sandbox, f"{DASHBOARDS}?limit=2") == [["d0", "d1"], ["d2", "d3"], ["d4"]]


def test_pages_are_cut_by_size_whatever_the_limit(sandbox: Client) -> None:
    for number in range(5):
        sandbox.post(DASHBOARDS, dashboard(f"d{number}", description="x" * 900_000))
    cut = pages(sandbox, f"{DASHBOARDS}?limit=100", **METADATA_ONLY)
    assert cut == [["d0", "d1", "d2"], ["d3", "d4"]]


def test_pages_skip_and_repeat_nothing_while_others_write(sandbox: Client) -> None:
    for name in "bdf":
        sandbox.post(DASHBOARDS, dashboard(name))
    first = sandbox.get(f"{DASHBOARDS}?limit=2").body
    for name in "ac":
        sandbox.post(DASHBOARDS, dashboard(name))
    sandbox.delete(f"{DASHBOARDS}/b")
    rest = sandbox.get(f"{DASHBOARDS}?limit=2&continue={first['metadata']['continue']}").body
    assert [item["metadata"]["name"] for item in first["items"] + rest["items"]] == ["b", "d", "f"]


def test_field_selector_names_one_object(sandbox: Client) -> None:
    for name in "ab":
        sandbox.post(DASHBOARDS, dashboard(name))
    items = sandbox.get(f"{DASHBOARDS}?fieldSelector=metadata.name%3Db").body["items"]
    assert [item["metadata"]["name"] for item in items] == ["b"]
    assert sandbox.get(f"{DASHBOARDS}?fieldSelector=spec.title%3Db").status == 400


@pytest.mark.parametrize("token", ["x", "e30=", "%ff"])
def test_token_of_another_server_is_refused(sandbox: Client, token: str) -> None:
    assert sandbox.get(f"{DASHBOARDS}?continue={token}").status == 400


def test_patches_change_parts(sandbox: Client) -> None:
    sandbox.post(DASHBOARDS, dashboard("one", tags=["a"], description="words"))

    def patch(body: Any, form: str) -> Any:
        return sandbox.send("PATCH", f"{DASHBOARDS}/one", body, headers={"Content-Type": f"application/{form}"})

    merged = patch({"spec": {"title": "merged", "description": None}}, "merge-patch+json").body
    assert (merged["spec"]["title"], "description" in merged["spec"]) == ("merged", False)
    steps = [
        {"op": "test", "path": "/spec/title", "value": "merged"},
        {"op": "replace", "path": "/spec/title", "value": "stepped"},
        {"op": "add", "path": "/spec/tags/-", "value": "b"},
        {"op": "remove", "path": "/spec/tags/0"},
    ]
    stepped = patch(steps, "json-patch+json").body
    assert (stepped["spec"]["title"], stepped["spec"]["tags"], stepped["metadata"]["generation"]) == (
        "stepped",
        ["b"],
        3,
    )
    assert patch([{"op": "replace", "path": "/spec/none", "value": 1}], "json-patch+json").status == 422
    assert patch({"metadata": {"resourceVersion": "1"}}, "merge-patch+json").body["reason"] == "Conflict"
    assert patch("spec: {}", "apply-patch+yaml").status == 415


def test_delete_holds_to_its_preconditions(sandbox: Client) -> None:
    version = sandbox.post(DASHBOARDS, dashboard("one")).body["metadata"]["resourceVersion"]
    sandbox.put(f"{DASHBOARDS}/one", dashboard("one"))
    body = {"preconditions": {"resourceVersion": version}}
    assert sandbox.send("DELETE", f"{DASHBOARDS}/one", body).body["reason"] == "Conflict"
    assert sandbox.get(f"{DASHBOARDS}/one").status == 200


def test_name_is_made_where_only_its_beginning_is_given(sandbox: Client) -> None:
    body = dashboard("x")
    body["metadata"] = {"generateName": "made-"}
    assert sandbox.post(DASHBOARDS, body).body["metadata"]["name"].startswith("made-")


@pytest.mark.parametrize(
    ("path", "change", "status"),
    [
        (DASHBOARDS, {"apiVersion": "dashboard.grafana.app/v2beta1"}, 400),
        (DASHBOARDS, {"metadata": {}}, 400),
        (DASHBOARDS, {"metadata": {"name": "n" * 41}}, 400),
        (DASHBOARDS, {"metadata": {"name": "one", "annotations": {"a": 1}}}, 400),
        (DASHBOARDS, {"spec": {"title": ""}}, 400),
        (DASHBOARDS, {"spec": {"title": "t" * 5001}}, 400),
        (DASHBOARDS, {"spec": {"title": "t", "tags": ["t" * 51]}}, 400),
        (DASHBOARDS, {"spec": []}, 400),
        (DASHBOARDS.replace("default", "org-2"), {}, 403),
        (DASHBOARDS.replace("v1beta1", "v9"), {}, 404),
    ],
)
def test_what_no_server_takes_is_refused(sandbox: Client, path: str, change: dict[str, Any], status: int) -> None:
    refused = sandbox.post(path, {**dashboard("one"), **change})
    assert (refused.status, refused.body["kind"], refused.body["code"]) == (status, "Status", status)


def test_name_on_the_address_must_be_the_object_s(sandbox: Client) -> None:
    assert sandbox.put(f"{DASHBOARDS}/one", dashboard("other")).status == 400


def test_folders_form_no_circle_and_no_endless_depth(sandbox: Client) -> None:
    for name, parent in (("a", ""), ("b", "a"), ("c", "b"), ("d", "c")):
        assert sandbox.post(FOLDERS, folder(name, parent=parent)).status == 201
    assert sandbox.post(FOLDERS, folder("e", parent="d")).status == 400
    assert sandbox.put(f"{FOLDERS}/a", folder("a", parent="c")).status == 500
    assert sandbox.post("/api/folders/a/move", {"parentUid": "c"}).status == 400
    shown = sandbox.get("/api/folders/d").body
    assert [parent["uid"] for parent in shown["parents"]] == ["a", "b", "c"]


def test_legacy_delete_of_a_folder_takes_all_inside(sandbox: Client) -> None:
    sandbox.post(FOLDERS, folder("a"))
    sandbox.post(FOLDERS, folder("b", parent="a"))
    sandbox.post(DASHBOARDS, dashboard("deep", annotations={"grafana.app/folder": "b"}))
    assert sandbox.delete(f"{FOLDERS}/a").status == 400
    assert sandbox.delete("/api/folders/a").status == 200
    assert [sandbox.get(path).status for path in (f"{FOLDERS}/b", f"{DASHBOARDS}/deep")] == [404, 404]


def test_kind_is_discovered(sandbox: Client) -> None:
    resources = sandbox.get("/apis/dashboard.grafana.app/v1beta1").body["resources"]
    assert [resource["name"] for resource in resources] == ["dashboards"]
    assert sandbox.get("/apis/dashboard.grafana.app/v9").status == 404
