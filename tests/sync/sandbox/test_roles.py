from __future__ import annotations

import pytest

from tests.sync.sandbox.client import DASHBOARDS, FOLDERS, Client, dashboard, folder

IN_TEAM = {"grafana.app/folder": "team"}


@pytest.fixture
def stocked(sandbox: Client) -> Client:
    sandbox.post(FOLDERS, folder("team"))
    sandbox.post(DASHBOARDS, dashboard("in-team", annotations=IN_TEAM))
    sandbox.post(DASHBOARDS, dashboard("at-root"))
    return sandbox


def test_viewer_reads_what_folders_show_and_writes_nothing(stocked: Client) -> None:
    viewer = stocked.with_role("Viewer")
    assert viewer.get(f"{DASHBOARDS}/in-team").status == 200
    assert viewer.get(f"{DASHBOARDS}/at-root").status == 403
    assert [item["metadata"]["name"] for item in viewer.get(DASHBOARDS).body["items"]] == ["in-team"]
    assert [hit["uid"] for hit in viewer.get("/api/search?type=dash-db").body] == ["in-team"]
    changed = dashboard("in-team", title="changed", annotations=IN_TEAM)
    refused = [
        viewer.put(f"{DASHBOARDS}/in-team", changed),
        viewer.delete(f"{DASHBOARDS}/in-team"),
        viewer.post(DASHBOARDS, dashboard("new")),
        viewer.post(FOLDERS, folder("new")),
        viewer.post("/api/dashboards/db", {"dashboard": {"uid": "new", "title": "new"}}),
        viewer.post("/api/folders", {"uid": "new", "title": "new"}),
        viewer.delete("/api/folders/team"),
        viewer.get("/api/dashboards/uid/in-team/versions"),
        viewer.post("/api/serviceaccounts", {"name": "x", "role": "Admin"}),
        viewer.post("/api/datasources", {"name": "x", "type": "loki"}),
        viewer.post("/api/library-elements", {"name": "x", "model": {}}),
    ]
    assert [answer.status for answer in refused] == [403] * len(refused)
    assert stocked.get(f"{DASHBOARDS}/in-team").body["metadata"]["generation"] == 1


def test_editor_writes_dashboards_and_folders_and_administers_nothing(stocked: Client) -> None:
    editor = stocked.with_role("Editor")
    changed = dashboard("in-team", title="changed", annotations=IN_TEAM)
    assert editor.put(f"{DASHBOARDS}/in-team", changed).status == 200
    assert editor.post(DASHBOARDS, dashboard("own")).status == 201
    assert editor.put(f"{DASHBOARDS}/own", dashboard("own", title="again")).status == 200
    assert editor.post(FOLDERS, folder("own", parent="team")).status == 201
    assert editor.post("/api/dashboards/db", {"dashboard": {"title": "x"}, "folderUid": "team"}).status == 200
    assert editor.get("/api/dashboards/uid/in-team/versions").status == 200
    assert editor.put(f"{DASHBOARDS}/at-root", dashboard("at-root", title="taken")).status == 403
    assert editor.post("/api/serviceaccounts", {"name": "x", "role": "Admin"}).status == 403


def test_author_of_a_write_is_remembered(stocked: Client) -> None:
    editor = stocked.with_role("Editor")
    written = editor.put(f"{DASHBOARDS}/in-team", dashboard("in-team", title="by the account", annotations=IN_TEAM))
    annotations = written.body["metadata"]["annotations"]
    assert annotations["grafana.app/createdBy"].startswith("user:")
    assert annotations["grafana.app/updatedBy"].startswith("service-account:")
    versions = stocked.get("/api/dashboards/uid/in-team/versions").body["versions"]
    assert [version["createdBy"] for version in versions] == ["sa-1-editor-of-tests", "admin"]


def test_permissions_that_are_granted_replace_the_defaults(stocked: Client) -> None:
    viewer = stocked.with_role("Viewer")
    assert stocked.post("/api/folders/team/permissions", {"items": []}).status == 200
    assert viewer.get(f"{DASHBOARDS}/in-team").status == 403
    shown = {"items": [{"role": "Viewer", "permission": 1}]}
    assert stocked.post("/api/dashboards/uid/in-team/permissions", shown).status == 200
    assert viewer.get(f"{DASHBOARDS}/in-team").status == 200


def test_permissions_survive_a_move_and_a_write(stocked: Client) -> None:
    stocked.post("/api/dashboards/uid/in-team/permissions", {"items": [{"role": "Viewer", "permission": 1}]})
    stocked.put(f"{DASHBOARDS}/in-team", dashboard("in-team"))
    assert stocked.with_role("Viewer").get(f"{DASHBOARDS}/in-team").status == 200


def test_revoked_token_and_deleted_account_are_nobody(sandbox: Client) -> None:
    account = sandbox.post("/api/serviceaccounts", {"name": "a", "role": "Editor"}).body["id"]
    tokens = [sandbox.post(f"/api/serviceaccounts/{account}/tokens", {"name": name}).body for name in "ab"]
    clients = [Client(sandbox.url, authorization=f"Bearer {token['key']}") for token in tokens]
    assert [client.get("/api/org").status for client in clients] == [200, 200]
    sandbox.delete(f"/api/serviceaccounts/{account}/tokens/{tokens[0]['id']}")
    assert [client.get("/api/org").status for client in clients] == [401, 200]
    sandbox.delete(f"/api/serviceaccounts/{account}")
    assert [client.get("/api/org").status for client in clients] == [401, 401]


def test_user_has_the_role_that_was_given(sandbox: Client) -> None:
    user = sandbox.post("/api/admin/users", {"login": "eve", "password": "secret"}).body["id"]
    eve = Client(sandbox.url, authorization="Basic ZXZlOnNlY3JldA==")
    assert eve.post(DASHBOARDS, dashboard("hers")).status == 403
    assert sandbox.send("PATCH", f"/api/org/users/{user}", {"role": "Editor"}).status == 200
    assert eve.post(DASHBOARDS, dashboard("hers")).status == 201
    assert eve.get("/api/user").body["login"] == "eve"


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !!!", "Basic YWRtaW4=", "Bearer", "Bearer x", "Digest x", "nonsense"]
)
def test_wrong_credentials_are_401(sandbox: Client, header: str) -> None:
    stranger = Client(sandbox.url, authorization=header)
    assert [stranger.get(path).status for path in ("/api/search", DASHBOARDS)] == [401, 401]
