"""The operator's AlertmanagerConfig, taken for the configuration that the operator makes of it.

Its keys are in camel case, a matcher is an object, and a range of days is one too; all else is Alertmanager's own.
"""

from __future__ import annotations

import re
from typing import Any

from sync.lint.shape import as_plain

_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z]+)")
_SPELT = {"source_matchers": "sourceMatch", "target_matchers": "targetMatch"}
_SNAKE = {written: key for key, written in _SPELT.items()}
_MATCHERS = frozenset({"matchers", *_SPELT})
_CAPITALS = {"url": "URL", "id": "ID", "tls": "TLS", "arn": "ARN"}


def plain(value: Any, key: str = "") -> Any:
    """Return the specification of a resource as Alertmanager itself would write it."""
    if isinstance(value, dict):
        return {snake(name): plain(each, snake(name)) for name, each in value.items()}
    if isinstance(value, list) and key in _MATCHERS:
        return [_matcher(each) for each in value]
    if isinstance(value, list) and key == "days_of_month":
        return [_range(each) for each in value]
    return [plain(each) for each in value] if isinstance(value, list) else value


def spelt(key: str) -> str:
    """Return a key of Alertmanager as the resource spells it: groupWait, apiURL."""
    first, *rest = key.split("_")
    return _SPELT.get(key) or first + "".join(_CAPITALS.get(word, word.capitalize()) for word in rest)


def original(value: Any, step: str | int) -> str | int:
    """Return the key of an object of the resource that stands for one of Alertmanager's."""
    if not isinstance(value, dict) or step in value:
        return step
    return next((key for key in value if snake(key) == step), step)


def snake(key: str) -> str:
    """Return a key of the resource as Alertmanager spells it."""
    return _SNAKE.get(key) or _HUMP.sub(r"_\1", key).lower()


def _matcher(value: Any) -> Any:
    """Return `name="value"` for a matcher, whose operator is = where it says none."""
    if not isinstance(value, dict):
        return value
    operator = value.get("matchType") or ("=~" if value.get("regex") is True else "=")
    quoted = re.sub(r'(["\\])', r"\\\1", as_plain(value.get("value")))
    return f'{as_plain(value.get("name"))}{operator}"{quoted}"'


def _range(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ends = (as_plain(value[side]) for side in ("start", "end") if side in value)
    return ":".join(ends)
