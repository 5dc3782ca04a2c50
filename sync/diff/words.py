"""Names and values of JSON in words."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from sync.diff.tree import Name
from sync.diff.values import plain, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.diff.tree import Step

NAMED = {
    "fieldConfig.defaults.unit": "unit",
    "fieldConfig.defaults.thresholds.steps": "thresholds",
    "fieldConfig.defaults.thresholds.mode": "threshold mode",
    "fieldConfig.defaults.noValue": "text without data",
    "fieldConfig.defaults.displayName": "display name",
    "legendFormat": "legend",
    "hide": "hidden",
    "graphTooltip": "shared crosshair",
    "time.from": "time range from",
    "time.to": "time range to",
    "refresh": "auto refresh",
    "timepicker.refresh_intervals": "auto refresh choices",
    "current": "default value",
    "includeAll": "All as a choice",
    "multi": "several values",
    "allValue": "value of All",
    "targetBlank": "in a new tab",
    "keepTime": "keeps the time range",
    "includeVars": "keeps the variables",
    "enable": "enabled",
    "datasource": "data source",
    "timeFrom": "relative time",
    "intervalFactor": "resolution",
    "maxDataPoints": "most data points",
    "interval": "least interval",
    "when": "condition",
    "conditionalRendering": "when it is shown",
    "legend.showLegend": "legend",
}
PLURALS = {
    "overrides": "override",
    "mappings": "value mapping",
    "transformations": "transformation",
    "links": "link",
    "dataLinks": "link",
    "layers": "layer",
    "indexByName": "column order",
    "target": "target",
    "yaxes": "y axis",
    "seriesOverrides": "series override",
}
TRANSPARENT = ("fieldConfig", "defaults", "custom", "options", "properties")
CHOICES = {
    "graphTooltip": {"0": "no", "1": "crosshair", "2": "crosshair and tooltip"},
    "hide": {"0": "shown", "1": "without label", "2": "hidden", "3": "in the controls menu"},
    "refresh": {"0": "never", "1": "on load", "2": "on time range change"},
    "sort": {
        "0": "none", "1": "A to Z", "2": "Z to A", "3": "numbers up", "4": "numbers down",
        "5": "A to Z, any case", "6": "Z to A, any case", "7": "natural up", "8": "natural down",
    },
}  # fmt: skip


# What somebody writes: where it isn't written, there is none.
WRITTEN = frozenset({
    "description", "title", "label", "repeat", "legendFormat", "noValue", "displayName", "content", "alias", "summary",
    "runbook_url", "timeFrom", "timeShift", "min", "max", "refresh",
    "conditionalRendering",
})  # fmt: skip


def phrase(path: tuple[Step, ...]) -> str:
    """Return the words for where in a tree a value stands: "override errors: line width"."""
    words: list[str] = []
    keys: list[str] = []
    for step in path:
        if isinstance(step, Name):
            last = keys[-1] if keys else ""
            if words:
                words.pop()
            words.append(f"{PLURALS.get(last, singular(last))} {quoted(step.text)}:")
            keys = []
        else:
            keys.append(step)
            words.append(step)
    tail = ".".join(keys)
    if tail in NAMED:
        named = NAMED[tail]
    else:
        bare = [key for key in keys if key not in TRANSPARENT] or keys[-1:]
        named = NAMED.get(".".join(bare)) or " ".join(spoken(key) for key in bare)
    entries = [word for word in words if word.endswith(":")]
    return " ".join([*entries, named]).strip().removesuffix(":")


def singular(word: str) -> str:
    """Return the word for one of a list."""
    return spoken(word.removesuffix("s"))


def spoken(key: str) -> str:
    """Return a key in words: lineWidth as "line width"."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", key.removeprefix("custom.").replace(".", " ").replace("_", " "))
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words.split())


def listed(names: Sequence[str], most: int = 12) -> str:
    """Return names in a row, the rest of many counted."""
    more = len(names) - most
    return ", ".join(names if more <= 0 else [*names[:most], f"and {more} more"])


def quoted(name: str) -> str:
    """Return a name between quotation marks, cut where it is very long."""
    return f"“{clipped(name, 80)}”"


def clipped(value: str, length: int) -> str:
    """Return a text with its middle left out where it is longer than `length`."""
    if len(value) <= length:
        return value
    tail = length // 4
    return f"{value[: length - tail - 3]} … {value[-tail:]}"


def value(found: Any, *, key: str = "", other: Any = None) -> str:
    """Return a value as people read it; an absent one beside `other` that is true or false is the opposite."""
    if found is None:
        return "no" if isinstance(other, bool) and other else "none" if key in WRITTEN else "default"
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, int | float):
        shown = plain(found)
        return CHOICES.get(key, {}).get(shown, shown)
    if isinstance(found, str):
        return found or "empty"
    if isinstance(found, list) and all(isinstance(item, str | int | float) for item in found):
        return ", ".join(text(item) if not isinstance(item, bool) else str(item).lower() for item in found)
    return json.dumps(found, ensure_ascii=False, skipkeys=True, default=str)


def excerpt(before: str, after: str, *, length: int = 120, around: int = 24) -> tuple[str, str]:
    """Return two long texts cut to where they differ, with a little around it."""
    if max(len(before), len(after)) <= length:
        return before, after
    start = next(
        (index for index, (old, new) in enumerate(zip(before, after, strict=False)) if old != new),
        min(len(before), len(after)),
    )
    ends = zip(reversed(before[start:]), reversed(after[start:]), strict=False)
    same = next((index for index, (old, new) in enumerate(ends) if old != new), min(len(before), len(after)) - start)
    return _window(before, start, same, length=length, around=around), _window(
        after, start, same, length=length, around=around
    )


def _window(whole: str, start: int, same: int, *, length: int, around: int) -> str:
    first, last = max(0, start - around), min(len(whole), len(whole) - same + around)
    # Begin and end at words.
    while first > 0 and not whole[first - 1].isspace() and start - first < around + 16:
        first -= 1
    part = clipped(whole[first:last], length)
    return ("… " if first else "") + part.strip() + (" …" if last < len(whole) else "")


def gist(found: Any) -> str:
    """Return what an entry says besides its name, in short: "type query, query label_values(up, job)"."""
    if not isinstance(found, dict):
        return ""
    said = []
    for key, part in found.items():
        if key in {"name", "title", "matcher", "when", "id"} or isinstance(part, dict | list):
            continue
        said.append(f"{NAMED.get(key, spoken(key))} {value(part, key=key)}")
    inner = found.get("properties")
    if isinstance(inner, dict):
        said += [f"{NAMED.get(key, spoken(key))} {value(part, key=key)}" for key, part in inner.items()]
    return clipped(", ".join(said), 200)
