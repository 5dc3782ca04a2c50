"""Folders that are renamed and moved in code, and those that somebody changed in Grafana."""

from __future__ import annotations

import pytest

from tests.sync.project import DASHBOARD

FOLDER = "folder/shop"


def push(project, *arguments):
    return project.invoke("push", "--format", "json", *arguments)


def states(done) -> dict[str, str]:
    return {row["uid"]: row["state"] for row in done.json["rows"]}


def folder(grafana, uid: str = "shop") -> dict:
    return grafana.client.get(f"/api/folders/{uid}").body


@pytest.fixture
def named(shop, grafana):
    """A folder that a folder.yaml names, pushed."""
    shop.write("rendered/dashboards/Shop/folder.yaml", "uid: shop\ntitle: Shop pages\n")
    assert push(shop).code == 0
    return shop


def permissions(grafana, path: str) -> list[tuple[str, int]]:
    own = (entry for entry in grafana.client.get(path).body if not entry["inherited"])
    return [(entry.get("role", ""), entry["permission"]) for entry in own]


def permit(grafana, path: str) -> list[tuple[str, int]]:
    """Give permissions of its own to a folder or dashboard; returns them as they are then."""
    wanted = {"items": [{"role": "Viewer", "permission": 1}, {"role": "Editor", "permission": 2}]}
    assert grafana.client.post(path, wanted).status == 200
    return permissions(grafana, path)


def rename(project, title: str) -> None:
    project.write("rendered/dashboards/Shop/folder.yaml", f"uid: shop\ntitle: {title}\n")


def test_a_folder_renamed_in_code_keeps_its_dashboards_and_permissions(named, grafana):
    before = permit(grafana, "/api/folders/shop/permissions")
    rename(named, "Pages of the shop")
    if grafana.api == "legacy":
        done = push(named)
        assert (done.code, states(done)[FOLDER]) == (5, "refused")
    done = push(named, *(("--force", FOLDER, "--yes") if grafana.api == "legacy" else ()))
    assert done.code == 0, done
    assert states(done) == {FOLDER: "updated", "shop-overview": "unchanged"}
    assert folder(grafana)["title"] == "Pages of the shop"
    assert permissions(grafana, "/api/folders/shop/permissions") == before
    assert len(grafana.versions("shop-overview")) == 1
    assert states(push(named)) == {"shop-overview": "unchanged"}


def test_a_folder_moved_in_code_takes_along_what_is_in_it(named, grafana):
    (named.root / "rendered/dashboards/Elsewhere").mkdir()
    (named.root / "rendered/dashboards/Shop").rename(named.root / "rendered/dashboards/Elsewhere/Shop")
    done = push(named, "--force", FOLDER, "--yes")
    assert done.code == 0, done
    assert states(done) == {FOLDER: "updated", "shop-overview": "unchanged"}
    assert folder(grafana)["parentUid"] == "elsewhere"
    assert grafana.notes("shop-overview")["folder"] == "shop"


def test_a_folder_renamed_in_grafana_is_not_renamed_back(named, grafana):
    body = {"title": "By hand", "version": folder(grafana)["version"]}
    assert grafana.client.put("/api/folders/shop", body).status == 200
    done = push(named)
    assert done.code == 5
    assert states(done) == {FOLDER: "refused", "shop-overview": "unchanged"}
    assert "title 'By hand' there, 'Shop pages' in the code" in done.json["rows"][0]["reason"]
    assert folder(grafana)["title"] == "By hand"
    assert push(named, "--force", FOLDER, "--yes").code == 0
    assert folder(grafana)["title"] == "Shop pages"


def test_plan_and_status_show_it_and_a_plan_pins_it(named, grafana):
    rename(named, "Later")
    rows = named.invoke("plan", "--format", "json", "--out", "plan.json").json["rows"]
    state = "update" if grafana.api == "app-platform" else "changed in Grafana"
    assert (rows[0]["uid"], rows[0]["state"]) == (FOLDER, state)
    if grafana.api == "app-platform":
        rename(named, "Later still")
        done = named.invoke("push", "--plan", "plan.json", "--format", "json")
        assert done.code == 5
        assert folder(grafana)["title"] == "Shop pages"


def test_without_a_folder_yaml_a_title_given_in_grafana_stays(shop, grafana):
    push(shop)
    body = {"title": "By hand", "version": folder(grafana)["version"]}
    assert grafana.client.put("/api/folders/shop", body).status == 200
    shop.rendered("dashboards/Shop/other.json", {**DASHBOARD, "uid": "shop-other"})
    assert push(shop).code == 0
    assert folder(grafana)["title"] == "By hand"


def test_a_dashboard_moved_in_code_keeps_its_permissions(named, grafana):
    path = "/api/dashboards/uid/shop-overview/permissions"
    before = permit(grafana, path)
    (named.root / "rendered/dashboards/Shop/overview.json").rename(named.root / "rendered/dashboards/overview.json")
    assert states(push(named)) == {"shop-overview": "moved"}
    assert permissions(grafana, path) == before
