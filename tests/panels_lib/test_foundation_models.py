"""Every page loads into the models of Grafana's own SDK, and what it saves is what it read."""

import json
from itertools import zip_longest

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from tests.panels_lib.page import KINDS, page_of, whole_page

# What Grafana 13.2's types ask for and the models of SDK 0.0.21, which are older, don't know yet.
NEWER_THAN_THE_SDK = {
    ("gauge", "options/barShape"),
    ("gauge", "options/barWidthFactor"),
    ("gauge", "options/effects"),
    ("gauge", "options/endpointMarker"),
    ("gauge", "options/segmentCount"),
    ("gauge", "options/segmentSpacing"),
    ("gauge", "options/shape"),
    ("gauge", "options/sparkline"),
    ("gauge", "options/textMode"),
    ("nodeGraph", "options/layoutAlgorithm"),
    ("table", "fieldConfig/defaults/custom/footer"),
    ("table", "options/enablePagination"),
    ("timeseries", "fieldConfig/defaults/custom/showValues"),
}


def loaded(page):
    register_default_plugins()
    return json.loads(JSONEncoder(sort_keys=True).encode(Dashboard.from_json(page)))


def lost(before, after, path=""):
    """Paths of what is gone or changed; what the models add is theirs."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            yield from lost(value, after[key], f"{path}/{key}") if key in after else [f"{path}/{key}"]
    elif isinstance(before, list) and isinstance(after, list):
        for place, (one, other) in enumerate(zip_longest(before, after)):
            yield from lost(one, other, f"{path}/{place}")
    elif before != after:
        yield path


@pytest.mark.parametrize("kind", KINDS)
def test_a_panel_of_each_kind_survives(kind):
    page = page_of(KINDS[kind]())
    _, panel = page["panels"]
    unknown = {path for of, path in NEWER_THAN_THE_SDK if of == panel["type"]}
    assert {path.removeprefix("/panels/1/") for path in lost(page, loaded(page))} <= unknown


def test_everything_around_the_panels_survives():
    page = whole_page()
    page["panels"] = []
    assert list(lost(page, loaded(page))) == []


def test_the_comparison_sees_a_loss():
    page = whole_page()
    assert list(lost({**page, "style": "dark"}, loaded(page))) != []
    assert list(lost({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}], "c": 1})) == ["/a/1/b"]
