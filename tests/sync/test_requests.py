"""What a verb costs where nothing differs, by the sandbox's log of requests."""

from __future__ import annotations

import pytest

from tests.sync.project import DASHBOARD


@pytest.fixture
def shop(project, sandbox):
    """A project with all that can be asked for: a folder.yaml, a library panel, a dashboard; pushed."""
    project.connect(sandbox.url, api=sandbox.api)
    project.write("rendered/dashboards/Shop/folder.yaml", "uid: shop\ntitle: Shop pages\n")
    project.rendered("library/Shop/up.json", {"uid": "shop-up", "name": "Up", "model": {"type": "stat", "title": "Up"}})
    project.rendered("dashboards/Shop/overview.json", DASHBOARD)
    assert project.invoke("push").code == 0
    sandbox.requests()
    return project


@pytest.mark.parametrize("verb", ["push", "status", "plan"])
def test_in_step_costs_one_listing_and_at_most_four_more_requests_on_the_app_platform(shop, sandbox, verb):
    done = shop.invoke(verb, "--format", "json", "--exit-code")
    assert done.code == 0, done
    asked = sandbox.requests()
    assert all(request.startswith("GET ") for request in asked)
    listings = [request for request in asked if request.endswith(("/dashboards", "/api/search"))]
    assert listings
    if sandbox.api == "app-platform":
        assert (len(listings), len(asked) - len(listings)) == (1, 4), asked


def test_a_grafana_that_serves_folders_in_another_version_is_asked_which(shop, sandbox, monkeypatch):
    monkeypatch.setattr("sync.grafana.app_platform.FOLDER_VERSION", "v9")
    assert shop.invoke("push").code == 0
    assert ("GET /apis/folder.grafana.app" in sandbox.requests()) == (sandbox.api == "app-platform")


def test_the_history_of_pushes_lists_the_dashboards_once(shop, sandbox):
    for number in range(5):
        shop.rendered(f"dashboards/Shop/{number}.json", {**DASHBOARD, "uid": f"shop-{number}"})
    assert shop.invoke("push").code == 0
    sandbox.requests()
    done = shop.invoke("history")
    assert "5 dashboards" in done.out
    assert "2 pushes" in done.out
    listing = ("/v1beta1/namespaces/default/dashboards", "/api/search")
    searches = [request for request in sandbox.requests() if request.endswith(listing)]
    assert len(searches) <= (1 + 6 if sandbox.api == "app-platform" else 1)  # one a dashboard for its history
