"""Recording rules of an objective: rates of events for every window, and what is left of the budget.

Events are recorded, never ratios: a ratio of sums weighs every event the same, whereas a mean of ratios lets a night
with three requests outweigh a day with millions, and one idle 0/0 = NaN poisons its sum for the whole period. Only the
last step divides, and only where something happened. Samples that are missing (Prometheus was down) miss on both
sides. The budget needs the samples of the whole period: `--storage.tsdb.retention.time` must be longer, and its
default, 15 d, is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.durations import seconds
from rules_lib.rule import Group, RecordingRule
from signals_lib.exact import text
from signals_lib.query import DEFAULT_WINDOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules_lib.objective import Objective

SIDES = ("total", "bad")

ERROR_RATIO = "slo:error_ratio:period"
BUDGET_LEFT = "slo:budget_left:ratio"
TARGET = "slo:objective:target"
ALLOWED = "slo:objective:budget"
PERIOD_SECONDS = "slo:period:seconds"
INFO = "slo:objective:info"


def rate_series(side: str, window: str) -> str:
    """Name the series of events a second ("total" or "bad") over a window."""
    return f"slo:{side}_events:rate{window}"


def period_series(side: str) -> str:
    """Name the series of events ("total" or "bad") in the period."""
    return f"slo:{side}_events:increase_period"


def month_series(side: str) -> str:
    """Name the series of events a second with the calendar month they fall in as label `month`."""
    return f"slo:{side}_events:month"


def groups(objective: Objective) -> tuple[Group, Group]:
    """Return the group of event rates and the group of the budget, which is dearer and slower."""
    windows = objective.windows
    return (
        Group(f"slo-{objective.name}-events", windows.events_every, tuple(_events(objective))),
        Group(f"slo-{objective.name}-budget", windows.budget_every, tuple(_budget(objective))),
    )


def _events(objective: Objective) -> Iterator[RecordingRule]:
    windows, sli = objective.windows, objective.sli
    templates = {"total": sli.total.expr, "bad": sli.bad.expr}
    for window in windows.all:
        for side in SIDES:
            if windows.is_raw(window):
                expr = templates[side].replace(DEFAULT_WINDOW, window)
            else:
                expr = f"avg_over_time({selected(objective, rate_series(side, windows.base))}[{window}])"
            yield _recorded(objective, rate_series(side, window), expr)
    if objective.period.calendar:
        for side in SIDES:
            # A new month is a new series, so that the sum below starts anew without knowing the date.
            base = selected(objective, rate_series(side, windows.base))
            month = 'on () group_left (month) count_values("month", month())'
            yield _recorded(objective, month_series(side), f"{base} * {month}")


def _budget(objective: Objective) -> Iterator[RecordingRule]:
    for side in SIDES:
        yield _recorded(objective, period_series(side), _in_period(objective, side))
    bad, total, ratio = (
        selected(objective, series) for series in (period_series("bad"), period_series("total"), ERROR_RATIO)
    )
    yield _recorded(objective, ERROR_RATIO, f"{bad} / ({total} > 0)")
    yield _recorded(objective, BUDGET_LEFT, f"1 - {ratio} / {text(objective.budget)}")
    yield _recorded(objective, TARGET, f"vector({text(objective.target_share)})")
    yield _recorded(objective, ALLOWED, f"vector({text(objective.budget)})")
    yield _recorded(objective, PERIOD_SECONDS, f"vector({text(objective.period.length)})")
    yield RecordingRule(INFO, "vector(1)", about(objective))


def _in_period(objective: Objective, side: str) -> str:
    """Events = seconds between samples × sum of the rates: each event is in as many samples as fit in a base window."""
    step, reach = text(seconds(objective.windows.events_every)), objective.period.reach
    if not objective.period.calendar:
        return f"{step} * sum_over_time({selected(objective, rate_series(side, objective.windows.base))}[{reach}])"
    month = selected(objective, month_series(side))
    return f"sum without (month) ({step} * sum_over_time({month}[{reach}]) and {month})"


def about(objective: Objective) -> dict[str, str]:
    """Return the labels that tell what an objective is."""
    return _labels(objective) | {
        "title": objective.title,
        "owner": objective.owner,
        "target": objective.target_text,
        "window": objective.period.text,
    }


def _labels(objective: Objective) -> dict[str, str]:
    return {"slo": objective.name}


def selected(objective: Objective, series: str) -> str:
    """Select an objective's own series of a recorded name."""
    return f'{series}{{slo="{objective.name}"}}'


def _recorded(objective: Objective, series: str, expr: str) -> RecordingRule:
    return RecordingRule(series, expr, _labels(objective))
