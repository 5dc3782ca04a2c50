"""Alert rules that Grafana evaluates, by its provisioning API.

The API has no version to compare and swap with: a rule is read again just before it is written, and an edit made in the
moment between is lost to it. A group's interval can only be written with all of its rules, so a group that is new or
gets another interval is written whole; every other rule is written by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from sync import errors
from sync.owned import alert_form
from sync.owned.alert_files import Dashboards, groups
from sync.owned.alert_panels import linked
from sync.owned.kind import Held, Job, Thing
from sync.substitution import substituted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sync.files import Rendered
    from sync.grafana.connect import Connection

BASE = "/api/v1/provisioning"
NOT_THE_APIS = {"file": "a file of that Grafana's own", "converted_prometheus": "an import of Prometheus rules"}


class AlertRules:
    """The alert rules of one Grafana."""

    prefix = "alert/"
    noun = "alert rule"
    files = "alerting/"

    def __init__(self, connection: Connection, rendered: Rendered) -> None:
        self.connection = connection
        self.http = connection.http
        self.editable = connection.context.ui_edits == "allow"
        self.folders = {folder.path: folder.uid for folder in rendered.folders.values()}
        self.folders = {folder.title: folder.uid for folder in rendered.folders.values()} | self.folders
        self._asked: dict[str, Thing] = {}
        self._whole: set[tuple[str, str]] = set()

    def wanted(self, files: Mapping[str, bytes]) -> dict[str, Thing]:
        """Return the rules of alerting/*.yaml, with the context's data sources and the panels that show them."""
        dashboards = Dashboards(files)
        found: dict[str, Thing] = {}
        for path, text in files.items():
            if not (path.startswith(self.files) and path.endswith((".yaml", ".yml"))):
                continue
            for group in groups(path, text):
                folder = self._folder(group["folder"], path)
                for rule in group["rules"]:
                    if rule["uid"] in found:
                        what = f"the uid {rule['uid']!r} is that of a rule in {found[rule['uid']].path} too"
                        raise errors.DashboardFileError(what, path=path, remedy="Give one of them another uid.")
                    content = alert_form.from_file(rule, folder=folder, group=group["name"], interval=group["interval"])
                    content = substituted(linked(content, dashboards), self.connection.context)
                    found[rule["uid"]] = Thing(rule["uid"], rule["title"], path, content, folder)
        self._asked = found
        return found

    def _folder(self, name: str, path: str) -> str:
        if name not in self.folders:
            known = ", ".join(self.folders) or "there is none"
            what = f"its folder {name!r} is none of those below dashboards/: {known}"
            raise errors.DashboardFileError(what, path=path, remedy="Name a folder that holds dashboards.")
        return self.folders[name]

    def held(self, uids: Collection[str]) -> dict[str, Held]:
        """Return the rules from one listing, and a request for each of their groups."""
        listed = self.http.get(f"{BASE}/alert-rules") or []
        rules = [rule for rule in listed if rule["uid"] in uids or alert_form.marks(rule)[0]]
        keys = {(rule["folderUID"], rule["ruleGroup"]) for rule in rules}
        found = dict(self.connection.workers.map(lambda key: self._group(*key), sorted(keys)))
        intervals = {key: float(group["interval"]) for key, group in found.items() if group}
        return {rule["uid"]: self._held(rule, intervals) for rule in rules}

    def _held(self, rule: Mapping[str, Any], intervals: Mapping[tuple[str, str], float]) -> Held:
        message, before = alert_form.marks(rule)
        asked = self._asked.get(rule["uid"])
        if asked is not None:
            # A server that doesn't know it leaves it out, so that it can't differ there.
            rule = {alert_form.EVALUATIONS: asked.content[alert_form.EVALUATIONS], **rule}
        owner = NOT_THE_APIS.get(rule.get("provenance") or "")
        return Held(
            rule["uid"],
            rule["title"],
            alert_form.from_api(rule, interval=intervals.get((rule["folderUID"], rule["ruleGroup"]), 0.0)),
            rule["updated"],
            rule["folderUID"],
            message,
            before,
            rule["updated"],
            f"it is provisioned from {owner}, and only that changes it" if owner else "",
            rule,
        )

    def _group(self, folder: str, name: str) -> Any:
        return self._get(f"{BASE}/folder/{quote(folder, safe='')}/rule-groups/{quote(name, safe='')}")

    def _get(self, path: str, *, subject: str = "") -> Any:
        """Return what is there, None for what isn't: this API's 404 has no body."""
        try:
            return self.http.get(path, subject=subject)
        except errors.NotFound:
            return None

    def batches(self, jobs: Sequence[Job]) -> list[list[Job]]:
        """Return whole groups where the interval is to be written, else rules one by one."""
        by_group: dict[tuple[str, str], list[Job]] = {}
        for job in jobs:
            by_group.setdefault((job.thing.content["folderUID"], job.thing.content["ruleGroup"]), []).append(job)
        lots = []
        for key, members in by_group.items():
            there = self._group(*key)
            if there is not None and float(there["interval"]) == members[0].thing.content["interval"]:
                lots += [[member] for member in members]
            else:
                self._whole.add(key)
                lots.append(members)
        return lots

    def write(self, batch: Sequence[Job]) -> None:
        """Write one rule, or a group whole."""
        for job in batch:
            self._require_unmoved(job)
        content = batch[0].thing.content
        key = content["folderUID"], content["ruleGroup"]
        if key in self._whole:
            self._write_group(batch, self._group(*key) or {"rules": []})
            return
        for job in batch:
            self._write_rule(job)

    def _write_rule(self, job: Job) -> None:
        rule, uid = self._body(job), job.thing.uid
        subject, headers = self.prefix + uid, self._headers(job.held)
        if job.held is None:
            self.http.send("POST", f"{BASE}/alert-rules", body=rule, subject=subject, headers=headers)
        else:
            self.http.send("PUT", f"{BASE}/alert-rules/{uid}", body=rule, subject=subject, headers=headers)

    def _write_group(self, batch: Sequence[Job], group: Mapping[str, Any]) -> None:
        """Write a group with its interval: our rules anew, the others as they are; none may be somebody else's."""
        content, ours = batch[0].thing.content, {job.thing.uid for job in batch}
        others = [rule for rule in group["rules"] if rule["uid"] not in ours]
        strangers = [rule["title"] for rule in others if not alert_form.marks(rule)[0]]
        folder, name = content["folderUID"], content["ruleGroup"]
        if strangers:
            what = f"its group {name} is evaluated every {group['interval']} s and holds rules that aren't ours: "
            remedy = "Move them to a group of their own in Grafana, or name yours otherwise."
            raise errors.Refused(what + ", ".join(strangers[:3]), remedy=remedy)
        body = {
            "title": name,
            "folderUid": folder,
            "interval": int(content["interval"]),
            "rules": [*others, *(self._body(job) for job in batch)],
        }
        locked = next((job.held for job in batch if job.held is not None and job.held.raw.get("provenance")), None)
        path = f"{BASE}/folder/{quote(folder, safe='')}/rule-groups/{quote(name, safe='')}"
        self.http.send("PUT", path, body=body, subject=f"group {name}", headers=self._headers(locked))

    def delete(self, held: Held) -> None:
        """Delete a rule."""
        self._require_unmoved(Job(Thing(held.uid, held.title, "", held.content), held, "", ""))
        self.http.send(
            "DELETE", f"{BASE}/alert-rules/{held.uid}", subject=self.prefix + held.uid, headers=self._headers(held)
        )

    def copy(self, uid: str, content: Mapping[str, Any]) -> tuple[str, bytes]:
        """Return a provisioning file with just this rule, as JSON, which is YAML too."""
        place = content["folderUID"]
        folder = next((name for name, known in self.folders.items() if known == place), place)
        document = alert_form.in_file(uid, content, folder=folder)
        return f"{self.files}{uid}.yaml", orjson.dumps(document, option=orjson.OPT_INDENT_2)

    def copied(self, path: str) -> str:
        """Return the path itself: copies lie as the files do."""
        return path if path.startswith(self.files) else ""

    def _body(self, job: Job) -> dict[str, Any]:
        sent = alert_form.body(job.thing.uid, job.thing.content, message=job.message, before=job.before)
        return {**sent, "orgID": self.connection.org["id"]}

    def _headers(self, held: Held | None) -> dict[str, str]:
        """Return what keeps a rule open to the UI; one that is locked already can't be unlocked by this API."""
        locked = held is not None and held.raw.get("provenance")
        return {"X-Disable-Provenance": "true"} if self.editable and not locked else {}

    def _require_unmoved(self, job: Job) -> None:
        uid = job.thing.uid
        now = self._get(f"{BASE}/alert-rules/{uid}", subject=self.prefix + uid)
        where = {"server": self.http.server, "subject": self.prefix + uid}
        if now is None and job.held is not None:
            raise errors.Conflict("deleted while this push ran", **where)
        if now is None:
            return
        if job.held is None:
            raise errors.Conflict(f"somebody made a rule of this uid at {now['updated']} while this push ran", **where)
        evaluations = {alert_form.EVALUATIONS: job.held.content[alert_form.EVALUATIONS]}
        form = alert_form.from_api({**evaluations, **now}, interval=job.held.content["interval"])
        if now["updated"] != job.held.revision or form != job.held.content:
            raise errors.Conflict(f"saved by somebody at {now['updated']} while this push ran", **where)
