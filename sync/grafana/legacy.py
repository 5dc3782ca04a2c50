"""Dashboards and folders by the legacy API, which every Grafana has."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sync import errors
from sync.canonical import checksum
from sync.grafana.api import Content, LiveFolder, Version
from sync.mark import parse
from sync.plan import Live

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from sync.files import Folder
    from sync.grafana.api import Write
    from sync.grafana.http import Http
    from sync.grafana.workers import Workers

PAGE = 1000
VERSIONS_PAGE = 20


class Legacy:
    """`/api`: a search finds what exists, and one more request a dashboard tells its newest version's message."""

    name = "legacy"

    def __init__(self, http: Http, *, workers: Workers) -> None:
        self.http = http
        self.workers = workers

    def lives(self, uids: Collection[str], *, beside: Callable[[str, str], bool] | None = None) -> Mapping[str, Live]:
        """Return everything; those of `uids`, and those beside them that are asked for, for a request each.

        Of the others it is only told that they are there: generation 0, no message.
        """
        wanted, hits, others = set(uids), [], {}
        for hit in self._search("dash-db"):
            uid, folder = hit["uid"], hit.get("folderUid") or ""
            if uid in wanted or (beside is not None and beside(uid, folder)):
                hits.append(hit)
            else:
                others[uid] = Live(uid, folder, 0, "", title=hit.get("title", ""))
        found = (live for _, live in self.workers.map(self._live, hits) if live is not None)
        return others | {live.uid: live for live in found}

    def live(self, uid: str) -> Live | None:
        """Return one dashboard's newest version and folder."""
        found = self.http.get(f"/api/dashboards/uid/{uid}", subject=uid, missing=True)
        return None if found is None else self._live({"uid": uid, "folderUid": found["meta"].get("folderUid", "")})

    def _live(self, hit: Mapping[str, Any]) -> Live | None:
        uid = hit["uid"]
        newest = next(iter(self._versions(uid, 1)), None)
        if newest is None:
            return None
        return Live(
            uid=uid,
            folder=hit.get("folderUid") or "",
            generation=newest.number,
            revision=str(newest.number),
            message=newest.message,
            title=hit.get("title", ""),
            author=newest.author,
            at=newest.at,
            stored=_stored(newest),
        )

    def deleted(self) -> Mapping[str, Live]:
        """Return nothing: this API has no trash."""
        return {}

    def folders(self) -> Mapping[str, LiveFolder]:
        """Return every folder by uid; the search tells neither description nor version."""
        return {
            hit["uid"]: LiveFolder(hit["uid"], hit["title"], hit.get("folderUid") or "")
            for hit in self._search("dash-folder")
        }

    def create_folder(self, folder: Folder) -> None:
        """Create a folder below its parent."""
        body = {"uid": folder.uid, "title": folder.title, "description": folder.description, "parentUid": folder.parent}
        with contextlib.suppress(errors.Conflict):
            self.http.send(
                "POST",
                "/api/folders",
                body={key: value for key, value in body.items() if value},
                subject=f"folder {folder.path}",
            )

    def update_folder(self, folder: Folder, live: LiveFolder, *, revision: str) -> None:  # noqa: ARG002 none is told
        """Rename with the version that is stored, and move; what is in it and who may see it stay."""
        path, subject = f"/api/folders/{folder.uid}", f"folder {folder.path}"
        stored = self.http.get(path, subject=subject)
        if stored["title"] != live.title or (stored.get("parentUid") or "") != live.parent:
            raise errors.Conflict("it was changed while this push ran", server=self.http.server, subject=subject)
        if (folder.title, folder.description) != (live.title, stored.get("description", "")):
            body = {"title": folder.title, "description": folder.description, "version": stored["version"]}
            self.http.send("PUT", path, body=body, subject=subject)
        if folder.parent != live.parent:
            self.http.send("POST", f"{path}/move", body={"parentUid": folder.parent}, subject=subject)

    def content(self, uid: str) -> Content | None:
        """Return a dashboard's JSON."""
        found = self.http.get(f"/api/dashboards/uid/{uid}", subject=uid, missing=True)
        return found and Content(uid, found["dashboard"], "v1", found["meta"].get("folderUid", ""))

    def contents(self) -> Iterator[Content]:
        """Yield every dashboard: a search, and a request each."""
        for _, found in self.workers.map(lambda hit: self.content(hit["uid"]), self._search("dash-db")):
            if found is not None:
                yield found

    def write(self, write: Write) -> int:
        """Save with the version that was read, never with `overwrite`: a save over anything newer is refused."""
        if write.version != "v1":
            what = f"it is written in dashboard.grafana.app/{write.version}, which the legacy API can't store"
            raise errors.Rejected(
                what,
                server=self.http.server,
                subject=write.uid,
                remedy="Push it to a Grafana 12 or later, with `api: auto`.",
            )
        dashboard = {**write.spec, "uid": write.uid}
        for key in ("id", "version"):
            dashboard.pop(key, None)
        if write.live is not None:
            dashboard["version"] = int(write.live.revision)
        body = {"dashboard": dashboard, "folderUid": write.folder, "message": write.message, "overwrite": False}
        answer = self.http.send("POST", "/api/dashboards/db", body=body, subject=write.uid)
        return int(answer.body["version"])

    def delete(self, live: Live) -> None:
        """Delete, right after a look at the version: this API's delete takes no precondition."""
        now = self.live(live.uid)
        if now is None:
            return
        if now.revision != live.revision:
            raise errors.Conflict(
                f"saved by {now.author or 'somebody'} at {now.at} while this ran",
                server=self.http.server,
                subject=live.uid,
            )
        self.http.send("DELETE", f"/api/dashboards/uid/{live.uid}", subject=live.uid, allowed={404})

    def history(self, uid: str, *, limit: int) -> list[Version]:
        """Return up to `limit` versions, the newest first."""
        return list(self._versions(uid, limit))

    def version_content(self, uid: str, number: int) -> Content | None:
        """Return one version's JSON; Grafana answers 500 for one that it doesn't have."""
        try:
            found = self.http.get(f"/api/dashboards/uid/{uid}/versions/{number}", subject=uid, missing=True)
        except errors.Failing as error:
            if "not found" in error.what:
                return None
            raise
        return found and Content(uid, found["data"])

    def _versions(self, uid: str, limit: int) -> Iterator[Version]:
        token, left = "", limit
        while left > 0:
            query = urlencode({"limit": min(left, VERSIONS_PAGE), **({"continueToken": token} if token else {})})
            page = self.http.get(f"/api/dashboards/uid/{uid}/versions?{query}", subject=uid, missing=True)
            if page is None:
                return
            items = page if isinstance(page, list) else page["versions"]
            for item in items:
                yield self._version(uid, item)
            left -= len(items)
            token = "" if isinstance(page, list) else page.get("continueToken", "")
            if not token or not items:
                return

    def _version(self, uid: str, item: Mapping[str, Any]) -> Version:
        """Return a version; of the first one the list only says "Initial save", its own page has the message."""
        message, data = item.get("message", ""), item.get("data")
        if item.get("parentVersion") == 0:
            own = self.http.get(f"/api/dashboards/uid/{uid}/versions/{item['version']}", subject=uid, missing=True)
            message, data = (own or item).get("message", ""), (own or item).get("data")
        spec = data if isinstance(data, dict) else None
        return Version(int(item["version"]), message, item.get("createdBy", ""), item.get("created", ""), spec=spec)

    def _search(self, kind: str) -> Iterator[dict[str, Any]]:
        page = 1
        while True:
            hits = self.http.get(f"/api/search?{urlencode({'type': kind, 'limit': PAGE, 'page': page})}")
            yield from hits
            if len(hits) < PAGE:
                return
            page += 1


def _stored(version: Version) -> str:
    """Return the checksum of what a version holds, where its mark is to be believed; servers before 12 don't tell."""
    mark = parse(version.message)
    if mark is None or mark.generation != version.number or version.spec is None:
        return ""
    return checksum(dict(version.spec))
