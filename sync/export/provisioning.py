"""Grafana's own file provisioning: a provider a folder, since one provider keeps neither the uid nor other titles.

A provider knows one folder by uid and title, not what is above it: nested folders come out side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.export.source import yaml_text

if TYPE_CHECKING:
    from sync.export.source import Source

ROOT = "/etc/grafana/provisioning/dashboards"
EVERY = 30
"""Seconds between looks at the files; up to 10, Grafana waits for the file system to tell, which mounts don't."""


def files(source: Source) -> dict[str, bytes]:
    """Return provisioning/dashboards/: a file of providers, and the dashboards in their directories beside it."""
    found: dict[str, bytes] = {}
    for dashboard in source.dashboards:
        place = dashboard.folder or "general"
        found[f"provisioning/dashboards/{source.project}/{place}/{dashboard.uid}.json"] = dashboard.json()
    used = dict.fromkeys(dashboard.folder for dashboard in source.dashboards)
    providers = [
        {
            "name": f"{source.project}-{uid or 'general'}",
            "type": "file",
            "folder": source.folders[uid].title.replace("$", "$$") if uid else "",  # Grafana puts variables in
            **({"folderUid": uid} if uid else {}),
            "disableDeletion": False,
            "allowUiUpdates": False,
            "updateIntervalSeconds": EVERY,
            "options": {"path": f"{ROOT}/{source.project}/{uid or 'general'}"},
        }
        for uid in used
    ]
    found[f"provisioning/dashboards/{source.project}.yaml"] = yaml_text({"apiVersion": 1, "providers": providers})
    return found
