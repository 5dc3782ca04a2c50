"""Where pull puts what has no file yet: never over anything else, whatever Grafana calls it."""

from __future__ import annotations

import pytest

from tests.sync.project import DASHBOARD, Project
from tests.sync.test_pull import FILE, UID, pull, rows, states


@pytest.fixture
def shop(project, sandbox) -> Project:
    """A project with one dashboard, pushed."""
    project.connect(sandbox.url, api=sandbox.api)
    project.rendered("dashboards/Shop/overview.json", DASHBOARD)
    assert project.invoke("push").code == 0
    return project


def folder(grafana, uid: str, title: str) -> None:
    assert grafana.client.post("/api/folders", {"uid": uid, "title": title}).status == 200
    grafana.save_by_hand(f"of-{uid}", "Mine", folder=uid)


def test_folders_whose_titles_make_one_directory_stay_apart(shop, sandbox):
    for uid, title in (("one", "A/B"), ("two", "A:B"), ("three", "A-b")):
        folder(sandbox, uid, title)
    assert {uid: file for uid, (_, file) in rows(pull(shop, "--all")).items() if uid != UID} == {
        "of-one": "dashboards/A-B (one)/of-one.json",
        "of-two": "dashboards/A-B (two)/of-two.json",
        "of-three": "dashboards/A-b (three)/of-three.json",
    }


def test_a_folder_does_not_get_the_directory_that_another_has_in_the_files(shop, sandbox):
    said = shop.rendered("dashboards/Shop/folder.yaml", "uid: shop\ntitle: Laden\n")
    assert shop.invoke("push", "--force", "folder/shop", "--yes").code == 0
    folder(sandbox, "other", "Shop")
    assert rows(pull(shop, "--all"))["of-other"] == ("new", "dashboards/Shop (other)/of-other.json")
    assert said.read_text() == "uid: shop\ntitle: Laden\n"
    assert states(shop.invoke("status", "--format", "json"))[UID] == "in step"


def test_a_dashboard_does_not_get_the_file_that_another_has(shop, sandbox):
    before = (shop.root / FILE).read_bytes()
    sandbox.save_by_hand("overview", "Mine")
    assert rows(pull(shop, "--all")) == {
        UID: ("in step", "dashboards/Shop/overview.json"),
        "overview": ("new", "dashboards/Shop/overview (2).json"),
    }
    assert (shop.root / FILE).read_bytes() == before


def test_a_title_that_is_too_long_for_a_directory_is_cut_and_stands_in_folder_yaml(shop, sandbox):
    folder(sandbox, "long", "日本" * 100)
    assert states(pull(shop, "--all")) == {"of-long": "new", UID: "in step"}
    assert shop.invoke("push", "--adopt", "of-long", "--yes").code == 0
    assert sandbox.notes("of-long")["folder"] == "long"
    assert sandbox.client.get("/api/folders/long").body["title"] == "日本" * 100


def test_a_file_that_can_not_be_written_does_not_keep_the_others_from_it(shop, sandbox):
    folder(sandbox, "elsewhere", "Elsewhere")
    shop.write("pulled/dashboards/Shop", "in the way")
    done = pull(shop, "--all", "--dir", "pulled")
    assert done.code == 4, done
    assert states(done) == {"of-elsewhere": "new", UID: "failed"}
    reasons = {row["uid"]: row["reason"] for row in done.json["rows"]}
    assert "can't be written" in reasons[UID]
    assert f"pulled/dashboards/Shop/{UID}.json" in reasons[UID]


def test_a_pull_that_ends_early_lists_what_is_written(shop, sandbox):
    folder(sandbox, "else", "Else / where")
    (shop.root / "pulled/dashboards/Else - where/folder.yaml").mkdir(parents=True)
    done = pull(shop, "--all", "--dir", "pulled")
    assert done.code == 4, done
    assert "folder.yaml: it can't be written" in done.err
    assert states(done) == {"of-else": "new", UID: "new"}
