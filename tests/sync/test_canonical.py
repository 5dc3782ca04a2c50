"""The canonical form, against what a real Grafana 12.4 gave back for what was sent."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.canonical import canonical, checksum
from sync.migration import SCHEMA_VERSION
from tests.sync.project import DASHBOARD

RECORDINGS = Path(__file__).parents[1] / "data/grafana-12.4"


def steps(name: str) -> dict[str, dict]:
    return {step["step"]: step for step in json.loads((RECORDINGS / f"{name}.json").read_text())}


@pytest.mark.parametrize(
    "step", ["create", "update", "update-metadata-only", "unknown-field", "old-schema", "page-fill-1"]
)
def test_what_v1beta1_gives_back_is_no_change(step):
    recorded = steps("app-dashboards")[step]
    assert canonical(recorded["request"]["body"]["spec"]) == canonical(recorded["response"]["body"]["spec"])


def test_what_v2beta1_gives_back_is_no_change():
    recorded = steps("app-dashboards-v2")["create"]
    assert canonical(recorded["request"]["body"]["spec"]) == canonical(recorded["response"]["body"]["spec"])


def test_what_the_legacy_api_gives_back_is_no_change():
    recorded = steps("legacy-dashboards")
    sent = recorded["update-without-folder"]["request"]["body"]["dashboard"]
    assert canonical(sent) == canonical(recorded["get"]["response"]["body"]["dashboard"])


def test_both_apis_give_back_the_same():
    recorded = steps("app-dashboards")
    by_hand = recorded["edit-as-legacy-client"]["request"]["body"]["dashboard"]
    assert canonical(by_hand) == canonical(recorded["get-after-legacy-edit"]["response"]["body"]["spec"])


@pytest.mark.parametrize(
    "more",
    [
        {"id": 7, "version": 3, "uid": "another", "iteration": 1, "schemaVersion": 43},
        {"refresh": "", "timezone": "", "links": [], "tags": DASHBOARD["tags"], "description": None, "timepicker": {}},
        {"annotations": {"list": []}, "templating": {"list": []}},
    ],
)
def test_what_is_no_change(more):
    assert checksum(DASHBOARD | more) == checksum(DASHBOARD)


def panel(**more) -> dict:
    document = deepcopy(DASHBOARD)
    document["panels"][0] |= more
    return document


@pytest.mark.parametrize(
    "changed",
    [
        DASHBOARD | {"title": "Another"},
        DASHBOARD | {"refresh": "30s"},
        DASHBOARD | {"editable": False},
        DASHBOARD | {"tags": ["shop", "new"]},
        DASHBOARD | {"time": {"from": "now-1h", "to": "now"}},
        DASHBOARD | {"templating": {"list": [{"name": "a", "type": "custom", "query": "x"}]}},
        panel(title="Down"),
        panel(id=2),
        panel(gridPos={"x": 0, "y": 0, "w": 12, "h": 9}),
        panel(options={"legend": {"showLegend": False}}),
        panel(fieldConfig={"defaults": {"unit": "s"}, "overrides": []}),
        panel(targets=[{"refId": "A", "expr": "down"}]),
    ],
)
def test_a_real_change_always_shows(changed):
    assert checksum(changed) != checksum(DASHBOARD)


@pytest.mark.parametrize("kind", ["query", "datasource"])
def test_values_that_the_server_found_for_a_variable_are_no_change(kind):
    def with_options(options: list) -> dict:
        return DASHBOARD | {"templating": {"list": [{"name": "a", "type": kind, "query": "x", "options": options}]}}

    assert checksum(with_options([{"text": "1", "value": "1"}])) == checksum(with_options([]))


def test_the_order_of_panels_in_the_file_is_no_change():
    low = deepcopy(DASHBOARD["panels"][0]) | {"id": 2, "gridPos": {"x": 0, "y": 8, "w": 12, "h": 8}}
    panels = [*DASHBOARD["panels"], low]
    assert checksum(DASHBOARD | {"panels": panels}) == checksum(DASHBOARD | {"panels": panels[::-1]})


def test_the_document_itself_is_left_alone():
    before = deepcopy(DASHBOARD)
    canonical(DASHBOARD)
    old = {"title": "Old", "schemaVersion": 12, "rows": [{"panels": [{"id": 1, "type": "graph", "span": 12}]}]}
    kept = deepcopy(old)
    canonical(old)
    assert (before, kept) == (DASHBOARD, old)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=20,
)


@given(
    st.dictionaries(
        st.sampled_from(["title", "panels", "templating", "annotations", "elements", "x", "schemaVersion"]), VALUES
    )
)
def test_the_form_of_a_form_is_itself_and_nothing_breaks_it(document):
    """A form says no schemaVersion: what writes it as a file adds the present one."""
    form = canonical(document)
    file = form if isinstance(form.get("elements"), dict) else {**form, "schemaVersion": SCHEMA_VERSION}
    assert canonical(deepcopy(file)) == form
