"""Replaying recorded exchanges of a real Grafana against a server, and comparing what it answers.

Ids, times, resource versions and tokens are the server's own: where a later request carries one that was recorded, it
is replaced by what this server gave in its place.
"""

from __future__ import annotations

import base64
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RECORDINGS = Path(__file__).parents[2] / "data" / "grafana-12.4"
SCENARIOS = (
    "server",
    "forbidden",
    "legacy-folders",
    "legacy-dashboards",
    "app-dashboards",
    "app-folders",
    "app-dashboards-v2",
    "library-and-annotations",
    "folder-delete-cascade",
    "alerting",
    "datasources-and-permissions",
)
"""In the order of the recording: later ones use what earlier ones left."""

FACTS = {
    "apiVersion", "autoMigrateFrom", "builtIn", "code", "condition", "createdBy", "datasourceUid", "editable",
    "expr", "for", "folder", "folderTitle", "folderUid", "generation", "graphTooltip", "group", "h", "kind",
    "login", "manager", "message", "messageId", "name", "operation", "parentUid", "parentVersion", "permission",
    "permissionName", "provenance", "reason", "receiver", "refId", "refresh", "resource", "restoredFrom", "role",
    "schemaVersion", "slug", "sourceUID", "status", "storedVersion", "tags", "targetUID", "timezone", "title",
    "totalCount", "totalHits", "type", "updatedBy", "uri", "url", "version", "w", "x", "y", "grafana.app/folder",
    "grafana.app/managedBy", "grafana.app/managerId", "grafana.app/message", "grafana.app/sourceChecksum",
    "grafana.app/sourcePath",
}  # fmt: skip
"""Keys whose values are compared, not only their presence."""

SERVERS_OWN = {"accessErrorId", "deprecatedInternalID", "fieldsV1", "traceID"}
"""Keys that must be there and are not compared inside: random numbers, and the bookkeeping of who owns which field."""

GIVEN = {"resourceVersion", "continue", "continueToken"}
"""Keys whose values later requests send back."""

OTHER_BUILD = {("server", "health"), ("server", "apis")}
"""Steps that name the build and all its groups; only the status and the kind of body are compared."""

_NUMBERS = re.compile(r"\d{6,}")
_SCHEME = re.compile(r' in scheme ".*"')
_PARSER_WORDS = re.compile(r"json parse error: .*")


@dataclass(frozen=True)
class Step:
    scenario: str
    name: str
    request: dict[str, Any]
    response: dict[str, Any]

    @property
    def label(self) -> str:
        return f"{self.scenario}/{self.name}"


def recorded_steps() -> list[Step]:
    return [
        Step(scenario, step["step"], step["request"], step["response"])
        for scenario in SCENARIOS
        for step in json.loads((RECORDINGS / f"{scenario}.json").read_text())
    ]


@dataclass
class Replay:
    """One run over a server: `user` and `password` are its administrator's."""

    url: str
    user: str = "admin"
    password: str = "admin"
    given: dict[str, str] = field(default_factory=dict)
    account: int = 0
    token: str = "glsa_wrong_00000000"

    def run(self, step: Step) -> list[str]:
        """Send a step's request; list what differs from the recorded answer."""
        status, body = self._send(step)
        if step.name == "service-account-viewer" and isinstance(body, dict):
            self.account = body.get("id", 0)
        if step.name == "token" and isinstance(body, dict):
            self.token = body.get("key", "")
        wanted = step.response
        problems = (
            [] if status == wanted["status"] else [f"status {wanted['status']} was recorded, got {status}: {body}"]
        )
        if not problems and (step.scenario, step.name) in OTHER_BUILD:
            problems = [] if isinstance(body, type(wanted["body"])) else ["another kind of body"]
        elif not problems:
            problems = list(differences(wanted["body"], body))
        self._learn(wanted["body"], body)
        return problems

    def _send(self, step: Step) -> tuple[int, Any]:
        text = json.dumps({"path": step.request["path"], "body": step.request["body"]})
        for recorded, given in self.given.items():
            text = text.replace(recorded, given)
        sent = json.loads(text)
        if step.name == "token":
            sent["path"] = re.sub(r"(?<=serviceaccounts/)\d+", str(self.account), sent["path"])
        body = sent["body"]
        data = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
        request = urllib.request.Request(self.url + sent["path"], method=step.request["method"], data=data)
        for name, value in {"Content-Type": "application/json", **step.request["headers"]}.items():
            request.add_header(name, value)
        if authorization := self._authorization(step):
            request.add_header("Authorization", authorization)
        try:
            answer = urllib.request.urlopen(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            text = answer.read().decode()
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, text

    def _authorization(self, step: Step) -> str | None:
        if step.name == "unauthorized-bad-password":
            return _basic(self.user, "wrong")
        match step.request["authorized_as"]:
            case "nobody":
                return None
            case "admin":
                return _basic(self.user, self.password)
            case _:
                return f"Bearer {self.token}"

    def _learn(self, recorded: Any, got: Any) -> None:
        if isinstance(recorded, dict) and isinstance(got, dict):
            for key, value in recorded.items():
                if key in GIVEN and value:
                    self.given[str(value)] = str(got.get(key, ""))
                else:
                    self._learn(value, got.get(key))
        elif isinstance(recorded, list) and isinstance(got, list):
            for one, other in zip(recorded, got, strict=False):
                self._learn(one, other)


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def differences(recorded: Any, got: Any, path: str = "$", key: str = "") -> Iterator[str]:
    """Compare the shape (keys, lengths, JSON types) and the facts of two bodies; `key` is the one that led here."""
    if _json_type(recorded) != _json_type(got):
        yield f"{path}: {_json_type(recorded)} was recorded, got {_json_type(got)}"
    elif isinstance(recorded, dict):
        yield from (f"{path}.{name}: missing" for name in recorded.keys() - got.keys())
        yield from (f"{path}.{name}: not in the recording" for name in got.keys() - recorded.keys())
        for name in (recorded.keys() & got.keys()) - SERVERS_OWN:
            yield from differences(recorded[name], got[name], f"{path}.{name}", name)
    elif isinstance(recorded, list):
        if len(recorded) != len(got):
            yield f"{path}: {len(recorded)} items were recorded, got {len(got)}"
        for index, (one, other) in enumerate(zip(recorded, got, strict=False)):
            yield from differences(one, other, f"{path}[{index}]", key)
    elif key in FACTS and _plain(recorded) != _plain(got):
        yield f"{path}: {recorded!r} was recorded, got {got!r}"


def _json_type(value: Any) -> str:
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


def _plain(value: Any) -> Any:
    """Take out of a message what is the server's own: its numbers, its source files, its JSON parser's words."""
    if not isinstance(value, str):
        return value
    return _NUMBERS.sub("#", _PARSER_WORDS.sub("", _SCHEME.sub("", value)))
