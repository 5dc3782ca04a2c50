"""Dashboards at the edge of what there is: clear answers, and in step once they are pushed."""

from __future__ import annotations

import json

import pytest

from tests.sync.project import DASHBOARD

UID = "shop-overview"
PLANES = "".join(
    chr(code) for plane in range(17) for code in (plane * 0x10000 + offset for offset in (0xE000, 0xFFFD, 0x41))
)


@pytest.fixture
def shop(project, sandbox):
    project.connect(sandbox.url, api=sandbox.api)
    return project


def pushed_and_in_step(project) -> dict[str, str]:
    done = project.invoke("push", "--format", "json")
    assert done.code == 0, done
    after = project.invoke("status", "--format", "json", "--exit-code")
    assert after.code == 0, after
    return {row["uid"]: row["state"] for row in done.json["rows"]}


def panel(number: int, **more) -> dict:
    place = {"x": number % 24, "y": number // 24, "w": 1, "h": 1}
    return {"id": number + 1, "type": "text", "title": f"Panel {number}", "gridPos": place, **more}


def test_ten_megabytes(shop, sandbox):
    panels = [panel(number, options={"content": "x" * 1_000_000}) for number in range(10)]
    shop.rendered("dashboards/Shop/overview.json", {**DASHBOARD, "panels": panels})
    assert pushed_and_in_step(shop) == {UID: "created"}
    assert len(sandbox.document(UID)["spec"]["panels"]) == 10


def test_five_thousand_panels(shop, sandbox):
    shop.rendered("dashboards/Shop/overview.json", {**DASHBOARD, "panels": [panel(n) for n in range(5000)]})
    assert pushed_and_in_step(shop) == {UID: "created"}
    assert len(sandbox.document(UID)["spec"]["panels"]) == 5000


def test_every_plane_of_unicode(shop, sandbox):
    document = {**DASHBOARD, "title": f"Title {PLANES}", "panels": [panel(0, title=PLANES, description=PLANES[::-1])]}
    shop.rendered("dashboards/Shop/overview.json", document)
    assert pushed_and_in_step(shop) == {UID: "created"}
    assert sandbox.title(UID) == f"Title {PLANES}"
    assert sandbox.document(UID)["spec"]["panels"][0]["description"] == PLANES[::-1]
    assert shop.invoke("pull", "--all", "--dir", "pulled").code == 0
    assert shop.invoke("push", "--dir", "pulled").code == 0
    assert len(sandbox.versions(UID)) == 1


def test_half_a_character(shop):
    shop.rendered("dashboards/Shop/overview.json", '{"uid": "shop-overview", "title": "\\ud800"}')
    done = shop.invoke("push")
    assert done.code == 1
    assert "rendered/dashboards/Shop/overview.json:1:" in done.err
    assert "not JSON" in done.err


@pytest.mark.parametrize(("levels", "fits"), [(230, True), (450, False), (100_000, False)])
def test_deep_nesting(shop, sandbox, levels, fits):
    deep = '{"a":' * levels + "0" + "}" * levels
    text = json.dumps({**DASHBOARD, "deep": 0}).replace('"deep": 0', f'"deep": {deep}')
    shop.rendered("dashboards/Shop/overview.json", text)
    if fits:
        assert pushed_and_in_step(shop) == {UID: "created"}
        return
    done = shop.invoke("push")
    assert done.code == 1
    assert done.err.startswith("error: rendered/dashboards/Shop/overview.json"), done.err
    assert len(done.err.splitlines()) <= 2
    assert sandbox.document(UID)["status"] == "Failure"


def test_a_uid_of_41_characters(shop):
    shop.rendered("dashboards/Shop/overview.json", {**DASHBOARD, "uid": "u" * 41})
    done = shop.invoke("push")
    assert done.code == 1
    assert "rendered/dashboards/Shop/overview.json: " in done.err
    assert "has 41 characters, Grafana takes 40" in done.err


def test_two_dashboards_with_one_title_in_one_folder(shop, sandbox):
    for name in ("one", "two"):
        shop.rendered(f"dashboards/Shop/{name}.json", {**DASHBOARD, "uid": f"shop-{name}", "title": "Same"})
    assert pushed_and_in_step(shop) == {"shop-one": "created", "shop-two": "created"}
    assert (sandbox.title("shop-one"), sandbox.title("shop-two")) == ("Same", "Same")


def folder(project, path: str, uid: str) -> None:
    project.write(f"rendered/dashboards/{path}/folder.yaml", f"uid: {uid}\n")


def test_a_folder_with_the_uid_of_the_one_above(shop):
    folder(shop, "A", "shop")
    folder(shop, "A/B", "shop")
    shop.rendered("dashboards/A/B/overview.json", DASHBOARD)
    done = shop.invoke("push")
    assert done.code == 1
    assert "rendered/dashboards/A/B: its folder's uid 'shop' is that of dashboards/A too" in done.err


def test_a_folder_that_changes_places_with_the_one_above(shop, sandbox):
    """One by one, either move alone would put a folder below itself."""
    folder(shop, "A", "shop")
    folder(shop, "A/B", "shop-slo")
    shop.rendered("dashboards/A/B/overview.json", DASHBOARD)
    pushed_and_in_step(shop)
    for path in sorted((shop.root / "rendered/dashboards").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    folder(shop, "B", "shop-slo")
    folder(shop, "B/A", "shop")
    shop.rendered("dashboards/B/A/overview.json", DASHBOARD)
    forced = ("--force", "folder/shop", "--force", "folder/shop-slo", "--yes") if sandbox.api == "legacy" else ()
    done = shop.invoke("push", *forced)
    assert done.code == 0, done
    found = {uid: sandbox.client.get(f"/api/folders/{uid}").body.get("parentUid", "") for uid in ("shop", "shop-slo")}
    assert found == {"shop": "shop-slo", "shop-slo": ""}
    assert sandbox.notes(UID)["folder"] == "shop"
