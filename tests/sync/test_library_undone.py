"""Library panels that are pruned, and put back as they were before a push."""

from __future__ import annotations

import subprocess

import pytest

from tests.sync.project import DASHBOARD

UID = "library/shop-up"
PANEL = {"type": "stat", "title": "Up", "options": {}, "targets": [{"refId": "A", "expr": "up"}]}


def run(project, *arguments):
    return project.invoke(*arguments, "--format", "json")


def states(done) -> dict[str, str]:
    return {row["uid"]: row["state"] for row in done.json["rows"]}


def reason(done, uid: str = UID) -> str:
    return next(row["reason"] for row in done.json["rows"] if row["uid"] == uid)


def element(grafana, uid: str = "shop-up") -> dict | None:
    answer = grafana.client.get(f"/api/library-elements/{uid}")
    return answer.body["result"] if answer.status == 200 else None


def write(project, name: str = "up", **model) -> None:
    document = {"uid": f"shop-{name}", "name": name.title(), "model": {**PANEL, **model}}
    project.rendered(f"library/Shop/{name}.json", document)


def commit(project) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    for arguments in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "x"]):
        subprocess.run(["git", "-C", str(project.root), *arguments], check=True, capture_output=True)


@pytest.fixture
def shop(project, sandbox):
    """Two library panels, one of which a dashboard shows; committed and pushed."""
    project.connect(sandbox.url, api=sandbox.api)
    shown = {"id": 1, "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}, "libraryPanel": {"uid": "shop-up", "name": "Up"}}
    project.rendered("dashboards/Shop/overview.json", {**DASHBOARD, "panels": [shown]})
    project.rendered("dashboards/Shop/other.json", {**DASHBOARD, "uid": "shop-other"})
    write(project)
    write(project, "down")
    commit(project)
    assert run(project, "push").code == 0
    return project


def remove(project, path: str) -> None:
    (project.root / "rendered" / path).unlink()


def test_one_that_no_file_holds_is_pruned_and_comes_back_from_its_copy(shop, sandbox):
    remove(shop, "library/Shop/down.json")
    assert states(run(shop, "plan", "--prune"))["library/shop-down"] == "deleted in code"
    assert states(run(shop, "push"))[UID] == "unchanged"
    before = element(sandbox, "shop-down")
    done = run(shop, "push", "--prune", "--yes")
    assert (done.code, states(done)["library/shop-down"]) == (0, "deleted"), done
    assert element(sandbox, "shop-down") is None
    undone = run(shop, "rollback", "--push", done.json["summary"]["push"])
    assert (undone.code, states(undone)) == (0, {"library/shop-down": "restored"}), undone
    after = element(sandbox, "shop-down")
    assert (after["name"], after["folderUid"]) == (before["name"], before["folderUid"])
    assert after["model"] | {"dashSync": ""} == before["model"] | {"dashSync": ""}
    assert states(run(shop, "push", "--prune", "--yes"))["library/shop-down"] == "deleted"


def test_it_is_asked_first_and_counted(shop):
    remove(shop, "library/Shop/down.json")
    remove(shop, "dashboards/Shop/other.json")
    done = run(shop, "push", "--prune")
    assert done.code == 5
    assert "Delete 1 library panel and 1 dashboard from local: library/shop-down, shop-other?" in done.err


def test_one_that_a_dashboard_shows_goes_after_it(shop, sandbox):
    remove(shop, "library/Shop/up.json")
    remove(shop, "dashboards/Shop/overview.json")
    done = run(shop, "push", "--prune", "--yes")
    assert (states(done)[UID], states(done)["shop-overview"]) == ("deleted", "deleted"), done


def test_one_that_somebodys_dashboard_shows_is_left(shop, sandbox):
    remove(shop, "library/Shop/up.json")
    remove(shop, "dashboards/Shop/overview.json")
    panels = [{"id": 1, "libraryPanel": {"uid": "shop-up", "name": "Up"}}]
    body = {"dashboard": {"uid": "theirs", "title": "Theirs", "panels": panels}, "message": ""}
    assert sandbox.client.post("/api/dashboards/db", body).status == 200
    done = run(shop, "push", "--prune", "--yes")
    assert done.code == 4
    assert reason(done) == "dashboards in Grafana still show it"
    assert element(sandbox) is not None


def test_one_that_was_edited_is_not_pruned(shop, sandbox):
    remove(shop, "library/Shop/down.json")
    now = element(sandbox, "shop-down")
    body = {"name": "Down", "kind": 1, "version": now["version"], "model": {**now["model"], "title": "By hand"}}
    assert sandbox.client.send("PATCH", "/api/library-elements/shop-down", body).status == 200
    done = run(shop, "push", "--prune", "--yes")
    assert states(done)["library/shop-down"] == "refused"
    assert element(sandbox, "shop-down")["model"]["title"] == "By hand"


def test_one_that_a_push_changed_goes_back_to_what_git_has(shop, sandbox):
    write(shop, title="Changed")
    push = run(shop, "push").json["summary"]["push"]
    done = run(shop, "rollback", "--push", push)
    assert (done.code, states(done)) == (0, {UID: "rolled back"}), done
    assert reason(done).startswith("from commit ")
    assert element(sandbox)["model"]["title"] == "Up"
    assert states(run(shop, "status"))[UID] == "changed in code"


def test_one_that_a_push_made_is_deleted(shop, sandbox):
    write(shop, "new")
    push = run(shop, "push").json["summary"]["push"]
    assert "Delete 1 library panel that the push made" in run(shop, "rollback", "--push", push).err
    done = run(shop, "rollback", "--push", push, "--yes")
    assert (done.code, states(done)) == (0, {"library/shop-new": "deleted"}), done
    assert element(sandbox, "shop-new") is None


def test_one_whose_files_were_not_committed_can_not_go_back(shop, sandbox):
    write(shop, title="Not committed")
    run(shop, "push")
    write(shop, title="Changed")
    push = run(shop, "push").json["summary"]["push"]
    done = run(shop, "rollback", "--push", push)
    assert done.code == 5
    assert "what was there before wasn't pushed from a commit" in done.err
    assert element(sandbox)["model"]["title"] == "Changed"


def test_one_that_was_edited_since_the_push_stays(shop, sandbox):
    write(shop, title="Changed")
    push = run(shop, "push").json["summary"]["push"]
    now = element(sandbox)
    body = {"name": "Up", "kind": 1, "version": now["version"], "model": {**now["model"], "title": "By hand"}}
    assert sandbox.client.send("PATCH", "/api/library-elements/shop-up", body).status == 200
    done = run(shop, "rollback", "--push", push)
    assert done.code == 5
    assert "written again since" in done.err
    assert element(sandbox)["model"]["title"] == "By hand"
