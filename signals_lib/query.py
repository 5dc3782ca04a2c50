"""Queries: an expression that can't be broken, and what it means."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from signals_lib import grammar, units
from signals_lib.errors import DefinitionError, GrammarError
from signals_lib.exact import Exact, exact
from signals_lib.expression import Binary, Call, Leaf, Node, Number, Selector, rewritten, selectors
from signals_lib.matcher import Matcher, Where, matcher
from signals_lib.matching import matched, same_labels
from signals_lib.meaning import Meaning
from signals_lib.signal import Signal
from signals_lib.thresholds import Thresholds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signals_lib.asked import Language

DEFAULT_WINDOW = "$__rate_interval"

_DURATION = re.compile(r"(\d+(ms|[smhdwy]))+|\$\w+|\$\{\w+\}")


def duration(text: str) -> str:
    """Return a window as PromQL writes it ("5m", "1h30m", "$__range"); raise GrammarError if it isn't one."""
    if not _DURATION.fullmatch(text):
        raise GrammarError(f"{text!r} is no duration: write it as 5m, 1h30m, 30d or $__rate_interval")
    return text


@dataclass(frozen=True, repr=False)
class Query(Meaning):
    """PromQL as a tree, with its unit, the labels of its result and, once named, what it means.

    `shape` is "buckets" for a heatmap: rates by `le`. Equal queries are equal values. Raises GrammarError when
    Prometheus would not parse it.
    """

    tree: Node
    unit: str = ""
    labels: tuple[str, ...] = ()
    title: str = ""
    description: str = ""
    thresholds: Thresholds | None = None
    shape: Literal["series", "buckets"] = "series"

    language: ClassVar[Language] = "promql"

    def __post_init__(self) -> None:
        grammar.check(self.expr)
        units.checked(self.unit)

    def __repr__(self) -> str:
        return f"<Query {self.title or 'unnamed'} [{self.unit or 'number'}]: {self.expr}>"

    @cached_property
    def expr(self) -> str:
        """The PromQL text, the same for the same query."""
        return str(self.tree)

    @cached_property
    def jobs(self) -> frozenset[str | None]:
        """The jobs whose signals it reads; None stands for signals of every job."""
        return frozenset(signal.component.job for signal in self.signals)

    @cached_property
    def signals(self) -> tuple[Signal, ...]:
        """The signals it reads, each once, a histogram for its series."""
        return tuple({family.key: family for family in (s.signal.family for s in selectors(self.tree))}.values())

    def scoped(self, where: Mapping[str, Where]) -> Self:
        """Narrow every selector whose signal has the label; the others stay."""
        wanted = {label: matcher(value) for label, value in where.items()}

        def narrowed(leaf: Leaf) -> Leaf:
            return _narrowed(leaf, wanted) if isinstance(leaf, Selector) else leaf

        twin = copy(self)  # and not replace(): matchers that were checked can't break what was parsed
        vars(twin).pop("expr", None)
        vars(twin)["tree"] = rewritten(self.tree, narrowed)
        return twin

    def over(self, window: str) -> Self:
        """Put this window in place of the default one, `$__rate_interval`, everywhere."""
        duration(window)

        def changed(leaf: Leaf) -> Leaf:
            return replace(leaf, window=window) if leaf.window == DEFAULT_WINDOW else leaf

        return replace(self, tree=rewritten(self.tree, changed))

    def ago(self, offset: str) -> Self:
        """Look at it as it was this long ago."""
        duration(offset)

        def moved(leaf: Leaf) -> Leaf:
            return replace(leaf, offset=offset) if isinstance(leaf, Selector) else leaf

        return replace(self, tree=rewritten(self.tree, moved))

    def above(self, limit: Exact | Query) -> Self:
        """Keep what is above the limit."""
        return self._compared(">", limit)

    def below(self, limit: Exact | Query) -> Self:
        """Keep what is below the limit."""
        return self._compared("<", limit)

    def at_least(self, limit: Exact | Query) -> Self:
        """Keep what is at or above the limit."""
        return self._compared(">=", limit)

    def equals(self, value: Exact | Query) -> Self:
        """Keep what equals the value."""
        return self._compared("==", value)

    def breach(self, severity: Literal["warning", "critical"]) -> Self:
        """Keep what is beyond its own threshold: what an alert watches is the line that a panel draws.

        A value on the line is bad when it is bad above it and good when it is bad below it, as Grafana colours it.
        """
        if self.thresholds is None:
            raise DefinitionError(f"{self!r} has no thresholds: give it some with named(thresholds=…)")
        level = self.thresholds.level(severity)
        return self.at_least(level) if self.thresholds.direction == "above" else self.below(level)

    def when(self, condition: Query) -> Self:
        """Keep what has a series in the condition, which may have fewer labels."""
        return self._kept("and", condition)

    def unless(self, condition: Query) -> Self:
        """Keep what has no series in the condition, which may have fewer labels."""
        return self._kept("unless", condition)

    def otherwise(self, other: Query) -> Self:
        """Where it has no series, take the other's; both have the same labels."""
        same_labels(self, other, "or")
        return replace(self, tree=Binary("or", self.tree, other.tree), unit=units.total(self.unit, other.unit))

    def or_zero(self, other: Query) -> Self:
        """Count what isn't exposed yet as 0, wherever the other has a series."""
        same_labels(self, other, "or")
        return replace(self, tree=Binary("or", self.tree, Binary("*", Number(exact(0)), other.tree)))

    def floor(self, least: Exact) -> Self:
        """Raise what is lower to this value."""
        return replace(self, tree=Call("clamp_min", (self.tree, Number(exact(least)))))

    def __add__(self, other: Exact | Query) -> Query:
        return _arithmetic("+", self, other)

    def __radd__(self, other: Exact) -> Query:
        return _arithmetic("+", other, self)

    def __sub__(self, other: Exact | Query) -> Query:
        return _arithmetic("-", self, other)

    def __rsub__(self, other: Exact) -> Query:
        return _arithmetic("-", other, self)

    def __mul__(self, other: Exact | Query) -> Query:
        return _arithmetic("*", self, other)

    def __rmul__(self, other: Exact) -> Query:
        return _arithmetic("*", other, self)

    def __truediv__(self, other: Exact | Query) -> Query:
        return _arithmetic("/", self, other)

    def __rtruediv__(self, other: Exact) -> Query:
        return _arithmetic("/", other, self)

    def _compared(self, operator: str, limit: Exact | Query) -> Self:
        if not isinstance(limit, Query):
            return replace(self, tree=_compared(operator, self.tree, exact(limit)))
        units.total(self.unit, limit.unit)
        return replace(self, tree=matched(operator, self, limit))

    def _kept(self, operator: str, condition: Query) -> Self:
        return replace(self, tree=matched(operator, self, condition))


def _arithmetic(operator: Literal["+", "-", "*", "/"], left: Exact | Query, right: Exact | Query) -> Query:
    combine = {"+": units.total, "-": units.total, "*": units.product, "/": units.quotient}[operator]
    if isinstance(left, Query) and isinstance(right, Query):
        labels = left.labels if len(left.labels) >= len(right.labels) else right.labels
        return Query(matched(operator, left, right), combine(left.unit, right.unit), labels)
    if isinstance(left, Query):
        return replace(left, tree=Binary(operator, left.tree, Number(exact(right))), thresholds=None)  # type: ignore[arg-type]
    assert isinstance(right, Query)  # noqa: S101 - for the type checker
    unit = "" if operator == "/" else right.unit
    return replace(right, tree=Binary(operator, Number(exact(left)), right.tree), unit=unit, thresholds=None)


def _compared(operator: str, tree: Node, limit: Decimal) -> Binary:
    match tree:
        # What is above a limit is above 0: the guard against NaN has nothing left to do.
        case Binary(operator=">=", left=left, right=Number(value=0)) if operator in {">", ">="} and limit >= 0:
            tree = left
    return Binary(operator, tree, Number(limit))


def _narrowed(selector: Selector, wanted: Mapping[str, Matcher]) -> Selector:
    order = {label: place for place, label in enumerate(selector.signal.labels)}
    kept = [pair for pair in selector.matchers if not _narrower(wanted.get(pair[0]), pair[1])]
    new = dict.fromkeys((*kept, *((label, value) for label, value in wanted.items() if label in order)))
    return replace(selector, matchers=tuple(sorted(new, key=lambda pair: order[pair[0]])))


def _narrower(new: Matcher | None, old: Matcher) -> bool:
    """Whether the new matcher takes values out of the old one's list, so that the old one says nothing more."""
    listed = {"=", "=~"}
    return (
        new is not None
        and {new.operator, old.operator} <= listed
        and bool(new.literals)
        and {*new.literals} <= {*old.literals}
    )
