"""Contact points of Grafana's provisioning: what it has to find in them, or else doesn't start.

What the settings of each type are, and which of them it needs, is from Grafana's receivers (grafana/alerting,
`receivers/`); contact_points.json has it, of keys with | between them one is needed.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

from sync.identity import uid_fault
from sync.lint.alertmanager import AlertmanagerConfig
from sync.lint.known import nearest
from sync.lint.managed_routing import is_filled_in
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.rule import Findings
from sync.lint.shape import as_dict, as_list, as_text

NO_SCHEME = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:/\S*)?|[\w-]+:\d+(?:/\S*)?|localhost\S*|//\S+")
"""An address without https:// or http://."""
_RECEIVER = ("uid", "type", "settings", "disableResolveMessage")
_LEFT_OVER = frozenset({"uploadimage", "autoresolve", "sendreminder", "frequency", "isdefault"})
"""Settings of the notification channels before Grafana 9, which do no harm."""
_METHODS = frozenset({"", "POST", "PUT"})


@cache
def _types() -> dict[str, dict[str, list[str]]]:
    """Return what each type of receiver needs and reads."""
    found: dict[str, dict[str, list[str]]]
    found = json.loads((Path(__file__).parent / "contact_points.json").read_text(encoding="utf-8"))
    return found


def contact_points(config: AlertmanagerConfig) -> Findings:
    """Look at every receiver of every contact point."""
    uids: dict[str, str] = {}
    for number, raw in enumerate(as_list(config.raw.get("receivers"))):
        point, pointer = as_dict(raw), ("receivers", number)
        if not as_text(point.get("name")):
            yield Finding("a contact point has to have a name", pointer=pointer)
        if not as_list(point.get("receivers")):
            said = f"{point.get('name')} has no receivers: Grafana makes nothing of it"
            yield Finding(said, pointer=pointer, severity=Severity.WARNING)
        for index, receiver in enumerate(as_list(point.get("receivers"))):
            where = (*pointer, "receivers", index)
            yield from _receiver(as_dict(receiver), where)
            uid = as_text(as_dict(receiver).get("uid"))
            if uid in uids:
                said = f"a receiver of {uids[uid]} has the uid {uid} too: the later takes the place of the earlier"
                yield Finding(said, pointer=(*where, "uid"))
            elif uid:
                uids[uid] = as_text(point.get("name"))


def _receiver(raw: dict[str, Any], pointer: Pointer) -> Findings:
    for key in ("uid", "type", "settings"):
        if not raw.get(key):
            yield Finding(f"a receiver has to have {key}: Grafana doesn't start without it", pointer=pointer)
    uid = raw.get("uid")
    if uid and not is_filled_in(uid) and (fault := uid_fault(str(uid))):
        yield Finding(fault, pointer=(*pointer, "uid"))
    for key in raw.keys() - set(_RECEIVER):
        is_put_aside = key.replace("_", "").lower() == "securesettings"
        near = "; from files only `settings` are read" if is_put_aside else nearest(key, _RECEIVER)
        said = f"Grafana knows no key {key} of a receiver{near}"
        yield Finding(said, pointer=(*pointer, key), severity=Severity.WARNING)
    written = as_text(raw.get("type")).strip()
    kind = next((each for each in _types() if each == written.lower()), "")
    if kind:
        yield from _settings(kind, as_dict(raw.get("settings")), (*pointer, "settings"))
    elif written and not is_filled_in(written):
        near = nearest(written, _types())
        said, severity = f"Grafana knows no receiver of type {written}{near}", None if near else Severity.WARNING
        yield Finding(said, pointer=(*pointer, "type"), severity=severity)


def _settings(kind: str, raw: dict[str, Any], pointer: Pointer) -> Findings:
    settings, reads = {str(key).lower(): value for key, value in raw.items()}, _types()[kind]["reads"]
    for key in raw if settings else ():
        if str(key).lower() not in {each.lower() for each in reads} | _LEFT_OVER:
            yield _unread(kind, str(key), reads, (*pointer, key))
    missing: list[str] = []
    for needed in _types()[kind]["needs"] if settings else ():
        given = [settings.get(key.lower()) for key in needed.split("|")]
        if not any(given):
            missing.append(needed.replace("|", " or "))
        elif any(isinstance(each, (list, dict)) for each in given):
            yield Finding(f"{needed} has to be one text, with ; or , between several", pointer=(*pointer, needed))
    if missing:
        yield Finding(f"{kind} has to have {' and '.join(missing)} in its settings", pointer=pointer)
    if kind == "slack" and settings.get("token") and not settings.get("url") and not settings.get("recipient"):
        yield Finding("slack with a token has to have a recipient", pointer=pointer)
    if NO_SCHEME.fullmatch(as_text(settings.get("url"))):
        yield Finding("url has to begin with https:// or http://", pointer=(*pointer, "url"))
    method = as_text(settings.get("httpmethod"))
    if method not in _METHODS and not is_filled_in(method):
        yield Finding(f"httpMethod is POST or PUT, not {method}: nothing is sent", pointer=(*pointer, "httpMethod"))


def _unread(kind: str, key: str, reads: Collection[str], pointer: Pointer) -> Finding:
    """Name a setting that Grafana doesn't read: what is no slip of one may be a newer one."""
    plain = {each.replace("_", "").lower(): each for each in reads}
    alike = difflib.get_close_matches(key.replace("_", "").lower(), plain, n=1, cutoff=_ALIKE)
    near = f"; did you mean {plain[alike[0]]}?" if alike else ""
    said = f"Grafana knows no setting {key} of {kind}{near}"
    return Finding(said, pointer=pointer, severity=None if near else Severity.WARNING)


_ALIKE = 0.8
