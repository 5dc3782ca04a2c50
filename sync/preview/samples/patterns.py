"""Values that a query's pattern stands for: the series that it looks for."""

from __future__ import annotations

import re

_GROUP = re.compile(r"\((?:\?:)?([^()|]*)(?:\|[^()]*)?\)")
_CLASS = re.compile(r"\[\^?[^\]]*\]")
_ANY = {".*", ".+", "", "^.*$", ".*?"}
_MOST = 4


def examples(pattern: str, *, regex: bool) -> list[str]:
    """Return up to four values that a matcher's value stands for; [] for what matches anything, or can't be told."""
    if not regex:
        return [pattern] if pattern else []
    if pattern in _ANY or len(pattern) > 1000:
        return []
    whole = re.fullmatch(r"\^?\(?(?:\?:)?([^()]*)\)?\$?", pattern)
    parts = (whole[1] if whole else pattern).split("|") if whole or "(" not in pattern else [pattern]
    found = [_example(part) for part in parts[:_MOST]]
    return [value for value in found if value and _matches(pattern, value)]


def _example(pattern: str) -> str:
    """Return one text that a simple pattern matches: first alternatives, one sign a class, one of what repeats."""
    text = pattern.removeprefix("^").removesuffix("$")
    while _GROUP.search(text):
        text = _GROUP.sub(r"\1", text)
    text = text.partition("|")[0]
    text = _CLASS.sub(lambda found: "1" if "0-9" in found[0] and not found[0].startswith("[^") else "a", text)
    text = text.replace(r"\\d", "1").replace(r"\d", "1").replace(r"\w", "a")
    text = re.sub(r"(?<!\\)\.[*+]\??", "1", text)
    text = re.sub(r"(?<!\\)\.", "1", text)
    text = re.sub(r"(?<!\\)[*+?]|\{[\d,]+\}", "", text)
    return re.sub(r"\\+(.)", r"\1", text)


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value) is not None
    except (re.error, RecursionError):
        return False
