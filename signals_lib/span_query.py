"""TraceQL: traces with certain spans, or numbers made of spans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Literal, Self

from signals_lib import units
from signals_lib.asked import Language
from signals_lib.errors import KindError
from signals_lib.matcher import Matcher, Where, matcher
from signals_lib.meaning import Meaning
from signals_lib.span_set import SpanSet
from signals_lib.thresholds import Thresholds


@dataclass(frozen=True)
class Spans:
    """Conditions that one span meets; `duration` is the least that it takes, as TraceQL writes it."""

    of: SpanSet
    conditions: tuple[tuple[str, Matcher], ...]
    duration: str = ""

    def __str__(self) -> str:
        parts = [self.of.condition(name, wanted) for name, wanted in self.conditions]
        parts += [f"duration > {self.duration}"] if self.duration else []
        return "{ " + " && ".join(parts) + " }"


@dataclass(frozen=True)
class Related:
    """Two sets in one trace: `>>` the second descends from the first, `>` is its child, `&&` is anywhere in it."""

    left: Spans | Related
    relation: Literal[">>", ">", "&&"]
    right: Spans

    def __str__(self) -> str:
        return f"{self.left} {self.relation} {self.right}"


SpanNode = Spans | Related


def _narrowed(node: SpanNode, wanted: Mapping[str, Matcher]) -> SpanNode:
    match node:
        case Spans(of=of, conditions=conditions):
            names = list(of.fields)
            new = ((name, value) for name, value in wanted.items() if name in names)
            pairs = dict.fromkeys((*conditions, *new))
            return replace(node, conditions=tuple(sorted(pairs, key=lambda pair: names.index(pair[0]))))
        case Related(left=left, right=right):
            narrow_right = _narrowed(right, wanted)
            assert isinstance(narrow_right, Spans)  # noqa: S101 - for the type checker
            return replace(node, left=_narrowed(left, wanted), right=narrow_right)


def _first_narrowed(node: SpanNode, wanted: Mapping[str, Matcher]) -> SpanNode:
    match node:
        case Related(left=left):
            return replace(node, left=_first_narrowed(left, wanted))
        case Spans():
            return _narrowed(node, wanted)


@dataclass(frozen=True, repr=False)
class SpanQuery(Meaning):
    """TraceQL as a tree, with the stages after it, its unit and labels, and what it means; built by `traceql`."""

    tree: SpanNode
    stages: tuple[str, ...] = ()
    unit: str = ""
    labels: tuple[str, ...] = ()
    title: str = ""
    description: str = ""
    thresholds: Thresholds | None = None
    metric: bool = False

    language: ClassVar[Language] = "traceql"
    jobs: ClassVar[frozenset[str | None]] = frozenset({None})

    def __post_init__(self) -> None:
        units.checked(self.unit)

    def __repr__(self) -> str:
        return f"<SpanQuery {self.title or 'unnamed'} [{self.unit or 'number'}]: {self.expr}>"

    @cached_property
    def expr(self) -> str:
        """The TraceQL text, the same for the same query."""
        return " | ".join((str(self.tree), *self.stages))

    @property
    def sets(self) -> tuple[SpanSet, ...]:
        """The span sets it reads, each once."""
        found, node = [], self.tree
        while isinstance(node, Related):
            found.append(node.right.of)
            node = node.left
        return tuple({each.name: each for each in (node.of, *reversed(found))}.values())

    def scoped(self, where: Mapping[str, Where]) -> Self:
        """Narrow every set of spans that has the field; the others stay."""
        wanted = {name: matcher(value) for name, value in where.items()}
        return replace(self, tree=_narrowed(self.tree, wanted))

    def entered_by(self, where: Mapping[str, Where]) -> Self:
        """Narrow the first set of spans only: the traces that a request of this kind began."""
        wanted = {name: matcher(value) for name, value in where.items()}
        return replace(self, tree=_first_narrowed(self.tree, wanted))

    def together_with(self, other: SpanQuery) -> SpanQuery:
        """Find traces with a span of this and one of the other, wherever they stand; shown is what the other shows."""
        if self.stages or other.metric or isinstance(self.tree, Related) or isinstance(other.tree, Related):
            raise KindError(f"only plain searches are found together, not {self!r} and {other!r}")
        return replace(self, tree=Related(self.tree, "&&", other.tree), stages=other.stages)

    def leading_to(self, later: SpanQuery, *, directly: bool = False) -> SpanQuery:
        """Find traces in which a span of this is followed, at any depth or directly, by one of the other."""
        together = isinstance(self.tree, Related) and self.tree.relation == "&&"  # which binds less than >>
        if self.stages or later.stages or together or isinstance(later.tree, Related):
            raise KindError(f"only plain searches lead to each other, not {self!r} to {later!r}")
        return replace(self, tree=Related(self.tree, ">" if directly else ">>", later.tree))
