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

from sync.diff import defaults
from tests.sync.diff.sample import GRAPH, OLD, PROMETHEUS, difference, sample

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


VALUES = {"id": "byValue", "options": {"reducer": "allIsZero", "op": "gte", "value": 0}}
AVERAGE = {"alias": "Average", "lines": True, "linewidth": 2, "fill": 0, "bars": False, "points": False}


@given(st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_keys_means_nothing_in_overrides_either(chance: random.Random) -> None:
    spec = sample()
    spec["panels"][3]["fieldConfig"]["overrides"].append(
        {"matcher": VALUES, "properties": [{"id": "unit", "value": "s"}]}
    )
    graph = {
        "schemaVersion": 30,
        "title": "G",
        "panels": [{"type": "graph", "title": "g", "seriesOverrides": [AVERAGE]}],
    }

    assert difference(spec, shuffled(spec, chance)).changes == []
    assert difference(graph, shuffled(graph, chance)).changes == []


def test_an_override_by_value_is_named_in_words() -> None:
    spec = sample()
    spec["panels"][3]["fieldConfig"]["overrides"].append(
        {"matcher": VALUES, "properties": [{"id": "unit", "value": "s"}]}
    )

    assert [change.what for change in difference(sample(), spec).changes] == ["override “values with allIsZero ≥ 0”"]


def test_queries_without_letters_move_up_when_one_goes() -> None:
    targets = [{"expr": f"rate({name}_total[5m])"} for name in ("requests", "errors", "retries")]
    before = {"schemaVersion": 42, "title": "T", "panels": [{"type": "timeseries", "title": "p", "targets": targets}]}
    after = deepcopy(before)
    del after["panels"][0]["targets"][0]

    assert [(change.what, change.op) for change in difference(before, after).changes] == [("query A", "removed")]
