"""Library panels: before the dashboards that show them, and with the same respect for what others have changed."""

from __future__ import annotations

import pytest

from tests.sync.project import DASHBOARD

UID = "library/shop-up"
PANEL = {"type": "stat", "title": "Up", "options": {}, "targets": [{"refId": "A", "expr": "up"}]}


def push(project, *arguments):
    return project.invoke("push", "--format", "json", *arguments)


def states(done) -> dict[str, str]:
    return {row["uid"]: row["state"] for row in done.json["rows"]}


def reason(done) -> str:
    return next(row["reason"] for row in done.json["rows"] if row["uid"] == UID)


def element(grafana) -> dict:
    return grafana.client.get("/api/library-elements/shop-up").body["result"]


def write(project, **model) -> None:
    project.rendered("library/Shop/up.json", {"uid": "shop-up", "name": "Up", "model": {**PANEL, **model}})


def edit(grafana, **model) -> None:
    """Save as the UI does: the panel's known keys, and nothing of ours."""
    now = element(grafana)
    body = {"name": "Up", "kind": 1, "folderUid": "shop", "version": now["version"], "model": {**PANEL, **model}}
    assert grafana.client.send("PATCH", "/api/library-elements/shop-up", body).status == 200


@pytest.fixture
def shop(project, sandbox):
    project.connect(sandbox.url, api=sandbox.api)
    shown = {"id": 1, "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}, "libraryPanel": {"uid": "shop-up", "name": "Up"}}
    project.rendered("dashboards/Shop/overview.json", {**DASHBOARD, "panels": [shown]})
    write(project)
    return project


def test_it_is_made_before_the_dashboard_that_shows_it(shop, sandbox):
    sandbox.requests()
    done = push(shop)
    assert done.code == 0, done
    assert states(done) == {UID: "created", "shop-overview": "created"}
    writes = [request for request in sandbox.requests() if request.startswith("POST")]
    assert writes.index("POST /api/library-elements") == len(writes) - 2
    assert element(sandbox)["folderUid"] == "shop"
    assert element(sandbox)["model"]["dashSync"].startswith("dash-sync/1 push=")


def test_a_second_push_writes_nothing(shop, sandbox):
    push(shop)
    assert states(push(shop)) == {UID: "unchanged", "shop-overview": "unchanged"}
    assert element(sandbox)["version"] == 1


def test_a_change_in_code_makes_a_version(shop, sandbox):
    push(shop)
    write(shop, title="Running")
    assert states(shop.invoke("plan", "--format", "json"))[UID] == "update"
    assert states(push(shop))[UID] == "updated"
    assert (element(sandbox)["model"]["title"], element(sandbox)["version"]) == ("Running", 2)
    assert states(push(shop))[UID] == "unchanged"


def test_an_edit_in_the_ui_is_refused_until_forced(shop, sandbox):
    push(shop)
    edit(sandbox, title="By hand")
    done = push(shop)
    assert done.code == 5
    assert states(done) == {UID: "refused", "shop-overview": "unchanged"}
    assert "it carries no mark of ours; last saved by admin" in reason(done)
    assert element(sandbox)["model"]["title"] == "By hand"
    assert states(push(shop, "--adopt", UID, "--yes"))[UID] == "updated"
    assert element(sandbox)["model"]["title"] == "Up"


def test_an_edit_that_keeps_our_mark_is_seen_by_the_version(shop, sandbox):
    push(shop)
    edit(sandbox, title="By hand", dashSync=element(sandbox)["model"]["dashSync"])
    done = push(shop)
    assert done.code == 5
    assert "changed in Grafana: saved by admin" in reason(done)
    write(shop, title="By hand")
    done = push(shop)
    assert done.code == 0, done
    assert "the code says what was saved by admin" in reason(done)


def test_one_of_another_project_is_refused(shop, sandbox):
    push(shop)
    shop.config((shop.root / "dash-sync.yaml").read_text().replace('"project": "shop"', '"project": "market"'))
    assert "owned by another: it belongs to dash-sync:shop" in reason(push(shop))


def test_it_is_moved_between_folders(shop, sandbox):
    push(shop)
    (shop.root / "rendered/library/Shop/up.json").unlink()
    shop.rendered("library/Else/up.json", {"uid": "shop-up", "name": "Up", "model": PANEL})
    assert states(push(shop))[UID] == "moved"
    assert element(sandbox)["folderUid"] == "else"


def test_data_sources_of_the_context_are_put_in(shop, sandbox):
    write(shop, datasource={"type": "prometheus", "uid": "prometheus"})
    shop.connect(sandbox.url, api=sandbox.api, datasources={"prometheus": "prom-prod"})
    push(shop)
    assert element(sandbox)["model"]["datasource"]["uid"] == "prom-prod"
    assert states(push(shop))[UID] == "unchanged"


def test_a_dashboard_is_not_written_without_its_new_library_panel(shop, sandbox):
    shop.rendered("dashboards/Shop/other.json", {**DASHBOARD, "uid": "shop-other"})
    sandbox.fault("413", path="/api/library-elements", method="POST")
    done = push(shop)
    assert done.code == 4
    assert states(done) == {UID: "failed", "shop-overview": "not tried", "shop-other": "created"}
    assert push(shop).code == 0


@pytest.mark.parametrize("fault", ["reset", "drop", "truncated", "502", "html"])
def test_a_write_whose_answer_is_lost_is_found_written(shop, sandbox, fault):
    sandbox.fault(fault, path="/api/library-elements", method="POST", after=True)
    assert states(push(shop))[UID] == "created"
    assert states(push(shop))[UID] == "unchanged"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"uid": "a b", "name": "x", "model": {}}, "its uid 'a b' holds ' '"),
        ({"uid": "a", "name": "", "model": {}}, "holds uid, name and model"),
        ({"uid": "a", "name": "x"}, "holds uid, name and model"),
        ({"uid": "shop-up", "name": "x", "model": {}}, "its uid 'shop-up' is that of library/Shop/up.json too"),
    ],
)
def test_files_that_are_no_library_panels(shop, document, message):
    shop.rendered("library/Zoo/x.json", document)
    done = push(shop)
    assert done.code == 1
    assert message in done.err


def test_an_edit_under_a_copied_mark_is_an_edit(shop, sandbox):
    push(shop)
    copied = element(sandbox)["model"]["dashSync"].replace("gen=1", "gen=2")
    edit(sandbox, title="By hand", dashSync=copied)
    assert push(shop).code == 5
    write(shop, title="In code")
    assert push(shop).code in {4, 5}
    assert element(sandbox)["model"]["title"] == "By hand"
