"""What the server answers, asked without a browser."""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sync.preview.page import MOST_PANELS
from sync.serve.app import POLICY
from tests.sync.grafana import Grafana
from tests.sync.preview.boards import PROMETHEUS, board, panel, prometheus, target
from tests.sync.sandbox.client import Client
from tests.sync.serve.site import HOSTILE, Folder, shop, text

PAGES = ("/", "/?q=stock", "/d/overview", "/d/overview/0", "/d/overview/text", "/changes", "/d/none", "/nowhere")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return shop(tmp_path)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server for tests that only look."""
    with shop(tmp_path_factory.mktemp("shown")).served() as client:
        yield client


def picture(client: Client, path: str) -> str:
    answer = client.get(path)
    assert (answer.status, answer.headers["content-type"]) == (200, "image/svg+xml"), answer
    return re.sub(r"<[^>]+>", " ", answer.text)


def test_every_answer_forbids_what_it_does_not_need(shown) -> None:
    for path in (*PAGES, "/assets/script.js", "/d/overview/places.css"):
        headers = shown.get(path).headers
        assert headers["content-security-policy"] == POLICY, path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
    drawn = shown.get("/d/overview/0/dark-wide.svg").headers["content-security-policy"]
    assert "default-src 'none'" in drawn
    assert "script-src" not in drawn
    assert "unsafe" not in POLICY
    assert all(source in {"'none'", "'self'"} for source in re.findall(r"'[^']+'|https?:\S*|\*", POLICY))


def test_pages_hold_no_script_or_style_of_their_own(folder) -> None:
    folder.board("hostile", panel("text", HOSTILE, options={"content": HOSTILE}), title=HOSTILE, tags=[HOSTILE])
    with folder.served() as client:
        for path in (*PAGES, "/d/hostile", "/d/hostile/0", "/d/hostile/text", "/?q=%3Cscript%3E"):
            shown = client.get(path).text
            assert re.findall(r"<script(.*?)>", shown) == [' type="module" src="/assets/script.js"'], path
            assert not re.search(r"<style|\sstyle=|\son\w+=[\"']|javascript:", shown.replace("&#34;", "")), path
            assert "document.title=" not in shown or "&lt;script&gt;" in shown


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "[::1]", ""])
def test_a_request_under_another_name_is_refused(shown, host) -> None:
    assert shown.get("/", headers={"Host": host}).status == 400
    assert shown.get("/", headers={"Host": "localhost:1"}).status == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_sites_page_asks_for_is_refused(shown, site) -> None:
    for path in ("/d/overview/0/dark-wide.svg", "/events", "/"):
        asked = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"}
        assert shown.get(path, headers=asked).status == 403
    assert shown.post("/theme", b"theme=dark", headers={"Sec-Fetch-Site": site}).status == 403
    followed = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"}
    assert shown.get("/d/overview", headers=followed).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../app.py", "/assets/..%2fapp.py", "/assets/%2e%2e/app.py", "/assets/style.css/..%2f..%2fapp.py",
        "/d/..%2f..%2fdash-sync.yaml", "/d/%2e%2e", "/d/overview/../../../etc/passwd", "/d/..%5c..%5csecret",
        "/d/overview/99", "/d/overview/-1", "/d/overview/0/dark-enormous.svg", "/d/overview/0/../dark-wide.svg",
        "/d/overview/99999999999999999999/dark-wide.svg", "/difference/changes/dark.svg?of=../../secret", "/live",
    ],
)  # fmt: skip
def test_an_address_leads_to_what_is_served_and_to_nothing_else(shown, path) -> None:
    answer = shown.get(path)
    assert answer.status == 404
    assert "Show all dashboards" in answer.text


def test_a_link_that_leads_out_of_the_folder_is_not_followed(folder, tmp_path) -> None:
    outside = tmp_path / "outside.json"
    outside.write_text(json.dumps(board(title="Outside")))
    (folder.rendered / "dashboards" / "link.json").symlink_to(outside)
    with folder.served() as client:
        assert "Outside" not in client.get("/").text


def test_a_title_is_text_wherever_it_stands(folder) -> None:
    folder.board(
        "hostile", panel(HOSTILE, HOSTILE, target(HOSTILE), description=HOSTILE), title=HOSTILE, description=HOSTILE
    )
    shown = HOSTILE.replace("\u202e", "\\u202e")
    with folder.served() as client:
        for path in ("/", "/d/hostile", "/d/hostile/0", "/d/hostile/text", "/changes"):
            assert shown in text(client.get(path)), path
        drawn = client.get("/d/hostile/0/light-wide.svg").text
    assert "<script" not in drawn
    assert "<img" not in drawn


def test_a_broken_file_is_named_with_its_line_and_the_rest_is_served(folder) -> None:
    folder.write("dashboards/Shop/broken.json", '{"title": "x",\n "panels": [,]}')
    folder.write("dashboards/Shop/list.json", "[1, 2]")
    folder.write("dashboards/Shop/other.json", '{"apiVersion": "v1", "kind": "ConfigMap", "spec": {}}')
    folder.board("Stock/overview", panel("stat"), title="Twin")
    with folder.served() as client:
        listed = text(client.get("/"))
        assert "4 files need attention" in listed
        assert "dashboards/Shop/broken.json:2:13 it is not JSON" in listed
        assert "dashboards/Shop/list.json it is JSON, but no dashboard" in listed
        assert "its uid 'overview' is that of dashboards/Shop/overview.json too" in listed
        assert client.get("/d/overview").status == 200
        assert "Twin" in text(client.get("/d/overview-2"))


def test_a_file_of_twenty_megabytes_and_a_page_of_two_thousand_panels_are_served(folder) -> None:
    folder.board("huge", panel("stat", "One"), title="Huge", description="x" * 20_000_000)
    many = (panel("timeseries", f"Panel {index}", target("up"), place=None) | {"id": 1} for index in range(2000))
    folder.board("many", *many, title="Many")
    with folder.served() as client:
        listed = client.get("/")
        assert "2000 panels" in listed.text
        assert len(listed.text) < 100_000
        assert len(client.get("/d/huge").text) < 100_000
        shown = client.get("/d/many").text
        assert shown.count('<h3 class="panel"') == MOST_PANELS
        assert f"{2000 - MOST_PANELS:,} more panels are not drawn" in shown
        assert f"Panel {MOST_PANELS - 1}" in picture(client, f"/d/many/{MOST_PANELS - 1}/dark-wide.svg")


def test_an_unknown_kind_of_panel_and_equal_ids_are_drawn_as_what_they_are(folder) -> None:
    folder.board("odd", panel("flux-capacitor", "Flux") | {"id": 1}, panel("stat", "Still") | {"id": 1}, title="Odd")
    with folder.served() as client:
        assert "this kind of panel is not drawn here" in picture(client, "/d/odd/0/dark-wide.svg")
        assert "Still" in picture(client, "/d/odd/1/dark-wide.svg")


def test_a_folder_of_exports_is_served_as_it_is(tmp_path) -> None:
    folder = Folder(tmp_path)
    (tmp_path / "rendered").mkdir()
    folder.write("export.json", board(panel("stat"), title="An export", __inputs=[]))
    with folder.served(base="") as client:
        assert "An export" in client.get("/").text
        assert "Changes since" not in client.get("/").text
        assert client.get("/changes").status == 404


def test_folders_have_the_titles_that_grafana_gives_them(folder) -> None:
    folder.write("dashboards/Shop/folder.yaml", "title: The <b>shop</b>\n")
    folder.write("dashboards/Shop/Stock/folder.yaml", "title: [no, text]\n")
    with folder.served() as client:
        listed = text(client.get("/"))
    assert "The <b>shop</b> 1" in listed
    assert "The <b>shop</b> / Stock 1" in listed
    assert "dashboards/Shop/Stock/folder.yaml:1" in listed


def test_dashboards_of_one_title_are_told_apart_by_their_files(folder) -> None:
    for name in ("Shop/first", "Shop/second"):
        folder.board(name, panel("stat"), title="Same")
    with folder.served() as client:
        listed = text(client.get("/"))
    assert {"dashboards/Shop/first.json", "dashboards/Shop/second.json"} <= set(listed.split())
    assert "dashboards/Shop/overview.json" not in listed


def test_many_broken_files_do_not_push_away_the_list(folder) -> None:
    for index in range(300):
        folder.write(f"dashboards/broken/{index}.json", "{")
    with folder.served() as client:
        shown = client.get("/").text
    assert "300 files need attention" in shown
    assert "and 100 more" in shown
    assert '<details id="troubled">' in shown


def test_an_empty_folder_says_what_to_do(tmp_path) -> None:
    folder = Folder(tmp_path)
    folder.rendered.mkdir()
    with folder.served(base="") as client:
        assert "dash-sync render" in text(client.get("/"))


def test_pictures_are_kept_by_what_they_show(folder) -> None:
    with folder.served() as client:
        page = client.get("/d/overview").text
        path = re.search(r'src="(/d/overview/0/light-wide\.svg\?[^"]+)"', page)[1]
        first = client.get(path)
        assert "immutable" in first.headers["cache-control"]
        assert client.get("/d/overview/0/light-wide.svg").headers["cache-control"] == "no-store"
        file = folder.rendered / "dashboards/Shop/overview.json"
        folder.write("dashboards/Shop/overview.json", file.read_text().replace("Requests by route", "Demand"))
        after = next(shown for shown in iter(lambda: client.get("/d/overview").text, None) if shown != page)
        assert path not in after
        assert "Demand" in picture(client, re.search(r'src="(/d/overview/0/light-wide\.svg\?[^"]+)"', after)[1])


def test_events_name_what_changed(folder) -> None:
    with folder.served() as client:
        connection = http.client.HTTPConnection(urlsplit(client.url).netloc, timeout=60)
        connection.request("GET", "/events")
        stream = connection.getresponse()
        first = event(stream)
        assert first["files"] == []
        folder.write("dashboards/Shop/new.json", board(panel("stat"), uid="new", title="New"))
        second = event(stream)
        assert second["files"] == ["dashboards/Shop/new.json"]
        assert second["version"] != first["version"]
        assert f'content="{second["version"]}"' in client.get("/").text
        connection.close()


def event(stream: http.client.HTTPResponse) -> dict:
    line = stream.readline()
    while not line.startswith(b"data: "):
        assert line, "the stream ended"
        line = stream.readline()
    return json.loads(line.removeprefix(b"data: "))


def test_changes_are_said_and_drawn(folder) -> None:
    file = folder.rendered / "dashboards/Shop/overview.json"
    folder.write("dashboards/Shop/overview.json", file.read_text().replace("Errors", "Failures"))
    with folder.served() as client:
        assert "changed" in text(client.get("/"))
        shown = text(client.get("/changes"))
        assert "panel “Failures” title Errors → Failures" in shown
        said = picture(client, "/difference/changes/dark.svg?of=overview")
        assert "changed" in said
        assert {"Before", "After"} <= set(said.split())
        assert "changed since HEAD" in text(client.get("/d/overview"))


def test_new_and_changed_dashboards_lead_to_their_views(folder) -> None:
    file = folder.rendered / "dashboards/Shop/overview.json"
    folder.write("dashboards/Shop/overview.json", file.read_text().replace("Errors", "Failures"))
    folder.board("Shop/new one", panel("stat", "Sales"), title="Brand new")
    with folder.served() as client:
        shown = client.get("/changes").text
        added = re.search(r'<a href="(/d/[^"]+)">Brand new</a>', shown)
        assert client.get(added[1]).status == 200
        assert '<p><a href="/d/overview">Open the dashboard</a></p>' in shown


def test_a_revision_that_is_not_there_is_said_on_its_page_alone(folder) -> None:
    with folder.served(base="no-such-branch") as client:
        assert "there is no revision 'no-such-branch'" in text(client.get("/changes"))
        assert client.get("/").status == 200


def test_live_is_compared_when_somebody_looks(project, sandbox: Grafana) -> None:
    project.connect(sandbox.url, api=sandbox.api)
    folder = Folder(project.root)
    folder.board("Shop/overview", panel("stat", "Sales"), title="Shop")
    assert project.invoke("push", "--yes").code == 0
    folder.board("Shop/overview", panel("stat", "Sales today"), title="Shop")
    sandbox.client.delete("/_sandbox/requests")
    common = folder.common(config=project.root / "dash-sync.yaml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOP_USER", "admin")
        patch.setenv("SHOP_PASSWORD", "admin")
        with folder.served(common=common, live=True, base="") as client:
            client.get("/d/overview")
            assert sandbox.requests() == []
            assert "title Sales → Sales today" in text(client.get("/live"))
            assert "Sales today" in picture(client, "/difference/live/light.svg?of=overview")


def test_a_prometheus_that_is_down_is_told_in_the_panels(folder) -> None:
    with prometheus() as (url, _):
        pass
    with folder.served(prometheus=url) as client:
        assert client.get("/d/overview").status == 200
        assert "refuses the connection" in picture(client, "/d/overview/0/dark-wide.svg")
        assert "refuses the connection" in text(client.get("/d/overview/text"))


def test_a_slow_query_holds_up_its_own_panel_only(folder) -> None:
    with prometheus() as (url, answers), folder.served(prometheus=url) as client:
        answers.held["http_requests_total"] = released = threading.Event()
        page = client.get("/d/overview").text
        paths = re.findall(r'src="(/d/overview/\d/light-wide\.svg\?[^"]+)"', page)
        drawn: list[str] = []
        slow = threading.Thread(target=lambda: drawn.append(picture(client, paths[0])))
        slow.start()
        assert "Errors" in picture(client, paths[1])
        assert drawn == []
        released.set()
        slow.join()
        assert "Requests by route" in drawn[0]


def test_a_page_opens_before_a_slow_server_said_anything(folder) -> None:
    query = {"type": "query", "query": "label_values(up, environment)", "datasource": PROMETHEUS}
    listed = [
        {"name": "environment", "label": "Environment", "current": {"value": "production"}, **query},
        {"name": "region", "label": "Region", **query},
    ]
    folder.board("chosen", panel("stat", "Up", target("up")), title="Chosen", templating={"list": listed})
    with prometheus() as (url, answers), folder.served(prometheus=url) as client:
        for path in ("/api/v1/status/config", "/api/v1/label"):
            answers.held[path] = threading.Event()
        shown = text(client.get("/d/chosen"))
        for event in answers.held.values():
            event.set()
    assert "Environment production" in shown
    assert "Region –" in shown


def test_a_password_in_the_address_of_prometheus_is_shown_nowhere(folder) -> None:
    with prometheus() as (url, _):
        pass
    with folder.served(prometheus=url.replace("//", "//user:geheim@")) as client:
        for path in (*PAGES, "/d/overview/0/dark-wide.svg"):
            assert "geheim" not in client.get(path).text


def test_the_range_is_carried_from_page_to_picture(folder) -> None:
    with folder.served() as client:
        page = client.get("/d/overview?from=now-1h").text
        path = re.search(r'src="(/d/overview/0/light-wide\.svg\?[^"]+)"', page)[1].replace("&amp;", "&")
        assert "from=now-1h" in path
        hour, whole = client.get(path).text, client.get("/d/overview/0/light-wide.svg").text
        assert "13:10" in hour
        assert "13:10" not in whole
        refused = client.get("/d/overview/0?from=yesterday-ish")
        assert refused.status == 400
        assert "yesterday-ish" in text(refused)


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/x", "/\\evil.example", "\\\\evil.example", "x", ""]
)
def test_choosing_a_theme_leads_back_to_our_own_page_only(shown, back) -> None:
    answer = shown.post("/theme", f"theme=dark&back={back}".encode())
    assert answer.status == 303
    assert re.match(r"/(?![/\\])", answer.headers["location"])
    assert "SameSite=strict" in answer.headers["set-cookie"]


def test_a_theme_is_one_of_three(shown) -> None:
    assert 'data-theme="dark"' in shown.get("/", headers={"Cookie": "dash-sync-theme=dark"}).text
    assert 'data-theme="auto"' in shown.get("/", headers={"Cookie": 'dash-sync-theme="><script>'}).text
    assert "set-cookie" not in shown.post("/theme", b"theme=%22%3E&back=/").headers
    assert shown.post("/theme", b"theme=" + b"x" * 100_000).status == 413
