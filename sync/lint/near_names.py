"""The names of metrics that a project is sure of, by their words: one with a misspelt word is found among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

OFTEN = 3
"""Queries after which a name is taken for right: a mistake is copied once, and rarely twice."""
_SHORTEST = 5
"""Letters of a word below which others are a letter away by chance: read and road, user and used."""


def stem(name: str) -> str:
    """Return the name that the series of a histogram or summary share."""
    return name.removesuffix("_bucket").removesuffix("_count").removesuffix("_sum")


class NearNames:
    """Names by what is left of them without one word; `uses` counts the queries of a stem, `known` needs no use."""

    def __init__(self, uses: Counter[str], known: Iterable[str]) -> None:
        self._uses = uses
        sure = {name for name, count in uses.items() if count >= OFTEN}
        self._sure = sure | {stem(name) for name in known if ":" not in name}
        self._gaps: dict[tuple[str, str], list[str]] = {}
        for name in self._sure:
            for before, word, after in _words(name):
                self._gaps.setdefault((before, after), []).append(word)

    def meant(self, name: str) -> str:
        """Return the name that another one is meant to be, or ''; it has to be the only one of its spelling."""
        base = stem(name)
        if self._uses[base] > 1 or base in self._sure:
            return ""
        for before, word, after in _words(base):
            for other in self._gaps.get((before, after), ()):
                if _is_plural(word, other) or (_is_misspelt(word, other) and not self._is_a_word(word, base)):
                    return before + other + after + name[len(base) :]
        return ""

    def _is_a_word(self, word: str, own: str) -> bool:
        return any(word in name and word in name.split("_") for name in self._uses if name != own)


def _words(name: str) -> Iterable[tuple[str, str, str]]:
    """Yield each word with what stands before and after it."""
    start = 0
    for word in name.split("_"):
        yield name[:start], word, name[start + len(word) :]
        start += len(word) + 1


def _is_plural(word: str, other: str) -> bool:
    one, many = sorted((word, other), key=len)
    return len(one) > 3 and many in {f"{one}s", f"{one}es", f"{one[:-1]}ies" if one.endswith("y") else f"{one}s"}


def _is_misspelt(word: str, other: str) -> bool:
    """Whether one letter is left out, added, replaced, or has changed places with the next."""
    if min(len(word), len(other)) < _SHORTEST or not (word + other).isalpha() or not (word + other).islower():
        return False
    if len(word) == len(other):
        places = [place for place, (one, two) in enumerate(zip(word, other, strict=True)) if one != two]
        if len(places) == 2 and places[1] - places[0] == 1:
            return word[places[0]] == other[places[1]] and word[places[1]] == other[places[0]]
        return len(places) == 1
    short, long = sorted((word, other), key=len)
    return len(long) - len(short) == 1 and any(long[:place] + long[place + 1 :] == short for place in range(len(long)))
