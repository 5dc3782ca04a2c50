"""Indicators: queries with a meaning, which a panel, an alert and a runbook share; in PromQL, LogQL or TraceQL."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from signals_lib import Query, Thresholds
from signals_lib.errors import LabelError
from signals_lib.log_query import LogQuery
from signals_lib.span_query import SpanQuery

Q = TypeVar("Q", Query, LogQuery, SpanQuery)
Build = Callable[[tuple[str, ...]], Q]


@dataclass(frozen=True)
class Meaning(Generic[Q]):
    """A query by name; call it with labels to group by, or without for its own grouping, `by`.

    `error_ratio()` is one number, `error_ratio("route")` one a route. Raises LabelError for a label that a signal in
    it doesn't have.
    """

    name: str
    title: str
    description: str
    thresholds: Thresholds | None
    by: tuple[str, ...]
    build: Build[Q]

    def __call__(self, *by: str) -> Q:
        """Build the query."""
        query: Q = self.build(by or self.by)
        if not {*by} <= {*query.labels}:
            raise LabelError(f"{self.name} can't be grouped by {', '.join(by)}: it always has {query.labels}")
        return query.named(title=self.title, description=self.description, thresholds=self.thresholds)


class Indicator(Meaning[Query]):
    """An indicator that Prometheus answers."""


class LogIndicator(Meaning[LogQuery]):
    """An indicator that Loki answers."""


class TraceIndicator(Meaning[SpanQuery]):
    """An indicator that Tempo answers."""


def indicator(
    title: str, *, by: tuple[str, ...] = (), thresholds: Thresholds | None = None
) -> Callable[[Build[Query]], Indicator]:
    """Make an indicator of a function of the labels to group by.

    The docstring is the description that people read: what it is and what is normal, what is not, what to do first.
    """
    return lambda build: Indicator(build.__name__, title, _description(build), thresholds, by, build)


def log_indicator(
    title: str, *, by: tuple[str, ...] = (), thresholds: Thresholds | None = None
) -> Callable[[Build[LogQuery]], LogIndicator]:
    """Make an indicator of logs of a function of the labels to group by; its docstring is the description."""
    return lambda build: LogIndicator(build.__name__, title, _description(build), thresholds, by, build)


def trace_indicator(title: str, *, by: tuple[str, ...] = ()) -> Callable[[Build[SpanQuery]], TraceIndicator]:
    """Make an indicator of traces of a function of the fields to group by; its docstring is the description."""
    return lambda build: TraceIndicator(build.__name__, title, _description(build), None, by, build)


def _description(build: Callable[..., object]) -> str:
    return " ".join((inspect.getdoc(build) or "").split())
