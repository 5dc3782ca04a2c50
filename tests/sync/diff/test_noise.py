# ruff: noqa: E501 (documents of one line a thing)
"""What is no change gives none: ids, order, defaults, migrations, a save in the UI, other forms of the same dashboard."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.diff import build, dashboards, defaults, read
from tests.sync.diff.sample import PROMETHEUS, difference, form, sample

RECORDINGS = Path(__file__).parents[2] / "data/grafana-12.4"


def shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        items = [(key, shuffled(part, chance)) for key, part in value.items()]
        chance.shuffle(items)
        return dict(items)
    return [shuffled(part, chance) for part in value] if isinstance(value, list) else value


def panels_of(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for panel in spec["panels"] for one in (panel, *panel.get("panels", []))]


@given(st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_shuffled_keys_panels_and_ids_are_no_change(chance: random.Random) -> None:
    other = shuffled(sample(), chance)
    chance.shuffle(other["panels"])
    for panel in panels_of(other):
        panel["id"] = chance.randint(1, 10_000)

    assert difference(sample(), other).changes == []


def filled(value: dict[str, Any], with_: dict[str, Any]) -> dict[str, Any]:
    """Fill in what is absent, as the UI does when it saves."""
    for key, default in with_.items():
        if isinstance(default, dict):
            filled(value.setdefault(key, {}), default)
        else:
            value.setdefault(key, default)
    return value


def saved_in_the_ui(spec: dict[str, Any]) -> dict[str, Any]:
    saved = deepcopy(spec)
    saved |= {
        "id": 4711,
        "version": 8,
        "fiscalYearStartMonth": 0,
        "weekStart": "",
        "editable": True,
        "timepicker": {},
        "preload": False,
    }
    saved["annotations"]["list"].insert(0, {
        "builtIn": 1, "datasource": {"type": "grafana", "uid": "-- Grafana --"}, "enable": True, "hide": True,
        "iconColor": "rgba(0, 211, 255, 1)", "name": "Annotations & Alerts", "type": "dashboard",
    })  # fmt: skip
    for panel in panels_of(saved):
        if panel["type"] == "row":
            continue
        panel["pluginVersion"] = "12.4.0"
        config = panel.setdefault("fieldConfig", {"defaults": {}, "overrides": []})
        config["defaults"].setdefault("mappings", [])
        config["defaults"].setdefault(
            "thresholds", {"mode": "absolute", "steps": [{"color": "green", "value": 0}, {"color": "red", "value": 80}]}
        )
        wanted = deepcopy(defaults.panel(panel["type"]))
        del wanted["fieldConfig"]["defaults"]["thresholds"]
        filled(panel, wanted)
        if panel["type"] == "text":
            panel["targets"] = [{"refId": "A", "datasource": PROMETHEUS}]
        for query in panel["targets"]:
            query |= {
                "editorMode": "code",
                "useBackend": False,
                "disableTextWrap": False,
                "fullMetaSearch": False,
                "includeNullMetadata": True,
            }
    for variable in saved["templating"]["list"]:
        variable |= {
            "options": [],
            "regex": variable.get("regex", ""),
            "includeAll": variable.get("includeAll", False),
            "definition": "x",
        }
        variable.setdefault("current", {"text": "Prometheus", "value": "prom"})
    return saved


def test_a_save_in_the_ui_is_no_change_and_is_counted() -> None:
    found = difference(sample(), saved_in_the_ui(sample()))

    assert found.changes == []
    assert found.hidden["defaults"] > 100


def recorded(name: str) -> dict[str, Any]:
    return {step["step"]: step for step in json.loads((RECORDINGS / name).read_text())}


SENT = ["create", "update", "old-schema", "page-fill-0", "page-fill-1"]


@pytest.mark.parametrize("step", SENT)
def test_what_the_server_gives_back_is_what_was_sent(step: str) -> None:
    recording = recorded("app-dashboards.json")[step]

    assert difference(recording["request"]["body"], recording["response"]["body"]).changes == []


def test_a_v2_dashboard_is_the_one_that_the_server_reads_it_as_v1() -> None:
    recording = recorded("app-dashboards-v2.json")

    found = difference(recording["create"]["response"]["body"], recording["get-as-v1"]["response"]["body"])

    assert found.changes == []


def test_a_v1_dashboard_is_the_one_that_the_server_reads_it_as_v2() -> None:
    as_v2 = recorded("app-dashboards-v2.json")["get-v1-as-v2"]["response"]["body"]
    as_sent = recorded("app-dashboards.json")["page-fill-1"]["request"]["body"]

    assert difference(as_v2, as_sent).changes == []


GRAPH = {
    "id": 1, "type": "graph", "title": "Old", "span": 6, "datasource": "Prometheus", "lines": True, "linewidth": 2, "fill": 1, "stack": True,
    "nullPointMode": "null", "aliasColors": {"errors": "#E24D42"}, "legend": {"show": True, "alignAsTable": True, "values": True, "avg": True},
    "tooltip": {"shared": True, "sort": 2}, "yaxes": [{"format": "s", "min": 0, "show": True, "logBase": 1}, {"format": "short", "show": True}],
    "seriesOverrides": [{"alias": "/p99/", "dashes": True}], "thresholds": [{"op": "gt", "value": 5, "colorMode": "critical", "fill": True}],
    "targets": [{"expr": "rate(x[5m])", "legendFormat": "x"}],
}  # fmt: skip
OLD = {
    "title": "Old",
    "schemaVersion": 14,
    "rows": [{"title": "r", "height": "250px", "panels": [GRAPH, {**GRAPH, "id": 2, "title": "Older"}]}],
}


def as_migrated(spec: dict[str, Any]) -> dict[str, Any]:
    """What v1beta1 makes of rows of graph panels: a grid, references, a living kind with the old options beside it."""
    panels = []
    for index, panel in enumerate(spec["rows"][0]["panels"]):
        kept = {key: value for key, value in panel.items() if key != "span"}
        reference = {"uid": "Prometheus"}
        targets = [{**query, "refId": "A", "datasource": reference} for query in panel["targets"]]
        place = {"x": 12 * index, "y": 0, "w": 12, "h": 7}
        panels.append(
            {
                **kept,
                "type": "timeseries",
                "autoMigrateFrom": "graph",
                "datasource": reference,
                "targets": targets,
                "gridPos": place,
            }
        )
    return {
        "title": spec["title"],
        "schemaVersion": 42,
        "panels": panels,
        "refresh": "",
        "time": {"from": "now-6h", "to": "now"},
    }


def as_saved(spec: dict[str, Any]) -> dict[str, Any]:
    """What the UI saves of it after that: options of time series."""
    saved = as_migrated(spec)
    for panel in saved["panels"]:
        for key in [*GRAPH, "autoMigrateFrom"]:
            if key not in {"id", "title", "targets", "datasource", "type"}:
                panel.pop(key, None)
        panel["datasource"] = {"type": "prometheus", "uid": "prom"}
        for query in panel["targets"]:
            query["datasource"] = panel["datasource"]
        steps = [{"color": "transparent", "value": None}, {"color": "red", "value": 5}]
        panel["fieldConfig"] = {
            "defaults": {
                "unit": "s", "min": 0, "thresholds": {"mode": "absolute", "steps": steps},
                "custom": {"lineWidth": 2, "fillOpacity": 10, "showPoints": "never", "stacking": {"mode": "normal", "group": "A"},
                           "thresholdsStyle": {"mode": "area"}},
            },
            "overrides": [],
        }  # fmt: skip
        panel["options"] = {
            "legend": {"displayMode": "table", "calcs": ["mean"]},
            "tooltip": {"mode": "multi", "sort": "desc"},
        }
    return saved


@pytest.mark.parametrize("form_of", [as_migrated, as_saved])
def test_rows_of_graph_panels_are_what_grafana_makes_of_them(form_of: Any) -> None:
    found = difference(OLD, form_of(OLD))

    assert found.changes == []
    assert found.hidden["migrations"] > 0


def test_a_unit_changed_while_grafana_migrated_still_shows() -> None:
    saved = as_saved(OLD)
    saved["panels"][0]["fieldConfig"]["defaults"]["unit"] = "ms"

    assert [(change.what, change.before, change.after) for change in difference(OLD, saved).changes] == [
        ("unit", "s", "ms")
    ]


def test_a_query_changed_while_grafana_migrated_still_shows() -> None:
    migrated = as_migrated(OLD)
    migrated["panels"][1]["targets"][0]["expr"] = "rate(y[5m])"

    assert [change.details for change in difference(OLD, migrated).changes] == [("metric x → y",)]


def test_one_setting_of_a_dead_kind_is_one_line() -> None:
    other = deepcopy(OLD)
    other["rows"][0]["panels"][0]["bars"] = True

    assert len(difference(OLD, other).changes) == 1


def test_an_export_is_the_dashboard_it_was_exported_from() -> None:
    exported = json.loads(json.dumps(sample()).replace("${datasource}", "${DS_PROM}"))
    exported["__inputs"] = [
        {"name": "DS_PROM", "type": "datasource", "pluginId": "prometheus", "pluginName": "Prometheus"}
    ]
    exported["__requires"] = [{"type": "grafana", "id": "grafana", "version": "12.4.0"}]

    assert difference(exported, sample()).changes == []


def test_a_library_panel_is_known_by_its_reference() -> None:
    panel = {
        "id": 1,
        "title": "Up",
        "gridPos": {"x": 0, "y": 0, "w": 6, "h": 4},
        "libraryPanel": {"uid": "lib-up", "name": "Up"},
    }
    expanded = panel | {
        "type": "stat",
        "options": {"a": 1},
        "libraryPanel": {**panel["libraryPanel"], "version": 3, "model": {"type": "stat"}},
    }

    assert difference({"title": "L", "panels": [panel]}, {"title": "L", "panels": [expanded]}).changes == []


def test_a_panel_on_top_moves_nothing_else() -> None:
    other = sample()
    for panel in panels_of(other):
        panel["gridPos"]["y"] += 4
    other["panels"].append(
        {"id": 40, "type": "stat", "title": "Fine?", "gridPos": {"x": 0, "y": 0, "w": 24, "h": 4}, "targets": []}
    )
    found = difference(sample(), other)

    assert [(change.what, change.op) for change in found.changes] == [("panel “Fine?”", "added")]
    assert found.hidden["layout"] > 0


def test_a_row_put_above_panels_is_one_line() -> None:
    other = sample()
    other["panels"].insert(
        0, {"id": 50, "type": "row", "title": "Fine?", "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1}, "panels": []}
    )
    for panel in panels_of(other)[1:]:
        panel["gridPos"]["y"] += 1

    assert [(change.what, change.op) for change in difference(sample(), other).changes] == [("row “Fine?”", "added")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=8), children, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from([
    "panels", "rows", "title", "type", "gridPos", "targets", "fieldConfig", "defaults", "overrides", "properties", "matcher", "thresholds", "steps",
    "mappings", "options", "templating", "list", "annotations", "links", "schemaVersion", "libraryPanel", "elements", "layout", "spec", "kind",
    "items", "datasource", "expr", "styles", "yaxes", "legend", "__inputs", "transformations", "id", "value", "current", "query", "reduceOptions",
    "seriesOverrides", "alias", "height", "span", "collapsed", "builtIn", "x", "y", "w", "h", "calcs", "custom", "repeat", "fieldOptions",
])  # fmt: skip
WORDS = st.sampled_from(
    ["row", "graph", "singlestat", "table", "text", "timeseries", "query", "RowsLayout", "GridLayout", "up", "42", ""]
)
DASHBOARDISH = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 50) | WORDS,
    lambda children: st.lists(children, max_size=4) | st.dictionaries(KEYS, children, max_size=6),
    max_leaves=40,
)


@given(st.dictionaries(KEYS, JSON | DASHBOARDISH, max_size=8), st.dictionaries(KEYS, JSON | DASHBOARDISH, max_size=8))
@settings(max_examples=80, deadline=None)
def test_any_json_compares_without_an_exception_and_with_itself_without_a_change(before: Any, after: Any) -> None:
    try:
        forms = [form({"title": "x", "panels": [], **one}) for one in (before, after)]
    except read.NoDashboardError:
        return
    dashboards.compare(*forms)

    assert dashboards.compare(forms[0], forms[0]).changes == []


@given(st.dictionaries(KEYS, DASHBOARDISH, max_size=8))
@settings(max_examples=50, deadline=None)
def test_any_v2_document_compares_with_itself_without_a_change(spec: Any) -> None:
    document = {
        "apiVersion": "dashboard.grafana.app/v2",
        "kind": "Dashboard",
        "metadata": {"name": "x"},
        "spec": {"elements": {}, "layout": {}, **spec},
    }
    built = build.build(read.document(document))

    assert dashboards.compare(built, built).changes == []


def named(*names: Any, schema: int) -> dict[str, Any]:
    panels = [
        {
            "id": n,
            "type": "stat",
            "title": f"P{n}",
            "datasource": name,
            "targets": [{"refId": "A", "expr": f"m{n}"}],
            "gridPos": {"x": 0, "y": n, "w": 4, "h": 1},
        }
        for n, name in enumerate(names)
    ]
    return {"title": "N", "schemaVersion": schema, "panels": panels}


def test_a_data_source_by_name_that_became_a_uid_everywhere_is_a_migration() -> None:
    prom = {"type": "prometheus", "uid": "p1"}

    assert difference(named("Prom", "Prom", None, schema=30), named(prom, prom, prom, schema=42)).changes == []


def test_a_data_source_that_became_another_in_one_panel_is_a_line() -> None:
    prom, mimir = {"type": "prometheus", "uid": "p1"}, {"type": "prometheus", "uid": "m1"}
    found = difference(named("Prom", "Prom", "Prom", schema=30), named(prom, prom, mimir, schema=42))

    assert [(change.where, change.what, change.after) for change in found.changes] == [
        (("panel “P2”",), "data source", "m1 (prometheus)")
    ]


def test_a_data_source_changed_without_a_migration_is_a_line() -> None:
    prom, mimir = {"type": "prometheus", "uid": "p1"}, {"type": "prometheus", "uid": "m1"}

    assert len(difference(named(prom, schema=42), named(mimir, schema=42)).changes) == 1


SINGLESTAT = {
    "id": 1, "type": "singlestat", "title": "s", "format": "s", "valueName": "avg", "thresholds": "1,2", "colors": ["a", "b", "c"], "mappingType": 1,
    "valueMaps": [{"op": "=", "value": "1", "text": "up"}], "rangeMaps": [{"from": "1", "to": "2", "text": "x"}], "gauge": {"show": True, "minValue": 0},
    "sparkline": {"show": True}, "colorBackground": True, "gridPos": {"x": 0, "y": 0, "w": 4, "h": 4}, "tableColumn": "a", "links": [{"dashboard": "d"}],
}  # fmt: skip
OLD_TABLE = {
    "id": 2, "type": "table", "title": "t", "transform": "timeseries_aggregations", "columns": [{"text": "Avg", "value": "avg"}],
    "styles": [{"pattern": "/.*/", "unit": "s", "decimals": 2, "thresholds": ["1"], "colors": ["a", "b"], "colorMode": "cell", "align": "left"},
               {"pattern": "Time", "type": "date", "dateFormat": "x", "alias": "T", "link": True, "linkUrl": "/"}],
}  # fmt: skip
OLD_PIE = {
    "id": 3,
    "type": "grafana-piechart-panel",
    "legend": {"show": True, "values": True},
    "legendType": "On graph",
    "valueName": "current",
    "aliasColors": {"a": "b"},
}
OLD_GAUGE = {
    "id": 4,
    "type": "gauge",
    "options": {
        "fieldOptions": {
            "values": False,
            "calcs": ["mean"],
            "defaults": {"unit": "s"},
            "thresholds": [{"value": 1}],
            "overrides": [],
        }
    },
}
OLD_TEXT = {"id": 5, "type": "text", "mode": "html", "content": "x", "repeat": "a", "minSpan": 4}
DEAD = {"title": "Dead", "schemaVersion": 16, "panels": [SINGLESTAT, OLD_TABLE, OLD_PIE, OLD_GAUGE, OLD_TEXT, GRAPH]}
V2 = {
    "apiVersion": "dashboard.grafana.app/v2", "kind": "Dashboard", "metadata": {"name": "v2"}, "spec": {
        "title": "V2", "cursorSync": "Off", "timeSettings": {"from": "now-1h", "autoRefreshIntervals": ["1m"]}, "annotations": [],
        "variables": [{"kind": "QueryVariable", "spec": {"name": "a", "hide": "dontHide", "refresh": "never", "sort": "disabled",
                       "query": {"kind": "DataQuery", "group": "prometheus", "datasource": {"name": "p"}, "spec": {"__legacyStringValue": "q"}}}},
                      {"kind": "DatasourceVariable", "spec": {"name": "d", "pluginId": "prometheus"}}],
        "elements": {"e": {"kind": "Panel", "spec": {"id": 1, "title": "P", "vizConfig": {"kind": "VizConfig", "group": "stat", "spec": {"options": {}}},
                     "data": {"kind": "QueryGroup", "spec": {"queries": [{"kind": "PanelQuery", "spec": {"refId": "A", "query": {
                         "kind": "DataQuery", "group": "prometheus", "spec": {"expr": "up"}}}}], "transformations": [
                         {"kind": "Transformation", "group": "merge", "spec": {}}]}}}}},
        "layout": {"kind": "TabsLayout", "spec": {"tabs": [{"kind": "TabsLayoutTab", "spec": {"title": "T", "layout": {
            "kind": "GridLayout", "spec": {"items": [{"kind": "GridLayoutItem", "spec": {"x": 0, "y": 0, "width": 6, "height": 4,
            "element": {"kind": "ElementReference", "name": "e"}}}]}}}}]}},
    },
}  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Any:
    """Yield the path of everything in a document."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*path, key)
        yield from places(part, (*path, key))


@pytest.mark.parametrize("document", [sample(), DEAD, OLD, V2], ids=["sample", "dead kinds", "rows", "v2"])
def test_anything_anywhere_in_a_dashboard_compares_without_an_exception(document: dict[str, Any]) -> None:
    for path in places(document):
        for value in (None, [], {}, [[]], [{"a": []}], {"a": {"b": 1}}, "x", 1.5, True):
            other = deepcopy(document)
            at: Any = other
            for step in path[:-1]:
                at = at[step]
            at[path[-1]] = value
            try:
                difference(document, other)
            except read.NoDashboardError:
                continue
