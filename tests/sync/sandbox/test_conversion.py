from __future__ import annotations

from typing import Any

import pytest

from sync.migration import migrated
from sync.sandbox.conversion import convert
from tests.sync.sandbox.client import DASHBOARDS, Client, dashboard

PROMETHEUS = {"type": "prometheus", "uid": "prom"}


def classic() -> dict[str, Any]:
    stat = {
        "id": 1,
        "type": "stat",
        "title": "Up",
        "description": "one when up",
        "gridPos": {"x": 0, "y": 0, "w": 4, "h": 4},
        "datasource": PROMETHEUS,
        "targets": [{"refId": "A", "expr": "up", "instant": True, "datasource": PROMETHEUS}],
        "options": {"colorMode": "value"},
        "fieldConfig": {"defaults": {"unit": "short"}, "overrides": []},
        "transformations": [{"id": "organize", "options": {}}],
        "interval": "1m",
    }
    inner = {**stat, "id": 3, "gridPos": {"x": 0, "y": 5, "w": 12, "h": 8}}
    row = {"id": 2, "type": "row", "title": "Why", "collapsed": True, "gridPos": {"x": 0, "y": 4, "w": 24, "h": 1}}
    library = {
        "id": 4,
        "title": "Lib",
        "gridPos": {"x": 4, "y": 0, "w": 4, "h": 4},
        "libraryPanel": {"uid": "l", "name": "L"},
    }
    variable = {
        "type": "query",
        "name": "environment",
        "datasource": PROMETHEUS,
        "query": "label_values(up, environment)",
        "refresh": 2,
        "hide": 0,
        "sort": 1,
        "multi": True,
    }
    source = {"type": "datasource", "name": "datasource", "query": "prometheus", "hide": 0}
    spec = {
        "title": "Both ways",
        "schemaVersion": 42,
        "tags": ["a"],
        "graphTooltip": 1,
        "refresh": "30s",
        "panels": [stat, library, {**row, "panels": [inner]}],
        "templating": {"list": [source, variable]},
        "links": [{"title": "x", "type": "link", "url": "https://example.com"}],
    }
    return migrated(spec)


def test_elements_layout_and_variables_of_a_classic_dashboard() -> None:
    beta = convert(classic(), stored="v1beta1", wanted="v2beta1")
    assert {name: element["kind"] for name, element in beta["elements"].items()} == {
        "panel-1": "Panel",
        "panel-3": "Panel",
        "panel-4": "LibraryPanel",
    }
    assert beta["layout"]["kind"] == "RowsLayout"
    assert [row["spec"]["title"] for row in beta["layout"]["spec"]["rows"]] == ["", "Why"]
    assert [variable["kind"] for variable in beta["variables"]] == ["DatasourceVariable", "QueryVariable"]
    assert (beta["cursorSync"], beta["timeSettings"]["autoRefresh"]) == ("Crosshair", "30s")
    query = beta["elements"]["panel-1"]["spec"]["data"]["spec"]["queries"][0]["spec"]["query"]
    assert (query["group"], query["datasource"], query["spec"]) == (
        "prometheus",
        {"name": "prom"},
        {"expr": "up", "instant": True},
    )


def test_what_both_schemas_know_survives_the_way_there_and_back() -> None:
    before = classic()
    after = convert(convert(classic(), stored="v1beta1", wanted="v2beta1"), stored="v2beta1", wanted="v1beta1")
    for key in ("title", "tags", "graphTooltip", "refresh", "time", "links", "annotations"):
        assert after[key] == before[key]
    first, _, *rest = after["panels"]
    assert [panel["title"] for panel in after["panels"] if panel.get("type") == "row"] == ["", "Why"]
    assert first["type"] == "row"
    stat = next(panel for panel in after["panels"] if panel["id"] == 1)
    wanted = next(panel for panel in before["panels"] if panel["id"] == 1)
    for key in (
        "title",
        "type",
        "description",
        "targets",
        "options",
        "fieldConfig",
        "datasource",
        "interval",
        "transformations",
    ):
        assert stat[key] == wanted[key]
    assert rest[-1]["panels"][0]["id"] == 3
    variable = after["templating"]["list"][1]
    wanted_variable = before["templating"]["list"][1]
    for key in ("type", "name", "query", "refresh", "hide", "sort", "multi", "datasource"):
        assert variable[key] == wanted_variable[key]


def test_alpha_and_beta_are_one_dashboard_in_two_spellings() -> None:
    beta = convert(classic(), stored="v1beta1", wanted="v2beta1")
    alpha = convert(beta, stored="v2beta1", wanted="v2alpha1")
    assert alpha["elements"]["panel-1"]["spec"]["vizConfig"]["kind"] == "stat"
    assert convert(alpha, stored="v2alpha1", wanted="v2beta1") == beta


@pytest.mark.parametrize("layout", ["AutoGridLayout", "TabsLayout"])
def test_layouts_without_counterpart_are_laid_out_plainly(layout: str) -> None:
    items = [
        {"kind": f"{layout}Item", "spec": {"element": {"kind": "ElementReference", "name": f"p{number}"}}}
        for number in range(4)
    ]
    auto = {"kind": "AutoGridLayout", "spec": {"items": items}}
    tabs = {
        "kind": "TabsLayout",
        "spec": {"tabs": [{"kind": "TabsLayoutTab", "spec": {"title": "Tab", "layout": auto}}]},
    }
    panel = {"kind": "Panel", "spec": {"title": "x", "vizConfig": {"group": "stat"}}}
    elements = {f"p{number}": {**panel, "spec": {**panel["spec"], "id": number + 1}} for number in range(4)}
    spec = {"title": "t", "elements": elements, "layout": tabs if layout == "TabsLayout" else auto}
    panels = [panel for panel in convert(spec, stored="v2beta1", wanted="v1beta1")["panels"] if panel["type"] == "stat"]
    covered = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(panels) == 4
    assert len(covered) == len(set(covered))
    assert max(x for x, _ in covered) < 24


def test_content_that_cannot_be_converted_is_said_to_have_failed(sandbox: Client) -> None:
    v2 = DASHBOARDS.replace("v1beta1", "v2beta1")
    body = dashboard("odd")
    body |= {"apiVersion": "dashboard.grafana.app/v2beta1"}
    body["spec"] = {"title": "odd", "elements": {}, "layout": {"kind": "GridLayout", "spec": {"items": [7]}}}
    assert sandbox.post(v2, body).status == 201
    shown = sandbox.get(f"{DASHBOARDS}/odd")
    assert (shown.status, shown.body["status"]["conversion"]["failed"]) == (200, True)
    assert sandbox.get("/api/dashboards/uid/odd").status == 200
    assert sandbox.get("/").status == 200
