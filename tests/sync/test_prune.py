"""Pruning: owned only, never an edit, never more than half unasked, and never without a copy."""

from __future__ import annotations

import shutil

import pytest

from tests.sync.project import DASHBOARD


def states(done) -> dict[str, str]:
    return {row["uid"]: row["state"] for row in done.json["rows"]}


def push(project, *arguments):
    return project.invoke("push", "--format", "json", *arguments)


def gone(project, *names: str) -> None:
    for name in names:
        (project.root / f"rendered/dashboards/Shop/{name}.json").unlink()


@pytest.fixture
def four(shop, grafana):
    """Four dashboards of ours."""
    for name in ("a", "b", "c"):
        shop.rendered(f"dashboards/Shop/{name}.json", {**DASHBOARD, "uid": f"shop-{name}", "title": f"Page {name}"})
    assert push(shop).code == 0
    return shop


def exists(grafana, uid: str) -> bool:
    return grafana.client.get(f"/api/dashboards/uid/{uid}").status == 200


def test_without_prune_nothing_is_deleted(four, grafana):
    gone(four, "a")
    assert "shop-a" not in states(push(four))
    assert states(four.invoke("plan", "--format", "json"))["shop-a"] == "deleted in code"
    assert exists(grafana, "shop-a")


def test_what_no_file_holds_is_deleted_and_its_copy_is_restored_by_a_push(four, grafana):
    gone(four, "a")
    before = grafana.document("shop-a")["spec"]
    done = push(four, "--prune", "--yes")
    assert done.code == 0, done
    assert states(done)["shop-a"] == "deleted"
    assert not exists(grafana, "shop-a")
    copies = done.json["summary"]["copies"]
    assert push(four, "--dir", copies).code == 0
    assert grafana.document("shop-a")["spec"] == before
    assert grafana.notes("shop-a")["folder"] == "shop"


def test_it_asks_first(four, grafana):
    gone(four, "a")
    done = push(four, "--prune")
    assert done.code == 5
    assert "Delete 1 dashboard from local: shop-a?" in done.err
    assert exists(grafana, "shop-a")


def test_more_than_half_is_never_deleted_without_the_limit(four, grafana):
    gone(four, "a", "b", "c")
    done = push(four, "--prune", "--yes")
    assert done.code == 5
    assert "3 dashboards would be deleted, more than half of the 4 that are ours" in done.err
    assert "--prune-limit 3" in done.err
    assert push(four, "--prune", "--prune-limit", "2", "--yes").code == 5
    assert all(exists(grafana, f"shop-{name}") for name in "abc")
    assert push(four, "--prune", "--prune-limit", "3", "--yes").code == 0
    assert not any(exists(grafana, f"shop-{name}") for name in "abc")


def test_half_is_deleted_without_a_limit(four, grafana):
    gone(four, "a", "b")
    assert push(four, "--prune", "--yes").code == 0
    assert not exists(grafana, "shop-a")


def test_what_was_changed_in_grafana_is_not_deleted(four, grafana):
    gone(four, "a")
    grafana.put_by_hand("shop-a", title="By hand")
    done = push(four, "--prune", "--yes")
    assert done.code == 5, done
    row = next(row for row in done.json["rows"] if row["uid"] == "shop-a")
    assert row["state"] == "refused"
    assert "no file holds it any more, but it was saved by" in row["reason"]
    assert exists(grafana, "shop-a")


def test_what_is_not_ours_is_not_deleted(four, grafana):
    grafana.save_by_hand("shop-mine", "Mine")
    four.config((four.root / "dash-sync.yaml").read_text().replace('"project": "shop"', '"project": "market"'))
    (four.root / "rendered/dashboards/Shop/a.json").unlink()
    push(four, "--prune", "--yes")
    assert exists(grafana, "shop-mine")
    assert exists(grafana, "shop-a")


def test_nothing_is_pruned_while_something_else_is_refused(four, grafana):
    gone(four, "a")
    grafana.save_by_hand("shop-b", "By hand")
    done = push(four, "--prune", "--yes")
    assert done.code == 5
    assert states(done)["shop-a"] == "not tried"
    assert exists(grafana, "shop-a")


def test_prune_looks_at_everything(four):
    assert push(four, "--prune", "--select", "shop-a").code == 2
    assert push(four, "--prune-limit", "3").code == 2


@pytest.fixture
def four_in_sandbox(project, sandbox):
    """The same where the server can be told to fail."""
    project.connect(sandbox.url, api=sandbox.api)
    for name in ("overview", "a", "b", "c"):
        project.rendered(f"dashboards/Shop/{name}.json", {**DASHBOARD, "uid": f"shop-{name}"})
    assert push(project).code == 0
    return project


def test_a_deletion_that_fails_is_listed(four_in_sandbox, sandbox):
    gone(four_in_sandbox, "a")
    sandbox.fault("409", method="DELETE")
    done = push(four_in_sandbox, "--prune", "--yes")
    assert states(done)["shop-a"] == "failed"
    assert exists(sandbox, "shop-a")


@pytest.mark.parametrize("fault", ["reset", "drop", "truncated", "502"])
def test_a_deletion_whose_answer_is_lost_is_found_done(four_in_sandbox, sandbox, fault):
    gone(four_in_sandbox, "a")
    sandbox.fault(fault, method="DELETE", after=True)
    done = push(four_in_sandbox, "--prune", "--yes")
    assert done.code == 0, done
    assert states(done)["shop-a"] == "deleted"


def test_one_with_anothers_uid_in_a_folder_that_is_no_longer_in_the_files_is_found(four, grafana):
    four.rendered("dashboards/Elsewhere/payments.json", {**DASHBOARD, "uid": "payments"})
    assert push(four).code == 0
    (four.root / "rendered/dashboards/Elsewhere/payments.json").unlink()
    assert states(four.invoke("plan", "--prune", "--format", "json"))["payments"] == "deleted in code"
    done = push(four, "--prune", "--yes")
    assert states(done)["payments"] == "deleted", done
    assert not exists(grafana, "payments")


def test_what_was_pruned_on_another_machine_comes_back_with_its_file(four, grafana):
    """No copy is here: git has the file, and Grafana's trash takes nothing that has a manager."""
    text = (four.root / "rendered/dashboards/Shop/a.json").read_text()
    gone(four, "a")
    copies = push(four, "--prune", "--yes").json["summary"]["copies"]
    shutil.rmtree(copies)
    four.rendered("dashboards/Shop/a.json", text)
    done = push(four)
    if states(done)["shop-a"] == "refused":  # without a manager it went to the trash, and that is said
        assert "deleted in Grafana" in done.out
        done = push(four, "--force", "shop-a", "--yes")
    assert states(done)["shop-a"] == "created"
