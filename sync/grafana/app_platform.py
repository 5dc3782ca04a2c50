"""Dashboards and folders by the app platform's API (Grafana 12 and later)."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sync import errors
from sync.grafana.api import Version
from sync.plan import Live

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from sync.files import Folder
    from sync.grafana.api import Write
    from sync.grafana.http import Http

GROUP = "dashboard.grafana.app"
FOLDERS = "folder.grafana.app"
LIST_OF_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
PAGE = 1000
NOTE = "grafana.app/"
VOLATILE = ("id", "uid", "version")


class AppPlatform:
    """`/apis/dashboard.grafana.app`: plain dashboards are written as `version`, one of those that are `served`."""

    name = "app-platform"

    def __init__(self, http: Http, *, namespace: str, version: str, served: Collection[str]) -> None:
        self.http = http
        self.namespace = namespace
        self.version = version
        self.served = served

    def lives(self, uids: Collection[str]) -> Mapping[str, Live]:  # noqa: ARG002 one listing has them all
        """Return every dashboard's metadata, from one paged listing without specs."""
        return {live.uid: live for live in map(_live, self._listing(self._path(), PAGE))}

    def live(self, uid: str) -> Live | None:
        """Return one dashboard's metadata."""
        found = self.http.get(self._path(uid), subject=uid, accept=METADATA, missing=True)
        return None if found is None else _live(found)

    def folders(self) -> Mapping[str, str]:
        """Return the title of every folder by uid."""
        return {
            item["metadata"]["name"]: item["spec"].get("title", "")
            for item in self._listing(self._folder_path(), PAGE, accept="application/json")
        }

    def create_folder(self, folder: Folder) -> None:
        """Create a folder below its parent."""
        annotations = {f"{NOTE}folder": folder.parent} if folder.parent else {}
        spec = {"title": folder.title, **({"description": folder.description} if folder.description else {})}
        path = self._folder_path()
        body = {
            "apiVersion": path.split("/namespaces")[0].removeprefix("/apis/"),
            "kind": "Folder",
            "metadata": {"name": folder.uid, "annotations": annotations},
            "spec": spec,
        }
        with contextlib.suppress(errors.Conflict):
            self.http.send("POST", path, body=body, subject=f"folder {folder.path}")

    def read(self, uid: str) -> dict[str, Any]:
        """Return a dashboard's spec, as the version that it is stored in."""
        document = self.http.get(self._path(uid), subject=uid)
        stored = (document.get("status") or {}).get("conversion", {}).get("storedVersion")
        if stored and stored != self.version and stored.startswith("v2") and stored in self.served:
            document = self.http.get(self._path(uid, version=stored), subject=uid)
        spec: dict[str, Any] = document["spec"]
        return spec

    def write(self, write: Write) -> int:
        """Create with POST, or update with PUT and the resourceVersion that was read: compare and swap."""
        version = self.version if write.version == "v1" else write.version
        if version not in self.served:
            what = f"it is written in {GROUP}/{version}, and this Grafana serves {', '.join(self.served)}"
            raise errors.Rejected(
                what,
                server=self.http.server,
                subject=write.uid,
                remedy="Upgrade Grafana, or write the dashboard in a version that it serves.",
            )
        annotations = {
            f"{NOTE}message": write.message,
            f"{NOTE}managedBy": "kubectl",
            f"{NOTE}managerId": write.manager,
            f"{NOTE}sourcePath": write.source,
            f"{NOTE}sourceChecksum": write.digest,
            **({f"{NOTE}folder": write.folder} if write.folder else {}),
            **({f"{NOTE}managerAllowsEdits": "true"} if write.ui_edits else {}),
        }
        metadata: dict[str, Any] = {"name": write.uid, "annotations": annotations}
        spec = (
            write.spec
            if version.startswith("v2")
            else {key: value for key, value in write.spec.items() if key not in VOLATILE}
        )
        body = {"apiVersion": f"{GROUP}/{version}", "kind": "Dashboard", "metadata": metadata, "spec": spec}
        if write.live is None:
            answer = self.http.send("POST", self._path(version=version), body=body, subject=write.uid)
        else:
            metadata["resourceVersion"] = write.live.revision
            answer = self.http.send("PUT", self._path(write.uid, version=version), body=body, subject=write.uid)
        return int(answer.body["metadata"]["generation"])

    def history(self, uid: str, *, limit: int) -> list[Version]:
        """Return the versions that the store keeps, the newest first."""
        query = urlencode({"labelSelector": "grafana.app/get-history=true", "fieldSelector": f"metadata.name={uid}"})
        items: list[Live] = []
        for item in self._listing(f"{self._path()}?{query}", min(limit, PAGE), subject=uid):
            items.append(_live(item))
            if len(items) == limit:
                break
        names = self._names(uid, limit) if items else {}
        return [
            Version(item.generation, item.message, names.get(item.generation, item.author), item.at, item.folder)
            for item in items
        ]

    def _names(self, uid: str, limit: int) -> dict[int, str]:
        """Return the login of each version's author, which only the legacy API tells; without it, ids must do."""
        with contextlib.suppress(errors.ServerError):
            body = self.http.get(f"/api/dashboards/uid/{uid}/versions?limit={limit}", subject=uid, missing=True) or {}
            return {item["version"]: item["createdBy"] for item in body.get("versions", [])}
        return {}

    def _listing(
        self, path: str, limit: int, *, accept: str = LIST_OF_METADATA, subject: str = ""
    ) -> Iterator[dict[str, Any]]:
        """Walk over the pages; they are cut by size too, so only an absent `continue` is the end."""
        token = ""
        while True:
            query = urlencode({"limit": limit, **({"continue": token} if token else {})})
            page = self.http.get(f"{path}{'&' if '?' in path else '?'}{query}", subject=subject, accept=accept)
            yield from page["items"]
            token = page["metadata"].get("continue", "")
            if not token:
                return

    def _path(self, uid: str = "", *, version: str = "") -> str:
        path = f"/apis/{GROUP}/{version or self.version}/namespaces/{self.namespace}/dashboards"
        return f"{path}/{uid}" if uid else path

    def _folder_path(self) -> str:
        if not hasattr(self, "_folder_version"):
            group = self.http.get(f"/apis/{FOLDERS}")
            self._folder_version = group["preferredVersion"]["version"]
        return f"/apis/{FOLDERS}/{self._folder_version}/namespaces/{self.namespace}/folders"


def _live(item: Mapping[str, Any]) -> Live:
    metadata = item["metadata"]
    notes = metadata.get("annotations") or {}
    author = notes.get(f"{NOTE}updatedBy") or notes.get(f"{NOTE}createdBy") or ""
    return Live(
        uid=metadata["name"],
        folder=notes.get(f"{NOTE}folder", ""),
        generation=int(metadata.get("generation", 0)),
        revision=metadata.get("resourceVersion", ""),
        message=notes.get(f"{NOTE}message", ""),
        manager=notes.get(f"{NOTE}managerId") or notes.get(f"{NOTE}managedBy", ""),
        digest=notes.get(f"{NOTE}sourceChecksum", ""),
        author=author.removeprefix("user:"),
        at=notes.get(f"{NOTE}updatedTimestamp") or metadata.get("creationTimestamp", ""),
    )
