from __future__ import annotations

import pytest

from tests.sync.sandbox.client import DASHBOARDS, FOLDERS, MESSAGE, Client, dashboard, folder

HOSTILE = "<script>alert('x')</script> & \"quotes\""


@pytest.fixture
def visitor(sandbox: Client) -> Client:
    """Somebody with a browser and no credentials."""
    return Client(sandbox.url, authorization="")


def test_pages_say_what_this_is(sandbox: Client, visitor: Client) -> None:
    sandbox.post(DASHBOARDS, dashboard("one"))
    for path in ("/", "/d/one/any-slug", "/d/none"):
        assert "not Grafana" in visitor.get(path).text


def test_overview_lists_folders_and_dashboards_with_their_versions(sandbox: Client, visitor: Client) -> None:
    sandbox.post(FOLDERS, folder("team", title="Team"))
    sandbox.post(FOLDERS, folder("inner", title="Inner", parent="team"))
    inside = {"grafana.app/folder": "inner", MESSAGE: "why it changed"}
    sandbox.post(DASHBOARDS, dashboard("deep", title="Deep", annotations=inside))
    sandbox.put(f"{DASHBOARDS}/deep", dashboard("deep", title="Deeper", annotations=inside))
    page = visitor.get("/").text
    for text in ("Team", "Inner", "Deeper", "why it changed", "<td>2</td>", 'href="/d/deep/"'):
        assert text in page


def test_dashboard_page_shows_versions_and_json(sandbox: Client, visitor: Client) -> None:
    sandbox.post(DASHBOARDS, dashboard("one", title="First"))
    sandbox.put(f"{DASHBOARDS}/one", dashboard("one", title="Second"))
    page = visitor.get("/d/one/second").text
    for text in ("First", "Second", "&quot;schemaVersion&quot;: 42"):
        assert text in page
    assert visitor.get("/d/none/x").status == 404


def test_hostile_texts_are_escaped_and_no_script_may_run(sandbox: Client, visitor: Client) -> None:
    sandbox.post(FOLDERS, folder("evil", title=HOSTILE))
    sandbox.post(DASHBOARDS, dashboard("evil", title=HOSTILE, annotations={MESSAGE: HOSTILE}))
    for path in ("/", "/d/evil/x"):
        page = visitor.get(path)
        assert "<script" not in page.text
        assert "&lt;script&gt;" in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]


def test_sandbox_answers_to_the_names_of_this_machine_only(visitor: Client) -> None:
    statuses = [
        visitor.get("/", headers={"Host": host}).status for host in ("localhost:1", "127.0.0.1", "evil.example")
    ]
    assert statuses == [200, 200, 400]
