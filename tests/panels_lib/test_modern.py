"""The one pass: what it mends, that it leaves alone what is modern, and that it changes nothing it was given."""

import copy

import pytest
from grafanalib import core

from panels_lib.modern import modern
from panels_lib.plain import plain
from tests.panels_lib.page import whole_page


def old(*panels, **settings):
    return plain(core.Dashboard(title="Old", panels=list(panels), **settings).auto_panel_ids())


def graph(**settings):
    place = core.GridPos(8, 12, 0, 0)
    return core.TimeSeries(title="x", dataSource={"type": "prometheus", "uid": "p"}, gridPos=place, **settings)


def leaves(value):
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value


def test_what_is_modern_stays_as_it_is():
    page = whole_page()
    assert modern(page) == page


def test_twice_is_once():
    page = modern(old(graph(targets=[core.Target(expr="up")]), core.BarGauge(title="b"), core.SingleStat(title="s")))
    assert modern(page) == page


def test_it_changes_nothing_it_was_given():
    dashboard = old(graph(targets=[core.Target(expr="up")]), core.BarGauge(title="b"), core.Graph(title="g"))
    before = copy.deepcopy(dashboard)
    modern(dashboard)
    assert dashboard == before


def test_pages_share_no_default():
    one, other = (modern(old(graph(), graph())) for _ in range(2))
    first, second = one["panels"]
    first["options"]["legend"]["calcs"].append("mean")
    first["fieldConfig"]["defaults"]["thresholds"]["steps"].clear()
    one["annotations"]["list"][0]["datasource"]["uid"] = "changed"
    assert second["options"]["legend"]["calcs"] == []
    assert other == modern(old(graph(), graph()))


def test_the_frame_is_todays():
    page = modern(old(sharedCrosshair=True))
    assert page["schemaVersion"] == 42
    assert page["graphTooltip"] == 1
    assert page["timepicker"] == {}
    assert not {"__inputs", "hideControls", "rows", "sharedCrosshair", "style", "gnetId", "id", "version"} & page.keys()
    assert [mark["builtIn"] for mark in page["annotations"]["list"]] == [1]
    assert {key: page[key] for key in ("fiscalYearStartMonth", "preload", "weekStart", "editable")} == {
        "fiscalYearStartMonth": 0,
        "preload": False,
        "weekStart": "",
        "editable": True,
    }


def test_nulls_go_but_for_the_open_threshold():
    page = modern(old(graph(targets=[core.Target(expr="up")])))
    (panel,) = page["panels"]
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert steps[0]["value"] is None
    steps[0]["value"] = 0
    assert None not in list(leaves(page))


def test_an_open_range_stays_open():
    page = whole_page()
    ranges = [
        mapping["options"]
        for panel in page["panels"]
        for mapping in panel.get("fieldConfig", {}).get("defaults", {}).get("mappings", [])
        if mapping["type"] == "range"
    ]
    assert {"from": None, "to": 0.01} in [{key: one[key] for key in ("from", "to")} for one in ranges]


def test_the_panels_envelope_is_todays():
    (panel,) = modern(old(graph(targets=[core.Target(expr="up")], span=6, editable=False)))["panels"]
    assert panel.keys() == {
        "datasource",
        "fieldConfig",
        "gridPos",
        "id",
        "options",
        "pluginVersion",
        "targets",
        "title",
        "type",
    }


@pytest.mark.parametrize(("given", "kept"), [(100, None), (500, 500), (None, None)])
def test_only_a_wanted_loss_of_resolution_is_kept(given, kept):
    (panel,) = modern(old(graph(maxDataPoints=given)))["panels"]
    assert panel.get("maxDataPoints") == kept


def test_a_prometheus_query_has_todays_model():
    (panel,) = modern(old(graph(targets=[core.Target(expr="up"), core.Target(expr="down", instant=True, hide=True)])))[
        "panels"
    ]
    source = {"type": "prometheus", "uid": "p"}
    model = {"datasource": source, "editorMode": "code", "exemplar": False, "format": "time_series"}
    assert panel["targets"] == [
        {**model, "expr": "up", "instant": False, "legendFormat": "__auto", "range": True, "refId": "A"},
        {
            **model,
            "expr": "down",
            "hide": True,
            "instant": True,
            "legendFormat": "__auto",
            "range": False,
            "refId": "B",
        },
    ]


def test_queries_get_the_letters_that_are_free():
    refs = ["B", "", "B", ""]
    (panel,) = modern(old(graph(targets=[core.Target(expr="up", refId=ref) for ref in refs])))["panels"]
    assert [target["refId"] for target in panel["targets"]] == ["B", "A", "C", "D"]


def test_thresholds_are_sorted_and_open_below():
    bands = [core.Threshold("green", 0, 0.0), core.Threshold("red", 1, 80.0), core.Threshold("orange", 2, 50.0)]
    (panel,) = modern(old(graph(thresholds=bands)))["panels"]
    assert panel["fieldConfig"]["defaults"]["thresholds"] == {
        "mode": "absolute",
        "steps": [
            {"color": "green", "value": None},
            {"color": "orange", "value": 50},
            {"color": "red", "value": 80},
        ],
    }


def test_fractions_pass_where_grafanalib_takes_whole_numbers_only():
    given = old(graph())
    given["panels"][0]["fieldConfig"]["defaults"] |= {"min": 0.5, "max": 99.5}
    defaults = modern(given)["panels"][0]["fieldConfig"]["defaults"]
    assert (defaults["min"], defaults["max"]) == (0.5, 99.5)


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("auto", {"type": "auto"}),
        ("lcd-gauge", {"type": "gauge", "mode": "lcd"}),
        ("color-background", {"type": "color-background", "mode": "gradient"}),
        ("color-background-solid", {"type": "color-background", "mode": "basic"}),
        ("json-view", {"type": "json-view"}),
    ],
)
def test_a_tables_display_mode_becomes_a_cell_type(mode, options):
    (panel,) = modern(old(core.Table(title="t", displayMode=mode, gridPos=core.GridPos(8, 12, 0, 0))))["panels"]
    assert panel["fieldConfig"]["defaults"]["custom"]["cellOptions"] == options


def test_a_hidden_legend_is_not_shown():
    (panel,) = modern(old(graph(legendDisplayMode="hidden")))["panels"]
    assert panel["options"]["legend"] == {
        "calcs": [],
        "displayMode": "list",
        "placement": "bottom",
        "showLegend": False,
    }


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        (None, {"type": "prometheus"}),
        ("default", {"type": "prometheus"}),
        ("Prom", {"type": "prometheus", "uid": "Prom"}),
        ("${source}", {"type": "prometheus", "uid": "${source}"}),
        ("-- Mixed --", {"type": "datasource", "uid": "-- Mixed --"}),
        ("-- Grafana --", {"type": "grafana", "uid": "-- Grafana --"}),
    ],
)
def test_a_data_source_by_name_becomes_a_reference(name, reference):
    given = old(graph())
    given["panels"][0]["datasource"] = name
    assert modern(given)["panels"][0]["datasource"] == reference


def test_panels_without_a_place_stand_below_each_other():
    given = old(core.TimeSeries(title="a"), core.TimeSeries(title="b"))
    places = [panel["gridPos"] for panel in modern(given)["panels"]]
    assert places == [{"h": 8, "w": 24, "x": 0, "y": 0}, {"h": 8, "w": 24, "x": 0, "y": 8}]


def test_panels_without_an_id_get_one_that_is_free():
    given = plain(core.Dashboard(title="x", panels=[graph(id=2), graph(), graph()]))
    assert [panel["id"] for panel in modern(given)["panels"]] == [2, 1, 3]


def test_an_override_without_a_value_goes():
    given = [
        {
            "matcher": {"id": "byName", "options": "x"},
            "properties": [{"id": "unit", "value": None}, {"id": "min", "value": 0}],
        }
    ]
    (panel,) = modern(old(graph(overrides=given)))["panels"]
    assert panel["fieldConfig"]["overrides"][0]["properties"] == [{"id": "min", "value": 0}]
