# ruff: noqa: E501 (documents of one line a thing)
"""Anything at all, anywhere in a document, compares without an exception, and with itself without a change."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.diff import build, dashboards, read
from tests.sync.diff.sample import GRAPH, OLD, difference, form, sample

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
    "__elements", "model",
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
