"""Words that differ by as little as a finger slips."""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_lowercase


def is_a_letter_apart(word: str, other: str) -> bool:
    """Whether one letter is left out, added, replaced, or has changed places with the next."""
    if len(word) == len(other):
        return is_swapped(word, other) or sum(one != two for one, two in zip(word, other, strict=True)) == 1
    return is_dropped(*sorted((word, other), key=len))


def is_dropped(short: str, long: str) -> bool:
    """Whether the first word is the second without one letter."""
    return len(long) - len(short) == 1 and any(long[:place] + long[place + 1 :] == short for place in range(len(long)))


def is_swapped(word: str, other: str) -> bool:
    """Whether two neighbouring letters have changed places."""
    places = [place for place, (one, two) in enumerate(zip(word, other, strict=False)) if one != two]
    if len(word) != len(other) or len(places) != 2 or places[1] - places[0] != 1:
        return False
    first, second = places
    return word[first] == other[second] and word[second] == other[first]


def is_slip(word: str, meant: str) -> bool:
    """Whether a hand in a hurry wrote one word for the other: as `slips` has it, without trying them all."""
    at = next((place for place, (one, two) in enumerate(zip(word, meant, strict=False)) if one != two), None)
    at = min(len(word), len(meant)) if at is None else at
    match len(word) - len(meant):
        case 0:
            return (
                word[at : at + 2] == meant[at : at + 2][::-1] and word[at:] != "" and word[at + 2 :] == meant[at + 2 :]
            )
        case -1:
            return word[at:] == meant[at + 1 :] and (at < len(word) or meant[at] not in _ENDINGS)
        case 1:
            return at > 0 and word[at] == word[at - 1] and word[at + 1 :] == meant[at:]
    return False


def slips(word: str) -> Iterator[str]:
    """Yield what a hand in a hurry may have meant: letters swapped back, undoubled, or added where one was left out.

    An ending is taken for right that is one of its own (request, requests, requested).
    """
    if len(word) > _LONGEST:
        return
    for place in range(len(word) - 1):
        if word[place] != word[place + 1]:
            yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    for place in range(1, len(word)):
        if word[place] == word[place - 1]:
            yield word[:place] + word[place + 1 :]
    for place in range(len(word) + 1):
        for letter in ascii_lowercase:
            if place < len(word) or letter not in _ENDINGS:
                yield word[:place] + letter + word[place:]


_ENDINGS = frozenset("sdryn")
_LONGEST = 60
"""Letters of the longest word that anybody writes."""


def is_plural(word: str, other: str) -> bool:
    """Whether one is the other's plural."""
    one, many = sorted((word, other), key=len)
    return len(one) > 3 and many in {f"{one}s", f"{one}es", f"{one[:-1]}ies" if one.endswith("y") else f"{one}s"}


def letters_apart(word: str, other: str) -> int:
    """Count the letters to leave out, add, replace, or change places with the next, to make one word the other."""
    before, row = list[int](), list(range(len(other) + 1))
    for place, one in enumerate(word):
        following = [place + 1]
        for at, two in enumerate(other):
            least = min(row[at] + (one != two), row[at + 1] + 1, following[at] + 1)
            if place and at and one == other[at - 1] and word[place - 1] == two:
                least = min(least, before[at - 1] + 1)
            following.append(least)
        before, row = row, following
    return row[-1]
