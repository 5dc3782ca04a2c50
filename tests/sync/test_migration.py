from __future__ import annotations

import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.migration import migrated


def panel_of(panel: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """The panel as it is kept."""
    kept: dict[str, Any] = migrated({"title": "t", "schemaVersion": 42, "panels": [panel], **spec})["panels"][0]
    return kept


def test_migration_of_what_is_kept_changes_nothing() -> None:
    once = migrated({"title": "t", "schemaVersion": 12, "rows": [{"panels": [{"id": 1, "type": "graph", "span": 6}]}]})
    assert migrated(copy.deepcopy(once)) == once


def test_defaults_of_a_panel_are_taken_away_and_settings_stay() -> None:
    kept = panel_of(
        {
            "id": 3,
            "type": "stat",
            "title": "",
            "links": [],
            "transparent": False,
            "options": {},
            "transformations": [],
            "datasource": None,
            "fieldConfig": {"defaults": {"unit": "s", "thresholds": {"steps": [{"value": None, "color": "green"}]}}},
        }
    )
    steps = [{"color": "green"}]
    config = {"defaults": {"unit": "s", "thresholds": {"steps": steps}}, "overrides": []}
    assert kept == {"id": 3, "type": "stat", "fieldConfig": config}


def test_library_panel_keeps_its_reference_only() -> None:
    reference = {"uid": "lib", "name": "Lib"}
    place = {"x": 0, "y": 0, "w": 6, "h": 4}
    kept = panel_of(
        {"id": 1, "title": "Lib", "gridPos": place, "libraryPanel": reference, "type": "stat", "options": {"a": 1}}
    )
    assert kept == {"id": 1, "title": "Lib", "gridPos": place, "libraryPanel": reference}


def test_panels_are_ordered_by_place_and_numbered_apart() -> None:
    places = [(0, 8, 1), (12, 0, 1), (0, 0, None)]
    panels = [{"id": number, "type": "text", "gridPos": {"x": x, "y": y, "w": 12, "h": 8}} for x, y, number in places]
    kept = migrated({"title": "t", "schemaVersion": 42, "panels": panels})["panels"]
    assert [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in kept] == [(0, 0), (12, 0), (0, 8)]
    assert len({panel["id"] for panel in kept}) == 3


def test_rows_of_old_become_places_in_the_grid() -> None:
    rows = [
        {"title": "One", "showTitle": True, "height": "190px", "panels": [{"id": 1, "span": 6}, {"id": 2, "span": 6}]},
        {"title": "Two", "collapse": True, "panels": [{"id": 3, "span": 12}]},
    ]
    kept = migrated({"title": "t", "schemaVersion": 14, "rows": rows})["panels"]
    assert [panel.get("title") for panel in kept if panel.get("type") == "row"] == ["One", "Two"]
    assert [tuple(kept[index]["gridPos"].values()) for index in (1, 2)] == [(0, 1, 12, 5), (12, 1, 12, 5)]


def test_queries_are_named_and_old_ones_refer_to_their_source() -> None:
    kept = panel_of({"id": 1, "type": "graph", "datasource": "Prom", "targets": [{}, {"refId": "A"}]}, schemaVersion=20)
    assert [(target["refId"], target["datasource"]) for target in kept["targets"]] == [
        ("B", {"uid": "Prom"}),
        ("A", {"uid": "Prom"}),
    ]
    assert (kept["type"], kept["autoMigrateFrom"]) == ("timeseries", "graph")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-100, 100) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
PANEL = st.dictionaries(
    st.sampled_from(
        [
            "id",
            "type",
            "gridPos",
            "targets",
            "datasource",
            "fieldConfig",
            "panels",
            "libraryPanel",
            "xaxis",
            "legend",
            "span",
        ]
    ),
    JSON | st.sampled_from(["row", "graph", [{}], [{"datasource": "x"}], {"mode": "series"}]),
)
SPEC = st.fixed_dictionaries(
    {},
    optional={
        "schemaVersion": JSON | st.sampled_from([0, 12, 30, 41, 42, 50]),
        "panels": JSON | st.lists(PANEL, max_size=3),
        "rows": JSON
        | st.lists(
            st.fixed_dictionaries({"panels": JSON | st.lists(PANEL, max_size=3)}, optional={"height": JSON}), max_size=2
        ),
        "templating": JSON | st.fixed_dictionaries({"list": JSON | st.lists(JSON, max_size=2)}),
        "annotations": JSON,
        "timepicker": JSON,
        "sharedCrosshair": JSON,
        "id": JSON,
    },
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SPEC)
def test_no_content_breaks_the_migration(spec: dict[str, Any]) -> None:
    kept = migrated(spec)
    assert kept["schemaVersion"] >= 42
    assert isinstance(kept["panels"], list)


def test_a_row_of_old_that_repeats_still_does() -> None:
    rows = [{"title": "Host $host", "repeat": "host", "panels": [{"id": 1, "type": "text"}]}]
    assert migrated({"title": "t", "schemaVersion": 14, "rows": rows})["panels"][0]["repeat"] == "host"
