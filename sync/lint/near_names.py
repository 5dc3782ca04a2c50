"""The names of metrics that a project is sure of, by their words: one with a misspelt word is found among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache, cached_property
from itertools import pairwise

from sync.lint.kinds import names_of_exporters, usual_names, well_known
from sync.lint.misspelling import is_a_letter_apart, is_plural, is_swapped, slips
from sync.lint.usual_labels import usual_labels

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
        self._gaps = _gaps(self._sure)

    def meant(self, name: str) -> str:
        """Return the name that another one is meant to be, or ''; it has to be the only one of its spelling."""
        base = stem(name)
        if self.uses[base] > 1 or base in self._sure:
            return ""
        for before, word, after in _words(base):
            for other in self._gaps.get((before, after), ()):
                if is_plural(word, other) or (_is_misspelt(word, other) and not self._is_a_word(word, base)):
                    return before + other + after + name[len(base) :]
            for other in self._of_few.get((before, after), ()) if is_doubtful(word) else ():
                if is_swapped(word, other) and not is_doubtful(other):
                    return before + other + after + name[len(base) :]
        return ""

    @cached_property
    def _of_few(self) -> dict[tuple[str, str], list[str]]:
        return _gaps(self.uses.keys() - self._sure)

    def slip(self, name: str) -> str:
        """Return the name without a slip in one of its words, which other names have spelt right; '' for none."""
        base = stem(name)
        doubtful = [each for each in _words(base) if self._words[each[1]] <= 1 and is_doubtful(each[1])]
        if not doubtful or self.uses[base] > 1 or base in self._sure:
            return ""
        for before, word, after in doubtful:
            if meant := self._meant_by(word):
                return before + meant + after + name[len(base) :]
        parted = self._parted(base)
        return parted + name[len(base) :] if parted else ""

    def _meant_by(self, word: str) -> str:
        """Return the word that one is a slip from; a word of four letters is too short for most."""
        for other in slips(word) if len(word) >= _SHORTEST - 1 else ():
            least = 1 if is_swapped(word, other) else 2
            often = self._words[other] >= (least if len(other) > _SHORTEST else OFTEN)
            if len(other) >= _SHORTEST and (often or other in words_of_all()):
                return other
        return ""

    def _parted(self, base: str) -> str:
        """Return a name whose underscore has changed places with a letter put right; '' for none."""
        words = base.split("_")
        for place, (one, two) in enumerate(pairwise(words)):
            for pair in ((one[:-1], one[-1:] + two), (one + two[:1], two[1:])):
                if all(map(self._is_word, pair)) and not (self._is_word(one) and self._is_word(two)):
                    return "_".join((*words[:place], *pair, *words[place + 2 :]))
        return ""

    def _is_word(self, word: str) -> bool:
        return len(word) > 1 and (self._words[word] > 1 or word in words_of_all())

    def _is_a_word(self, word: str, own: str) -> bool:
        return any(word in name and word in name.split("_") for name in self.uses if name != own)


def _gaps(names: Iterable[str]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for name in names:
        for before, word, after in _words(name):
            found.setdefault((before, after), []).append(word)
    return found


@cache
def is_doubtful(word: str) -> bool:
    """Whether a word is in no name that anybody's exporters have, and isn't a letter away from one by chance."""
    return len(word) > 1 and word.isalpha() and word.islower() and word not in _words_seen()


@cache
def _words_seen() -> frozenset[str]:
    names = (*names_of_exporters(), *usual_labels())
    return words_of_all().union(_WORDS, (word for name in names for word in name.split("_")))


def misspelt_word(name: str) -> str:
    """Return a name with the one word put right that nobody's exporters have, and a slip away from one; '' for none."""
    for before, word, after in _words(name):
        if len(word) >= _SHORTEST and is_doubtful(word):
            for other in slips(word):
                if len(other) >= _SHORTEST and other in words_of_all():
                    return before + other + after
    return ""


@cache
def words_of_all() -> frozenset[str]:
    """Return the words of the names that everybody's exporters have, and that are asked for everywhere."""
    names = {*well_known(), *usual_names(), *usual_labels()}
    return frozenset(word for name in names for word in name.split("_") if word.isalpha() and word.islower())


_WORDS = frozenset(
    {
        "backed",
        "alive",
        "bounce",
        "case",
        "cols",
        "compete",
        "desync",
        "fees",
        "ejects",
        "filed",
        "labelled",
        "mmapped",
        "preset",
        "rated",
        "reused",
        "relies",
        "rsync",
        "sale",
        "saves",
        "seed",
        "serves",
        "shared",
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
