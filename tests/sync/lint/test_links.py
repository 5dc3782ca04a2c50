"""Where links and annotations lead to, beyond what the examples of `broken-link` show."""

from __future__ import annotations

import json

import pytest

from sync.lint import Severity, check

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
