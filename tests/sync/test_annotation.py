"""Pushes and rollbacks as annotations, where the context asks for them."""

from __future__ import annotations

import pytest

from tests.sync.project import DASHBOARD


@pytest.fixture
def shop(project, sandbox):
    project.connect(sandbox.url, api=sandbox.api, annotate=True)
    project.rendered("dashboards/Shop/overview.json", DASHBOARD)
    return project


def annotations(grafana) -> list[dict]:
    return grafana.client.get("/api/annotations?tags=dash-sync").body


def test_a_push_that_changed_something_writes_one(shop, sandbox):
    shop.rendered("dashboards/Shop/other.json", {**DASHBOARD, "uid": "shop-other"})
    done = shop.invoke("push", "--message", "why", "--format", "json", environment={"GITHUB_ACTOR": "eve"})
    assert done.code == 0, done
    (found,) = annotations(sandbox)
    assert found["tags"] == ["dash-sync", "shop"]
    assert found["text"].splitlines() == [
        "push by eve: 2 dashboards (2 created)",
        "why",
        done.json["summary"]["push"],
    ]
    assert shop.invoke("push").code == 0
    assert len(annotations(sandbox)) == 1


def test_a_rollback_writes_one_too(shop, sandbox):
    shop.invoke("push")
    shop.rendered("dashboards/Shop/overview.json", {**DASHBOARD, "title": "Changed"})
    shop.invoke("push")
    assert shop.invoke("rollback", "shop-overview", environment={"GITLAB_USER_LOGIN": "eve"}).code == 0
    texts = [found["text"] for found in annotations(sandbox)]
    assert len(texts) == 3
    assert any(text.startswith("rollback by eve: 1 dashboard (1 rolled back)\nrollback to version 1") for text in texts)


def test_none_is_written_unless_the_context_says_so(shop, sandbox):
    shop.connect(sandbox.url, api=sandbox.api)
    shop.invoke("push")
    assert annotations(sandbox) == []


def test_a_push_whose_annotation_fails_is_done_all_the_same(shop, sandbox):
    sandbox.fault("403", path="/api/annotations", count=None)
    done = shop.invoke("push", "--format", "json")
    assert done.code == 0
    assert "warning: no annotation was written: " in done.err
    assert "(POST /api/annotations)" in done.err
    assert sandbox.title("shop-overview") == "Overview"
