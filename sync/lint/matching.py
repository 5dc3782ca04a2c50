"""What matchers of labels admit, whether PromQL, LogQL or Alertmanager has them: patterns are anchored in all three."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import promql_parser as grammar

from sync.lint.patterns import Shape, shapes


class LabelMatcher(Protocol):
    """A label, one of = != =~ !~, and the value."""

    @property
    def label(self) -> str:
        """The label's name."""

    @property
    def operator(self) -> str:
        """How it compares."""

    @property
    def value(self) -> str:
        """A text or a pattern."""


def admits(matcher: LabelMatcher, value: str) -> bool | None:
    """Say whether a label's value passes; None where the pattern can't be read."""
    if matcher.operator in {"=", "!="}:
        return (matcher.value == value) == (matcher.operator == "=")
    found = _found(re.fullmatch, matcher.value, value)
    return None if found is None else found == (matcher.operator == "=~")


def admits_within(pattern: str, text: str) -> bool | None:
    """Say whether a pattern matches somewhere in a text; None where it can't be read."""
    return _found(re.search, pattern, text)


def _found(find: Callable[[re.Pattern[str], str], object], pattern: str, text: str) -> bool | None:
    """Ask Python in place of RE2; None where it reads the pattern otherwise, or would try without end."""
    if _RE2_ALONE.search(pattern) or WITHOUT_END.search(pattern):
        return None
    try:
        return find(_compiled(pattern), text) is not None
    except _UNREADABLE:
        return None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern, without Python's warnings of what it may mean by `[[` one day: RE2 never will."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return re.compile(pattern)


def is_any(pattern: str) -> bool:
    """Whether a pattern holds for every text, the empty one too: `.*`, in parentheses or beside others."""
    plain = pattern.removeprefix("^").removesuffix("$")
    while plain.startswith("(") and plain.endswith(")") and "(" not in plain[1:]:
        plain = plain[1:-1].removeprefix("?:")
    return not set(plain) & set("([\\") and ".*" in plain.split("|")


def admits_none(matcher: LabelMatcher) -> bool:
    """Whether no value passes: not even that of a series without the label, which is empty."""
    return matcher.operator == "!~" and is_any(matcher.value)


def exclude(  # noqa: PLR0911 one return a kind of pair
    one: LabelMatcher, other: LabelMatcher
) -> bool:
    """Whether no value passes both matchers of one label."""
    one, other = _plain(one), _plain(other)
    if one.operator == "=":
        return admits(other, one.value) is False
    if other.operator == "=":
        return admits(one, other.value) is False
    if one.value == other.value and {one.operator, other.operator} in ({"=~", "!~"}, {"=", "!="}):
        return True
    for listing, beside in ((one, other), (other, one)):
        if listing.operator == "=~" and re.fullmatch(r"[\w-]*(?:\|[\w-]*)*", listing.value):
            return all(admits(beside, value) is False for value in listing.value.split("|"))
    if one.operator != other.operator:
        taken, left_out = (one, other) if one.operator == "=~" else (other, one)
        out = shapes(left_out.value)
        return bool(out) and _all_covered(shapes(taken.value), out)
    if one.operator == "=~" and (some := shapes(one.value)) and (others := shapes(other.value)):
        return all(each.excludes(another) for each in some for another in others)
    if one.operator == other.operator == "=~":
        begin, end = _beginning(one.value), _beginning(other.value)
        return not (begin.startswith(end) or end.startswith(begin)) or _end_apart(one.value, other.value)
    return False


def _all_covered(some: tuple[Shape, ...], out: tuple[Shape, ...]) -> bool:
    return bool(some) and all(any(each.covers(one) for each in out) for one in some)


def _end_apart(one: str, other: str) -> bool:
    """Whether all that matches `.*-prod` ends otherwise than all that matches `.*-dev`."""
    ends = [re.fullmatch(r"\.[*+]([\w-]+)", pattern) for pattern in (one, other)]
    first, second = (found[1] if found else "" for found in ends)
    return not (first.endswith(second) or second.endswith(first))


@dataclass(frozen=True, slots=True)
class _Without:
    """`!~".+"` said plainly: the label is empty."""

    label: str
    operator: str = "="
    value: str = ""


def _plain(matcher: LabelMatcher) -> LabelMatcher:
    return _Without(matcher.label) if (matcher.operator, matcher.value) == ("!~", ".+") else matcher


def _beginning(pattern: str) -> str:
    """Return what all that matches begins with: the plain characters up to the first that may be left out."""
    found = re.match(r"[\w-]*", pattern)
    plain = found[0] if found else ""
    if "|" in pattern:
        return ""
    return plain[:-1] if pattern[len(plain) : len(plain) + 1] in {"*", "?", "{"} else plain


_RE2_ALONE = re.compile(r"\\[QECpP]|\[\[:")
"""What RE2 reads, and neither Python nor the grammar of PromQL does."""
WITHOUT_END = re.compile(r"\)[+*{]")
"""A repetition of a group, for which Python may try every way to divide a text."""
_PLACES = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]")
"""What is escaped, and sets of characters."""
_REPEATED_TWICE = re.compile(r"[*+?]\??[*+]|[*+?]\?\?")
"""What Go refuses, though others read it: Python takes `++` for a repetition that gives nothing back."""
_UNREADABLE = (re.error, OverflowError, RecursionError)


def pattern_problem(pattern: str) -> str:
    """Return what is certainly wrong with a regular expression of Prometheus or Loki (RE2); '' for nothing.

    Two readers have to refuse it: each of them lacks something that RE2 has.
    """
    if _RE2_ALONE.search(pattern):
        return ""
    if found := _REPEATED_TWICE.search(_PLACES.sub("x", pattern)):
        return f"two repetitions in a row: {found[0]}"
    try:
        _compiled(pattern)
    except _UNREADABLE as error:
        quoted = pattern.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        try:
            grammar.parse(f'{{a=~"{quoted}", b="c"}}')
        except ValueError:
            return str(error)
    return ""
