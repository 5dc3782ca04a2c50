"""Dashboards and folders by the app platform's API (Grafana 12 and later)."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sync import errors
from sync.grafana.api import Content, LiveFolder, Version
from sync.plan import Live

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from sync.files import Folder
    from sync.grafana.api import Write
    from sync.grafana.http import Http

GROUP = "dashboard.grafana.app"
FOLDERS = "folder.grafana.app"
FOLDER_VERSION = "v1beta1"
"""What Grafana 12 and 13 serve; another is asked for only where a listing isn't there."""
LIST_OF_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
PAGE = 1000
HISTORY_PAGE = 20
NOTE = "grafana.app/"
PRODUCT = "dash-sync"
"""Our User-Agent up to its slash, by which the server notes who wrote which field."""
ROOT = "general"
"""What newer servers note as the folder of what lies in none."""
VOLATILE = ("id", "uid", "version")


class AppPlatform:
    """`/apis/dashboard.grafana.app`: plain dashboards are written as `version`, one of those that are `served`."""

    name = "app-platform"

    def __init__(self, http: Http, *, namespace: str, version: str, served: Collection[str]) -> None:
        self.http = http
        self.namespace = namespace
        self.version = version
        self.served = served
        self._folder_version = FOLDER_VERSION

    def lives(
        self,
        uids: Collection[str],  # noqa: ARG002 one listing has them all
        *,
        beside: Callable[[str, str], bool] | None = None,  # noqa: ARG002 likewise
    ) -> Mapping[str, Live]:
        """Return every dashboard's metadata, from one paged listing without specs."""
        return {live.uid: live for live in map(_live, self._listing(self._path(), PAGE))}

    def live(self, uid: str) -> Live | None:
        """Return one dashboard's metadata."""
        found = self.http.get(self._path(uid), subject=uid, accept=METADATA, missing=True)
        return None if found is None else _live(found)

    def deleted(self) -> Mapping[str, Live]:
        """Return what the trash keeps: dashboards that had no manager when they were deleted."""
        query = urlencode({"labelSelector": "grafana.app/get-trash=true"})
        with contextlib.suppress(errors.Forbidden, errors.Rejected):
            newest_first = [_live(item) for item in self._listing(f"{self._path()}?{query}", PAGE)]
            # Who deleted it is told as a number of Grafana's own, which helps nobody.
            return {live.uid: replace(live, author="") for live in reversed(newest_first)}
        return {}

    def folders(self) -> Mapping[str, LiveFolder]:
        """Return every folder by uid."""
        try:
            found = list(self._listing(self._folder_path(), PAGE, accept="application/json"))
        except errors.NotFound:
            group = self.http.get(f"/apis/{FOLDERS}")
            self._folder_version = group["preferredVersion"]["version"]
            found = list(self._listing(self._folder_path(), PAGE, accept="application/json"))
        return {folder.uid: folder for folder in map(_live_folder, found)}

    def create_folder(self, folder: Folder) -> None:
        """Create a folder below its parent."""
        body = self._folder_body(folder, {"name": folder.uid, "annotations": _folder_notes(folder, {})})
        with contextlib.suppress(errors.Conflict):
            self.http.send("POST", self._folder_path(), body=body, subject=f"folder {folder.path}")

    def update_folder(self, folder: Folder, live: LiveFolder, *, revision: str) -> None:
        """Replace a folder with PUT and its resourceVersion; what is in it and who may see it stay."""
        notes = _folder_notes(folder, live.notes)
        body = self._folder_body(folder, {"name": folder.uid, "annotations": notes, "resourceVersion": revision})
        self.http.send("PUT", f"{self._folder_path()}/{folder.uid}", body=body, subject=f"folder {folder.path}")

    def _folder_body(self, folder: Folder, metadata: dict[str, Any]) -> dict[str, Any]:
        spec = {"title": folder.title, **({"description": folder.description} if folder.description else {})}
        version = self._folder_path().split("/namespaces")[0].removeprefix("/apis/")
        return {"apiVersion": version, "kind": "Folder", "metadata": metadata, "spec": spec}

    def content(self, uid: str) -> Content | None:
        """Return a dashboard's spec, as the version that it is stored in."""
        document = self.http.get(self._path(uid), subject=uid, missing=True)
        if document is None:
            return None
        stored = self._stored_otherwise(document)
        if stored:
            document = self.http.get(self._path(uid, version=stored), subject=uid)
        return _content(document, stored or "v1")

    def contents(self) -> Iterator[Content]:
        """Yield every dashboard, from one paged listing; those that are stored as v2 are read one by one."""
        for item in self._listing(self._path(), PAGE, accept="application/json"):
            if not self._stored_otherwise(item):
                yield _content(item, "v1")
            elif found := self.content(item["metadata"]["name"]):
                yield found

    def _stored_otherwise(self, document: Mapping[str, Any]) -> str:
        """Return the version that a dashboard is stored in where plain JSON would be a conversion of it, else ""."""
        stored = ((document.get("status") or {}).get("conversion") or {}).get("storedVersion") or ""
        return stored if stored.startswith("v2") and stored in self.served else ""

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
            f"{NOTE}folder": write.folder,
            f"{NOTE}managerAllowsEdits": "true" if write.ui_edits else "",
        }
        notes = {name: value for name, value in annotations.items() if value}
        metadata: dict[str, Any] = {"name": write.uid, "annotations": notes}
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

    def delete(self, live: Live) -> None:
        """Delete with the resourceVersion as precondition."""
        body = {"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": {"resourceVersion": live.revision}}
        self.http.send("DELETE", self._path(live.uid), body=body, subject=live.uid, allowed={404})

    def history(self, uid: str, *, limit: int) -> list[Version]:
        """Return the versions that the store keeps, the newest first."""
        items: list[Live] = []
        for item in self._listing(self._history_path(uid), min(limit, PAGE), subject=uid):
            items.append(_live(item))
            if len(items) == limit:
                break
        names = self._names(uid, limit) if items else {}
        return [
            Version(item.generation, item.message, names.get(item.generation, item.author), item.at, item.folder)
            for item in items
        ]

    def version_content(self, uid: str, number: int) -> Content | None:
        """Return the spec of one version, walking over the history with specs."""
        for version in (self.version, *(name for name in self.served if name.startswith("v2"))):
            path = self._history_path(uid, version=version)
            for item in self._listing(path, HISTORY_PAGE, accept="application/json", subject=uid):
                if item["metadata"].get("generation") == number:
                    stored = self._stored_otherwise(item)
                    if stored in {"", version}:
                        return _content(item, stored or "v1")
                    break
            else:
                return None
        return None

    def _history_path(self, uid: str, *, version: str = "") -> str:
        query = urlencode({"labelSelector": "grafana.app/get-history=true", "fieldSelector": f"metadata.name={uid}"})
        return f"{self._path(version=version)}?{query}"

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
        return f"/apis/{FOLDERS}/{self._folder_version}/namespaces/{self.namespace}/folders"


def _live(item: Mapping[str, Any]) -> Live:
    metadata = item["metadata"]
    notes = metadata.get("annotations") or {}
    author = notes.get(f"{NOTE}updatedBy") or notes.get(f"{NOTE}createdBy") or ""
    return Live(
        uid=metadata["name"],
        folder=_folder(notes),
        generation=int(metadata.get("generation", 0)),
        revision=metadata.get("resourceVersion", ""),
        message=notes.get(f"{NOTE}message", ""),
        manager=notes.get(f"{NOTE}managerId") or notes.get(f"{NOTE}managedBy", ""),
        digest=notes.get(f"{NOTE}sourceChecksum", ""),
        author=author.removeprefix("user:"),
        at=notes.get(f"{NOTE}updatedTimestamp") or metadata.get("creationTimestamp", ""),
        signed=_writers_of_message(metadata) == {PRODUCT},
    )


def _writers_of_message(metadata: Mapping[str, Any]) -> set[str]:
    """Return who wrote the message by the server's record of who owns which field; nobody for v2, which has none."""
    found = set()
    for entry in metadata.get("managedFields") or ():
        owned = (entry.get("fieldsV1") or {}).get("f:metadata") or {}
        if f"f:{NOTE}message" in (owned.get("f:annotations") or {}):
            found.add(entry.get("manager", ""))
    return found


def _folder(notes: Mapping[str, str]) -> str:
    folder = notes.get(f"{NOTE}folder", "")
    return "" if folder == ROOT else folder


def _content(document: Mapping[str, Any], version: str) -> Content:
    metadata = document["metadata"]
    return Content(metadata["name"], document["spec"], version, _folder(metadata.get("annotations") or {}))


def _live_folder(item: Mapping[str, Any]) -> LiveFolder:
    metadata, spec = item["metadata"], item["spec"]
    notes = metadata.get("annotations") or {}
    return LiveFolder(
        uid=metadata["name"],
        title=spec.get("title", ""),
        parent=_folder(notes),
        description=spec.get("description", ""),
        revision=metadata.get("resourceVersion", ""),
        digest=notes.get(f"{NOTE}sourceChecksum", ""),
        notes=notes,
    )


def _folder_notes(folder: Folder, kept: Mapping[str, str]) -> dict[str, str]:
    """Return a folder's annotations: what was there, its parent, and the state that this write gives it."""
    own = {f"{NOTE}sourcePath": folder.path, f"{NOTE}sourceChecksum": folder.digest}
    notes = {**kept, **own, f"{NOTE}folder": folder.parent}
    return {name: value for name, value in notes.items() if value}
