"""What a panel asks and what it is answered: queries, series over a span of time, and problems in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

Values = list[float | None]


@dataclass(frozen=True, slots=True)
class Span:
    """A range of time from `start` to `end` in steps of `step`; milliseconds since 1970, and milliseconds."""

    start: int
    end: int
    step: int

    @property
    def times(self) -> list[int]:
        """Return the times of the steps, all of them multiples of the step, as Prometheus is asked for by Grafana."""
        first = -(-self.start // self.step) * self.step
        return list(range(first, self.end + 1, self.step))

    @property
    def seconds(self) -> float:
        """Return how long it is."""
        return (self.end - self.start) / 1000


@dataclass(frozen=True, slots=True)
class Query:
    """A query with its variables put in: `language` is promql, logql, traceql or "" for what isn't known.

    `unit`, `low` and `high` are those of its panel; samples of other languages are made after them.
    """

    ref: str
    text: str
    language: str = "promql"
    legend: str = ""
    instant: bool = False
    form: str = "time_series"
    unit: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """Values at the times of the span, None where there is none; a single one for instant queries."""

    labels: dict[str, str]
    times: list[int]
    values: Values


@dataclass(frozen=True, slots=True)
class Answer:
    """The series that a query was answered, or the problem it met in words that stand in the panel's box."""

    query: Query
    series: tuple[Series, ...] = ()
    problem: str = ""
    lines: tuple[tuple[int, str], ...] = field(default=())


class Source(Protocol):
    """Where answers come from."""

    name: str
    invents: bool  # whether it makes answers up: then nothing is left without a value

    def ask(self, queries: list[tuple[Query, Span]]) -> list[Answer]:
        """Return an answer for each query."""
        ...

    def label_values(self, label: str, selector: str) -> list[str]:
        """Return the known values of a label, of the series that a selector names ("": of all), sorted."""
        ...
