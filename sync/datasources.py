"""The data sources that rendered dashboards use, and those that a server lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sync.errors import DashSyncError
from sync.substitution import substituted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.files import Rendered
    from sync.grafana.connect import Connection

BUILT_IN = frozenset({"grafana", "-- Grafana --", "-- Mixed --", "-- Dashboard --", "__expr__", "default"})


def check(connection: Connection, rendered: Rendered) -> Iterator[tuple[str, str, str]]:
    """Yield (state, what, remedy) for the data sources that the dashboards use."""
    try:
        present = connection.http.get("/api/datasources")
    except DashSyncError as error:
        yield "warning", f"can't be listed, so whether any is missing isn't known: {error.what}", ""
        return
    uids = {source["uid"] for source in present} | {source["name"] for source in present}
    kinds = {source["type"] for source in present}
    used = dict(_used(connection, rendered))
    missing = [(key, where) for key, where in used.items() if key[1] not in (uids if key[0] == "uid" else kinds)]
    for (what, name), where in missing:
        if what == "uid":
            remedy = f"Create it in Grafana, or map it in the context: datasources: {{{name}: UID}}"
            yield "warning", f"{where} uses the data source {name!r}, which the server lacks", remedy
        else:
            remedy = "Create one in Grafana, or its panels will be empty."
            yield "warning", f"{where} has a variable for data sources of type {name}, and the server has none", remedy
    if not missing:
        yield "ok", f"all {len(used)} that the dashboards use are there", ""


def _used(connection: Connection, rendered: Rendered) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield ("uid" or "type", name) and the dashboard that uses it."""
    for uid, file in rendered.dashboards.items():
        for key in references(substituted(file.spec(), connection.context)):
            yield key, uid


def references(value: Any) -> Iterator[tuple[str, str]]:
    """Yield ("uid", uid) for each data source named, and ("type", type) for each variable that chooses one."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        yield from _own(value)
        for item in value.values():
            yield from references(item)


def _own(mapping: dict[str, Any]) -> Iterator[tuple[str, str]]:
    source = mapping.get("datasource")
    uid = source.get("uid") or source.get("name") if isinstance(source, dict) else source
    if isinstance(uid, str) and uid and "$" not in uid and uid not in BUILT_IN:
        yield "uid", uid
    if mapping.get("type") == "datasource" and "name" in mapping and isinstance(mapping.get("query"), str):
        yield "type", mapping["query"]
    if mapping.get("kind") == "DatasourceVariable" and isinstance(mapping.get("spec"), dict):
        yield "type", str(mapping["spec"].get("pluginId", ""))
