"""Correlations: the links that lead from a data source's results to another's, after both data sources are there.

Grafana gives a correlation its uid itself, so one is known by its source, target and label; by the uid in its mark
where it has one, so that another label is an edit and not another correlation. The mark stands in its query, whose
unknown keys Grafana keeps. Creating is as recorded on Grafana 12.4; listing, PATCH and DELETE as it documents them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from sync import errors
from sync.identity import slug
from sync.owned.environment import literal
from sync.owned.kind import Held, Job, Thing, checksum, marked
from sync.owned.provisioned import FILE, sources

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sync.grafana.connect import Connection

PATH = "/api/datasources"
MARK = "dashSync"
BEFORE = "dashSyncBefore"
COPIES = "correlations/"


class Correlations:
    """The correlations of one Grafana."""

    prefix = "correlation/"
    noun = "correlation"
    files = FILE

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.http = connection.http

    def wanted(self, files: Mapping[str, bytes]) -> dict[str, Thing]:
        """Return the correlations of provisioning/datasources.yaml, as this context and the environment have them."""
        found = {}
        for source in sources(files, self.connection.context):
            for said in source.get("correlations") or []:
                content = content_of({**said, "sourceUID": source["uid"]})
                uid = uid_of(content)
                if uid in found:
                    what = f"data source {source['name']} has two correlations {said['label']!r} to {said['targetUID']}"
                    raise errors.DashboardFileError(what, path=FILE, remedy="Give one of them another label.")
                found[uid] = Thing(uid, said["label"], FILE, content)
        return found

    def held(self, uids: Collection[str]) -> dict[str, Held]:
        """Return the correlations from one listing of the data sources, and one of each."""
        found: dict[str, Held] = {}
        for one in self.http.get(PATH):
            for held in self._of(one["uid"]):
                if held.uid in uids or held.message:
                    found[held.uid] = held
        return found

    def _of(self, source: str) -> Iterator[Held]:
        path = f"{PATH}/uid/{source}/correlations"
        for said in self.http.get(path, subject=f"correlations of {source}", missing=True) or []:
            yield held_of(said)

    def batches(self, jobs: Sequence[Job]) -> list[list[Job]]:
        """Return one after the other."""
        return [[job] for job in jobs]

    def write(self, batch: Sequence[Job]) -> None:
        """Create a correlation, or change its label, description and query."""
        for job in batch:
            content, uid = job.thing.content, job.thing.uid
            self._require_unmoved(uid, job.held, content["sourceUID"])
            marks = {MARK: marked(uid, job.message), BEFORE: job.before}
            config = {**content["config"], "target": {**content["config"]["target"], **marks}}
            body = {"label": content["label"], "description": content["description"], "config": config}
            path, subject = f"{PATH}/uid/{content['sourceUID']}/correlations", self.prefix + uid
            if job.held is None:
                body |= {"targetUID": content["targetUID"], "type": content["type"]}
                self.http.send("POST", path, body=body, subject=subject)
            else:
                self.http.send("PATCH", f"{path}/{job.held.raw['uid']}", body=body, subject=subject)

    def delete(self, held: Held) -> None:
        """Delete a correlation; one that went with its data source is as good."""
        source = held.content["sourceUID"]
        if self._require_unmoved(held.uid, held, source, gone=True):
            path = f"{PATH}/uid/{source}/correlations/{held.raw['uid']}"
            self.http.send("DELETE", path, subject=self.prefix + held.uid, allowed={404})

    def copy(self, uid: str, content: Mapping[str, Any]) -> tuple[str, bytes]:
        """Return a provisioning file with just this correlation, below its data source."""
        told = {key: value for key, value in content.items() if key != "sourceUID"}
        place = content["sourceUID"]
        source = {"name": place, "uid": place, "type": "unknown", "correlations": [literal(told)]}
        document = {"apiVersion": 1, "datasources": [source]}
        return f"{COPIES}{uid}.yaml", orjson.dumps(document, option=orjson.OPT_INDENT_2)

    def copied(self, path: str) -> str:
        """Return the path of the one file that correlations are read from."""
        return FILE if path.startswith(COPIES) else ""

    def _require_unmoved(self, uid: str, held: Held | None, source: str, *, gone: bool = False) -> bool:
        """Raise Conflict where it isn't any more as it was read; return whether it is there."""
        now = next((one for one in self._of(source) if one.uid == uid), None)
        if now is None and gone:
            return False
        if (now is None) != (held is None) or (now and held and now.revision != held.revision):
            where = {"server": self.http.server, "subject": self.prefix + uid}
            raise errors.Conflict("somebody has made, changed or deleted it while this push ran", **where)
        return now is not None


def uid_of(content: Mapping[str, Any]) -> str:
    """Return what a correlation without a mark is known by."""
    return f"{content['sourceUID']}.{content['targetUID']}.{slug(content['label'])}"


def content_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is compared of a correlation, of a file or of the API."""
    config = said.get("config") or {}
    target = {key: value for key, value in (config.get("target") or {}).items() if key not in {MARK, BEFORE}}
    return {
        "sourceUID": said["sourceUID"],
        "targetUID": said.get("targetUID", ""),
        "label": said.get("label", ""),
        "description": said.get("description", ""),
        "type": said.get("type") or config.get("type") or "query",
        "config": {
            "field": config.get("field", ""),
            "target": target,
            "transformations": config.get("transformations") or [],
        },
    }


def held_of(said: Mapping[str, Any]) -> Held:
    """Return a correlation as the API answers it."""
    content = content_of(said)
    target = (said.get("config") or {}).get("target") or {}
    owner, _, message = str(target.get(MARK, "")).partition(" ")
    uid = owner or uid_of(content)
    return Held(
        uid,
        content["label"],
        content,
        checksum(uid, content),
        message=message,
        before=str(target.get(BEFORE, "")),
        fixed="it is provisioned from a file of that Grafana's own (read-only)" if said.get("provisioned") else "",
        raw=said,
    )
