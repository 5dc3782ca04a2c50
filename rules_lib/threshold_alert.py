"""A signal watched: an alert on the threshold that stands with an indicator, so that panel and alert show one line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from rules_lib.rule import AlertingRule
from rules_lib.values import template, written

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from rules_lib.links import Links
    from rules_lib.shapes import Shape
    from signals_lib.query import Query

Severity = Literal["critical", "warning"]

_CAMEL_CASE = re.compile(r"([A-Z]+[a-z0-9]*)+")


class NeverFiresError(ValueError):
    """An alert whose condition no value can meet."""


@dataclass(frozen=True)
class Floor:
    """Too little to judge by: the alert is silent unless the query says at least so many events."""

    query: Query
    least: int


@dataclass(frozen=True)
class ThresholdAlert:
    """An alert for each severity whose threshold a query has.

    `query` is grouped by the labels that the alert names and carries thresholds and a description; its default window
    becomes `window`. `hold` is how long a breach must last. Raises ValueError for a name that isn't CamelCase or a
    query without the threshold, NeverFiresError for a threshold out of the unit's range.

    For its trials: `shape` makes series that give the query a value, `whole` says that it has whole values only,
    `settles` the longest range that it looks back over (the window unless given), `remembers` how long it goes on about
    what is over; `innocent` are shapes, by what they are, of which it must say nothing whatever their value, `guilty`
    of which it must speak whatever that is; of those that are `alike` it must do so by their value.
    """

    name: str
    query: Query
    owner: str
    dashboard: str
    severities: tuple[Severity, ...] = ("critical",)
    hold: str = "5m"
    window: str = "5m"
    floor: Floor | None = None
    variables: tuple[str, ...] = ("environment",)
    shape: Shape | None = None
    whole: bool = False
    settles: str = ""
    remembers: str = ""
    innocent: Mapping[str, Shape] = field(default_factory=dict)
    guilty: Mapping[str, Shape] = field(default_factory=dict)
    alike: Mapping[str, Shape] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _CAMEL_CASE.fullmatch(self.name):
            raise ValueError(f"the alert {self.name!r} is not named in CamelCase, as HighLatency")
        for severity in self.severities:
            self._check_range(self.level(severity))

    @property
    def adds_up(self) -> bool:
        """Whether it adds up what several instances have."""
        return "instance" not in self.query.labels and not self.whole

    def level(self, severity: Severity) -> Decimal:
        """Return the threshold of a severity, in the query's unit."""
        if self.query.thresholds is None:
            raise ValueError(f"{self.name}: {self.query.title!r} has no thresholds; give its indicator some")
        return self.query.thresholds.level(severity)

    def limit(self, severity: Severity) -> str:
        """Say on which side of which value a severity fires: "at or above 5 %"."""
        level = self.level(severity)
        side = "below" if self.query.thresholds and self.query.thresholds.direction == "below" else "at or above"
        return f"{side} {written(level, self.query.unit)}"

    def expr(self, severity: Severity) -> str:
        """Return the condition for a severity."""
        return self._exprs[severity]

    @cached_property
    def _exprs(self) -> dict[Severity, str]:
        return {severity: self._expr(severity) for severity in self.severities}

    def _expr(self, severity: Severity) -> str:
        breach = self.query.over(self.window).breach(severity)
        if self.floor is None:
            return breach.expr
        return breach.when(self.floor.query.over(self.window).at_least(self.floor.least)).expr

    def labels(self, severity: Severity) -> dict[str, str]:
        """Return the labels that a severity's rule gives its alerts, beyond those of the query."""
        return {"severity": severity, "owner": self.owner}

    def rules(self, links: Links) -> tuple[AlertingRule, ...]:
        """Return one rule a severity."""
        return tuple(self._rule(severity, links) for severity in self.severities)

    def _rule(self, severity: Severity, links: Links) -> AlertingRule:
        query, unit = self.query, self.query.unit
        held = f" for {self.hold} or longer" if self.hold != "0s" else ""
        variables = [label for label in self.variables if label in query.labels]
        return AlertingRule(
            self.name,
            self.expr(severity),
            self.hold,
            self.labels(severity),
            {
                "summary": f"{query.title}{self._scope()} is {template(unit)}",
                "description": f"{query.title} is {template(unit)}, {self.limit(severity)}{held}. {query.description}",
                "runbook_url": links.runbook(self.name),
                "dashboard_url": links.dashboard(self.dashboard, variables=variables),
            },
        )

    def _scope(self) -> str:
        values = ", ".join(f"{label} {{{{ $labels.{label} }}}}" for label in self.query.labels)
        return f" ({values})" if values else ""

    def _check_range(self, level: Decimal) -> None:
        thresholds = self.query.thresholds
        highest = {"share": 1, "%": 100}.get(self.query.unit)
        if thresholds is None or highest is None:
            return
        if thresholds.direction == "above" and level > highest:
            raise NeverFiresError(
                f"{self.name} can never fire: {self.query.title} is at most {highest}, not {level} or more"
            )
        if thresholds.direction == "below" and level <= 0:
            raise NeverFiresError(f"{self.name} can never fire: {self.query.title} is never below {level}")
