"""Git Sync's layout: directories are folders, every file is a document; _folder.json keeps a folder's uid and title."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from sync.export.source import FORM

if TYPE_CHECKING:
    from sync.export.source import Source

PLAIN = "v1beta1"
"""The version as which plain JSON is written: what Grafana 12.4 and later serve."""


def files(source: Source) -> dict[str, bytes]:
    """Return the repository's files; library panels are not among what Git Sync knows."""
    found: dict[str, bytes] = {}
    for folder in source.folders.values():
        document = {
            "apiVersion": f"folder.grafana.app/{PLAIN}",
            "kind": "Folder",
            "metadata": {"name": folder.uid},
            "spec": {"title": folder.title, **({"description": folder.description} if folder.description else {})},
        }
        found[f"{folder.path}/_folder.json"] = orjson.dumps(document, option=FORM)
    for dashboard in source.dashboards:
        directory = f"{dashboard.place}/" if dashboard.place else ""
        version = PLAIN if dashboard.version == "v1" else dashboard.version
        found[f"{directory}{dashboard.uid}.json"] = orjson.dumps(dashboard.document(version), option=FORM)
    return found
