"""Data sources, by the HTTP API. The mark stands in jsonData, which Grafana's page keeps; secrets are write-only.

Whether a secret is still the one of the environment can't be seen: `--force datasource/UID` writes it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from sync import errors
from sync.owned.environment import literal
from sync.owned.kind import Held, Job, Thing, mark_of, marked
from sync.owned.provisioned import FILE, sources

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sync.grafana.connect import Connection

PATH = "/api/datasources"
MARK = "dashSync"
BEFORE = "dashSyncBefore"
COPIES = "datasources/"
SETTINGS: dict[str, Any] = {
    "access": "proxy",
    "url": "",
    "user": "",
    "database": "",
    "basicAuth": False,
    "basicAuthUser": "",
    "withCredentials": False,
    "isDefault": False,
}
"""What is compared beside name, type, jsonData and which secrets are set; with what Grafana gives where nothing is."""


class DataSources:
    """The data sources of one Grafana."""

    prefix = "datasource/"
    noun = "data source"
    files = FILE

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.http = connection.http
        self._asked: dict[str, Thing] = {}

    def wanted(self, files: Mapping[str, bytes]) -> dict[str, Thing]:
        """Return the data sources of provisioning/datasources.yaml, as this context and the environment have them."""
        found = {}
        for source in sources(files, self.connection.context):
            secrets = source.get("secureJsonData") or {}
            content = content_of(source, source.get("jsonData") or {}, sorted(secrets))
            found[source["uid"]] = Thing(source["uid"], source["name"], FILE, content, secrets=secrets)
        self._asked = found
        return found

    def held(self, uids: Collection[str]) -> dict[str, Held]:
        """Return the data sources from one listing, and a request for each that is ours or in the files."""
        listed = [
            one["uid"]
            for one in self.http.get(PATH)
            if one["uid"] in uids or mark_of(one["uid"], (one.get("jsonData") or {}).get(MARK))
        ]
        found = self.connection.workers.map(self._one, listed)
        return {uid: held_of(self._as_asked(source)) for uid, source in found if source is not None}

    def _as_asked(self, source: Mapping[str, Any]) -> Mapping[str, Any]:
        """Leave Grafana its choice of a default where the files make none: the first data source becomes one."""
        asked = self._asked.get(source["uid"])
        return source if asked is None or asked.content["isDefault"] else {**source, "isDefault": False}

    def _one(self, uid: str) -> Any:
        return self.http.get(f"{PATH}/uid/{uid}", subject=self.prefix + uid, missing=True)

    def batches(self, jobs: Sequence[Job]) -> list[list[Job]]:
        """Return one after the other: what they are told of each other needn't exist yet."""
        return [[job] for job in jobs]

    def write(self, batch: Sequence[Job]) -> None:
        """Write a data source over the version that was read, or create it."""
        for job in batch:
            thing = job.thing
            marks = {MARK: marked(thing.uid, job.message), BEFORE: job.before}
            body = {key: value for key, value in thing.content.items() if key != "secrets"}
            body |= {"uid": thing.uid, "jsonData": {**thing.content["jsonData"], **marks}}
            body |= {"secureJsonData": dict(thing.secrets)} if thing.secrets else {}
            subject = self.prefix + thing.uid
            if job.held is None:
                self.http.send("POST", PATH, body=body, subject=subject)
            else:
                body["version"] = int(job.held.revision)
                self.http.send("PUT", f"{PATH}/uid/{thing.uid}", body=body, subject=subject)

    def delete(self, held: Held) -> None:
        """Delete a data source; the API names no version, so it is read again just before."""
        subject, now = self.prefix + held.uid, self._one(held.uid)
        if now is not None and str(now["version"]) != held.revision:
            raise errors.Conflict("saved by somebody while this ran", server=self.http.server, subject=subject)
        self.http.send("DELETE", f"{PATH}/uid/{held.uid}", subject=subject, allowed={404})

    def copy(self, uid: str, content: Mapping[str, Any]) -> tuple[str, bytes]:
        """Return a provisioning file with just this data source; which secrets it had is all that is known of them."""
        told = {key: value for key, value in content.items() if key != "secrets"}
        names = {key: f"${key.upper()}" for key in content["secrets"]}
        source = {**literal(told), "uid": uid, **({"secureJsonData": names} if names else {})}
        document = {"apiVersion": 1, "datasources": [source]}
        return f"{COPIES}{uid}.yaml", orjson.dumps(document, option=orjson.OPT_INDENT_2)

    def copied(self, path: str) -> str:
        """Return the path of the one file that data sources are read from."""
        return FILE if path.startswith(COPIES) else ""


def content_of(source: Mapping[str, Any], settings: Mapping[str, Any], secrets: list[str]) -> dict[str, Any]:
    """Return what is compared of a data source; `settings` are its jsonData, `secrets` the names of those set."""
    return {
        "name": source["name"],
        "type": source["type"],
        **{key: source.get(key) or value for key, value in SETTINGS.items()},
        "jsonData": {key: value for key, value in settings.items() if key not in {MARK, BEFORE}},
        "secrets": secrets,
    }


def held_of(source: Mapping[str, Any]) -> Held:
    """Return a data source as the API answers it."""
    settings, uid = source.get("jsonData") or {}, source["uid"]
    message = mark_of(uid, settings.get(MARK))
    secrets = sorted(name for name, is_set in (source.get("secureJsonFields") or {}).items() if is_set)
    return Held(
        uid,
        source["name"],
        content_of(source, settings, secrets),
        str(source["version"]),
        message=message,
        before=str(settings.get(BEFORE, "")) if message else "",
        fixed="it is provisioned from a file of that Grafana's own (read-only)" if source.get("readOnly") else "",
        raw=source,
    )
