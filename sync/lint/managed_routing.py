"""Grafana's provisioning of notifications, taken for the configuration of the Alertmanager that it has inside.

A policy is a route, a contact point a receiver with its settings in a list, and a mute timing a time interval
(Grafana's documentation, "Use configuration files to provision alerting resources"). Where `secureSettings` are
written, Grafana doesn't read them: what it asks for has to stand in `settings`.
"""

from __future__ import annotations

from typing import Any

from sync.lint.problem import Pointer
from sync.lint.shape import as_dict, as_list

_PARTS = {"receivers": "contactPoints", "time_intervals": "muteTimes"}


def is_provisioned(value: dict[str, Any]) -> bool:
    """Whether a file has policies, contact points or mute timings: other programs' policies name no receiver."""
    if "apiVersion" not in value or "kind" in value:
        return False
    policies = (as_dict(each) for each in as_list(value.get("policies")))
    return "contactPoints" in value or "muteTimes" in value or any(_ROUTES & each.keys() for each in policies)


_ROUTES = frozenset({"receiver", "routes", "Policy"})


def plain(raw: dict[str, Any], policy: int) -> dict[str, Any]:
    """Return one policy as Alertmanager would write it; the first has the rest of the file beside it."""
    policies = as_list(raw.get("policies"))
    found: dict[str, Any] = {"route": as_dict(policies[policy])} if policies else {}
    for part, key in _PARTS.items() if policy == 0 else ():
        if key in raw:
            found[part] = raw[key]
    return found


def original(pointer: Pointer, policy: int) -> Pointer:
    """Return where in the file stands what is at a pointer into the plain form."""
    if pointer[:1] == ("route",):
        return ("policies", policy, *pointer[1:])
    return (_PARTS.get(str(pointer[0]), pointer[0]), *pointer[1:]) if pointer else ()
