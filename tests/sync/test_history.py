"""What every push leaves to be found again: versions with author, time and commit, and the pushes themselves."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.sync.project import DASHBOARD

UID = "shop-overview"


def push(project, *arguments, **more):
    return project.invoke("push", "--format", "json", *arguments, **more)


def change(project) -> None:
    project.rendered("dashboards/Shop/overview.json", {**DASHBOARD, "title": "Changed in code"})


def test_history_lists_versions_with_author_time_and_commit(shop, grafana):
    push(shop)
    grafana.save_by_hand(UID, "By hand", message="hotfix")
    rows = shop.invoke("history", UID, "--format", "json").json["rows"]
    assert [(row["version"], row["author"], row["message"]) for row in rows] == [
        (2, "admin", "hotfix"),
        (1, "admin", ""),
    ]
    assert rows[1]["commit"] == "not in git"
    assert all(re.match(r"\d{4}-\d\d-\d\dT", row["at"]) for row in rows)


def test_history_without_a_uid_lists_the_pushes(shop):
    shop.rendered("dashboards/Shop/new.json", {**DASHBOARD, "uid": "shop-new"})
    push(shop, "--message", "both")
    change(shop)
    push(shop, "--message", "one")
    rows = shop.invoke("history", "--format", "json").json["rows"]
    assert [(row["message"], row["uids"]) for row in rows] == [("one", [UID]), ("both", ["shop-new", UID])]


def test_history_of_what_is_not_there(shop):
    done = shop.invoke("history", "shop-none")
    assert done.code == 1
    assert "shop-none: there is no such dashboard" in done.err


@pytest.fixture
def repository(shop):
    def git(*arguments: str) -> str:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        return subprocess.run(
            ["git", "-C", str(shop.root), *who, *arguments], check=True, capture_output=True, text=True
        ).stdout

    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    shop.commit = git("rev-parse", "HEAD").strip()[:12]
    return shop


def test_a_clean_push_is_marked_with_its_commit(repository, grafana):
    push(repository)
    assert f"commit={repository.commit} " in grafana.notes(UID)["message"]


def test_a_dirty_push_says_so_and_is_marked(repository, grafana):
    change(repository)
    done = push(repository)
    assert f"1 file not as in commit {repository.commit}: rendered/dashboards/Shop/overview.json" in done.err
    assert "not recoverable from git" in done.err
    assert f"commit={repository.commit}+dirty " in grafana.notes(UID)["message"]
    row = repository.invoke("history", UID, "--format", "json").json["rows"][0]
    assert row["commit"] == f"{repository.commit}+dirty (not in git)"


def test_a_dirty_push_is_refused_under_ci(repository, grafana):
    repository.rendered("dashboards/Shop/new.json", {**DASHBOARD, "uid": "shop-new"})
    done = push(repository, environment={"CI": "true"})
    assert done.code == 5
    assert "--allow-dirty" in done.err
    assert grafana.client.get("/api/dashboards/uid/shop-new").status == 404
    assert push(repository, "--allow-dirty", environment={"CI": "true"}).code == 0
