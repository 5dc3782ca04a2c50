# ruff: noqa: E501 (one case a line)
from __future__ import annotations

import pytest

from sync.preview.page import CELL, GAP, MARGIN, WIDTH, page
from tests.sync.preview.boards import board, boxes, document, panel


def overlaps(found) -> list:
    return [
        (left, right)
        for index, left in enumerate(found)
        for right in found[index + 1 :]
        if left.x < right.x + right.w - 1
        and right.x < left.x + left.w - 1
        and left.y < right.y + right.h
        and right.y < left.y + left.h
    ]


def test_a_panel_stands_where_its_grid_says() -> None:
    first, second = boxes(panel("text", place=(0, 0, 12, 8)), panel("text", place=(12, 0, 12, 8)))
    assert first.x == MARGIN
    assert first.h == 8 * CELL - GAP
    assert second.x + second.w == pytest.approx(WIDTH - MARGIN)
    assert second.x - first.x - first.w == pytest.approx(GAP, abs=0.2)


def test_panels_that_overlap_are_moved_down_and_gaps_are_closed() -> None:
    found = boxes(
        panel("text", place=(0, 0, 12, 8)), panel("text", place=(6, 4, 12, 8)), panel("text", place=(0, 90, 24, 2))
    )
    assert not overlaps(found)
    assert [box.y / CELL for box in found] == [0, 8, 16]


@pytest.mark.parametrize(
    "place", [None, (-5, -3, 0, 0), (30, 0, 50, 500), (0, 10**12, 4, 4), ("a", None, {}, [])], ids=str
)
def test_a_panel_with_a_strange_place_is_drawn_all_the_same(place) -> None:
    box = boxes(panel("text", place=place))[0]
    assert box.x >= 0
    assert box.x + box.w <= WIDTH
    assert 0 < box.h <= 100 * CELL


def test_a_collapsed_row_is_drawn_open_and_pushes_down_what_follows() -> None:
    row = {"type": "row", "title": "Hidden", "collapsed": True, "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1},
           "panels": [panel("text", "inside", place=(0, 1, 24, 4))]}  # fmt: skip
    found = page(document(board(row, panel("text", "after", place=(0, 1, 24, 4)))))
    assert [one.title for one in found.panels] == ["inside", "after"]
    assert [one.box.y / CELL for one in found.panels] == [1, 5]
    assert found.rows[0].collapsed


def test_rows_and_graphs_of_old_become_panels_of_today() -> None:
    old = {"title": "Old", "schemaVersion": 12, "rows": [{"title": "Row", "showTitle": True, "height": "250px", "panels": [
        {"type": "graph", "title": "Load", "span": 6, "targets": [{"expr": "node_load1", "refId": "A"}]},
        {"type": "singlestat", "title": "One", "span": 6, "targets": [{"expr": "up", "refId": "A"}]},
    ]}]}  # fmt: skip
    found = page(document(old))
    assert [(one.kind, one.was) for one in found.panels] == [("timeseries", "graph"), ("stat", "singlestat")]
    assert [row.title for row in found.rows] == ["Row"]
    assert not overlaps([one.box for one in found.panels])


def test_a_v2_document_is_read_too() -> None:
    spec = {
        "title": "New", "elements": {"panel-1": {"kind": "Panel", "spec": {"id": 1, "title": "P", "vizConfig": {
            "kind": "VizConfig", "group": "stat", "spec": {"options": {}, "fieldConfig": {"defaults": {}, "overrides": []}}},
            "data": {"kind": "QueryGroup", "spec": {"queries": []}}}}},
        "layout": {"kind": "GridLayout", "spec": {"items": [{"kind": "GridLayoutItem", "spec": {
            "x": 0, "y": 0, "width": 6, "height": 4, "element": {"kind": "ElementReference", "name": "panel-1"}}}]}},
    }  # fmt: skip
    found = page(
        document(
            {
                "apiVersion": "dashboard.grafana.app/v2beta1",
                "kind": "Dashboard",
                "metadata": {"name": "n"},
                "spec": spec,
            }
        )
    )
    assert [(one.kind, one.box.w < WIDTH / 3) for one in found.panels] == [("stat", True)]
    assert found.uid == "n"


def test_beyond_what_a_picture_holds_panels_are_counted() -> None:
    many = [panel("stat", f"p{index}", place=(index % 6 * 4, index // 6 * 4, 4, 4)) for index in range(2000)]
    found = page(document(board(*many)))
    assert len(found.panels) + found.left_out == 2000
    assert found.height < 20_000
