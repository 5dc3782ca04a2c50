"""The root as newer servers name it: they note the folder "general" for what lies in none."""

from __future__ import annotations

from typing import Any

from sync.grafana.app_platform import AppPlatform

NOTES = {"grafana.app/folder": "general"}


class Noting:
    """Answers every GET by one item that lies in the root."""

    def get(self, path: str, **_: Any) -> dict[str, Any]:
        item = {"metadata": {"name": "overview", "annotations": NOTES}, "spec": {"title": "Overview"}}
        listing = "continue" in path or "limit" in path
        return {"items": [item], "metadata": {}} if listing else item


def test_general_is_the_root():
    api = AppPlatform(Noting(), namespace="default", version="v1", served=["v1"])  # type: ignore[arg-type]
    assert api.lives([])["overview"].folder == ""
    assert api.live("overview").folder == ""
    assert api.content("overview").folder == ""
    assert api.folders()["overview"].parent == ""
