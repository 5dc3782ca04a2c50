"""Words that differ by as little as a finger slips."""

from __future__ import annotations


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


def is_plural(word: str, other: str) -> bool:
    """Whether one is the other's plural."""
    one, many = sorted((word, other), key=len)
    return len(one) > 3 and many in {f"{one}s", f"{one}es", f"{one[:-1]}ies" if one.endswith("y") else f"{one}s"}
