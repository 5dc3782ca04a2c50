"""Grafana's provisioning of notifications, taken for the configuration of the Alertmanager that it has inside.

A policy is a route, a contact point a receiver with its settings in a list, and a mute timing a time interval
(Grafana's documentation, "Use configuration files to provision alerting resources"). Where `secureSettings` are
written, Grafana doesn't read them: what it asks for has to stand in `settings`.
"""

from __future__ import annotations

import re
from typing import Any

from sync.lint.problem import Pointer
from sync.lint.shape import as_dict, as_list

PARTS = {"receivers": "contactPoints", "time_intervals": "muteTimes", "message_templates": "templates"}
KEYS = (
    frozenset({"apiVersion", "contactPoints", "policies", "muteTimes", "templates", "groups"})
    | {f"delete{part}" for part in ("Rules", "ContactPoints", "MuteTimes", "Templates")}
    | {"resetPolicies"}
)


DEFINED = re.compile(r"\{\{-?\s*(?:define|block)\s+[\"`]([^\"`]+)[\"`]")
"""A template that a text defines, with its name."""


def is_provisioned(value: dict[str, Any]) -> bool:
    """Whether a file has policies, contact points or mute timings: other programs' policies name no receiver."""
    if "apiVersion" not in value or "kind" in value:
        return False
    written = value.get("policies")
    policies = [as_dict(each) for each in (as_list(written) or [written])]
    templates = [as_dict(each) for each in as_list(value.get("templates"))]
    if (
        "contactPoints" in value
        or "muteTimes" in value
        or any({"name", "template"} <= each.keys() for each in templates)
    ):
        return True
    is_slip = value["apiVersion"] == 1 and any(str(key).replace("_", "").lower() in _SLIPS for key in value)
    return is_slip or any(_ROUTES & each.keys() for each in policies)


_ROUTES = frozenset({"receiver", "routes", "Policy"})
_SLIPS = frozenset(
    ["contactpoints", "contactpoint", "mutetimes", "mutetimings", "mutetiming", "policy", "notificationpolicies"]
)
"""What people call the parts, without _ and in small letters."""


def is_filled_in(value: object) -> bool:
    """Whether the environment gives a value, or a part of it: `$$` is a dollar, and no more."""
    return "$" in str(value).replace("$$", "")


def default_of(text: str) -> str:
    """Return a variable with a default, as shells have it and Grafana doesn't: it is empty; '' for none."""
    found = _WITH_DEFAULT.search(text)
    return found[0] if found else ""


_WITH_DEFAULT = re.compile(r"(?<!\$)\$\{\w+:?[-=?+][^}]*\}")


def plain(raw: dict[str, Any], policy: int) -> dict[str, Any]:
    """Return one policy as Alertmanager would write it; the first has the rest of the file beside it."""
    policies = as_list(raw.get("policies"))
    found: dict[str, Any] = {"route": as_dict(policies[policy])} if policies else {}
    for part, key in PARTS.items() if policy == 0 else ():
        if key in raw:
            found[part] = raw[key]
    return found


def original(pointer: Pointer, policy: int) -> Pointer:
    """Return where in the file stands what is at a pointer into the plain form."""
    if pointer[:1] == ("route",):
        return ("policies", policy, *pointer[1:])
    return (PARTS.get(str(pointer[0]), pointer[0]), *pointer[1:]) if pointer else ()
