"""Dashboards made with grafanalib alone come out in today's form."""

import json

import pytest
from grafanalib import core
from grafanalib._gen import DashboardEncoder

from panels_lib.adapter import dashboard_json
from panels_lib.plain import plain
from tests.grafana_types.departures import departures


def targets():
    return [core.Target(expr="up", legendFormat="{{job}}"), core.Target(expr="up == 0", refId="B")]


BANDS = [core.Threshold("green", 0, 0.0), core.Threshold("red", 1, 80.0)]
LOKI = {"type": "loki", "uid": "logs"}
PANELS = {
    "TimeSeries": lambda: core.TimeSeries(
        title="x", targets=targets(), thresholds=BANDS, stacking={"mode": "normal"}, legendDisplayMode="hidden"
    ),
    "Graph": lambda: core.Graph(
        title="x",
        targets=targets(),
        dataSource="prometheus",
        yAxes=core.single_y_axis(format="bytes", min=0, logBase=10, label="size"),
        legend=core.Legend(show=True, avg=True, max=True, current=True, alignAsTable=True, rightSide=True),
        seriesOverrides=[core.SeriesOverride(alias="/x/", color="#fff", dashes=True, yaxis=2, fill=3)],
        thresholds=[core.GraphThreshold(colorMode="warning", value=10.0), core.GraphThreshold(value=20.0)],
        stack=True,
    ),
    "SingleStat": lambda: core.SingleStat(
        title="x",
        targets=targets(),
        thresholds="1,2",
        colors=["green", "orange", "red"],
        format="s",
        valueMaps=[core.ValueMap(text="up", value="1")],
    ),
    "Stat": lambda: core.Stat(
        title="x",
        targets=targets(),
        thresholds=BANDS,
        mappings=[core.StatValueMappings(core.StatValueMappingItem(text="up", mapValue="1", color="green"))],
    ),
    "Stat with mappings of old": lambda: core.Stat(
        title="x",
        targets=targets(),
        mappings=[
            core.StatValueMapping(text="up", mapValue="1", id=1),
            core.StatRangeMapping(text="some", startValue="2", endValue="3", id=2),
        ],
    ),
    "GaugePanel": lambda: core.GaugePanel(title="x", targets=targets(), thresholdLabels=True),
    "BarGauge": lambda: core.BarGauge(title="x", targets=targets(), max=200, limit=3),
    "Table": lambda: core.Table(
        title="x", targets=targets(), thresholds=BANDS, displayMode="lcd-gauge", sortBy=[core.TableSortByField("job")]
    ),
    "Heatmap": lambda: core.Heatmap(title="x", targets=targets()),
    "StateTimeline": lambda: core.StateTimeline(title="x", targets=targets(), thresholds=BANDS),
    "Text": lambda: core.Text(title="x", content="hello"),
    "AlertList": lambda: core.AlertList(title="x", gridPos=core.GridPos(8, 12, 0, 0)),
    "Logs": lambda: core.Logs(
        title="x", dataSource=LOKI, targets=[core.Target(expr='{a="b"}', refId="A", datasource=LOKI)]
    ),
    "PieChart": lambda: core.PieChartv2(title="x", targets=targets()),
    "BarChart": lambda: core.BarChart(title="x", targets=targets()),
    "Histogram": lambda: core.Histogram(title="x", targets=targets()),
    "DashboardList": lambda: core.DashboardList(title="x", searchTags=["a"]),
    "News": lambda: core.News(title="x", feedUrl="https://example.org/feed"),
    "Statusmap": lambda: core.Statusmap(title="x", targets=targets()),
    "Discrete": lambda: core.Discrete(title="x", targets=targets()),
    "Worldmap": lambda: core.Worldmap(title="x", targets=targets()),
    "RowPanel": lambda: core.RowPanel(title="x", gridPos=core.GridPos(1, 24, 0, 0)),
    "collapsed RowPanel": lambda: core.RowPanel(
        title="x",
        collapsed=True,
        panels=[core.TimeSeries(title="in", targets=targets(), gridPos=core.GridPos(8, 12, 0, 1))],
    ),
}
TEMPLATES = [
    core.Template(name="job", query="label_values(up, job)", dataSource="prometheus", default="x", multi=True),
    core.Template(name="mode", query="a,b", type="custom", default="a"),
    core.Template(name="window", query="1m,5m", type="interval", default="1m"),
    core.Template(name="source", query="prometheus", type="datasource"),
    core.Template(name="k", query="5", type="constant", default="5"),
]


def made(*panels, **settings):
    return core.Dashboard(title="Old", panels=list(panels), **settings).auto_panel_ids()


def only_panel(panel):
    (found,) = dashboard_json(made(panel))["panels"]
    return found


@pytest.mark.parametrize("kind", PANELS)
def test_each_kind_of_grafanalib_comes_out_as_grafana_types_it(kind):
    dashboard = made(PANELS[kind]())
    assert departures(plain(dashboard))
    assert departures(dashboard_json(dashboard)) == []


def test_a_whole_dashboard_of_grafanalib_comes_out_as_grafana_types_it():
    dashboard = made(
        *(draw() for draw in PANELS.values()),
        templating=core.Templating(list=TEMPLATES),
        annotations=core.Annotations(list=[{"name": "x", "datasource": "-- Grafana --", "enable": True}]),
        links=[core.DashboardLink(title="x", tags=["a"]), core.ExternalLink(uri="https://example.org", title="y")],
        sharedCrosshair=True,
    )
    assert len(departures(plain(dashboard))) > 400
    assert departures(dashboard_json(dashboard)) == []
    assert dashboard_json(dashboard)["graphTooltip"] == 1


def test_rows_of_old_are_laid_out_in_the_grid():
    rows = [
        core.Row(
            title="First", panels=[core.Graph(title="a", targets=targets()), core.Graph(title="b", targets=targets())]
        ),
        core.Row(title="Folded", collapse=True, panels=[core.Graph(title="c", targets=targets())]),
        core.Row(panels=[core.Graph(title="d", targets=targets(), span=4)]),
    ]
    page = dashboard_json(core.Dashboard(title="Rows", rows=rows).auto_panel_ids())
    assert departures(page) == []
    places = {panel["title"]: tuple(panel["gridPos"][key] for key in "xywh") for panel in page["panels"]}
    assert places == {
        "First": (0, 0, 24, 1),
        "a": (0, 1, 12, 7),
        "b": (12, 1, 12, 7),
        "Folded": (0, 8, 24, 1),
        "": (0, 9, 24, 1),
        "d": (0, 10, 8, 7),
    }
    (inside,) = page["panels"][3]["panels"]
    assert inside["title"] == "c"
    ids = [panel["id"] for panel in [*page["panels"], inside]]
    assert len(set(ids)) == len(ids)


def test_a_graph_keeps_what_it_drew():
    panel = only_panel(PANELS["Graph"]())
    defaults = panel["fieldConfig"]["defaults"]
    assert panel["type"] == "timeseries"
    assert (defaults["unit"], defaults["min"]) == ("bytes", 0)
    assert defaults["custom"]["stacking"]["mode"] == "normal"
    assert defaults["custom"]["scaleDistribution"] == {"type": "log", "log": 10}
    assert defaults["custom"]["axisLabel"] == "size"
    assert [step["value"] for step in defaults["thresholds"]["steps"]] == [None, 10, 20]
    assert panel["options"]["legend"]["calcs"] == ["lastNotNull", "mean", "max"]
    assert panel["fieldConfig"]["overrides"][0]["matcher"] == {"id": "byRegexp", "options": "/x/"}


def test_a_single_stat_keeps_its_colours_and_words():
    defaults = only_panel(PANELS["SingleStat"]())["fieldConfig"]["defaults"]
    assert defaults["thresholds"]["steps"] == [
        {"color": "green", "value": None},
        {"color": "orange", "value": 1},
        {"color": "red", "value": 2},
    ]
    assert defaults["mappings"] == [{"type": "value", "options": {"1": {"index": 0, "text": "up"}}}]


def test_a_bar_gauge_keeps_what_sat_in_field_options():
    panel = only_panel(PANELS["BarGauge"]())
    assert panel["fieldConfig"]["defaults"]["max"] == 200
    assert panel["options"]["reduceOptions"] == {"calcs": ["mean"], "fields": "", "values": False, "limit": 3}


def test_a_data_source_by_name_becomes_a_reference():
    panel = only_panel(PANELS["Graph"]())
    assert panel["datasource"] == {"type": "prometheus", "uid": "prometheus"}
    assert [target["datasource"] for target in panel["targets"]] == [panel["datasource"]] * 2


def test_the_adapter_knows_what_is_no_dashboard():
    assert dashboard_json(object()) is None
    assert dashboard_json({"title": "plain"}) is None
    assert dashboard_json(core.Target(expr="up", refId="A")) is None


def test_plain_data_is_what_grafanalib_itself_writes():
    dashboard = made(PANELS["TimeSeries"](), PANELS["Stat"]())
    assert plain(dashboard) == json.loads(json.dumps(dashboard, cls=DashboardEncoder))


def test_what_has_no_form_in_json_is_named():
    with pytest.raises(TypeError, match=r"object .* has no form in JSON"):
        plain({"a": [object()]})
