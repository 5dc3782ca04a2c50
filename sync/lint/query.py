"""A query of any language, read once for each distinct text of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeVar

from sync.lint.logql_as_promql import as_promql
from sync.lint.promql import parsing
from sync.lint.promql.tree import Node, Selector, walk
from sync.lint.promql.variables import names

Kind = TypeVar("Kind")


class Language(StrEnum):
    """What a query is written in; other languages than these are left alone."""

    PROMQL = "PromQL"
    LOGQL = "LogQL"
    TRACEQL = "TraceQL"
    OTHER = "another language"


class Use(StrEnum):
    """What a query is for: it decides which rules apply."""

    PANEL = "panel"
    INSTANT = "instant panel"
    ALERT = "alert"
    MANAGED = "alert of Grafana's"
    RECORDING = "recording rule"
    VARIABLE = "variable"
    ANNOTATION = "annotation"
    RUNBOOK = "runbook"

    @property
    def drawn(self) -> bool:
        """Whether people look at its result in a panel."""
        return self is Use.PANEL or self is Use.INSTANT

    @property
    def evaluated(self) -> bool:
        """Whether it is asked for again and again with nobody looking."""
        return self.alerts or self is Use.RECORDING

    @property
    def alerts(self) -> bool:
        """Whether something fires by its result."""
        return self is Use.ALERT or self is Use.MANAGED


@dataclass(eq=False)
class Query:
    """A text, its language and use; read when a rule first asks for its tree."""

    text: str
    language: Language
    use: Use

    @cached_property
    def _read(self) -> Node | parsing.UnparsableError | None:
        if self.language is not Language.PROMQL or not self.text.strip():
            return None
        try:
            return parsing.parse(self.text)
        except parsing.UnparsableError as error:
            return error
        except parsing.UndecidedError:
            return None

    @property
    def tree(self) -> Node | None:
        """The expression; None where it is no PromQL, can't be parsed, or depends on what a variable holds."""
        return None if isinstance(self._read, parsing.UnparsableError) else self._read

    @property
    def error(self) -> parsing.UnparsableError | None:
        """Why it can't be parsed."""
        return self._read if isinstance(self._read, parsing.UnparsableError) else None

    @cached_property
    def as_promql(self) -> Query:
        """The query itself, or a query of logs as PromQL that gives the same labels and units."""
        if self.language is not Language.LOGQL:
            return self
        return Query(as_promql(self.text), Language.PROMQL, self.use)

    @cached_property
    def nodes(self) -> tuple[tuple[Node, tuple[Node, ...]], ...]:
        """Every node of the tree with those above it, the nearest last."""
        return tuple(walk(self.tree)) if self.tree is not None else ()

    @cached_property
    def _by_kind(self) -> dict[type[Any], list[tuple[Any, tuple[Node, ...]]]]:
        found: dict[type[Any], list[tuple[Any, tuple[Node, ...]]]] = {}
        for node in self.nodes:
            found.setdefault(type(node[0]), []).append(node)
        return found

    def each(self, kind: type[Kind]) -> Sequence[tuple[Kind, tuple[Node, ...]]]:
        """Return every node of a kind with those above it: most rules look at one kind, and at nothing else."""
        return self._by_kind.get(kind, ())

    @cached_property
    def selectors(self) -> Sequence[tuple[Selector, tuple[Node, ...]]]:
        """Every selector with the nodes above it."""
        return self.each(Selector)

    @cached_property
    def variables(self) -> frozenset[str]:
        """The names of Grafana's variables in it."""
        return frozenset(names(self.text))


class Queries:
    """The queries of a run: each distinct text is parsed once."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, Language, Use], Query] = {}

    def query(self, text: str, *, language: Language, use: Use) -> Query:
        """Return the query, from before if it was seen."""
        key = (text, language, use)
        if key not in self._made:
            self._made[key] = Query(text, language, use)
        return self._made[key]
