"""A tree of JSON without what says no more than its absence: defaults and emptiness."""

from __future__ import annotations

from typing import Any

from sync.diff.values import Json, empty


def strip(tree: Json, defaults: Json, *, dropped: list[str], at: str = "") -> Json:
    """Return the tree without the values that are their default, or empty where no default is known.

    A value that is false or empty against a default that is not stays. The paths of what was dropped go to `dropped`.
    """
    kept: Json = {}
    for key, value in tree.items():
        path = f"{at}.{key}" if at else key
        default = defaults.get(key)
        if isinstance(value, dict):
            inner = strip(value, default if isinstance(default, dict) else {}, dropped=dropped, at=path)
            if inner:
                kept[key] = inner
            elif not value:
                dropped.append(path)
        elif value is None or (value == default and _alike(value, default)) or (empty(value) and empty(default)):
            dropped.append(path)
        else:
            kept[key] = _inside(value)
    return kept


def _alike(value: Any, default: Any) -> bool:
    """Tell true from 1, which Python takes for the same."""
    return isinstance(value, bool) == isinstance(default, bool)


def _inside(value: Any) -> Any:
    """Return a list with the emptiness of its objects taken out."""
    if isinstance(value, list):
        return [strip(item, {}, dropped=[]) if isinstance(item, dict) else item for item in value]
    return value
