"""Where links and annotations lead to, beyond what the examples of `broken-link` show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sync.lint import Severity, check, lint
from sync.lint.discovery import files

SHOP = {"title": "Shop", "uid": "shop-overview", "schemaVersion": 42, "panels": [{"id": 2, "type": "row"}]}
RESOURCE = {
    "apiVersion": "dashboard.grafana.app/v2",
    "kind": "Dashboard",
    "metadata": {"name": "shop-stock"},
    "spec": {
        "title": "Stock",
        "elements": {"panel-7": {"kind": "LibraryPanel", "spec": {"id": 7, "title": "Stock", "libraryPanel": {}}}},
        "layout": {"kind": "GridLayout", "spec": {"items": []}},
    },
}
DASHBOARDS = {"shop.json": json.dumps(SHOP).encode(), "stock.json": json.dumps(RESOURCE).encode()}
MANAGED = """\
apiVersion: 1
groups:
- name: shop
  folder: Shop
  interval: 30s
  rules:
  - uid: down
    title: Down
    condition: A
    annotations: {%s}
    data: [{refId: A, datasourceUid: prometheus, model: {expr: up < 1}}]
"""


def said(annotations: str, *, managed: bool = False, dashboards: bool = True) -> list[tuple[str, Severity]]:
    rule = f"{{alert: Down, expr: up < 1, annotations: {{{annotations}}}}}"
    text = MANAGED % annotations if managed else f"groups: [{{name: shop, rules: [{rule}]}}]\n"
    found = check({**(DASHBOARDS if dashboards else {}), "rules.yaml": text.encode()})
    return [(problem.message, problem.severity) for problem in found if problem.rule == "broken-link"]


@pytest.mark.parametrize("managed", [False, True])
def test_the_panel_of_an_alert_is_looked_up(managed: bool) -> None:
    lost = said('__dashboardUid__: shop-overview, __panelId__: "9"', managed=managed)
    assert lost == [("the dashboard shop-overview has no panel 9", Severity.ERROR)]
    assert said("__dashboardUid__: shop-overview, __panelId__: 2", managed=managed) == []


def test_a_dashboard_of_another_family_may_be_elsewhere() -> None:
    assert said("__dashboardUid__: shop-overvew") == [
        ("there is no dashboard with the uid shop-overvew; did you mean shop-overview?", Severity.ERROR)
    ]
    assert said("__dashboardUid__: aq7x") == [("there is no dashboard with the uid aq7x", Severity.WARNING)]


@pytest.mark.parametrize(
    "annotations", ["__dashboardUid__: shop-stock, __panelId__: '7'", "dashboard: /d/shop-stock?viewPanel=panel-7"]
)
def test_a_resource_has_its_name_for_a_uid_and_its_library_panels(annotations: str) -> None:
    assert said(annotations) == []
    assert len(said(annotations.replace("7", "8"))) == 1


def test_nothing_is_said_where_nothing_is_known() -> None:
    assert said("__dashboardUid__: shop-overview, __panelId__: '9'", dashboards=False) == []
    assert said("__dashboardUid__: 'shop-{{ $labels.shop }}', __panelId__: '9'") == []


def test_a_runbook_is_missed_where_the_others_are_published() -> None:
    rules = """\
groups:
- name: shop
  rules:
  - {alert: Down, expr: up < 1, annotations: {runbook_url: "https://docs.example.com/runbooks/Down.md"}}
  - {alert: Slow, expr: up < 1, annotations: {runbook_url: "https://docs.example.com/runbooks/TooManyTimeouts.md"}}
  - {alert: Node, expr: up < 1, annotations: {runbook_url: "https://other.example.com/runbooks/NodeFilesystem"}}
"""
    found = check({"rules.yaml": rules.encode(), "runbooks/Down.md": b"# Down"})
    assert [each.message for each in found if each.rule == "broken-link"] == ["there is no runbook TooManyTimeouts.md"]


HOST = "https://grafana.example.com"


def page(uid: str, *links: str, title: str = "", content: str = "") -> tuple[str, bytes]:
    shown = {"id": 2, "type": "text", "title": "Up", "options": {"content": content}}
    listed = [{"type": "link", "title": link.rpartition("|")[0], "url": link.rpartition("|")[2]} for link in links]
    own = {"title": title or uid, "uid": uid, "schemaVersion": 42, "links": listed, "panels": [shown]}
    return f"{uid}.json", json.dumps(own).encode()


def broken(*pages: tuple[str, bytes], alerts: tuple[str, ...] = ()) -> list[tuple[str, Severity]]:
    rules = [{"alert": f"Down{n}", "expr": "up < 1", "annotations": {"seen": text}} for n, text in enumerate(alerts)]
    file = json.dumps({"groups": [{"name": "shop", "rules": rules}]}).encode()
    found = check({**dict(pages), "rules.yaml": file})
    return [(each.message, each.severity) for each in found if each.rule == "broken-link"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("af36c91c-1d8a-4ac6-b0f2-3f6c8a5dac4b", "af36c91c-1d8a-4ac6-b0f2-3f6c8a5dac4a"),
        ("6581e46e4e5c7ba40a07646395fe7b32", "6581e46e4e5c7ba40a07646395ef7b23"),
        ("YWfN6wL8z", "YWfN6wL7z"),
        ("edtb0oxdp", "edtb0oxdq"),
        ("shop_overview", "shop-overview"),
        ("shop-overveiw", "shop-overview"),
        ("shop-queue", "shop-queues"),
        ("shop-orchestatro", "shop-orchestrator"),
    ],
)
def test_a_slip_in_a_uid_is_seen_wherever_the_address_stands(written: str, meant: str) -> None:
    expected = [(f"there is no dashboard with the uid {written}; did you mean {meant}?", Severity.ERROR)]
    assert broken(page(meant), page("front", f"/d/{written}/${{name}}?from=now-1h")) == expected
    assert broken(page(meant, content=f'<a href="/grafana/d/{written}">all</a>')) == expected
    assert broken(page(meant), alerts=(f"see {HOST}/d/{written}.",)) == expected


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("shop-node-2", "shop-node-1"),
        ("shop-internal", "shop-external"),
        ("k8s-views-nodes", "k8s-views-pods"),
        ("shop-writes", "shop-reads"),
        ("NodeExporter2", "NodeExporter1"),
        ("shop-scaled-jobs-kedasj/shop-scaled-jobs", "shop-scaled-objects-kedaso"),
    ],
)
def test_a_sibling_that_is_not_among_the_files_is_no_slip(written: str, known: str) -> None:
    assert broken(page(known, f"/d/{written}")) == []


def test_a_dashboard_is_missed_by_its_title() -> None:
    known = page("aq7x", title="Shop / Overview")
    expected = [("there is no dashboard with the uid b1; did you mean aq7x (Shop / Overview)?", Severity.ERROR)]
    assert broken(known, page("front", "/d/b1/shop-overview")) == expected
    assert broken(known, page("front", "Shop / Overview|/d/b1")) == expected
    assert broken(page("aq7x", title="Overview"), page("front", "/d/b1/overview")) == []
    assert broken(page("aq7x", "/d/b1/shop-overview", title="Shop / Overview")) == []


def test_a_dashboard_of_a_set_linted_alone_says_nothing_of_the_others() -> None:
    siblings = [f"/d/shop-{name}" for name in ("orders", "queues", "stock", "logs")]
    assert broken(page("shop-overview", *siblings)) == []
    assert broken(page("shop-overview", *siblings), page("shop-orders", *siblings, "/d/shop-overview")) == []


def test_one_is_missed_where_the_others_of_its_set_are() -> None:
    pages = [
        page(uid, "/d/shop-overview", "/d/shop-orders", "/d/shop-stock") for uid in ("shop-overview", "shop-orders")
    ]
    pages.append(page("shop-stock", "/d/shop-overview"))
    assert broken(*pages) == []
    assert broken(*pages, page("front", "/d/shop-customers"))[0][1] is Severity.ERROR


def test_one_is_missed_on_the_grafana_that_the_files_are_for() -> None:
    pages = [page(uid) for uid in ("kafka", "redis", "nginx")]
    led = tuple(f"{HOST}/d/{uid}/{uid}?var-job={{{{ $labels.job }}}}" for uid in ("kafka", "redis", "nginx"))
    lost = "there is no dashboard with the uid haproxy"
    assert broken(*pages, alerts=led) == []
    assert broken(*pages, alerts=(*led, f"{HOST}/d/haproxy")) == [(lost, Severity.WARNING)]
    assert broken(*pages, alerts=(led[0], f"{HOST}/d/haproxy")) == [(lost, Severity.INFO)]
    assert broken(*pages, alerts=(*led, "https://other.example.com/d/haproxy")) == []


@pytest.mark.parametrize("query", ["viewPanel=490", "viewPanel=panel-490", "panelId=490&fullscreen", "editPanel=490"])
def test_the_panel_of_an_address_is_looked_up(query: str) -> None:
    expected = [("the dashboard redis has no panel 490", Severity.ERROR)]
    address = f"/d/redis/redis?var-job={{{{ $labels.job }}}}&{query}"
    assert broken(page("redis"), alerts=(HOST + address,)) == expected
    assert broken(page("redis"), alerts=(HOST + address.replace("490", "2"),)) == []
    assert broken(page("redis", f"?{query}")) == expected
    assert said(f"seen: /d/shop-overview?{query}", managed=True) == [
        ("the dashboard shop-overview has no panel 490", Severity.ERROR)
    ]


def test_links_of_v2_are_followed() -> None:
    link = {"title": "All", "url": "/d/shop-stokc/$name"}
    field = {"defaults": {"links": [{"title": "One", "url": "/d/shop-stock?viewPanel=8"}]}}
    panel = {"id": 3, "title": "Up", "links": [link], "vizConfig": {"kind": "stat", "spec": {"fieldConfig": field}}}
    spec = {**RESOURCE["spec"], "links": [link], "elements": {"a": {"kind": "Panel", "spec": panel}}}  # type: ignore[dict-item]
    other = json.dumps({**RESOURCE, "metadata": {"name": "front"}, "spec": spec}).encode()
    found = check({**DASHBOARDS, "front.json": other})
    assert sorted((each.message, each.panel) for each in found if each.rule == "broken-link") == [
        ("the dashboard shop-stock has no panel 8", "Up"),
        ("there is no dashboard with the uid shop-stokc; did you mean shop-stock?", ""),
        ("there is no dashboard with the uid shop-stokc; did you mean shop-stock?", "Up"),
    ]


def test_headings_are_looked_up_in_the_markdown_that_an_address_ends_with(tmp_path: Path) -> None:
    mixin = tmp_path / "operations" / "shop-mixin"
    mixin.mkdir(parents=True)
    address = "https://github.com/shop/shop/tree/main/operations/shop-mixin"
    rules = f"""\
groups:
- name: shop
  rules:
  - {{alert: ShopUnhealthy, expr: up < 1, annotations: {{runbook_url: "{address}/%s#ShopUnhealty"}}}}
  - {{alert: ShopSlow, expr: up < 1, annotations: {{runbook_url: "{address}/%s#ShopSlow"}}}}
"""
    for name in ("runbook.md", "playbook.md"):
        (mixin / name).write_text("# Shop\n\n## ShopUnhealthy\n\n## ShopSlow\n")
        (tmp_path / "rules.yaml").write_text(rules.replace("%s", name))
        (mixin / "README.md").write_text("[nothing](nowhere.md)")
        found = [each.message for each in lint(files([tmp_path])) if each.rule == "broken-link"]
        assert found == [f"{name} has no heading #ShopUnhealty; did you mean shopunhealthy?"]
