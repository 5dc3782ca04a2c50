"""Which conditions of a trace query have to hold together: && and ||, parentheses and ! between braces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product

from sync.lint.lexical import masked, unquoted
from sync.lint.traceql import COMPARISON

_SAME = {"span:": "", "trace:duration": "traceDuration", "trace:rootName": "rootName"} | {
    "trace:rootService": "rootServiceName"
}
_TURNED = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~", ">": "<=", "<=": ">", "<": ">=", ">=": "<"}
_AT_ONCE = 200
"""Alternatives of one pair of braces; more than people write are taken for one that may hold."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One condition on a span's attribute, which goes by one name in all its spellings."""

    label: str
    operator: str
    written: str
    offset: int

    @property
    def value(self) -> str:
        """What is compared with, without quotes."""
        return unquoted(self.written) if self.written[:1] in '"`' else self.written

    @property
    def has_variable(self) -> bool:
        """Whether a Grafana variable is part of it."""
        return "$" in self.written or "[[" in self.written


Together = tuple[Comparison, ...]
Either = list[Together]
_ANY: Either = [()]


def comparison(label: str, operator: str, written: str, offset: int) -> Comparison:
    """Return a condition under the name that an attribute's spellings share."""
    for long, short in _SAME.items():
        label = short + label.removeprefix(long) if label.startswith(long) else label
    return Comparison(label, operator, written, offset)


def braces(text: str) -> Iterator[tuple[int, int]]:
    """Return where each pair of braces begins and ends, inside."""
    for found in re.finditer(r"\{([^{}]*)\}", masked(text, comments=False)):
        yield found.span(1)


_BRACED = re.compile(r"\$\{[^}]*\}")


def alternatives(text: str, start: int, end: int) -> list[Either]:
    """Return what may hold between braces: first of the whole, then of each side of an ||; none if unreadable.

    Each is a list of conditions that hold together.
    """
    text = _BRACED.sub(lambda found: "$" + "v" * (len(found[0]) - 1), text)
    try:
        reader = _Reader(text, masked(text, comments=False), start, end)
        whole = reader.any_of()
    except _UnreadableError:
        return []
    return [whole, *reader.sides] if reader.position >= end else []


class _UnreadableError(Exception):
    """What stands there is no condition, or one of a kind that isn't compared."""


@dataclass(slots=True)
class _Reader:
    text: str
    plain: str
    position: int
    end: int
    sides: list[Either] = field(default_factory=list)

    def any_of(self) -> Either:
        sides = [self._all_of()]
        while self._takes("||"):
            sides.append(self._all_of())
        self.sides += sides if len(sides) > 1 else []
        return [each for side in sides for each in side]

    def _all_of(self) -> Either:
        parts = [self._one()]
        while self._takes("&&"):
            parts.append(self._one())
        count = 1
        for part in parts:
            count *= len(part)
        return _ANY if count > _AT_ONCE else [tuple(each for some in one for each in some) for one in product(*parts)]

    def _one(self) -> Either:
        if self._takes("!"):
            return _not(self._one())
        if self._takes("("):
            inside = self.any_of()
            if not self._takes(")"):
                raise _UnreadableError
            return inside
        found = COMPARISON.match(self.text, self.position, self.end)
        bare = re.compile(r"[.A-Za-z_][\w.:]*").match(self.plain, self.position, self.end)
        if found is None and bare is None:
            raise _UnreadableError
        self.position = found.end() if found else bare.end() if bare else self.end
        self._blank()
        if found is None:
            return _ANY
        return [(comparison(found["name"], found["operator"], found["value"], found.start()),)]

    def _takes(self, sign: str) -> bool:
        self._blank()
        if not self.plain.startswith(sign, self.position, self.end):
            return False
        self.position += len(sign)
        self._blank()
        return True

    def _blank(self) -> None:
        while self.position < self.end and self.plain[self.position].isspace():
            self.position += 1


def _not(some: Either) -> Either:
    """Turn what is one condition, or several that are joined by ||; of others nothing is known."""
    if any(len(each) != 1 for each in some):
        return _ANY
    return [tuple(replace(each, operator=_TURNED[each.operator]) for (each,) in some)]
