"""Trials of an objective's alerts by themselves: what they read is put in, each of their conditions in turn unmet.

The numbers are such that just what is asked decides: the ratio or the events stand on their threshold or a millionth
above it, and the other windows' series say the contrary.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rules_lib.burn_alerts import BURN, NO_DATA, NO_DATA_HOLD, least_events
from rules_lib.durations import seconds
from rules_lib.recording import SIDES, rate_series
from rules_lib.trial import Given, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rules_lib.burn import BurnPair
    from rules_lib.objective import Objective
    from rules_lib.rule import AlertingRule

Rates = tuple[float, float]
"""Events and bad events a second."""

IDLE: Rates = (0.0, 0.0)
ALL_BAD: Rates = (1.0, 1.0)
LASTS = 2
"""Steps that each case lasts."""
ABOVE = 1 + 1e-6


def pair_trial(objective: Objective, pair: BurnPair, rule: AlertingRule, labels: Mapping[str, str]) -> Trial:
    """Let all conditions but one hold, one after the other; then all, for as long as the alert waits."""
    cases = [*_not_met(objective, pair)]
    wait = int(seconds(pair.hold)) // 60
    begins = LASTS * len(cases)
    values = {
        window: [case.get(window, IDLE) for case in cases for _ in range(LASTS)]
        + [_met(objective, pair).get(window, IDLE)] * (wait + LASTS)
        for window in objective.windows.all
    }
    # Windows that are means of the base follow from it where it is put in.
    windows = [window for window in values if pair.short != objective.windows.base or objective.windows.is_raw(window)]
    windows = [window for window in windows if window != objective.windows.base or pair.short == window]
    given = tuple(series for window in windows for series in _given(objective, window, values[window], labels))
    trial = Trial(f"each condition over {pair.long} counts", given)
    for at in range(1, begins, LASTS):
        trial = trial.untroubled(BURN, f"{at}m", long_window=pair.long)
    trial = trial.silent(BURN, f"{begins + wait - 1}m", long_window=pair.long)
    return trial.fires(rule, f"{begins + wait}m", **labels)


def _met(objective: Objective, pair: BurnPair) -> dict[str, Rates]:
    """Return rates that barely do: hardly enough bad events, hardly too many of all."""
    threshold = float(objective.threshold(pair)) * ABOVE
    least = least_events(objective)
    bad = float(least) * ABOVE / float(seconds(pair.long)) if least else threshold
    return dict.fromkeys((pair.long, pair.short), (bad / threshold, bad))


def _not_met(objective: Objective, pair: BurnPair) -> Iterator[dict[str, Rates]]:
    met, others = _met(objective, pair), dict.fromkeys(objective.windows.all, ALL_BAD)
    on_threshold = (1.0, float(objective.threshold(pair)))
    for window in (pair.long, pair.short):
        yield others | {window: on_threshold}
        yield others | {window: IDLE}
        # Nothing happened, and yet something went wrong: a division by 0 is above every threshold.
        yield met | {window: (0.0, 1.0)}
    if least := least_events(objective):
        bad = _quotient(float(least), float(seconds(pair.long)))
        yield others | {pair.long: (bad, bad)}


def _quotient(product: float, factor: float) -> float:
    """Return the number that Prometheus multiplies by the factor to get just the product, or one just below."""
    number = product / factor
    while number * factor > product:
        number = math.nextafter(number, 0)
    return number


def _given(objective: Objective, window: str, rates: Sequence[Rates], labels: Mapping[str, str]) -> Iterator[Given]:
    own = {"slo": objective.name, **labels}
    for side, values in zip(SIDES, zip(*rates, strict=True), strict=True):
        yield Given(rate_series(side, window), own, " ".join(map(repr, values)))


def no_data_trials(objective: Objective, rule: AlertingRule, labels: Mapping[str, str]) -> Iterator[Trial]:
    """Let an objective have no data while another one has; then for one of two environments, if they count apart."""
    wait = int(seconds(NO_DATA_HOLD)) // 60
    base, longest = (rate_series("total", window) for window in (objective.windows.base, objective.windows.longest))
    other = {"slo": f"not-{objective.name}", **labels}
    there = tuple(Given(series, other, f"1x{2 * wait}") for series in (base, longest))
    # What longer windows still know doesn't count.
    known = Given(_longer(objective), {"slo": objective.name, **labels}, f"1x{2 * wait}")
    never = Trial("no data from the start, while another objective has some", (*there, known))
    never = never.silent(NO_DATA, f"{wait - 1}m")
    yield never.fires(rule, f"{wait}m")
    if not labels:
        return
    gone = {"slo": objective.name, **labels}
    going = gone | {label: f"other-{label}" for label in labels}
    given = (Given(base, going, f"1x{4 * wait}"), Given(base, gone, f"1x{wait} stale"))
    trial = Trial("no data of one part, while the other has some", (*given, *there))
    trial = trial.untroubled(NO_DATA, f"{wait}m").silent(NO_DATA, f"{2 * wait}m")
    yield trial.fires(rule, f"{2 * wait + 1}m", **labels)


def _longer(objective: Objective) -> str:
    """Return the series of all events over the second shortest window."""
    return rate_series("total", objective.windows.all[1])
