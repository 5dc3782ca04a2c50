"""Alerts of an objective: four on how fast its budget burns, one on having nothing to judge it by."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from rules_lib.durations import seconds
from rules_lib.recording import rate_series, selected
from rules_lib.rule import AlertingRule, Group
from signals_lib.exact import text

if TYPE_CHECKING:
    from rules_lib.burn import BurnPair
    from rules_lib.links import Links
    from rules_lib.objective import Objective

BURN = "ErrorBudgetBurn"
NO_DATA = "SLIWithoutData"
NO_DATA_HOLD = "10m"
WINDOW_LABELS = ("long_window", "short_window")
LEAST_RANGE = "6h"
"""What a dashboard shows of the time before a burn, at the least."""


def group(objective: Objective, *, links: Links, dashboard: str) -> Group:
    """Return the alerts of an objective; `dashboard` is the uid of its page."""
    burns = (_burn(objective, pair, links, dashboard) for pair in objective.pairs)
    rules = (*burns, _no_data(objective, links, dashboard))
    return Group(f"slo-{objective.name}-alerts", objective.windows.events_every, rules)


def burn_labels(objective: Objective, pair: BurnPair) -> dict[str, str]:
    """Return the labels that a pair's rule gives its alerts."""
    windows = (pair.long, pair.short)
    return _labels(objective, pair.severity) | dict(zip(WINDOW_LABELS, windows, strict=True))


def no_data_labels(objective: Objective) -> dict[str, str]:
    """Return the labels that the rule for no data gives its alerts."""
    return _labels(objective, "warning")


def burn_condition(objective: Objective, pair: BurnPair) -> str:
    """Return what a pair's rule asks."""
    threshold = objective.threshold(pair)
    conditions = [f"{_ratio(objective, window)} > {text(threshold)}" for window in (pair.long, pair.short)]
    if least := least_events(objective):
        bad = selected(objective, rate_series("bad", pair.long))
        conditions.append(f"{bad} * {text(seconds(pair.long))} > {text(least)}")
    return " and ".join(conditions)


def least_events(objective: Objective) -> Decimal | None:
    """Return how many bad events a long window must have more of; None where they aren't asked for.

    A rate is extrapolated to the edges of its window, so that 5 events may count as 4.99. A mean over a window that
    isn't full yet stands for all of it: in an objective's first days one failure may count for several in a ticket.
    """
    if objective.sli.countable and objective.min_bad_events:
        return objective.min_bad_events - Decimal("0.5")
    return None


def no_data_condition(objective: Objective) -> str:
    """Return what the rule for no data asks."""
    base, windows = rate_series("total", objective.windows.base), objective.windows
    now, before = selected(objective, base), selected(objective, rate_series("total", windows.longest))
    # The first side knows which environment fell silent, while the longest window remembers it; the second lasts.
    return f"{before} unless {now} or absent({now}) unless on (slo) {before}"


def _burn(objective: Objective, pair: BurnPair, links: Links, dashboard: str) -> AlertingRule:
    threshold = objective.threshold(pair)
    factor, events = text(pair.factor(objective.period)), objective.sli.events
    return AlertingRule(
        BURN,
        burn_condition(objective, pair),
        pair.hold,
        burn_labels(objective, pair),
        {
            "summary": f"{objective.title}{_scope(objective)} burns its error budget more than {factor} times too fast"
            if factor != "1"
            else f"{objective.title}{_scope(objective)} burns its error budget too fast",
            "description": f"In the last {pair.long} {{{{ $value | humanizePercentage }}}} of {events} were bad. "
            f"The objective, {objective.target_text} % over {objective.period.spoken}, allows "
            f"{text(objective.budget * 100)} %; this alert begins at {text(threshold * 100)} %, which spends "
            f"{_share(objective, pair)} % of the period's budget within {pair.long}.",
            "runbook_url": links.runbook(BURN),
            "dashboard_url": links.dashboard(
                dashboard, variables=objective.per, since=max(pair.long, LEAST_RANGE, key=seconds)
            ),
        },
    )


def _no_data(objective: Objective, links: Links, dashboard: str) -> AlertingRule:
    return AlertingRule(
        NO_DATA,
        no_data_condition(objective),
        NO_DATA_HOLD,
        no_data_labels(objective),
        {
            # Where nothing ever had data, the labels aren't known.
            "summary": f"{objective.title}{_scope(objective, known=False)} has no data",
            "description": f"No {objective.sli.events} have been counted for {NO_DATA_HOLD} or longer, not even 0: the "
            "series that the objective is measured by are gone. Its budget stands still, its other alerts are blind.",
            "runbook_url": links.runbook(NO_DATA),
            "dashboard_url": links.dashboard(dashboard, variables=objective.per, since="1d"),
        },
    )


def _ratio(objective: Objective, window: str) -> str:
    bad, total = (selected(objective, rate_series(side, window)) for side in ("bad", "total"))
    return f"{bad} / ({total} > 0)"


def _share(objective: Objective, pair: BurnPair) -> str:
    """Per cent of the period's budget; more than the pair's own share where its factor was raised to 1."""
    spent = 100 * pair.factor(objective.period) * seconds(pair.long) / objective.period.length
    return text(round(spent, 1))


def _labels(objective: Objective, severity: str) -> dict[str, str]:
    return {"severity": severity, "slo": objective.name, "owner": objective.owner}


def _scope(objective: Objective, *, known: bool = True) -> str:
    values = ", ".join(f"{{{{ $labels.{label} }}}}" for label in objective.per)
    if not values:
        return ""
    return f" in {values}" if known else f"{{{{ with $labels.{objective.per[0]} }}}} in {values}{{{{ end }}}}"
