"""A plan kept in a file: a push does just that, or refuses with the list of what moved."""

from __future__ import annotations

import json

import pytest

from tests.sync.project import DASHBOARD

UID = "shop-overview"
OTHER = "shop-other"


@pytest.fixture
def planned(shop, grafana):
    """Two dashboards, one of them pushed and changed since; the plan of that in plan.json."""
    shop.invoke("push")
    shop.rendered("dashboards/Shop/overview.json", {**DASHBOARD, "title": "Changed"})
    shop.rendered("dashboards/Shop/other.json", {**DASHBOARD, "uid": OTHER})
    assert shop.invoke("plan", "--out", "plan.json").code == 0
    return shop


def apply(project, *more):
    return project.invoke("push", "--plan", "plan.json", "--format", "json", *more)


def states(done) -> dict[str, str]:
    return {row["uid"]: row["state"] for row in done.json["rows"]}


def reasons(done) -> dict[str, str]:
    return {row["uid"]: row["reason"] for row in done.json["rows"]}


def test_a_push_does_what_the_plan_says(planned, grafana):
    done = apply(planned)
    assert done.code == 0, done
    assert states(done) == {UID: "updated", OTHER: "created"}
    assert grafana.title(UID) == "Changed"


def test_a_plan_pins_revision_and_checksum_and_holds_no_secret(planned, grafana):
    text = (planned.root / "plan.json").read_text()
    steps = {step["uid"]: step for step in json.loads(text)["contexts"][0]["steps"]}
    pinned = grafana.document(UID)["metadata"]["resourceVersion"] if grafana.api == "app-platform" else "1"
    assert steps[UID]["revision"] == pinned
    assert steps[OTHER]["revision"] == ""
    assert all(len(step["checksum"]) == 16 for step in steps.values())
    assert "admin" not in text


def test_a_plan_is_refused_when_grafana_moved(planned, grafana):
    grafana.save_by_hand(UID, "By hand", message="hotfix")
    done = apply(planned)
    assert done.code == 5
    assert "since the plan was made, moved: shop-overview" in done.err
    assert "Grafana holds version 2, saved by admin at " in reasons(done)[UID]
    assert "the plan was made on version 1" in reasons(done)[UID]
    assert states(done) == {UID: "refused", OTHER: "not tried"}
    assert grafana.title(UID) == "By hand"
    assert grafana.client.get(f"/api/dashboards/uid/{OTHER}").status == 404


def test_a_plan_is_refused_when_somebody_made_what_it_was_to_make(planned, grafana):
    grafana.save_by_hand(OTHER, "Mine")
    done = apply(planned)
    assert done.code == 5
    assert "the plan was made on nothing being there" in reasons(done)[OTHER]
    assert grafana.title(OTHER) == "Mine"


def test_a_plan_is_refused_when_somebody_deleted_what_it_was_to_change(planned, grafana):
    grafana.client.delete(f"/api/dashboards/uid/{UID}")
    done = apply(planned)
    assert done.code == 5
    assert reasons(done)[UID] == "it was deleted; the plan was made on version 1"


def test_a_plan_is_refused_when_a_file_moved(planned, grafana):
    planned.rendered("dashboards/Shop/overview.json", {**DASHBOARD, "title": "Changed again"})
    (planned.root / "rendered/dashboards/Shop/other.json").unlink()
    done = apply(planned)
    assert done.code == 5
    assert reasons(done) == {
        UID: "its file, or what the context puts into it, has changed since the plan was made",
        OTHER: "its file is gone",
    }
    assert grafana.title(UID) == "Overview"


def test_a_plan_is_refused_when_the_context_puts_in_something_else(planned, grafana):
    planned.connect(grafana.url, api=grafana.api, datasources={"prometheus": "prom-prod"})
    assert apply(planned).code == 5


def test_a_file_that_came_after_the_plan_is_not_pushed(planned, grafana):
    planned.rendered("dashboards/Shop/late.json", {**DASHBOARD, "uid": "shop-late"})
    assert states(apply(planned)) == {UID: "updated", OTHER: "created"}
    assert grafana.client.get("/api/dashboards/uid/shop-late").status == 404


def test_a_plan_that_is_done_is_refused_the_second_time(planned, grafana):
    apply(planned)
    done = apply(planned)
    assert done.code == 5
    assert grafana.generation(UID) == 2


def test_a_plan_is_for_the_server_that_it_was_made_for(planned, grafana):
    document = json.loads((planned.root / "plan.json").read_text())
    document["contexts"][0]["url"] = "http://127.0.0.1:9"
    planned.write("plan.json", json.dumps(document))
    done = apply(planned)
    assert done.code == 5
    assert "the plan was made for the url http://127.0.0.1:9, and this is" in done.err


def test_the_plan_is_kept_with_exit_code_too(shop, grafana):
    assert shop.invoke("plan", "--exit-code", "--out", "plan.json").code == 10
    assert apply(shop).code == 0


def test_a_plan_prunes_only_what_it_named(shop, grafana):
    for name in ("a", "b", "c"):
        shop.rendered(f"dashboards/Shop/{name}.json", {**DASHBOARD, "uid": f"shop-{name}"})
    shop.invoke("push")
    (shop.root / "rendered/dashboards/Shop/a.json").unlink()
    assert shop.invoke("plan", "--prune", "--out", "plan.json").code == 0
    (shop.root / "rendered/dashboards/Shop/b.json").unlink()
    done = apply(shop, "--yes")
    assert done.code == 0, done
    assert states(done) == {"shop-a": "deleted"}
    assert grafana.client.get("/api/dashboards/uid/shop-b").status == 200


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "the plan can't be read: No such file"),
        ("{", "plan.json:1:2: no plan, not even JSON"),
        ("[]", "JSON, but no plan of dash-sync's"),
        ('{"kind": "dash-sync-plan", "schemaVersion": 9, "toolVersion": "7"}', "a plan of form 9, made by dash-sync 7"),
        ('{"kind": "dash-sync-plan", "schemaVersion": 1}', "a plan that somebody has changed"),
        (
            '{"kind": "dash-sync-plan", "schemaVersion": 1, "contexts": [{"steps": [{"uid": "a", "state": "x"}]}]}',
            "a plan that somebody has changed",
        ),
    ],
)
def test_what_is_no_plan(project, text, message):
    project.connect("http://127.0.0.1:9")
    project.rendered("dashboards/Shop/overview.json", DASHBOARD)
    if text is not None:
        project.write("plan.json", text)
    done = apply(project)
    assert done.code == 1
    assert message in done.err


@pytest.mark.parametrize("flag", [("--force", UID), ("--adopt", UID), ("--select", "*"), ("--prune",)])
def test_a_plan_goes_with_nothing_that_says_otherwise(project, flag):
    assert apply(project, *flag).code == 2
