"""Contact points of Grafana's provisioning: what it has to find in them, or else doesn't start.

Which settings each type needs is what Grafana's receivers say that they miss (grafana/alerting, `receivers/`).
"""

from __future__ import annotations

import re
from typing import Any

from sync.lint.alertmanager import AlertmanagerConfig
from sync.lint.known import nearest
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.rule import Findings
from sync.lint.shape import as_dict, as_list, as_text

NO_SCHEME = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:/\S*)?|[\w-]+:\d+(?:/\S*)?|localhost\S*|//\S+")
"""An address without https:// or http://."""
_NEEDED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("dingding", "discord", "googlechat", "oncall", "prometheus-alertmanager"), ("url",)),
    **dict.fromkeys(("teams", "victorops", "webhook"), ("url",)),
    "email": ("addresses",),
    "slack": ("url|token",),
    "wecom": ("url|secret",),
    "pagerduty": ("integrationKey",),
    "opsgenie": ("apiKey",),
    "telegram": ("bottoken", "chatid"),
    "pushover": ("apiToken", "userKey"),
    "kafka": ("kafkaRestProxy", "kafkaTopic"),
    "line": ("token",),
    "sensugo": ("url", "apikey"),
    "threema": ("gateway_id", "recipient_id", "api_secret"),
    **dict.fromkeys(("jira", "mqtt", "sns", "webex"), ()),
}
"""The settings of each type that have to be there; of those with | between them one."""


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
    kind, settings = as_text(raw.get("type")), as_dict(raw.get("settings"))
    if kind and kind not in _NEEDED and "$" not in kind:
        near = nearest(kind, _NEEDED)
        said, severity = f"Grafana knows no receiver of type {kind}{near}", None if near else Severity.WARNING
        yield Finding(said, pointer=(*pointer, "type"), severity=severity)
    for needed in _NEEDED.get(kind, ()) if settings else ():
        if not any(settings.get(key) for key in needed.split("|")):
            is_put_aside = any(key in as_dict(raw.get("secureSettings")) for key in needed.split("|"))
            why = ", and secureSettings aren't read from files" if is_put_aside else ""
            said = f"{kind} has to have {needed.replace('|', ' or ')} in its settings{why}"
            yield Finding(said, pointer=(*pointer, "settings"))
    if kind == "slack" and settings.get("token") and not settings.get("url") and not settings.get("recipient"):
        yield Finding("slack with a token has to have a recipient", pointer=(*pointer, "settings"))
    if NO_SCHEME.fullmatch(as_text(settings.get("url"))):
        yield Finding("url has to begin with https:// or http://", pointer=(*pointer, "settings", "url"))
