"""Pull: an edit made in Grafana becomes a file that can be reviewed, and then a push that loses nothing."""

from __future__ import annotations

import json

import pytest

from tests.sync.project import DASHBOARD

UID = "shop-overview"
FILE = "rendered/dashboards/Shop/overview.json"


def pull(project, *arguments: str):
    return project.invoke("pull", "--format", "json", *arguments)


def rows(done) -> dict[str, tuple[str, str]]:
    return {row["uid"]: (row["state"], row["file"]) for row in done.json["rows"]}


def states(done) -> dict[str, str]:
    return {row["uid"]: row["state"] for row in done.json["rows"]}


def read(project, path: str = FILE) -> dict:
    return json.loads((project.root / path).read_text())


def edit(grafana, title: str = "By hand") -> None:
    grafana.client.post(
        "/api/dashboards/db",
        {"dashboard": {**DASHBOARD, "title": title}, "folderUid": "shop", "message": "hotfix", "overwrite": True},
    )


def test_an_edit_is_written_over_the_file_and_the_next_push_takes_it_up(shop, grafana):
    shop.invoke("push")
    edit(grafana)
    done = pull(shop)
    assert done.code == 0, done
    assert rows(done) == {UID: ("written", "dashboards/Shop/overview.json")}
    assert read(shop) == {**DASHBOARD, "title": "By hand", "panels": read(shop)["panels"]}
    assert states(shop.invoke("plan", "--format", "json")) == {UID: "update"}
    pushed = shop.invoke("push", "--format", "json")
    assert pushed.code == 0, pushed
    assert "the code says what was saved by admin" in pushed.json["rows"][0]["reason"]
    assert grafana.title(UID) == "By hand"
    assert states(shop.invoke("status", "--format", "json")) == {UID: "in step"}


def test_what_a_module_makes_is_written_beside_and_the_module_is_named(shop, grafana):
    shop.rendered("sources.json", {"dashboards/Shop/overview.json": "pages/overview.py"})
    shop.invoke("push")
    edit(grafana)
    before = (shop.root / FILE).read_bytes()
    done = pull(shop)
    assert rows(done) == {UID: ("beside", "dashboards/Shop/overview.json.live")}
    assert done.json["rows"][0]["reason"] == "change pages/overview.py, then render"
    assert (shop.root / FILE).read_bytes() == before
    assert read(shop, f"{FILE}.live")["title"] == "By hand"
    assert states(shop.invoke("status", "--format", "json")) == {UID: "changed in Grafana"}
    shop.rendered("dashboards/Shop/overview.json", {**DASHBOARD, "title": "By hand"})
    assert shop.invoke("push").code == 0
    assert rows(pull(shop, UID)) == {UID: ("in step", "dashboards/Shop/overview.json")}
    assert not (shop.root / f"{FILE}.live").exists()


def test_without_an_edit_nothing_is_pulled(shop, grafana):
    shop.invoke("push")
    before = (shop.root / FILE).read_bytes()
    assert pull(shop).json["rows"] == []
    assert rows(pull(shop, UID)) == {UID: ("in step", "dashboards/Shop/overview.json")}
    assert (shop.root / FILE).read_bytes() == before


def test_a_dashboard_that_no_file_holds_is_adopted_by_pull_and_push(shop, grafana):
    shop.invoke("push")
    grafana.client.post("/api/folders", {"uid": "elsewhere", "title": "Else / where"})
    grafana.save_by_hand("shop-mine", "Mine", folder="elsewhere")
    done = pull(shop, "shop-mine")
    assert rows(done) == {"shop-mine": ("new", "dashboards/Else - where/shop-mine.json")}
    assert (shop.root / "rendered/dashboards/Else - where/folder.yaml").read_text() == (
        'uid: "elsewhere"\ntitle: "Else / where"\n'
    )
    assert shop.invoke("push").code == 5
    assert shop.invoke("push", "--adopt", "shop-mine", "--yes").code == 0
    assert grafana.notes("shop-mine")["folder"] == "elsewhere"
    assert states(shop.invoke("status", "--format", "json")) == {UID: "in step", "shop-mine": "in step"}


def test_everything_is_pulled_into_an_empty_folder_and_pushes_back_as_it_was(shop, grafana):
    shop.rendered("dashboards/Elsewhere/Deep/page.json", {**DASHBOARD, "uid": "shop-page"})
    shop.rendered("dashboards/root.json", {**DASHBOARD, "uid": "shop-root"})
    shop.invoke("push")
    done = pull(shop, "--all", "--dir", "pulled", "--select", "shop-*")
    assert {uid: file for uid, (_, file) in rows(done).items()} == {
        UID: "dashboards/Shop/shop-overview.json",
        "shop-page": "dashboards/Elsewhere/Deep/shop-page.json",
        "shop-root": "dashboards/shop-root.json",
    }
    done = shop.invoke("push", "--dir", "pulled", "--format", "json")
    assert states(done) == {UID: "unchanged", "shop-page": "unchanged", "shop-root": "unchanged"}


def test_what_the_context_put_in_is_taken_out(shop, grafana):
    variable = {"name": "environment", "type": "custom", "query": "production,staging", "current": {"value": "staging"}}
    shop.rendered("dashboards/Shop/overview.json", {**DASHBOARD, "templating": {"list": [variable]}})
    settings = {"datasources": {"prometheus": "prom-prod"}, "variables": {"environment": "production"}}
    shop.connect(grafana.url, api=grafana.api, **settings)
    shop.invoke("push")
    grafana.put_by_hand(UID, title="By hand")
    assert pull(shop).code == 0
    assert read(shop)["title"] == "By hand"
    assert read(shop)["panels"][0]["datasource"]["uid"] == "prometheus"
    assert read(shop)["templating"]["list"][0]["current"] == {"value": "staging"}
    assert shop.invoke("push").code == 0
    assert grafana.document(UID)["spec"]["panels"][0]["datasource"]["uid"] == "prom-prod"


def test_a_move_made_in_grafana_is_named(shop, grafana):
    shop.invoke("push")
    grafana.client.post("/api/folders", {"uid": "elsewhere", "title": "Elsewhere"})
    grafana.patch_by_hand(UID, annotations={"grafana.app/folder": "elsewhere"})
    done = pull(shop)
    assert states(done) == {UID: "moved"}
    assert "it is in the folder 'elsewhere' there" in done.json["rows"][0]["reason"]


def test_a_dashboard_that_is_not_there_is_listed_and_the_others_are_pulled(shop, grafana):
    shop.invoke("push")
    done = pull(shop, UID, "shop-none")
    assert done.code == 4
    assert states(done) == {UID: "in step", "shop-none": "failed"}
    assert pull(shop, "shop-none").code == 1


def test_usage(shop):
    assert pull(shop, UID, "--all").code == 2


@pytest.mark.parametrize("fault", ["403", "500", "reset"])
def test_a_read_that_fails_is_listed(project, sandbox, fault):
    project.connect(sandbox.url, api=sandbox.api)
    project.rendered("dashboards/Shop/overview.json", DASHBOARD)
    project.rendered("dashboards/Shop/other.json", {**DASHBOARD, "uid": "shop-other"})
    project.invoke("push")
    sandbox.fault(fault, method="GET", path=".*/shop-other.*", count=None)
    done = pull(project, UID, "shop-other")
    assert done.code == 4, done
    assert states(done) == {UID: "in step", "shop-other": "failed"}
    assert sandbox.requests()
    assert len(sandbox.versions(UID)) == 1
