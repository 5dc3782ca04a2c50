"""For any dashboard: pushed over one API, the files are in step by what both APIs then say is stored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.migration import BUILT_IN_ANNOTATION
from sync.sandbox.serve import running_sandbox
from tests.sync.project import Project

RENDERED = Path(__file__).parents[2] / "rendered/dashboards"
PAGES = [json.loads(file.read_text()) for file in sorted(RENDERED.rglob("*.json"))]
APIS = ("app-platform", "legacy")

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.1 + 0.2, -0.0, 1.0, 1e22, 1e-7, 5e-324, 1.7976931348623157e308, 2**53 + 1, 100.0]),
)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, words),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)),
    max_leaves=6,
)
sources = st.one_of(
    st.none(),
    st.sampled_from(["Prometheus", "${datasource}", "-- Mixed --"]),
    st.fixed_dictionaries({"type": st.just("prometheus"), "uid": st.sampled_from(["prom", "${datasource}"])}),
)
targets = st.fixed_dictionaries(
    {},
    optional={
        "refId": st.one_of(st.none(), st.sampled_from(["A", "B", "A"])),
        "expr": words,
        "hide": st.sampled_from([None, False, True]),
        "datasource": sources,
        "exemplar": st.booleans(),
    },
)
places = st.one_of(
    st.none(),
    st.just({"x": 0, "y": 0, "h": 3, "w": 6}),
    st.fixed_dictionaries({name: st.one_of(st.integers(0, 24), st.floats(0, 24)) for name in "xywh"}),
)
field_configs = st.one_of(
    st.just({"defaults": {}, "overrides": []}),
    st.fixed_dictionaries(
        {},
        optional={
            "defaults": st.dictionaries(st.sampled_from(["unit", "min", "max", "decimals", "custom"]), values),
            "overrides": st.lists(st.dictionaries(st.sampled_from(["matcher", "properties"]), values), max_size=2),
        },
    ),
)
panel_keys = {
    "id": st.one_of(st.none(), st.integers(0, 5)),
    "title": st.one_of(st.none(), words),
    "description": st.one_of(st.none(), words),
    "gridPos": places,
    "targets": st.lists(targets, max_size=3),
    "datasource": sources,
    "fieldConfig": field_configs,
    "options": st.dictionaries(words, values, max_size=3),
    "links": st.lists(st.dictionaries(words, values, max_size=2), max_size=2),
    "transformations": st.sampled_from([None, [], [{"id": "merge", "options": {}}]]),
    "transparent": st.sampled_from([None, False, True]),
    "repeat": st.sampled_from([None, "", "instance"]),
    "repeatDirection": st.sampled_from([None, "h", "v"]),
    "maxDataPoints": st.one_of(st.none(), numbers),
    "pluginVersion": st.sampled_from(["", "11.0.0"]),
    "libraryPanel": st.sampled_from([None, {"uid": "shop-up", "name": "Up"}]),
    "somethingNew": values,
}
kinds = st.sampled_from(["timeseries", "stat", "table", "text", "logs", "graph", "singlestat", "heatmap"])
leaves = st.fixed_dictionaries({"type": kinds}, optional=panel_keys)
rows = st.fixed_dictionaries(
    {"type": st.just("row"), "panels": st.lists(leaves, max_size=2)},
    optional={**{name: panel_keys[name] for name in ("id", "title", "gridPos")}, "collapsed": st.booleans()},
)
variables = st.fixed_dictionaries(
    {"name": st.sampled_from(["a", "b", "c"])},
    optional={
        "type": st.sampled_from(["query", "datasource", "custom", "constant", "interval", "textbox"]),
        "query": st.one_of(words, st.dictionaries(words, values, max_size=2)),
        "options": st.lists(st.fixed_dictionaries({"text": words, "value": words}), max_size=2),
        "current": st.one_of(st.none(), st.just({}), st.fixed_dictionaries({"text": words, "value": words})),
        "hide": st.integers(0, 2),
        "index": st.integers(-1, 3),
        "multi": st.sampled_from([None, True, False]),
    },
)
annotations = st.one_of(
    st.just(BUILT_IN_ANNOTATION),
    st.just({**BUILT_IN_ANNOTATION, "enable": False}),
    st.fixed_dictionaries({"name": words, "enable": st.booleans()}, optional={"datasource": sources, "more": values}),
)


def listed(items: st.SearchStrategy) -> st.SearchStrategy:
    return st.one_of(st.none(), st.just({}), st.fixed_dictionaries({"list": st.lists(items, max_size=3)}))


frames = {
    "schemaVersion": st.one_of(st.none(), st.sampled_from([12, 16, 30, 36, 39, 41, 42, 43])),
    "tags": st.one_of(st.none(), st.lists(words.filter(str.strip), max_size=3)),
    "description": st.one_of(st.none(), words),
    "editable": st.sampled_from([None, True, False]),
    "graphTooltip": st.sampled_from([None, 0, 1, 2]),
    "time": st.sampled_from([None, {}, {"from": "now-6h", "to": "now"}, {"from": "now-30d", "to": "now"}]),
    "timepicker": st.sampled_from([None, {}, {"hidden": True}, {"time_options": ["5m"]}]),
    "timezone": st.sampled_from([None, "", "browser", "utc"]),
    "refresh": st.sampled_from([None, "", "30s", False]),
    "weekStart": st.sampled_from([None, "", "monday"]),
    "style": st.sampled_from([None, "dark", "light"]),
    "hideControls": st.sampled_from([None, True, False]),
    "fiscalYearStartMonth": st.sampled_from([None, 0, 3]),
    "liveNow": st.sampled_from([None, True, False]),
    "preload": st.sampled_from([None, True, False]),
    "gnetId": st.sampled_from([None, 1860]),
    "sharedCrosshair": st.booleans(),
    "version": st.integers(0, 9),
    "id": st.one_of(st.none(), st.integers(1, 9)),
    "links": st.sampled_from([None, [], [{"title": "Menu", "type": "dashboards", "tags": []}]]),
    "annotations": listed(annotations),
    "templating": listed(variables),
    "panels": st.lists(st.one_of(leaves, rows), max_size=4),
    "rows": st.lists(st.fixed_dictionaries({"panels": st.lists(leaves, max_size=2)}, optional={"title": words})),
    "somethingNew": values,
}
titles = words.filter(str.strip)
generated = st.fixed_dictionaries({"title": titles}, optional=frames)
changed_pages = st.builds(
    lambda page, more: {**page, **more}, st.sampled_from(PAGES), st.fixed_dictionaries({}, optional=frames)
)
dashboards = st.lists(st.one_of(generated, changed_pages), min_size=1, max_size=10)


@pytest.mark.parametrize("api", APIS)
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(documents=dashboards)
def test_after_a_push_it_is_in_step_by_what_both_apis_store(tmp_path_factory, api, documents):
    project = Project(tmp_path_factory.mktemp("any"))
    for number, document in enumerate(documents):
        project.rendered(f"dashboards/Shop/{number}.json", {**document, "uid": f"shop-{number}"})
    with running_sandbox() as url:
        project.connect(url, api=api)
        done = project.invoke("push", "--format", "json")
        assert done.code == 0, done
        for seen_by in APIS:
            project.connect(url, api=seen_by)
            assert project.invoke("status", "--format", "json").json["summary"]["in step"] == len(documents), seen_by
