"""The series that the objectives' rules record, as signals, and what dashboards and alerts ask of them.

Each function takes an objective, or None for all of them side by side; results have the labels slo and environment
unless it says otherwise. Windows are those of rules_lib.burn: 5m, 30m, 1h, 2h, 6h, 1d, 3d.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib import recording
from rules_lib.burn import PAIRS, STANDARD, Period
from rules_lib.durations import seconds
from signals_lib import promql
from signals_lib.component import Component
from signals_lib.exact import text
from signals_lib.thresholds import Thresholds

if TYPE_CHECKING:
    from rules_lib.objective import Objective
    from signals_lib.query import Query
    from signals_lib.signal import Gauge, Signal

RECORDED = Component(None, title="Objectives", labels=("slo",))

_SIDES = {"total": "Events", "bad": "Bad events"}

RATES: dict[tuple[str, str], Gauge] = {
    (side, window): RECORDED.gauge(
        recording.rate_series(side, window),
        help=f"{title} a second of an objective, the mean of the last {window}.",
        unit="events/s",
        labels=("environment",),
        title=f"{title} over {window}",
    )
    for window in STANDARD.all
    for side, title in _SIDES.items()
}
"""Recorded rates by side ("total", "bad") and window."""

IN_PERIOD: dict[str, Gauge] = {
    side: RECORDED.gauge(
        recording.period_series(side),
        help=f"{title} of an objective in its period.",
        unit="events",
        labels=("environment",),
        title=f"{title} in the period",
    )
    for side, title in _SIDES.items()
}
"""Events of the period by side."""

ERROR_RATIO = RECORDED.gauge(
    recording.ERROR_RATIO,
    help="Bad events ÷ all events of the period. No data while nothing happened in all of it.",
    unit="share",
    labels=("environment",),
    title="Error ratio of the period",
)
BUDGET_LEFT = RECORDED.gauge(
    recording.BUDGET_LEFT,
    help="Share of the period's error budget that is left: 1 is untouched, 0 spent, below 0 the objective is missed.",
    unit="share",
    labels=("environment",),
    title="Error budget left",
    thresholds=Thresholds(warning="0.25", critical=0, direction="below"),
)
TARGET = RECORDED.gauge(
    recording.TARGET, help="Share of events that must be good.", unit="share", title="Target of an objective"
)
ALLOWED = RECORDED.gauge(
    recording.ALLOWED, help="Share of events that may be bad: 1 − target.", unit="share", title="Budget of an objective"
)
PERIOD_SECONDS = RECORDED.gauge(
    recording.PERIOD_SECONDS, help="Length of an objective's period.", unit="s", title="Period of an objective"
)
INFO = RECORDED.gauge(
    recording.INFO,
    help="1 for each objective, with what it is called, who owns it, its target in per cent and its period as labels.",
    unit="",
    labels=("title", "owner", "target", "window"),
    title="Objectives",
)

SIGNALS: dict[tuple[str | None, str], Signal] = {
    signal.key: signal
    for signal in (
        *RATES.values(),
        *IN_PERIOD.values(),
        ERROR_RATIO,
        BUDGET_LEFT,
        TARGET,
        ALLOWED,
        PERIOD_SECONDS,
        INFO,
    )
}
"""Every recorded series, by (None, name), as catalogue.SIGNALS has the others."""


def total_rate(objective: Objective | None = None, window: str = "5m") -> Query:
    """Return events a second, the mean of the window."""
    return _of(RATES["total", window], objective, per_second=True)


def bad_rate(objective: Objective | None = None, window: str = "5m") -> Query:
    """Return bad events a second, the mean of the window."""
    return _of(RATES["bad", window], objective, per_second=True)


def total_events(objective: Objective | None = None) -> Query:
    """Return events of the period."""
    return _of(IN_PERIOD["total"], objective)


def bad_events(objective: Objective | None = None) -> Query:
    """Return bad events of the period."""
    return _of(IN_PERIOD["bad"], objective)


def allowed_bad_events(objective: Objective | None = None) -> Query:
    """Return how many bad events the budget of the period allows, for the traffic it had."""
    allowed = total_events(objective) * _budget(objective)
    return allowed.named(
        title="Bad events allowed",
        description="How many bad events the error budget allows for the events that the period had.",
    )


def error_ratio(objective: Objective | None = None, window: str = "5m") -> Query:
    """Return bad events ÷ all events of the window; no data while idle."""
    return promql.utilisation(bad_rate(objective, window), total_rate(objective, window)).named(
        title=f"Error ratio over {window}",
        description=f"Share of events in the last {window} that were bad. No data while nothing happened.",
    )


def period_error_ratio(objective: Objective | None = None) -> Query:
    """Return bad events ÷ all events of the period."""
    return _of(ERROR_RATIO, objective)


def burn_rate(objective: Objective | None = None, window: str = "1h") -> Query:
    """Return how many times faster than allowed the budget is spent; its thresholds are the alerts' factors."""
    ratio = error_ratio(objective, window)
    burn = ratio / _budget(objective)
    return burn.named(
        title=f"Burn rate over {window}",
        description=f"How many times faster than allowed the last {window} spent the error budget: at 1 the budget "
        "lasts exactly its period, above 1 it runs out early. No data while nothing happened.",
        unit="",
        thresholds=_factors(objective, window),
    )


def budget_left(objective: Objective | None = None) -> Query:
    """Return the share of the period's budget that is left; negative once the objective is missed."""
    return _of(BUDGET_LEFT, objective)


def time_to_exhaustion(objective: Objective | None = None, window: str = "6h") -> Query:
    """Return seconds until the budget is spent if it burns on as in the window; no data when it lasts the period."""
    length = (
        text(objective.period.length) if objective else promql.latest(PERIOD_SECONDS, by=("slo",), aggregation="max")
    )
    left = budget_left(objective).floor(0) * length
    return (left / burn_rate(objective, window).above(1)).named(
        title="Time to exhaustion",
        description=f"When the error budget will be spent if it goes on as in the last {window}. No data means that "
        "it isn't being spent faster than allowed.",
        unit="s",
        thresholds=Thresholds(warning=seconds("3d"), critical=seconds("6h"), direction="below"),
    )


def target(objective: Objective | None = None) -> Query:
    """Return the share of events that must be good; label slo only."""
    return _of(TARGET, objective)


def info(objective: Objective | None = None) -> Query:
    """Return 1 with the labels slo, title, owner, target (in per cent) and window."""
    return _of(INFO, objective)


def _of(signal: Gauge, objective: Objective | None, *, per_second: bool = False) -> Query:
    if objective is None:
        return promql.latest(signal, aggregation=None)
    query = promql.latest(signal, where={"slo": objective.name}, aggregation=None)
    if not query.unit.startswith("events"):
        return query
    return query.named(unit=objective.sli.events + ("/s" if per_second else ""))


def _budget(objective: Objective | None) -> str | Query:
    return text(objective.budget) if objective else promql.latest(ALLOWED, by=("slo",), aggregation="max")


def _factors(objective: Objective | None, window: str) -> Thresholds | None:
    """Return the factor of the pair whose long window this is (of 30 days for all objectives together)."""
    period = objective.period if objective else Period(30 * seconds("1d"))
    for pair in objective.pairs if objective else PAIRS:
        if pair.long == window:
            factor = pair.factor(period)
            return Thresholds(critical=factor) if pair.severity == "critical" else Thresholds(warning=factor)
    return None
