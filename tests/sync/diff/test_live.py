"""`diff --live`: what a Grafana holds beside the files, over both APIs, with edits made in Grafana in between."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.sync.diff.sample import sample
from tests.sync.grafana import Grafana
from tests.sync.project import Project, Result

OLD = {
    "uid": "shop-old",
    "title": "Of old",
    "schemaVersion": 14,
    "rows": [
        {
            "title": "Errors",
            "showTitle": True,
            "height": "250px",
            "panels": [
                {
                    "id": 1,
                    "type": "singlestat",
                    "title": "Now",
                    "span": 4,
                    "format": "percent",
                    "valueName": "current",
                    "thresholds": "1,5",
                    "colorValue": True,
                    "datasource": "prometheus",
                    "targets": [{"expr": "errors", "refId": "A", "step": 10, "intervalFactor": 2}],
                },
                {
                    "id": 2,
                    "type": "text",
                    "title": "Notes",
                    "span": 8,
                    "mode": "markdown",
                    "content": "read me",
                },
            ],
        }
    ],
}


@pytest.fixture
def shop(project: Project, sandbox: Grafana) -> Project:
    """A project whose dashboards, one of today and one of old, are pushed."""
    project.connect(sandbox.url, api=sandbox.api)
    project.rendered("dashboards/Shop/sample.json", sample() | {"uid": "shop-sample"})
    project.rendered("dashboards/Shop/old.json", OLD)
    assert project.invoke("push", "--yes").code == 0
    return project


def live(shop: Project, *more: str) -> Result:
    return shop.invoke("diff", "--live", "--no-color", *more)


def saved(grafana: Grafana, uid: str, edit: Callable[[dict[str, Any]], object]) -> None:
    """Save as the page in the browser does: all that it was given, with what somebody edited in it."""
    stored = grafana.client.get(f"/api/dashboards/uid/{uid}").body
    spec = copy.deepcopy(stored["dashboard"])
    edit(spec)
    body = {"dashboard": spec, "folderUid": stored["meta"]["folderUid"], "overwrite": False}
    assert grafana.client.post("/api/dashboards/db", body).status == 200


def notes_of(spec: dict[str, Any]) -> dict[str, Any]:
    """Return the text panel, in rows of old or migrated."""
    panels = [*spec.get("panels", []), *(panel for row in spec.get("rows", []) for panel in row["panels"])]
    return next(panel for panel in panels if panel.get("title") == "Notes")


def test_what_was_pushed_is_no_change(shop: Project) -> None:
    found = live(shop, "--exit-code")
    assert found.code == 0, found
    assert "local → " in found.out
    assert "no change" in found.out


@pytest.mark.parametrize("uid", ["shop-sample", "shop-old"])
def test_a_save_in_the_browser_without_an_edit_is_no_change(shop: Project, sandbox: Grafana, uid: str) -> None:
    saved(sandbox, uid, lambda _spec: None)
    # So it is read and compared: what is in step by its mark alone is not.
    assert shop.invoke("status", "--format", "json").json["summary"]["in step"] == 1

    found = live(shop, "--exit-code")
    assert found.code == 0, found
    assert "no change" in found.out


def test_an_edit_in_the_browser_is_one_line_from_there_to_the_files(shop: Project, sandbox: Grafana) -> None:
    saved(sandbox, "shop-sample", lambda spec: spec["panels"][0].update(title="Edited at 3 a.m."))
    found = live(shop, "--exit-code")
    assert found.code == 10
    changes = json.loads(live(shop, "--format", "json").out)["rows"][0]["changes"]
    title = sample()["panels"][0]["title"]
    assert [(one["what"], one["before"], one["after"]) for one in changes] == [("title", "Edited at 3 a.m.", title)]


def test_an_edit_of_a_migrated_dashboard_is_one_line_too(shop: Project, sandbox: Grafana) -> None:
    saved(sandbox, "shop-old", lambda spec: notes_of(spec).update(description="Read it."))
    (row,) = json.loads(live(shop, "--format", "json").out)["rows"]
    assert [(one["what"], one["before"]) for one in row["changes"]] == [("description", "Read it.")]


def test_an_edit_of_a_file_is_one_line(shop: Project) -> None:
    edited = sample() | {"uid": "shop-sample", "description": "Another."}
    shop.rendered("dashboards/Shop/sample.json", edited)
    (row,) = json.loads(live(shop, "--format", "json").out)["rows"]
    assert [(one["what"], one["after"]) for one in row["changes"]] == [("description", "Another.")]


def test_what_is_on_one_side_only_is_new_or_gone_and_others_dashboards_are_left_out(
    shop: Project, sandbox: Grafana
) -> None:
    sandbox.client.post("/api/dashboards/db", {"dashboard": {"uid": "theirs", "title": "Theirs", "panels": []}})
    (shop.root / "rendered/dashboards/Shop/old.json").unlink()
    shop.rendered("dashboards/Shop/new.json", sample() | {"uid": "shop-new", "title": "New"})
    rows = json.loads(live(shop, "--format", "json").out)["rows"]
    assert {(row["status"], (row["after"] or row["before"])["title"]) for row in rows} == {
        ("added", "New"),
        ("removed", "Of old"),
    }


def test_the_comparison_only_reads(shop: Project, sandbox: Grafana) -> None:
    saved(sandbox, "shop-sample", lambda spec: spec.update(title="Edited"))
    sandbox.requests()
    live(shop)
    assert {request.partition(" ")[0] for request in sandbox.requests()} == {"GET"}


def test_pictures_show_what_somebody_did_in_grafana(shop: Project, sandbox: Grafana) -> None:
    saved(sandbox, "shop-old", lambda spec: notes_of(spec).update(title="Edited"))
    found = live(shop, "--pictures", "pictures")
    assert found.code == 0, found
    assert [file.name for file in (shop.root / "pictures").iterdir()] == ["shop-old.png"]


def test_a_grafana_that_is_down_is_told(shop: Project) -> None:
    shop.connect("http://127.0.0.1:9")
    found = live(shop)
    assert found.code == 1
    assert "127.0.0.1:9" in found.err
