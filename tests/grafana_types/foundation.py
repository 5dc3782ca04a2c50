"""What a dashboard loses on its way through the models of Grafana's own SDK."""

import json
from itertools import zip_longest

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

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


def loaded(dashboard: dict) -> dict:
    """The dashboard, read into the models and written again."""
    register_default_plugins()
    return json.loads(JSONEncoder(sort_keys=True).encode(Dashboard.from_json(dashboard)))


def lost(dashboard: dict) -> list[str]:
    """Paths of what is gone or changed after loading, but for what is newer than the SDK."""
    back = loaded(dashboard)
    found = list(differences({**dashboard, "panels": []}, {**back, "panels": []}))
    for one, other in zip_longest(panels(dashboard), panels(back), fillvalue={}):
        kind = one.get("type")
        paths = (path.removeprefix("/") for path in differences(one, other))
        found += [f"{one.get('title')}: {path}" for path in paths if (kind, path) not in NEWER_THAN_THE_SDK]
    return found


def panels(dashboard: dict):
    """Every panel and row header, a row's panels after it."""
    for panel in dashboard["panels"]:
        yield {**panel, "panels": []} if panel.get("type") == "row" else panel
        yield from panel.get("panels", [])


def differences(before, after, path=""):
    """Paths of what is gone or changed; what the models add is theirs."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            yield from differences(value, after[key], f"{path}/{key}") if key in after else [f"{path}/{key}"]
    elif isinstance(before, list) and isinstance(after, list):
        for place, (one, other) in enumerate(zip_longest(before, after)):
            yield from differences(one, other, f"{path}/{place}")
    elif before != after:
        yield path
