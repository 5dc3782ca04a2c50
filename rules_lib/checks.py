"""What arithmetic forbids an objective: no budget, a budget too small to be measured, alerts that can never fire."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from rules_lib.durations import seconds
from signals_lib.exact import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules_lib.document import Document, Location
    from rules_lib.errors import Problem
    from rules_lib.objective import Objective

LEAST_OUTAGE = Decimal(15)
"""Seconds between scrapes (Prometheus' usual 15 s): what happens within one can't be told apart."""


def objective_problems(objective: Objective, source: Document, at: Location) -> Iterator[Problem]:
    """Yield what is wrong with an objective that its file's form and the catalogue allow."""
    yield from _windows(objective, source, at)
    yield from _budget(objective, source, at)
    yield from _never_fires(objective, source, at)


def _windows(objective: Objective, source: Document, at: Location) -> Iterator[Problem]:
    longest = objective.windows.longest
    if objective.period.length <= seconds(longest):
        yield source.problem(
            (*at, "window"),
            f"the period {objective.period.text} is not longer than the alerts' longest window, {longest}",
            "use 7d, 28d, 30d, 90d or month",
        )


def _budget(objective: Objective, source: Document, at: Location) -> Iterator[Problem]:
    outage = objective.budget * objective.period.length
    if outage < LEAST_OUTAGE:
        highest = 100 * (1 - LEAST_OUTAGE / objective.period.length)
        yield source.problem(
            (*at, "target"),
            f"{objective.target_text} % over {objective.period.text} leaves a budget of {outage.normalize():f} s of "
            f"outage, less than the {LEAST_OUTAGE} s between two scrapes: spent before it can be measured",
            f"at most {text(highest.quantize(Decimal('0.0001'), rounding='ROUND_DOWN'))} is possible over this period",
        )


def _never_fires(objective: Objective, source: Document, at: Location) -> Iterator[Problem]:
    never = [pair for pair in objective.pairs if objective.threshold(pair) >= 1]
    if not never:
        return
    steepest = max(never, key=objective.threshold)
    factor, threshold = steepest.factor(objective.period), objective.threshold(steepest)
    least = (100 * (1 - 1 / factor)).quantize(Decimal("0.01"), rounding="ROUND_UP")
    possible = [pair.long for pair in objective.pairs if pair not in never]
    written = (*at, "burn_windows") in source.lines
    yield source.problem(
        (*at, "burn_windows" if written else "target"),
        f"the alert over {', '.join(pair.long for pair in never)} can never fire: over {steepest.long}, burn factor "
        f"{text(factor)} × budget {text(objective.budget)} = {text(threshold)}, and no error ratio is above 1",
        f"raise the target above {text(least)}"
        + (f" or write burn_windows: [{', '.join(possible)}]" if possible else ""),
    )
