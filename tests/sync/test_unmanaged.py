"""What stands in Grafana beside the files: listed, and nothing is out of step because of it."""

from __future__ import annotations

from tests.sync.project import DASHBOARD


def status(project, *arguments):
    return project.invoke("status", "--format", "json", *arguments)


def states(done) -> dict[str, str]:
    return {row["uid"]: row["state"] for row in done.json["rows"]}


def made_by_hand(grafana, uid: str, title: str = "By hand") -> None:
    assert grafana.client.post("/api/dashboards/db", {"dashboard": {"uid": uid, "title": title}}).status == 200


def test_a_dashboard_made_in_the_ui_is_listed_as_unmanaged(shop, grafana):
    shop.invoke("push")
    made_by_hand(grafana, "shop-by-hand")
    done = status(shop, "--exit-code")
    assert done.code == 0
    assert states(done) == {"shop-overview": "in step", "shop-by-hand": "unmanaged"}
    assert "shop-by-hand" not in states(shop.invoke("plan", "--format", "json"))
    assert states(status(shop, "--select", "shop-overview")) == {"shop-overview": "in step"}


def test_another_projects_dashboard_is_listed_as_its_own(shop, grafana):
    shop.invoke("push")
    shop.config((shop.root / "dash-sync.yaml").read_text().replace('"project": "shop"', '"project": "market"'))
    (shop.root / "rendered/dashboards/Shop/overview.json").unlink()
    shop.rendered("dashboards/Shop/market.json", {**DASHBOARD, "uid": "shop-market"})
    assert states(status(shop)) == {"shop-market": "missing", "shop-overview": "owned by another"}


def test_a_text_lists_the_first_of_many(project, sandbox):
    project.connect(sandbox.url, api=sandbox.api)
    project.rendered("dashboards/Shop/overview.json", DASHBOARD)
    for number in range(25):
        made_by_hand(sandbox, f"hand-{number}", f"Page {number}")
    done = project.invoke("status")
    assert done.out.count("unmanaged ") == 20
    assert "25 unmanaged" in done.out
    assert "5 more dashboards that aren't ours; --format json lists them" in done.err
    assert len(status(project).json["rows"]) == 26
