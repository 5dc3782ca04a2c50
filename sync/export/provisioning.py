"""Grafana's own file provisioning: a provider a folder, since one provider keeps neither the uid nor other titles.

A provider knows one folder by uid and title, not what is above it. Nested folders come out side by side, each named by
its path; where Grafana has a folder of that uid already, nested or not, the dashboards go into that one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.export.source import yaml_text

if TYPE_CHECKING:
    from sync.export.source import Source

ROOT = "/etc/grafana/provisioning/dashboards"
BETWEEN = " / "
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
            "folder": _title(source, uid).replace("$", "$$"),  # Grafana puts variables in
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


def _title(source: Source, uid: str) -> str:
    """Return a folder's path of titles, "" for the root: siblings of one title would be one folder."""
    titles: list[str] = []
    while uid:
        titles.insert(0, source.folders[uid].title)
        uid = source.folders[uid].parent
    return BETWEEN.join(titles)
