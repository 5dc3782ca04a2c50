"""The names of metrics that a project is sure of, by their words: one with a misspelt word is found among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache

from sync.lint.kinds import well_known
from sync.lint.misspelling import is_a_letter_apart, is_plural, slips

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
        self.uses = uses
        sure = {name for name, count in uses.items() if count >= OFTEN}
        self._sure = sure | {stem(name) for name in known if ":" not in name}
        self._words = Counter(word for name in {*uses, *self._sure} for word in set(name.split("_")))
        self._gaps: dict[tuple[str, str], list[str]] = {}
        for name in self._sure:
            for before, word, after in _words(name):
                self._gaps.setdefault((before, after), []).append(word)

    def meant(self, name: str) -> str:
        """Return the name that another one is meant to be, or ''; it has to be the only one of its spelling."""
        base = stem(name)
        if self.uses[base] > 1 or base in self._sure:
            return ""
        for before, word, after in _words(base):
            for other in self._gaps.get((before, after), ()):
                if is_plural(word, other) or (_is_misspelt(word, other) and not self._is_a_word(word, base)):
                    return before + other + after + name[len(base) :]
        return ""

    def slip(self, name: str) -> str:
        """Return the name without a slip in one of its words, which three other names have spelt right; '' for none."""
        base = stem(name)
        if self.uses[base] > 1 or base in self._sure:
            return ""
        for before, word, after in _words(base):
            if len(word) < _SHORTEST - 1 or not (word.isalpha() and word.islower()) or self._words[word] > 1:
                continue
            if word in _words_of_all() or word in _WORDS:
                continue
            for other in slips(word):
                often = len(other) > _SHORTEST and self._words[other] >= OFTEN
                if len(other) >= _SHORTEST and (often or other in _words_of_all()):
                    return before + other + after + name[len(base) :]
        return ""

    def _is_a_word(self, word: str, own: str) -> bool:
        return any(word in name and word in name.split("_") for name in self.uses if name != own)


@cache
def _words_of_all() -> frozenset[str]:
    """Return the words of the names that everybody's exporters have."""
    return frozenset(word for name in well_known() for word in name.split("_") if word.isalpha() and word.islower())


_WORDS = frozenset(
    {
        "backed",
        "bounce",
        "cols",
        "compete",
        "desync",
        "fees",
        "filed",
        "labelled",
        "mmapped",
        "preset",
        "rated",
        "relies",
        "rsync",
        "sale",
        "saves",
        "seed",
        "serves",
        "star",
        "stated",
        "stating",
        "sure",
        "traced",
        "tracing",
        "transit",
        "utime",
    }
)
"""Words that are a letter from another, and right."""


def _words(name: str) -> Iterable[tuple[str, str, str]]:
    """Yield each word with what stands before and after it."""
    start = 0
    for word in name.split("_"):
        yield name[:start], word, name[start + len(word) :]
        start += len(word) + 1


def _is_misspelt(word: str, other: str) -> bool:
    long_enough = min(len(word), len(other)) >= _SHORTEST
    return long_enough and (word + other).isalpha() and (word + other).islower() and is_a_letter_apart(word, other)
