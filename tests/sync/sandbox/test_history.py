from __future__ import annotations

from urllib.parse import quote

from tests.sync.sandbox.client import DASHBOARDS, FOLDERS, MESSAGE, Client, dashboard, folder

TRASH = f"{DASHBOARDS}?labelSelector={quote('grafana.app/get-trash=true')}"


def generations(sandbox: Client, name: str) -> list[int]:
    return [entry["metadata"]["generation"] for entry in sandbox.history(name)]


def test_twenty_states_of_an_object_are_kept(sandbox: Client) -> None:
    for number in range(25):
        sandbox.put(f"{DASHBOARDS}/old", dashboard("old", title=f"state {number}"))
    assert generations(sandbox, "old") == list(range(25, 5, -1))
    assert len(sandbox.get("/api/dashboards/uid/old/versions").body["versions"]) == 20
    assert sandbox.get("/api/dashboards/uid/old/versions/5").status == 500
    assert sandbox.get("/api/dashboards/uid/old/versions/6").body["data"]["title"] == "state 5"


def test_history_is_paged(sandbox: Client) -> None:
    for number in range(5):
        sandbox.put(f"{DASHBOARDS}/paged", dashboard("paged", title=str(number)))
    path = (
        f"{DASHBOARDS}?labelSelector={quote('grafana.app/get-history=true')}&fieldSelector=metadata.name=paged&limit=2"
    )
    seen, token = [], ""
    while True:
        page = sandbox.get(f"{path}&continue={token}").body
        seen += [entry["spec"]["title"] for entry in page["items"]]
        if not (token := page["metadata"].get("continue", "")):
            break
    assert seen == ["4", "3", "2", "1", "0"]


def test_object_that_is_created_again_starts_a_new_history(sandbox: Client) -> None:
    sandbox.post(DASHBOARDS, dashboard("again", title="first life"))
    sandbox.delete(f"{DASHBOARDS}/again")
    assert sandbox.history("again") == []
    sandbox.post(DASHBOARDS, dashboard("again", title="second life"))
    assert [entry["spec"]["title"] for entry in sandbox.history("again")] == ["second life"]
    assert sandbox.get(TRASH).body["items"] == []


def test_managed_dashboards_do_not_enter_the_trash(sandbox: Client) -> None:
    owned = {"grafana.app/managedBy": "kubectl", "grafana.app/managerId": "dash-sync:tests"}
    sandbox.post(DASHBOARDS, dashboard("managed", annotations=owned))
    sandbox.post(DASHBOARDS, dashboard("unmanaged"))
    for name in ("managed", "unmanaged"):
        assert sandbox.delete(f"{DASHBOARDS}/{name}").status == 200
    assert [entry["metadata"]["name"] for entry in sandbox.get(TRASH).body["items"]] == ["unmanaged"]


def test_message_is_carried_forward_unless_replaced(sandbox: Client) -> None:
    sandbox.post(DASHBOARDS, dashboard("told", annotations={MESSAGE: "one"}))
    seen = []
    for given in ({}, {MESSAGE: "two"}, {MESSAGE: ""}, {}):
        body = dashboard("told", annotations=given)
        seen.append(sandbox.put(f"{DASHBOARDS}/told", body).body["metadata"]["annotations"].get(MESSAGE))
    assert seen == ["one", "two", None, None]


def test_legacy_save_drops_the_manager(sandbox: Client) -> None:
    owned = {"grafana.app/managedBy": "kubectl", "grafana.app/managerId": "dash-sync:tests", MESSAGE: "ours"}
    sandbox.post(DASHBOARDS, dashboard("owned", annotations=owned))
    saved = sandbox.post("/api/dashboards/db", {"dashboard": {"uid": "owned", "title": "by hand", "version": 1}})
    assert saved.body["version"] == 2
    left = sandbox.get(f"{DASHBOARDS}/owned").body["metadata"]["annotations"]
    assert not {"grafana.app/managedBy", "grafana.app/managerId"} & left.keys()


def test_every_put_makes_a_generation_and_an_unchanged_legacy_save_none(sandbox: Client) -> None:
    sandbox.post(DASHBOARDS, dashboard("same"))
    assert sandbox.put(f"{DASHBOARDS}/same", dashboard("same")).body["metadata"]["generation"] == 2
    command = {"dashboard": {"uid": "legacy", "title": "same"}, "message": "first"}
    sandbox.post("/api/dashboards/db", command)
    again = {"dashboard": {"uid": "legacy", "title": "same", "version": 1}, "message": "second"}
    assert sandbox.post("/api/dashboards/db", again).body["version"] == 1
    assert sandbox.get("/api/dashboards/uid/legacy/versions/1").body["message"] == "second"


def test_restore_makes_a_new_version_of_the_old_content(sandbox: Client) -> None:
    for title in ("one", "two"):
        sandbox.post("/api/dashboards/db", {"dashboard": {"uid": "back", "title": title}, "overwrite": True})
    restored = sandbox.post("/api/dashboards/uid/back/restore", {"version": 1})
    assert (restored.body["version"], restored.body["slug"]) == (3, "one")
    assert sandbox.post("/api/dashboards/uid/back/restore", {"version": 3}).status == 400


def test_dry_run_tells_the_result_and_keeps_nothing(sandbox: Client) -> None:
    sandbox.post(DASHBOARDS, dashboard("real"))
    sandbox.post(FOLDERS, folder("kept"))
    before = sandbox.get(f"{DASHBOARDS}/real").body
    tried = sandbox.put(f"{DASHBOARDS}/real?dryRun=All", dashboard("real", title="tried")).body
    assert (tried["spec"]["title"], tried["metadata"]["generation"]) == ("tried", 2)
    assert sandbox.delete(f"{DASHBOARDS}/real?dryRun=All").status == 200
    assert sandbox.delete(f"{FOLDERS}/kept?dryRun=All").status == 200
    assert sandbox.get(f"{DASHBOARDS}/real").body == before
    assert sandbox.get(f"{FOLDERS}/kept").status == 200
