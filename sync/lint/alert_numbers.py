"""The numbers that an alert's expression has, and whether one that its text names is among them in another unit."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sync.lint.known_units import units
from sync.lint.limit_phrases import SECONDS, Said
from sync.lint.limits import constant
from sync.lint.project import Project
from sync.lint.promql import dimensions, measures
from sync.lint.promql.factors import core, unscaled
from sync.lint.promql.shares import share
from sync.lint.promql.tree import Binary, Call, Node, Number, Selector, Subquery, compared, walk
from sync.lint.query import Query
from sync.lint.rule_file import Rule, seconds

_SIZES = frozenset(base**power * bits for base in (1000, 1024) for power in (1, 2, 3, 4) for bits in (1, 8, 1 / 8))
_UNKNOWN = _SIZES | {1, 100, 60, 3600, 86_400}
"""What a number without a unit is multiplied with or divided by when it is meant in another."""
_STATUS = re.compile(r"(?<![\d.])[1-5](?:\.\.|xx|\[0-9\]|\\+d|\.[*+]|[0-9]{2}\b)", re.IGNORECASE)
_DURATION = re.compile(r"\[[^\[\]\"]*\]|\boffset\s+\w+|(?:rate|increase|ratio|avg|max|min|sum|over)_?\d+[smhdw]")
"""Windows, offsets, and the windows in recorded names: these are compared with durations alone."""
_AHEAD = re.compile(r"(?<=predict_linear)(\((?:[^()]|\([^()]*\))*),[\d\s.*]+\)")
"""A series and the seconds for which it is foretold."""
_MILLISECONDS = re.compile(r"time|milli|_ms\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_ROUNDING = 0.02


@dataclass(slots=True)
class Numbers:
    """The limits of an alert, what its sides are multiplied by, what else is written, windows, and its `for`."""

    limits: set[float] = field(default_factory=set)
    factors: set[float] = field(default_factory=set)
    written: set[float] = field(default_factory=set)
    durations: set[float] = field(default_factory=set)
    holds: set[float] = field(default_factory=set)
    has_all_limits: bool = True
    """Whether every comparison is with a number: no series holds the limit."""
    unit: measures.Dimension | None = None
    """What the compared value is in, where that is certain."""
    is_named: bool = False
    """Whether only a name says the unit: some call percentages ratios."""
    in_milliseconds: bool = False
    """Whether something may count milliseconds: 100 in a second are 10 %."""

    def knows(self, number: Said) -> bool:
        """Whether a number of a text is one of these."""
        parts: set[float] = {1, 100} if self._may_be_percent(number) else {1}
        parts |= {0.01} if number.value <= 1 else set()
        return (
            any(math.isclose(number.seconds, each) for each in self._spans())
            or any(self.is_same(number, each) for each in self.limits | self.factors)
            or any(_is_rounded(number.value, each * by) for each in self.written - self.limits for by in parts)
        )

    def is_same(self, number: Said, limit: float) -> bool:
        """Whether a number of a text is a limit, in whatever unit: in percent where it says percent."""
        if number.is_percent:
            parts = self._percentages()
            return any(_is_rounded(number.value, limit * each) for each in parts) or _is_turned(number.value, limit)
        return any(
            _is_rounded(number.value, limit * each)
            or (_is_rounded(number.value * each, limit) and (each != 100 or number.value <= 1))
            for each in self._factors(number)
            if each != 100 or number.value <= 1 or self._may_be_percent(number)
        ) or (not number.unit and _is_turned(number.value, limit))

    def _may_be_percent(self, number: Said) -> bool:
        """Whether a number may be in percent, though it doesn't say so: of bytes, seconds and events nothing is."""
        unit = self.unit or measures.SHARE
        is_amount = (unit.bytes, unit.seconds) != (0, 0) or unit.events > 0
        return number.is_percent or (not number.unit and number.value <= 100 and not is_amount)

    def _percentages(self) -> tuple[float, ...]:
        """Return what makes percent of the limits: a share is multiplied, milliseconds in a second are a tenth."""
        if len(self.limits) == 1 and not self.is_named and self.unit in {measures.SHARE, measures.PERCENT}:
            return (100,) if self.unit == measures.SHARE else (1,)
        return (1, 100, 0.1) if self.in_milliseconds else (1, 100)

    def _factors(self, number: Said) -> Iterable[float]:
        """Return the factors between a number's unit, as the text says it, and what the expression may count in."""
        if number.unit in SECONDS and self.unit in {measures.SECONDS, measures.MILLISECONDS}:
            return {SECONDS[number.unit] * (1000 if self.unit == measures.MILLISECONDS else 1)}
        if number.unit in SECONDS:
            return {SECONDS[number.unit] / each for each in SECONDS.values()}
        return _UNKNOWN | self.durations if not number.unit else _SIZES | {1}

    def _spans(self) -> Iterator[float]:
        """Yield the durations, and each with `for` after it: that begins when a window is bad."""
        return (one + other for one in self.durations | {0} for other in self.holds | {0})

    def take(self, query: Query, project: Project, depth: int = 0) -> None:
        """Add those of a query, and of the rules that record what it reads."""
        text = _AHEAD.sub(" ", _STATUS.sub(" ", _DURATION.sub(" ", query.text)))
        self.written |= {float(each) for each in _NUMBER.findall(text)}
        if "changes(" in query.text:  # down and up again: two of them are one restart
            self.written |= {each / 2 for each in self.written}
        self.in_milliseconds = self.in_milliseconds or bool(_MILLISECONDS.search(query.text))
        promql = query.as_promql
        of_ahead: set[int] = set()
        for call, _ in promql.each(Call):
            ahead = constant(call.arguments[-1]) if call.name == "predict_linear" else None
            if ahead is not None:
                self.durations.add(ahead)
                of_ahead |= {id(node) for node, _ in walk(call.arguments[-1])}
        for node, _ in promql.nodes:
            if isinstance(node, (Selector, Subquery)):
                windows = (node.window, node.step if isinstance(node, Subquery) else None)
                self.durations |= {abs(node.offset), *(each.seconds or 0 for each in windows if each)} - {0}
            elif isinstance(node, Binary) and id(node) not in of_ahead:
                self._take_binary(node, is_recorded=depth > 0)
        for name in {selector.name for selector, _ in promql.selectors} if depth < 3 else ():
            for rule in project.recorded.get(name, ()):
                self.take(rule.query, project, depth + 1)

    def _take_binary(self, node: Binary, *, is_recorded: bool) -> None:
        if (value := constant(node)) is not None:
            self.written.add(abs(value))
        if not node.filters and not node.as_bool:
            return
        numbers = {abs(each) for each in (constant(node.left), constant(node.right)) if each is not None}
        factors = {*_multipliers(node.left), *_multipliers(node.right)}
        if is_recorded:
            self.factors |= numbers | factors
        else:
            self.limits |= numbers or factors
            self.factors |= factors if numbers else set()
            self.has_all_limits = self.has_all_limits and bool(numbers or factors)


_OF_SHARES: dict[float, measures.Dimension] = {1: measures.SHARE, 100: measures.PERCENT}


def numbers_of(rule: Rule, project: Project) -> Numbers:
    """Return the numbers of an alert."""
    found = Numbers()
    found.take(rule.query, project)
    tree = compared(rule.query.as_promql.tree)
    if tree is not None:
        scale = 100 if _is_made_percent(tree) else share(tree) or 0
        found.unit = dimensions.dimension(tree, units(project)) or _OF_SHARES.get(scale)
        found.is_named = isinstance(core(tree), Selector)
    found.holds |= {seconds(rule.raw.get(key)) or 0 for key in ("for", "keep_firing_for")} - {0}
    return found


def _is_made_percent(tree: Node) -> bool:
    """Whether it is multiplied by 100, or is what is left of 100."""
    if isinstance(tree, Binary) and tree.operator == "-" and tree.left == Number(100):
        tree = tree.right
    return unscaled(tree)[1] == 100


def _multipliers(node: Node) -> Iterator[float]:
    """Yield the numbers that one side of a comparison is multiplied or divided by."""
    if isinstance(node, Binary) and node.operator in {"*", "/"}:
        for side in (node.left, node.right):
            value = constant(side)
            if value is None:
                yield from _multipliers(side)
            else:
                yield abs(value)


def _is_turned(number: float, limit: float) -> bool:
    """Whether they are one limit from both ends: what isn't used, how often in how many, more than 3, at least 4."""
    rests = (1 - limit, 100 - limit, 100 - 100 * limit)
    if any(math.isclose(number, each) for each in rests):
        return True
    if limit and any(_is_rounded(number, each / limit) for each in (1, 100)):
        return True
    return limit == round(limit) and limit < 20 and abs(number - limit) == 1


def _is_rounded(number: float, exact: float) -> bool:
    """Whether a number is another, or that one rounded to as many digits as either has."""
    if math.isclose(number, exact, rel_tol=1e-6):
        return True
    if not math.isclose(number, exact, rel_tol=_ROUNDING):
        return False
    return any(round(one, _decimals(other)) == other for one, other in ((exact, number), (number, exact)))


def _decimals(number: float) -> int:
    return len(f"{number:.6g}".partition(".")[2])
