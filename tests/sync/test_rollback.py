"""Rollback: one dashboard, or a whole push; from Grafana's history, or from git; never over an edit unasked."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from sync.mark import parse
from tests.sync.project import DASHBOARD

UID = "shop-overview"


def states(done) -> dict[str, str]:
    return {row["uid"]: row["state"] for row in done.json["rows"]}


def reason(done, uid: str = UID) -> str:
    return next(row["reason"] for row in done.json["rows"] if row["uid"] == uid)


def push(project, title: str, *names: str, message: str = "") -> str:
    """Push the named dashboards with a title; returns the push's id."""
    for name in names or ("overview",):
        document = {**DASHBOARD, "uid": f"shop-{name}", "title": title}
        project.rendered(f"dashboards/Shop/{name}.json", document)
    done = project.invoke("push", "--format", "json", "--message", message)
    assert done.code == 0, done
    return done.json["summary"]["push"]


def rollback(project, *arguments: str):
    return project.invoke("rollback", "--format", "json", *arguments)


def test_one_dashboard_goes_back_by_one_version(shop, grafana):
    push(shop, "One")
    push(shop, "Two")
    done = rollback(shop, UID)
    assert done.code == 0, done
    assert states(done) == {UID: "rolled back"}
    assert "the next push writes it again" in done.err
    assert grafana.title(UID) == "One"
    assert grafana.generation(UID) == 3
    mark = parse(grafana.notes(UID)["message"])
    assert (mark.generation, mark.text) == (3, "rollback to version 1")
    assert states(shop.invoke("status", "--format", "json")) == {UID: "changed in code"}


def test_what_is_rolled_back_is_in_step_with_the_code_of_then(shop, grafana):
    push(shop, "One")
    push(shop, "Two")
    rollback(shop, UID)
    shop.rendered("dashboards/Shop/overview.json", {**DASHBOARD, "title": "One"})
    assert states(shop.invoke("push", "--format", "json")) == {UID: "unchanged"}


def test_to_a_version_that_is_named(shop, grafana):
    for title in ("One", "Two", "Three"):
        push(shop, title)
    assert rollback(shop, UID, "--to", "1").code == 0
    assert grafana.title(UID) == "One"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--to", "9"), 5, "there is no version 9: the newest is 2"),
        (("--to", "2"), 5, "version 2 is the newest"),
    ],
)
def test_a_version_that_is_not_there(shop, grafana, arguments, code, message):
    push(shop, "One")
    push(shop, "Two")
    done = rollback(shop, UID, *arguments)
    assert done.code == code
    assert message in done.err
    assert grafana.generation(UID) == 2


def test_without_an_earlier_version(shop, grafana):
    push(shop, "One")
    done = rollback(shop, UID)
    assert done.code == 5
    assert "it has no earlier version" in done.err


def test_a_dashboard_that_is_not_there(shop):
    assert rollback(shop, "shop-none").code == 1


def test_usage(shop):
    for arguments in ((), (UID, "--push", "x"), ("--push", "x", "--to", "1")):
        assert rollback(shop, *arguments).code == 2


def test_what_is_not_ours_is_not_rolled_back(shop, grafana):
    grafana.save_by_hand(UID, "Mine", folder="")
    grafana.save_by_hand(UID, "Mine 2", folder="")
    done = rollback(shop, UID, "--yes")
    assert done.code == 5
    assert "dash-sync never wrote it" in done.err


def test_an_edit_is_not_rolled_back_unasked(shop, grafana):
    push(shop, "One")
    grafana.save_by_hand(UID, "By hand", message="hotfix")
    done = rollback(shop, UID)
    assert done.code == 5
    assert "over what was saved by admin at" in done.err
    assert grafana.title(UID) == "By hand"
    assert rollback(shop, UID, "--yes").code == 0
    assert grafana.title(UID) == "One"


def test_a_whole_push_goes_back_and_what_it_made_is_deleted_with_a_copy(shop, grafana):
    push(shop, "One", "overview", "other")
    second = push(shop, "Two", "overview", "other", "new")
    done = rollback(shop, "--push", second)
    assert done.code == 5
    assert "Delete 1 dashboard that the push made, copies are kept: shop-new?" in done.err
    done = rollback(shop, "--push", second, "--yes")
    assert done.code == 0, done
    assert states(done) == {UID: "rolled back", "shop-other": "rolled back", "shop-new": "deleted"}
    assert grafana.title(UID) == grafana.title("shop-other") == "One"
    assert grafana.client.get("/api/dashboards/uid/shop-new").status == 404
    assert "shop-new.json" in reason(done, "shop-new")


def test_what_was_written_since_the_push_stays_and_the_list_says_so(shop, grafana):
    push(shop, "One", "overview", "other")
    second = push(shop, "Two", "overview", "other")
    grafana.save_by_hand(UID, "By hand")
    done = rollback(shop, "--push", second, "--yes")
    assert done.code == 4, done
    assert states(done) == {UID: "refused", "shop-other": "rolled back"}
    assert "it was written again since: saved by admin" in reason(done)
    assert grafana.title(UID) == "By hand"


def test_a_later_push_is_not_undone_with_an_earlier_one(shop, grafana):
    push(shop, "One")
    second = push(shop, "Two")
    push(shop, "Three")
    done = rollback(shop, "--push", second)
    assert done.code == 5
    assert grafana.title(UID) == "Three"


def test_a_rollback_is_a_push_that_can_be_rolled_back(shop, grafana):
    push(shop, "One")
    push(shop, "Two")
    undone = rollback(shop, UID).json["summary"]["push"]
    assert rollback(shop, "--push", undone).code == 0
    assert grafana.title(UID) == "Two"


def test_a_push_that_pruned_brings_back_what_it_deleted(shop, grafana):
    push(shop, "One", "overview", "a", "b")
    (shop.root / "rendered/dashboards/Shop/a.json").unlink()
    pruned = shop.invoke("push", "--prune", "--yes", "--format", "json").json["summary"]["push"]
    done = rollback(shop, "--push", pruned)
    assert done.code == 0, done
    assert states(done) == {"shop-a": "restored"}
    assert grafana.title("shop-a") == "One"
    assert grafana.notes("shop-a")["folder"] == "shop"
    assert rollback(shop, "--push", pruned).code == 5


def test_a_push_that_nothing_carries(shop):
    push(shop, "One")
    done = rollback(shop, "--push", "20260101T000000000-shop-abcdef")
    assert done.code == 1
    assert "nothing in Grafana carries the push" in done.err
    assert "deleted/CONTEXT/PUSH/" in done.err
    assert "git checkout COMMIT -- rendered" in done.err


def test_a_dashboard_goes_back_to_the_folder_that_it_was_in(shop, grafana):
    push(shop, "One")
    (shop.root / "rendered/dashboards/Shop/overview.json").unlink()
    shop.rendered("dashboards/Elsewhere/overview.json", {**DASHBOARD, "title": "One"})
    moved = shop.invoke("push", "--format", "json").json["summary"]["push"]
    undone = rollback(shop, "--push", moved)
    assert undone.code == 0
    assert grafana.notes(UID)["folder"] == "shop"
    assert rollback(shop, "--push", undone.json["summary"]["push"]).code == 0
    assert grafana.notes(UID)["folder"] == "elsewhere"


def test_a_version_before_several_moves_names_the_folder_of_then(shop, grafana):
    push(shop, "One")
    push(shop, "Two")
    for path, before in (("Elsewhere", "Shop"), ("Elsewhere/Deep", "Elsewhere")):
        (shop.root / f"rendered/dashboards/{before}/overview.json").unlink()
        shop.rendered(f"dashboards/{path}/overview.json", {**DASHBOARD, "title": f"In {path}"})
        assert shop.invoke("push").code == 0
    assert rollback(shop, UID, "--to", "3").code == 0
    assert grafana.notes(UID)["folder"] == "elsewhere"
    assert rollback(shop, UID, "--to", "1").code == 0
    assert (grafana.title(UID), grafana.notes(UID)["folder"]) == ("One", "shop")


# Where Grafana has forgotten the version: its store keeps 20.


@pytest.fixture
def forgotten(project, sandbox):
    """A repository whose push is 30 writes ago, each of which carried the push's mark forward."""
    project.connect(sandbox.url, api=sandbox.api)
    project.rendered("dashboards/Shop/overview.json", {**DASHBOARD, "title": "One"})

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        subprocess.run(["git", "-C", str(project.root), *who, *arguments], check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    project.git = git
    return project


def edited_often(sandbox) -> None:
    for number in range(30):
        sandbox.put_by_hand(UID, title=f"By hand {number}")
    kept = [version["version"] for version in sandbox.versions(UID)]
    assert min(kept) > 1


def test_a_forgotten_version_is_taken_from_git_by_its_commit(forgotten, sandbox):
    forgotten.invoke("push")
    edited_often(sandbox)
    forgotten.rendered("dashboards/Shop/overview.json", {**DASHBOARD, "title": "Not it"})
    forgotten.git("commit", "-q", "-a", "-m", "two")
    done = rollback(forgotten, UID, "--to", "1", "--yes")
    assert done.code == 0, done
    assert reason(done).startswith("from commit ")
    assert sandbox.title(UID) == "One"


def test_a_dirty_push_is_said_to_be_lost(forgotten, sandbox):
    forgotten.rendered("dashboards/Shop/overview.json", {**DASHBOARD, "title": "Uncommitted"})
    forgotten.invoke("push")
    edited_often(sandbox)
    done = rollback(forgotten, UID, "--to", "1", "--yes")
    assert done.code == 5
    assert "git can't have it: it was pushed from files that were not committed" in done.err


def test_a_shallow_clone_says_what_to_fetch(forgotten, sandbox):
    forgotten.invoke("push")
    edited_often(sandbox)
    forgotten.rendered("dashboards/Shop/other.json", {**DASHBOARD, "uid": "shop-other"})
    forgotten.git("add", ".")
    forgotten.git("commit", "-q", "-m", "two")
    clone = forgotten.root.with_name("clone")
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{forgotten.root}", str(clone)], check=True)
    shutil.rmtree(forgotten.root)
    clone.rename(forgotten.root)
    done = rollback(forgotten, UID, "--to", "1", "--yes")
    assert done.code == 5
    assert "this clone is shallow and lacks commit " in done.err
    assert "git fetch --unshallow" in done.err


def test_what_the_context_would_put_in_otherwise_now_is_not_taken_for_what_was_pushed(forgotten, sandbox):
    forgotten.invoke("push")
    edited_often(sandbox)
    forgotten.connect(sandbox.url, api=sandbox.api, datasources={"prometheus": "prom-prod"})
    done = rollback(forgotten, UID, "--to", "1", "--yes")
    assert done.code == 5
    assert "is not what was pushed then: the context put in something else" in done.err
