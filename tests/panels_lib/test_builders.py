"""What a reader sees: words, units, colours, lines and columns that come from the query."""

import pytest

from panels_lib import (
    Column,
    bar_gauge,
    gauge,
    heatmap,
    links,
    logs,
    mappings,
    node_graph,
    overrides,
    series,
    stat,
    table,
    timeseries,
    traces,
)
from panels_lib import annotations as marks
from signals_lib import Thresholds, logql
from signals_lib.log_stream import LogStream
from signals_lib.promql import buckets, rate
from tests.panels_lib.page import BUDGET_LEFT, DURATION, FAILURES, LATENCY, MEMORY_RAW, ORDERS, page_of


def drawn(panel):
    return page_of(panel)["panels"][1]


def defaults(panel):
    return drawn(panel)["fieldConfig"]["defaults"]


def steps(panel):
    return [(step["value"], step["color"]) for step in defaults(panel)["thresholds"]["steps"]]


def test_title_description_and_unit_come_from_the_query():
    panel = drawn(stat(FAILURES))
    assert (panel["title"], panel["description"]) == (FAILURES.title, FAILURES.description)
    assert panel["fieldConfig"]["defaults"]["unit"] == "percentunit"


def test_what_is_given_wins():
    panel = drawn(stat(FAILURES, title="T", description="D", unit="s", thresholds=False))
    assert (panel["title"], panel["description"]) == ("T", "D")
    assert panel["fieldConfig"]["defaults"]["unit"] == "s"
    assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"] == [{"color": "green", "value": None}]


def test_a_panel_that_nothing_gives_a_title_is_refused():
    with pytest.raises(ValueError, match="a stat of 'up' has no title"):
        stat("up")
    assert drawn(stat("up", title=""))["title"] == ""


def test_bands_are_green_where_it_is_fine_on_either_side():
    assert steps(stat(FAILURES)) == [(None, "green"), (0.01, "orange"), (0.05, "red")]
    assert steps(gauge(BUDGET_LEFT)) == [(None, "red"), (0.1, "orange"), (0.5, "green")]


def test_lines_have_the_colour_of_their_severity_on_either_side():
    panel = drawn(timeseries(BUDGET_LEFT))
    assert steps(timeseries(BUDGET_LEFT)) == [(None, "transparent"), (0.1, "red"), (0.5, "orange")]
    assert panel["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"] == {"mode": "dashed"}


def test_a_query_without_thresholds_has_no_line():
    assert drawn(timeseries(rate(ORDERS), title="x"))["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"] == {
        "mode": "off"
    }


def test_one_threshold_is_enough():
    only = FAILURES.named(thresholds=Thresholds(critical="0.2"))
    assert steps(stat(only)) == [(None, "green"), (0.2, "red")]


def test_time_series_have_the_houses_defaults():
    panel = drawn(timeseries(FAILURES))
    found = panel["fieldConfig"]["defaults"]
    custom = found["custom"]
    assert (custom["lineWidth"], custom["fillOpacity"], custom["showPoints"], custom["spanNulls"]) == (
        1,
        10,
        "never",
        False,
    )
    assert (found["min"], found["max"]) == (0, 1)
    assert panel["options"]["tooltip"] == {"hideZeros": False, "mode": "multi", "sort": "desc"}
    assert panel["options"]["legend"]["calcs"] == ["lastNotNull", "mean", "max"]
    assert (panel["options"]["legend"]["sortBy"], panel["options"]["legend"]["sortDesc"]) == ("Max", True)


def test_a_stack_is_filled_and_only_a_share_ends_at_one():
    found = defaults(timeseries(rate(ORDERS, by=("route",)), title="x", stack=True))
    assert (found["custom"]["fillOpacity"], found["custom"]["stacking"]["mode"]) == (60, "normal")
    assert "max" not in found


def test_a_logarithmic_axis_does_not_start_at_zero():
    found = defaults(timeseries(rate(ORDERS), title="x", logarithmic=True))
    assert found["custom"]["scaleDistribution"] == {"type": "log", "log": 10}
    assert "min" not in found


def test_percentiles_are_shades_of_one_hue_in_their_order():
    panel = drawn(timeseries(LATENCY, title="Latency", meaning="latency"))
    colours = {
        one["matcher"]["options"]: one["properties"][0]["value"]["fixedColor"]
        for one in panel["fieldConfig"]["overrides"]
    }
    assert colours == {"A": "light-purple", "B": "purple", "C": "dark-purple"}


@pytest.mark.parametrize(
    ("query", "mode"), [(rate(ORDERS), "fixed"), (rate(ORDERS, by=("route",)), "shades"), ("up", "shades")]
)
def test_one_query_has_its_meanings_hue(query, mode):
    assert defaults(timeseries(query, title="x", meaning="errors"))["color"] == {"mode": mode, "fixedColor": "red"}


def test_series_are_named_by_labels_and_beside_others_by_title_too():
    assert [t["legendFormat"] for t in drawn(timeseries(rate(ORDERS, by=("route",)), title="x"))["targets"]] == [
        "{{route}}"
    ]
    panel = drawn(timeseries([FAILURES, MEMORY_RAW, series("up", legend="up")], title="x"))
    assert [t["legendFormat"] for t in panel["targets"]] == ["Failed orders", "Memory {{instance}}", "up"]


def test_no_data_is_a_word_of_its_own_and_never_green():
    found = defaults(stat(FAILURES, mappings=mappings.verdict(FAILURES.thresholds)))
    assert found["noValue"] == "no data"
    special = found["mappings"][-1]
    assert special["options"] == {
        "match": "null+nan",
        "result": {"color": "#8e8e8e", "index": 3, "text": "no data"},
    }


@pytest.mark.parametrize("query", [FAILURES, BUDGET_LEFT])
def test_a_verdict_has_the_colours_of_its_bands(query):
    words = mappings.verdict(query.thresholds, good="fine", warning="slow", critical="down")
    said = {one["options"]["result"]["text"]: one["options"]["result"]["color"] for one in words}
    assert said == {"fine": "green", "slow": "orange", "down": "red"}
    ends = {(one["options"]["from"], one["options"]["to"]) for one in words}
    assert {None} <= {low for low, _ in ends}
    assert {None} <= {high for _, high in ends}


def test_a_value_on_a_bound_belongs_to_the_worse_band():
    first = mappings.verdict(FAILURES.thresholds)[0]["options"]
    assert (first["from"], first["to"], first["result"]["text"]) == (0.05, None, "critical")


def test_errors_are_drawn_at_their_own_scale_and_the_first_line_is_always_seen():
    panel = drawn(timeseries(FAILURES, meaning="errors"))
    assert "max" not in panel["fieldConfig"]["defaults"]
    assert panel["fieldConfig"]["defaults"]["custom"]["axisSoftMax"] == pytest.approx(
        1.2 * float(FAILURES.thresholds.warning)
    )
    other = drawn(timeseries(FAILURES, meaning="saturation"))
    assert other["fieldConfig"]["defaults"]["max"] == 1
    assert "axisSoftMax" not in other["fieldConfig"]["defaults"]["custom"]


def test_a_line_that_is_bad_from_below_does_not_stretch_the_axis():
    assert "axisSoftMax" not in drawn(timeseries(BUDGET_LEFT, high=None))["fieldConfig"]["defaults"]["custom"]


def test_an_axis_that_is_open_below_keeps_zero_in_sight():
    panel = drawn(timeseries(BUDGET_LEFT, low=None, high=None, thresholds=False))
    found = panel["fieldConfig"]["defaults"]
    assert "min" not in found
    assert (found["custom"]["axisSoftMin"], found["custom"]["axisSoftMax"]) == (0, 0)


def test_an_instant_stat_has_no_sparkline():
    panel = drawn(stat(FAILURES, instant=True))
    assert panel["options"]["graphMode"] == "none"
    assert (panel["targets"][0]["instant"], panel["targets"][0]["range"]) == (True, False)


def test_a_gauge_ends_where_its_unit_does():
    assert [defaults(gauge("x", title="x", unit=unit))["max"] for unit in ("share", "%")] == [1, 100]
    assert "max" not in defaults(gauge("x", title="x", unit="s"))
    assert "max" not in defaults(bar_gauge(rate(ORDERS), title="x"))
    assert (defaults(gauge("x", title="x", low=-0.5, high=0.5))["min"]) == -0.5


def test_a_heatmap_takes_its_axis_from_the_histogram():
    panel = drawn(heatmap(buckets(DURATION), exemplars=True))
    assert panel["options"]["yAxis"]["unit"] == "s"
    assert panel["options"]["cellValues"]["unit"] == "count:orders/s"
    (target,) = panel["targets"]
    assert (target["format"], target["legendFormat"], target["exemplar"]) == ("heatmap", "{{le}}", True)


def instances(**settings):
    return drawn(
        table(
            [MEMORY_RAW, rate(ORDERS, by=("instance",)).named(title="Orders")],
            title="Instances",
            columns=[Column(field="instance", title="Instance"), Column(field=0), Column(field=1, unit="requests/s")],
            **settings,
        )
    )


def overrides_by_name(panel):
    return {
        one["matcher"]["options"]: {each["id"]: each["value"] for each in one["properties"]}
        for one in panel["fieldConfig"]["overrides"]
    }


def test_a_tables_columns_have_titles_units_and_order():
    panel = instances(sort_by="Memory")
    merge, organize = panel["transformations"]
    assert merge["id"] == "merge"
    assert organize["options"]["renameByName"] == {"instance": "Instance", "Value #A": "Memory", "Value #B": "Orders"}
    assert organize["options"]["indexByName"] == {"instance": 0, "Value #A": 1, "Value #B": 2}
    assert set(organize["options"]["excludeByName"]) == {"Time", "__name__", "job"}
    assert panel["options"]["sortBy"] == [{"displayName": "Memory", "desc": True}]
    assert overrides_by_name(panel)["Memory"]["unit"] == "bytes"
    assert overrides_by_name(panel)["Orders"]["unit"] == "reqps"
    assert all((target["format"], target["instant"]) == ("table", True) for target in panel["targets"])


def test_a_table_joins_on_one_label_where_asked():
    assert instances(join="instance")["transformations"][0] == {
        "id": "joinByField",
        "options": {"byField": "instance", "mode": "outer"},
    }


def test_a_table_of_trends_keeps_the_series():
    panel = drawn(table(rate(ORDERS, by=("route",)), title="x", columns=[Column(field=0, title="Orders")], trends=True))
    assert panel["targets"][0]["range"]
    assert panel["transformations"][0]["options"] == {"A": {"stat": "lastNotNull", "timeField": "Time"}}
    assert panel["transformations"][-1]["options"]["renameByName"] == {"Trend #A": "Orders"}


def test_a_column_of_a_query_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="column 1: the table has 1 queries"):
        table("up", title="x", columns=[Column(field=1)])


def test_logs_and_traces_ask_their_own_data_sources():
    for panel, source in ((logs('{a="b"}', title="x"), "loki"), (traces("${id}", title="x"), "tempo")):
        found = drawn(panel)
        assert found["datasource"] == found["targets"][0]["datasource"] == {"type": source, "uid": f"${{{source}}}"}
    (target,) = drawn(node_graph('{client="shop"}', title="x"))["targets"]
    assert (target["queryType"], target["serviceMapQuery"]) == ("serviceMap", '{client="shop"}')


def test_queries_of_several_data_sources_are_mixed():
    panel = drawn(timeseries(["up", series('rate({a="b"}[5m])', source="loki")], title="x"))
    assert panel["datasource"] == {"type": "datasource", "uid": "-- Mixed --"}
    assert [target["datasource"]["type"] for target in panel["targets"]] == ["prometheus", "loki"]


def url_of(link, names=("datasource", "environment")):
    return links.carried_once({"links": [link]}, names)["links"][0]["url"]


def test_a_data_link_carries_each_variable_once():
    assert url_of(links.data_link("x", uid="u")) == "/d/u?${__url_time_range}&${__all_variables}"
    assert url_of(links.data_link("x", uid="u", environment="${__field.labels.environment}")) == (
        "/d/u?${__url_time_range}&${datasource:queryparam}&var-environment=${__field.labels.environment}"
    )
    assert url_of(links.data_link("x", uid="u", agent="${__data.fields.agent}")) == (
        "/d/u?${__url_time_range}&${datasource:queryparam}&${environment:queryparam}&var-agent=${__data.fields.agent}"
    )


def test_a_data_link_carries_what_it_is_told_to():
    assert links.data_link("x", uid="u", carry=("environment",), a="b")["url"] == (
        "/d/u?${__url_time_range}&${environment:queryparam}&var-a=b"
    )


def test_a_link_carries_the_page_s_time_or_the_point_s_or_none():
    assert links.data_link("x", uid="u", around=60, carry=())["url"] == "/d/u?time=${__value.time}&time.window=120000"
    assert links.panel_link("x", uid="u")["url"] == "/d/u?${__url_time_range}&${__all_variables}"
    assert links.panel_link("x", uid="u", timed=False)["url"] == "/d/u?${__all_variables}"


def test_a_panels_links_are_resolved_by_its_page():
    panel = timeseries(rate(ORDERS), title="x", data_links=[links.data_link("x", uid="u", cluster="c")])
    (link,) = defaults(panel)["links"]
    assert "${cluster:queryparam}" not in link["url"]
    assert "${environment:queryparam}" in link["url"]


def test_links_to_pages_open_beside_and_links_to_dashboards_carry_on():
    assert links.to_dashboard("u", "U")["includeVars"]
    assert links.to_dashboard("u", "U")["keepTime"]
    assert links.to_page("https://example.org", "R")["targetBlank"]
    assert links.menu("a", title="M")["type"] == "dashboards"


def test_an_annotation_of_prometheus_asks_as_grafana_12_does():
    found = marks.firing_alerts('cluster=~"$cluster"')
    assert found["target"] == {
        "expr": 'ALERTS{alertstate="firing", cluster=~"$cluster"}',
        "interval": "60s",
        "refId": "Anno",
    }
    assert found["tagKeys"] == "alertname,severity"


def test_an_override_is_a_matcher_and_its_properties():
    assert overrides.override(overrides.by_regex("^p"), overrides.bounds(0, 1), overrides.unit("tasks/s")) == {
        "matcher": {"id": "byRegexp", "options": "^p"},
        "properties": [
            {"id": "min", "value": 0},
            {"id": "max", "value": 1},
            {"id": "unit", "value": "count:tasks/s"},
        ],
    }


def test_a_query_of_logs_is_asked_of_loki_and_its_table_names_the_value_after_the_query():
    stream = LogStream("shop", services=("till",), help="What tills say.", ids=("order_id",))
    panel = table(logql.busiest(3, stream, "order_id"), title="x", columns=[Column(field=0, title="Lines")])
    (target,) = panel.targets
    assert (target.source, target.instant, panel.source) == ("loki", True, "loki")
    assert panel.transformations[-1]["options"]["renameByName"] == {"Value #A": "Lines"}
    mixed = timeseries([rate(ORDERS), logql.rate(stream)], title="x")
    assert ([each.source for each in mixed.targets], mixed.source) == (["prometheus", "loki"], "mixed")
