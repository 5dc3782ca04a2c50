"""A mark that somebody copied into a message of his own makes his edit no push of ours."""

from __future__ import annotations

import re

import pytest

from tests.sync.project import DASHBOARD
from tests.sync.sandbox.client import DASHBOARDS

UID = "shop-overview"
EDITS = ("legacy", "app platform", "v2")


@pytest.fixture
def sandbox_shop(project, sandbox):
    project.connect(sandbox.url, api=sandbox.api)
    project.rendered("dashboards/Shop/overview.json", DASHBOARD)
    return project


def run(project, *arguments):
    return project.invoke(*arguments, "--format", "json")


def row(done, uid: str = UID) -> dict:
    return next(row for row in done.json["rows"] if row["uid"] == uid)


def edit_under_a_copied_mark(grafana, how: str, uid: str = UID) -> None:
    """Save another title under the mark of the newest version, its generation raised to fit."""
    following = grafana.generation(uid) + 1
    message = re.sub(r"gen=\d+", f"gen={following}", grafana.notes(uid)["message"])
    if how == "legacy":
        grafana.save_by_hand(uid, "By hand", message=message)
        return
    document = grafana.document(uid)
    document["metadata"]["annotations"]["grafana.app/message"] = message
    version = "v1beta1"
    if how == "v2":
        version = "v2beta1"
        path = f"/apis/dashboard.grafana.app/{version}/namespaces/default/dashboards/{uid}"
        notes = document["metadata"]["annotations"]
        document = grafana.client.get(path).body
        document["metadata"]["annotations"] = notes
    document["spec"]["title"] = "By hand"
    path = f"/apis/dashboard.grafana.app/{version}/namespaces/default/dashboards/{uid}"
    browser = {"User-Agent": "Mozilla/5.0", "Content-Type": "application/json"}
    assert grafana.client.send("PUT", path, document, headers=browser).status == 200
    assert grafana.generation(uid) == following


@pytest.fixture(params=EDITS)
def edited(request, sandbox_shop, sandbox):
    run(sandbox_shop, "push")
    edit_under_a_copied_mark(sandbox, request.param)
    return sandbox_shop


@pytest.mark.parametrize("verb", ["status", "plan"])
def test_it_is_listed_as_an_edit(edited, verb):
    done = run(edited, verb, "--exit-code")
    assert done.code == 10
    assert row(done)["state"] == "changed in Grafana"
    assert "under the copy of a mark" in row(done)["reason"]


def test_a_push_refuses_to_write_over_it(edited, sandbox):
    edited.rendered("dashboards/Shop/overview.json", {**DASHBOARD, "title": "In code"})
    done = run(edited, "push")
    assert done.code == 5, done
    assert row(done)["state"] == "refused"
    assert sandbox.title(UID) == "By hand"


def test_a_push_of_the_same_files_refuses_too(edited, sandbox):
    assert run(edited, "push").code == 5
    assert sandbox.title(UID) == "By hand"


def test_a_prune_leaves_it(edited, sandbox):
    (edited.root / "rendered/dashboards/Shop/overview.json").unlink()
    edited.rendered("dashboards/Shop/other.json", {**DASHBOARD, "uid": "shop-other"})
    done = run(edited, "push", "--prune", "--prune-limit", "1", "--yes")
    assert done.code == 4
    assert row(done)["state"] == "refused"
    assert sandbox.title(UID) == "By hand"


def test_a_rollback_of_the_push_leaves_it(sandbox_shop, sandbox):
    run(sandbox_shop, "push")
    sandbox_shop.rendered("dashboards/Shop/overview.json", {**DASHBOARD, "title": "Second"})
    push = run(sandbox_shop, "push").json["summary"]["push"]
    edit_under_a_copied_mark(sandbox, sandbox.api.replace("-", " "))
    done = run(sandbox_shop, "rollback", "--push", push, "--yes")
    assert done.code == 5
    assert row(done)["state"] == "refused"
    assert sandbox.title(UID) == "By hand"


def test_a_rollback_of_the_dashboard_asks(edited, sandbox):
    done = run(edited, "rollback", UID)
    assert done.code == 5
    assert "under the copy of a mark" in done.err
    assert sandbox.title(UID) == "By hand"


def test_a_copy_of_another_dashboards_mark_is_not_ours(sandbox_shop, sandbox):
    """Somebody saves a dashboard of his own under a uid of ours, with a message that he found elsewhere."""
    run(sandbox_shop, "push")
    message = sandbox.notes(UID)["message"]
    dashboard = {"uid": "shop-new", "title": "Somebody's", "panels": []}
    sandbox.client.post("/api/dashboards/db", {"dashboard": dashboard, "folderUid": "shop", "message": message})
    sandbox_shop.rendered("dashboards/Shop/new.json", {**DASHBOARD, "uid": "shop-new"})
    done = run(sandbox_shop, "push")
    assert row(done, "shop-new")["state"] == "refused"
    assert row(done, "shop-new")["reason"].startswith("unmanaged")
    assert sandbox.title("shop-new") == "Somebody's"


def test_a_dashboard_in_step_costs_no_look_at_its_content(sandbox_shop, sandbox):
    run(sandbox_shop, "push")
    sandbox.requests()
    done = run(sandbox_shop, "push")
    assert row(done)["state"] == "unchanged"
    contents = {f"GET {DASHBOARDS}/{UID}", f"GET /api/dashboards/uid/{UID}"}
    assert not contents & set(sandbox.requests())
