"""Patterns of a fixed length and such that only their end is open: what they admit can be compared, place by place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_PLACE = re.compile(r"\\d|\\.|\[(?P<set>[\w-]+)\]|(?P<any>\.)|(?P<letter>[\w/:-])")
_GROUP = re.compile(r"\((?:\?:)?([^()]*)\)(?![*+?{])")
_DIGITS = frozenset("0123456789")
_MOST = 50
"""Alternatives of a pattern beyond which nobody wrote them by hand."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The characters that each place admits, None for any; `open` where more may follow."""

    places: tuple[frozenset[str] | None, ...]
    open: bool = False

    def excludes(self, other: Shape) -> bool:
        """Whether no text has both shapes."""
        if (not self.open and len(other.places) > len(self.places)) or (
            not other.open and len(self.places) > len(other.places)
        ):
            return True
        pairs = zip(self.places, other.places, strict=False)
        return any(one is not None and two is not None and not one & two for one, two in pairs)

    def covers(self, other: Shape) -> bool:
        """Whether each text of the other's shape has this one."""
        if len(other.places) < len(self.places) or (
            not self.open and (other.open or len(other.places) > len(self.places))
        ):
            return False
        pairs = zip(self.places, other.places, strict=False)
        return all(one is None or (two is not None and two <= one) for one, two in pairs)


@lru_cache(maxsize=4096)
def shapes(pattern: str) -> tuple[Shape, ...]:
    """Return the shapes of a pattern's alternatives; none where one of them isn't so plain."""
    texts = [pattern.removeprefix("^").removesuffix("$")]
    while found := next(((text, group) for text in texts if (group := _GROUP.search(text))), None):
        text, group = found
        texts.remove(text)
        texts += [text[: group.start()] + each + text[group.end() :] for each in group[1].split("|")]
        if len(texts) > _MOST:
            return ()
    read = [_shape(each) for text in texts for each in text.split("|")]
    return tuple(each for each in read if each is not None) if None not in read else ()


def _shape(text: str) -> Shape | None:
    is_open = text.endswith(".*")
    text, places = text.removesuffix(".*"), list[frozenset[str] | None]()
    while text:
        found = _PLACE.match(text)
        if found is None:
            return None
        text = text[found.end() :]
        places.append(_admitted(found))
    return Shape(tuple(places), is_open)


def _admitted(found: re.Match[str]) -> frozenset[str] | None:
    if found["any"]:
        return None
    if found["set"]:
        spans = re.findall(r"(\w)-(\w)", found["set"])
        within = {chr(code) for first, last in spans for code in range(ord(first), ord(last) + 1)}
        return frozenset(within | set(re.sub(r"\w-\w", "", found["set"])))
    if found[0] == r"\d":
        return _DIGITS
    return frozenset(found[0][-1]) if found[0] in {r"\.", r"\-", r"\/"} or found["letter"] else None
