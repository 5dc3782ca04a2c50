"""Kubernetes: ConfigMaps for the dashboard sidecar, the grafana-operator's own kinds, and PrometheusRules for both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from sync.errors import DashSyncError
from sync.export.source import FORM, kubernetes_name, yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.export.source import Dashboard, Panel, Source

OPERATOR = "grafana.integreatly.org/v1beta1"
SELECTOR = {"matchLabels": {"dashboards": "grafana"}}
"""Which Grafanas the operator writes to: the label that its own examples carry."""
LARGEST = 1024 * 1024
"""Bytes that a ConfigMap, or any object of Kubernetes, may hold."""


def configmaps(source: Source) -> dict[str, bytes]:
    """Return a ConfigMap a dashboard, labelled and annotated as the sidecar of Grafana's Helm chart expects it."""
    files = {f"dashboards/{dashboard.uid}.yaml": _configmap(source, dashboard) for dashboard in source.dashboards}
    return {**files, **_rules(source)}


def _configmap(source: Source, dashboard: Dashboard) -> bytes:
    metadata: dict[str, Any] = {
        "name": kubernetes_name(source.project, "dashboard", dashboard.uid),
        "labels": {"grafana_dashboard": "1", **_labels(source)},
    }
    if dashboard.place:
        metadata["annotations"] = {"grafana_folder": dashboard.place}
    data = {f"{dashboard.uid}.json": _text(dashboard)}
    return yaml_text({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})


def operator(source: Source) -> dict[str, bytes]:
    """Return GrafanaFolder, GrafanaLibraryPanel and GrafanaDashboard (v2: GrafanaManifest) objects."""
    used = {dashboard.folder for dashboard in source.dashboards} | {panel.folder for panel in source.library}
    folders = {f"folders/{uid}.yaml": yaml_text(folder) for uid, folder in _folders(source, used)}
    library = {f"library/{panel.uid}.yaml": yaml_text(_panel(source, panel)) for panel in source.library}
    dashboards = {f"dashboards/{item.uid}.yaml": yaml_text(_dashboard(source, item)) for item in source.dashboards}
    return {**folders, **library, **dashboards, **_rules(source)}


def _folders(source: Source, used: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    needed = set(used)
    for uid in used:
        above = uid
        while above:
            needed.add(above)
            above = source.folders[above].parent
    for uid, folder in source.folders.items():
        if uid in needed:
            parent = {"parentFolderRef": _folder_name(source, folder.parent)} if folder.parent else {}
            spec = {"instanceSelector": SELECTOR, "uid": uid, "title": folder.title, **parent}
            yield uid, _object(source, "GrafanaFolder", _folder_name(source, uid), spec)


def _dashboard(source: Source, dashboard: Dashboard) -> dict[str, Any]:
    name = kubernetes_name(source.project, "dashboard", dashboard.uid)
    if dashboard.version != "v1":
        template = dashboard.document(dashboard.version)
        if dashboard.folder:
            template["metadata"]["annotations"] = {"grafana.app/folder": dashboard.folder}
        return _object(source, "GrafanaManifest", name, {"instanceSelector": SELECTOR, "template": template})
    spec = {"instanceSelector": SELECTOR, **_within(source, dashboard.folder), "json": _text(dashboard)}
    return _object(source, "GrafanaDashboard", name, spec)


def _panel(source: Source, panel: Panel) -> dict[str, Any]:
    model = orjson.dumps({**panel.model, "name": panel.name}, option=FORM).decode()
    spec = {"instanceSelector": SELECTOR, "uid": panel.uid, **_within(source, panel.folder), "json": model}
    return _object(source, "GrafanaLibraryPanel", kubernetes_name(source.project, "panel", panel.uid), spec)


def _within(source: Source, folder: str) -> dict[str, str]:
    return {"folderRef": _folder_name(source, folder)} if folder else {}


def _folder_name(source: Source, uid: str) -> str:
    return kubernetes_name(source.project, "folder", uid)


def _object(source: Source, kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": OPERATOR, "kind": kind, "metadata": {"name": name, "labels": _labels(source)}, "spec": spec}


def _rules(source: Source) -> dict[str, bytes]:
    """Return a PrometheusRule (prometheus-operator) a rule file."""
    return {
        f"rules/{name}.yaml": yaml_text(
            {
                "apiVersion": "monitoring.coreos.com/v1",
                "kind": "PrometheusRule",
                "metadata": {"name": kubernetes_name(source.project, "rules", name), "labels": _labels(source)},
                "spec": {"groups": groups},
            }
        )
        for name, groups in source.rules.items()
    }


def _labels(source: Source) -> dict[str, str]:
    return {"app.kubernetes.io/managed-by": "dash-sync", "app.kubernetes.io/part-of": source.project}


def _text(dashboard: Dashboard) -> str:
    content = dashboard.json()
    if len(content) > LARGEST - 4096:
        what = f"{dashboard.uid} has {len(content):,} bytes, and an object of Kubernetes holds 1 MiB"
        raise DashSyncError(what, remedy="Make it smaller, or push it with `dash-sync push`.")
    return content.decode()
