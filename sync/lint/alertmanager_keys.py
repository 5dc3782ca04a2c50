"""The keys that each part of Alertmanager's configuration has, and those that a part has beside them."""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection
from functools import cache
from pathlib import Path

from sync.lint.alertmanager import AlertmanagerConfig
from sync.lint.known import nearest
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.rule import Findings


@cache
def known_keys() -> dict[str, frozenset[str]]:
    """Return the keys of the parts: the whole, `global`, each service of a receiver, and what those have in common."""
    found = json.loads((Path(__file__).parent / "alertmanager_keys.json").read_text(encoding="utf-8"))
    return {part: frozenset(keys) for part, keys in found.items()}


_INSTEAD = {
    "subject": "headers: {Subject: …}",
    "body": "text or html",
    "match": "matchers: [{name: …, value: …}]",
    "matchRe": 'matchers: [{name: …, value: …, matchType: "=~"}]',
}
"""What people write in mail's words or in the older form, and what Alertmanager, or the operator, calls it."""


def unknown_keys(config: AlertmanagerConfig, known: Collection[str], pointer: Pointer) -> Findings:
    """Yield a finding for each key of the object at a pointer that isn't known: what is no slip may be a newer one."""
    spelt = frozenset(map(config.spelt, known))
    for key in config.keys(pointer):
        if key in spelt or config.is_spelt(key, known):
            continue
        close = key.replace("_", "").lower() in {each.replace("_", "").lower() for each in spelt}
        is_slip = close or bool(difflib.get_close_matches(key, spelt, n=1, cutoff=0.8))
        instead = f"; it is {_INSTEAD[key]}" if key in _INSTEAD else nearest(key, spelt)
        is_slip = is_slip or key in _INSTEAD
        message = f"{config.reader} knows no key {key} here{instead}"
        yield Finding(message, pointer=(*pointer, key), severity=None if is_slip else Severity.WARNING)
