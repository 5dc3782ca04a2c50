"""Rollback and history of alert rules and data sources: from git by the mark before, from copies, or plainly not."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from tests.sync.owned.rules import edit, group, held, push, reason, rule, states, write_group

DOWN, SLOW, LOKI = "alert/shop-down", "alert/shop-slow", "datasource/loki"
ENVIRONMENT = {"LOKI_URL": "http://loki:3100"}


def commit(project, message: str) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *identity, *arguments], cwd=project.root, check=True, capture_output=True)

    if not (project.root / ".git").exists():
        git("init", "-q")
        project.write(".gitignore", "deleted/\n.home/\n")
    git("add", "-A")
    git("commit", "-q", "-m", message)


def pushed(project, *arguments: str) -> str:
    done = push(project, *arguments)
    assert done.code == 0, done
    return done.json["summary"]["push"]


def rollback(project, *arguments: str):
    return project.invoke("rollback", "--yes", "--format", "json", *arguments, environment=ENVIRONMENT)


def expr(grafana, uid: str = "shop-down") -> str:
    return held(grafana)[uid]["data"][0]["model"]["expr"]


@pytest.fixture
def twice(shop, grafana):
    """Pushed from two commits: the second changes one rule, adds one."""
    commit(shop, "one")
    shop.first = pushed(shop, "--message", "One")
    write_group(shop, rule("shop-down", expr="up < 2"), rule("shop-slow", expr="latency > 1"), rule("shop-new"))
    commit(shop, "two")
    shop.second = pushed(shop, "--message", "Two")
    return shop


def test_a_push_goes_back_to_what_was_before_it(twice, grafana):
    done = rollback(twice, "--push", twice.second)
    assert done.code == 0, done
    assert states(done) == {DOWN: "rolled back", "alert/shop-new": "deleted"}
    assert "from commit" in reason(done, DOWN)
    assert expr(grafana) == "up < 1"
    assert held(grafana).keys() == {"shop-down", "shop-slow"}
    assert group(grafana)["interval"] == 30
    status = twice.invoke("status", "--alerts", "--format", "json")
    assert states(status)[DOWN] == "changed in code", "the rollback is ours, so that it is no edit"


def test_the_first_push_is_taken_away_whole(shop, grafana):
    commit(shop, "one")
    first = pushed(shop)
    done = rollback(shop, "--push", first)
    assert done.code == 0, done
    assert {state for uid, state in states(done).items() if uid.startswith("alert/")} == {"deleted"}
    assert held(grafana) == {}


def test_what_was_written_since_stays_and_is_named(twice, grafana):
    edit(grafana, "shop-down", **{"for": "9h"})
    done = rollback(twice, "--push", twice.second)
    assert done.code == 4, done
    assert states(done)[DOWN] == "refused"
    assert "written again since" in reason(done, DOWN)
    assert held(grafana)["shop-down"]["for"] == "9h"


def test_what_was_forced_over_an_edit_comes_back_from_its_copy(twice, grafana):
    edit(grafana, "shop-down", **{"for": "9h"})
    forced = pushed(twice, "--force", DOWN, "--yes")
    assert held(grafana)["shop-down"]["for"] == "2m"
    done = rollback(twice, "--push", forced)
    assert done.code == 0, done
    assert states(done) == {DOWN: "rolled back"}
    assert held(grafana)["shop-down"]["for"] == "9h"


def test_without_the_copy_it_is_said_that_it_cannot_be(twice, grafana):
    edit(grafana, "shop-down", **{"for": "9h"})
    forced = pushed(twice, "--force", DOWN, "--yes")
    shutil.rmtree(twice.root / "deleted")
    done = rollback(twice, "--push", forced)
    assert done.code == 5, done
    assert "its copy is not on this machine" in done.err


def test_what_a_push_pruned_is_restored(twice, grafana):
    write_group(twice, rule("shop-down", expr="up < 2"), rule("shop-new"))
    commit(twice, "three")
    third = pushed(twice, "--prune", "--yes")
    assert "shop-slow" not in held(grafana)
    done = rollback(twice, "--push", third)
    assert done.code == 0, done
    assert states(done) == {SLOW: "restored"}
    assert expr(grafana, "shop-slow") == "latency > 1"


def test_a_push_of_uncommitted_files_comes_back_from_its_copy(shop, grafana):
    commit(shop, "one")
    write_group(shop, rule("shop-down", expr="up < 7"))
    pushed(shop)
    write_group(shop, rule("shop-down", expr="up < 8"))
    second = pushed(shop)
    done = rollback(shop, "--push", second)
    assert states(done)[DOWN] == "rolled back", done
    assert expr(grafana) == "up < 7"


def test_one_thing_goes_back_by_its_uid(twice, grafana):
    done = rollback(twice, DOWN)
    assert done.code == 0, done
    assert states(done) == {DOWN: "rolled back"}
    assert expr(grafana) == "up < 1"
    assert "shop-new" in held(grafana)
    assert rollback(twice, "alert/nobody").code == 1
    assert rollback(twice, DOWN, "--to", "1").code == 5


def test_a_data_source_goes_back_too(twice, grafana):
    def write(timeout: str) -> str:
        one = {"name": "Loki", "uid": "loki", "type": "loki", "url": "$LOKI_URL", "jsonData": {"timeout": timeout}}
        twice.rendered("provisioning/datasources.yaml", json.dumps({"datasources": [one]}))
        commit(twice, timeout)
        done = twice.invoke("push", "--datasources", "--format", "json", environment=ENVIRONMENT)
        assert done.code == 0, done
        return done.json["summary"]["push"]

    write("1")
    second = write("2")
    done = rollback(twice, "--push", second)
    assert done.code == 0, done
    assert states(done) == {LOKI: "rolled back"}
    assert grafana.client.get("/api/datasources/uid/loki").body["jsonData"]["timeout"] == "1"


def test_history_knows_the_pushes_and_what_a_thing_tells(twice):
    done = twice.invoke("history", "--format", "json")
    rows = {row["push"]: row for row in done.json["rows"]}
    assert (rows[twice.first]["dashboards"], rows[twice.first]["others"]) == (1, 2)
    assert (rows[twice.second]["dashboards"], rows[twice.second]["others"]) == (0, 2)
    assert rows[twice.second]["uids"] == [DOWN, "alert/shop-new"]
    one = twice.invoke("history", DOWN, "--format", "json").json["rows"]
    assert [(row["push"], row["message"]) for row in one] == [(twice.second, "Two"), (twice.first, "")]


@pytest.mark.parametrize("fault", ["409", "500", "drop", "html"])
def test_a_fault_on_the_way_back_is_told(twice, grafana, fault):
    grafana.fault(fault, method="PUT|DELETE", path="/api/v1/provisioning/.*", count=None)
    done = rollback(twice, "--push", twice.second)
    assert done.code in {1, 4, 5}, done
    assert expr(grafana) == "up < 2"
    assert not {"rolled back", "deleted"} & set(states(done).values())
    grafana.client.delete("/_sandbox/faults")
    assert rollback(twice, "--push", twice.second).code == 0
    assert expr(grafana) == "up < 1"
