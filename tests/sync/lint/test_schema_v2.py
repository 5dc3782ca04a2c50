"""What a rule finds in a dashboard of schema v1 it finds in the same one of schema v2, at its place there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sync.lint import check
from sync.lint.registry import RULES
from tests.sync.lint.examples import Example, of_rule
from tests.sync.lint.schema_v2 import resource

KINDS = {"panel", "target", "dashboard", "promql", "instant", "logql", "traceql"}
ELSEWHERE = {"old-schema", "dashboard-uid", "dashboard-shape"}
"""What v2 has otherwise: no schemaVersion, a name for a uid, and kinds of parts that Grafana itself checks."""
EXAMPLES = [
    example
    for rule in RULES
    for example in of_rule(rule)
    if example.kind in KINDS and rule.name not in ELSEWHERE and "elements:" not in example.body
]


def _of_v2(example: Example, version: str) -> Example:
    path, text = example.file()
    return replace(example, kind=f"file {path}", body=json.dumps(resource(json.loads(text), version), indent=1))


@pytest.mark.parametrize("version", ["v2alpha1", "v2beta1", "v2"])
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.rule.name)
def test_v2(example: Example, version: str, tmp_path: Path) -> None:
    problems = _of_v2(example, version).problems(tmp_path)
    assert bool(problems) == example.fails, (example.body, [problem.message for problem in problems])


QUERY = {"kind": "DataQuery", "group": "prometheus", "spec": {"expr": 'up{job="$job"}'}}


def _page(*, rows: list[dict[str, object]], **own: object) -> str:
    panel = {"id": 1, "title": "Up", "vizConfig": {"kind": "VizConfig", "group": "timeseries", "spec": {}}}
    data = {"spec": {"queries": [{"spec": {"refId": "A", "query": QUERY}}], "transformations": []}}
    job = {"kind": "CustomVariable", "spec": {"name": "job", "multi": True, "query": "api,web"}}
    shop = {"kind": "CustomVariable", "spec": {"name": "shop", "query": "north,south"}}
    spec = {
        "title": "Shop",
        "variables": [job, shop],
        "elements": {"up": {"kind": "Panel", "spec": {**panel, "data": data}}},
        "layout": {"kind": "RowsLayout", "spec": {"rows": rows}},
        **own,
    }
    head = {"apiVersion": "dashboard.grafana.app/v2", "kind": "Dashboard", "metadata": {"name": "shop"}}
    return json.dumps({**head, "spec": spec}, indent=1)


def _row(item: dict[str, object], **own: object) -> dict[str, object]:
    items = [{"kind": "GridLayoutItem", "spec": {**item, "element": {"kind": "ElementReference", "name": "up"}}}]
    return {"kind": "RowsLayoutRow", "spec": {"layout": {"kind": "GridLayout", "spec": {"items": items}}, **own}}


def _found(text: str, rule: str) -> list[str]:
    lines = text.splitlines()
    return [lines[each.line - 1].strip() for each in check({"shop.json": text.encode()}) if each.rule == rule]


def test_a_panel_of_a_row_that_reaches_past_the_edge_is_named_where_its_place_stands() -> None:
    text = _page(rows=[_row({"x": 16, "y": 0, "width": 12, "height": 8})])
    problems = [each for each in check({"shop.json": text.encode()}) if each.rule == "panel-off-grid"]
    assert [each.panel for each in problems] == ["Up"]
    assert "items" in problems[0].pointer


def test_a_repeated_row_gives_its_panels_one_value() -> None:
    assert _found(_page(rows=[_row({})]), "variable-many")
    assert not _found(_page(rows=[_row({}, repeat={"mode": "variable", "value": "job"})]), "variable-many")


def test_a_repeat_is_a_use_and_so_is_a_condition() -> None:
    shown = {"kind": "ConditionalRenderingVariable", "spec": {"variable": "shop", "operator": "equals", "value": "a"}}
    group = {"kind": "ConditionalRenderingGroup", "spec": {"items": [shown]}}
    assert _found(_page(rows=[_row({})]), "unused-variable") == ['"name": "shop",']
    assert not _found(_page(rows=[_row({}, conditionalRendering=group)]), "unused-variable")
    assert not _found(_page(rows=[_row({"repeat": {"mode": "variable", "value": "shop"}})]), "unused-variable")


def test_a_row_repeats_for_a_variable_that_is_there() -> None:
    text = _page(rows=[_row({}, repeat={"mode": "variable", "value": "jobs"})])
    assert _found(text, "undefined-variable") == ['"value": "jobs"']


def test_an_annotation_that_was_converted_is_read() -> None:
    annotation = {"name": "Starts", "query": {"kind": "DataQuery", "group": "prometheus", "spec": {}}}
    annotation["legacyOptions"] = {"expr": "rate(up)"}
    text = _page(rows=[_row({})], annotations=[{"kind": "AnnotationQuery", "spec": annotation}])
    assert _found(text, "query-syntax") == ['"expr": "rate(up)"']


def test_a_row_has_variables_of_its_own_and_an_automatic_grid_finds_the_places() -> None:
    own = {"kind": "CustomVariable", "spec": {"name": "most", "query": "5,10"}}
    grid = {"kind": "AutoGridLayout", "spec": {"items": [{"kind": "AutoGridLayoutItem", "spec": {"element": ELEMENT}}]}}
    row = {"kind": "RowsLayoutRow", "spec": {"title": "Top $most", "layout": grid, "variables": [own]}}
    text = _page(rows=[row, {"kind": "RowsLayoutRow", "spec": {**row["spec"], "layout": {}}}])
    text = text.replace('"group": "prometheus"', '"group": ""')
    rules = {problem.rule for problem in check({"shop.json": text.encode()})}
    assert not rules & {"undefined-variable", "duplicate-variable", "panel-off-grid", "datasource-kind"}
    again = text.replace('"name": "most"', '"name": "least"')
    assert "undefined-variable" in {problem.rule for problem in check({"shop.json": again.encode()})}


ELEMENT = {"kind": "ElementReference", "name": "up"}
