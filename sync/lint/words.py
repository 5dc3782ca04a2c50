"""What the texts of queries name, found without parsing them: a run counts the words of every query there is."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from functools import lru_cache

_NAME = re.compile(r"\"[^\"]*\"|'[^']*'|\b([A-Za-z_]\w*)\b(?!\s*(?:[(=]|!=))")
_IN_NAMES = f"{string.ascii_letters}{string.digits}_:"
_MATCHER = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*(?:\"([^\"]*)\"|'([^']*)'|`([^`]*)`)?")
_PLAIN = re.compile(r"[\w.:/-]+(?:\|[\w.:/-]+)*")
_LISTED = re.compile(r"\b(by|without|on|ignoring|group_left|group_right)\s*\(([^()]*)\)")
_LABEL = re.compile(r"\b([A-Za-z_]\w*)\s*(?:=~|!~|!=|=)\s*[\"'`$]")
_RATED = re.compile(r"(?:rate|increase)\s*\(\s*([A-Za-z_]\w*)\s*[{\[]")
_WORD = re.compile(r"\w+")


@lru_cache(50_000)
def metric_names(text: str) -> frozenset[str]:
    """Return what looks like a metric's name."""
    return frozenset(name for name in _NAME.findall(text) if "_" in name[1:-1])


def rated(text: str) -> set[str]:
    """Return the names of which a rate or an increase is taken."""
    return set(_RATED.findall(text)) if "(" in text else set()


def asked(text: str) -> set[tuple[str, str, str]]:
    """Return each name with a label that it is asked for and the value, '' for one that isn't written out."""
    return {(name, label, value) for name, matchers in _selectors(text) for label, value in _values(matchers) if name}


def _selectors(text: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before each brace, and in it."""
    before, *rest = text.split("{")
    for piece in rest:
        inside, closed, after = piece.partition("}")
        if closed:
            yield before[len(before.rstrip(_IN_NAMES)) :], inside
        before = after if closed else ""


@lru_cache(10_000)
def _values(matchers: str) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for label, double, single, raw in _MATCHER.findall(matchers):
        written = double or single or raw
        is_plain = written and "$" not in written and _PLAIN.fullmatch(written)
        found += ((label, value) for value in (written.split("|") if is_plain else [""]))
    return tuple(found)


def labels(text: str) -> tuple[set[str], set[str]]:
    """Return the labels that stand in matchers and in lists, and those of them that are grouped by."""
    every, grouped = set[str](), set[str]()
    if any(map(text.__contains__, _KEYWORDS)):
        for keyword, listed in _LISTED.findall(text):
            words = _WORD.findall(listed)
            every.update(words)
            if keyword == "by" and "$" not in listed:
                grouped.update(words)
    for piece in text.replace("}", "{").split("{") if "=" in text else ():
        if "=" in piece:
            every |= _matched(piece)
    return every, grouped


_KEYWORDS = ("by", "without", "on (", "on(", "ignoring", "group_")


@lru_cache(10_000)
def _matched(piece: str) -> frozenset[str]:
    return frozenset(_LABEL.findall(piece))
