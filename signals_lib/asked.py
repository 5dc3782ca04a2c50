"""What every query has, whatever its language: PromQL's Query, LogQL's LogQuery, TraceQL's SpanQuery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol, Self

from signals_lib.matcher import Where
from signals_lib.thresholds import Thresholds

Language = Literal["promql", "logql", "traceql"]


class Asked(Protocol):
    """A query that can't be broken, and what it means."""

    @property
    def language(self) -> Language:
        """Its language."""

    @property
    def expr(self) -> str:
        """Its text, the same for the same query."""

    @property
    def jobs(self) -> frozenset[str | None]:
        """The jobs whose signals it reads; None stands for signals of every job or of none."""

    @property
    def unit(self) -> str:
        """The unit of its result."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of its result."""

    @property
    def title(self) -> str:
        """What it is called."""

    @property
    def description(self) -> str:
        """What is normal, what is not, what to do first."""

    @property
    def thresholds(self) -> Thresholds | None:
        """Where it becomes bad."""

    def scoped(self, where: Mapping[str, Where]) -> Self:
        """Narrow whatever in it has the label."""
