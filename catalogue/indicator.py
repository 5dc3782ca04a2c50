"""Indicators: queries with a meaning, which a panel, an alert and a runbook share."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from signals_lib import Query, Thresholds
from signals_lib.errors import LabelError

Build = Callable[[tuple[str, ...]], Query]


@dataclass(frozen=True)
class Indicator:
    """A query by name; call it with labels to group by, or without for its own grouping, `by`.

    `error_ratio()` is one number, `error_ratio("route")` one a route. Raises LabelError for a label that a signal in
    it doesn't have.
    """

    name: str
    title: str
    description: str
    thresholds: Thresholds | None
    by: tuple[str, ...]
    build: Build

    def __call__(self, *by: str) -> Query:
        """Build the query."""
        query = self.build(by or self.by)
        if not {*by} <= {*query.labels}:
            raise LabelError(f"{self.name} can't be grouped by {', '.join(by)}: it always has {query.labels}")
        return query.named(title=self.title, description=self.description, thresholds=self.thresholds)


def indicator(
    title: str, *, by: tuple[str, ...] = (), thresholds: Thresholds | None = None
) -> Callable[[Build], Indicator]:
    """Make an indicator of a function of the labels to group by.

    The docstring is the description that people read: what it is and what is normal, what is not, what to do first.
    """

    def made(build: Build) -> Indicator:
        description = " ".join(inspect.getdoc(build).split())  # type: ignore[union-attr] # ruff demands docstrings
        return Indicator(build.__name__, title, description, thresholds, by, build)

    return made
