"""Label matchers: how a selector picks series."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from signals_lib import grammar
from signals_lib.errors import LabelValueError

_QUOTED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})
_META = re.compile(r"([\\.+*?()|\[\]{}^$])")


def quote(value: str) -> str:
    """Write a PromQL string."""
    return f'"{value.translate(_QUOTED)}"'


@dataclass(frozen=True, slots=True)
class Matcher:
    """An operator and the value it compares a label with; `$variables` of a dashboard stay as they are.

    `literals` are the values that it names one by one; a regular expression has none.
    """

    operator: Literal["=", "!=", "=~", "!~"]
    value: str
    literals: tuple[str, ...] = ()

    @classmethod
    def equal(cls, value: str) -> Matcher:
        """Match this value; "" matches series without the label."""
        return cls("=", value, (value,))

    @classmethod
    def not_equal(cls, value: str) -> Matcher:
        """Match every other value."""
        return cls("!=", value, (value,))

    @classmethod
    def regex(cls, pattern: str) -> Matcher:
        """Match values that the whole pattern (RE2) describes."""
        return cls("=~", _known_regex(pattern))

    @classmethod
    def not_regex(cls, pattern: str) -> Matcher:
        """Match values that the whole pattern (RE2) doesn't describe."""
        return cls("!~", _known_regex(pattern))

    @classmethod
    def one_of(cls, *values: str) -> Matcher:
        """Match any of these values, taken literally."""
        # A plain alternation, because Prometheus looks that up as a set of values instead of running a regex.
        return cls.equal(values[0]) if len(values) == 1 else cls("=~", "|".join(map(_escape, values)), values)

    @classmethod
    def none_of(cls, *values: str) -> Matcher:
        """Match every value but these, taken literally."""
        return cls.not_equal(values[0]) if len(values) == 1 else cls("!~", "|".join(map(_escape, values)), values)

    @property
    def is_open(self) -> bool:
        """Whether only the dashboard knows the value: it holds a `$variable`."""
        return grammar.has_variable(self.value)

    def names(self, value: str) -> bool:
        """Whether this value is one that the matcher speaks of, be it to take or to leave it."""
        if self.literals:
            return value in self.literals
        try:
            return bool(re.fullmatch(self.value, value))
        except re.error:  # RE2 has classes that Python's own syntax lacks
            return True

    def render(self, label: str) -> str:
        """Write it as it stands in a selector."""
        return f"{label}{self.operator}{quote(self.value)}"


Where = str | Sequence[str] | Matcher


def matcher(value: Where) -> Matcher:
    """Read what `where` allows: a value, several of which any will do, or a Matcher."""
    if isinstance(value, Matcher):
        return value
    if isinstance(value, str):
        return Matcher.equal(value)
    if not value:
        raise LabelValueError("a list of values to match is empty: give one value or leave the label out")
    return Matcher.one_of(*value)


def unknown_value(known: Sequence[str], wanted: Matcher) -> str | None:
    """Return the value that a matcher names and the label never has; None when all is well or nothing is known."""
    if not known or wanted.is_open or not wanted.value:
        return None
    unknown = [value for value in wanted.literals if value not in known]
    if unknown or not any(map(wanted.names, known)):
        return unknown[0] if unknown else wanted.value
    return None


def _escape(value: str) -> str:
    """Write a value that a regex takes literally, but for the variables in it, which the dashboard fills in."""
    return grammar.outside_variables(value, lambda text: _META.sub(r"\\\1", text))


@cache
def _known_regex(pattern: str) -> str:
    if not grammar.has_variable(pattern):
        grammar.check(f"x{{a=~{quote(pattern)}}}")
    return pattern
