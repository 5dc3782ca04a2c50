"""Trials of an objective's rules: its alerts fire just above their thresholds, and not for what must not matter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rules_lib.burn_alerts import BURN, NO_DATA, NO_DATA_HOLD
from rules_lib.burn_trials import no_data_trials, pair_trial
from rules_lib.durations import seconds
from rules_lib.recording import BUDGET_LEFT, ERROR_RATIO, rate_series, selected
from rules_lib.recording_trials import about_trial, alone_trials, elsewhere_trial, long_trials, raw_trial
from rules_lib.rule import AlertingRule
from rules_lib.sli_series import events, source
from rules_lib.trial import Trial, selector, spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from rules_lib.burn import BurnPair
    from rules_lib.objective import Objective
    from rules_lib.rule import Group

TRAFFIC = 1_000_000
"""Events a minute: enough that a share of them is exact."""
HOUR = 60
"""Steps of a minute."""
CLEAR = 2
"""Steps until the first rates are there and evaluated."""


def trials(objective: Objective, alerts: Group) -> Iterator[Trial]:
    """Yield the trials of an objective; `alerts` is its group of alerts (rules_lib.burn_alerts)."""
    rules = [rule for rule in alerts.rules if isinstance(rule, AlertingRule)]
    burns, no_data = rules[:-1], rules[-1]
    labels = _labels(objective)
    yield about_trial(objective)
    yield raw_trial(objective, labels)
    yield elsewhere_trial(objective, labels)
    yield from alone_trials(objective, labels)
    for pair, rule in zip(objective.pairs, burns, strict=True):
        yield _above(objective, pair, rule)
        yield _below(objective, pair)
        yield pair_trial(objective, pair, rule, labels)
    yield from no_data_trials(objective, no_data, labels)
    yield _blip(objective, burns[0])
    yield _restart(objective)
    yield _idle(objective)
    if objective.sli.countable:
        yield _nothing_yet(objective)
    yield _gone(objective, no_data)
    if "bad" in objective.sli.sources:
        yield _late(objective, burns[0])
    for spelling in range(_spellings(objective)):
        yield _spelled(objective, burns[0], spelling)
    if objective.sli.countable and objective.min_bad_events:
        yield _few(objective)


def seldom(objective: Objective) -> Iterator[Trial]:
    """Yield the trials that go over days, to be evaluated every `recording_trials.SELDOM`."""
    return long_trials(objective, _labels(objective))


def _above(objective: Objective, pair: BurnPair, rule: AlertingRule) -> Trial:
    hold = _steps(pair.hold)
    bad = _bad(objective, pair, above=True)
    trial = _trial(
        objective, f"fires over {pair.long}", spans((hold + CLEAR, TRAFFIC - bad)), spans((hold + CLEAR, bad))
    )
    # A gauge tells its share at once, a counter's rate takes two samples.
    trial = trial.silent(BURN, f"{hold if objective.sli.countable else hold - 1}m", long_window=pair.long)
    return trial.fires(rule, f"{hold + CLEAR}m", **_labels(objective))


def _below(objective: Objective, pair: BurnPair) -> Trial:
    steps, bad = CLEAR + 5, _bad(objective, pair, above=False)
    trial = _trial(objective, f"silent over {pair.long}", spans((steps, TRAFFIC - bad)), spans((steps, bad)))
    return trial.untroubled(BURN, f"{steps}m", long_window=pair.long).untroubled(NO_DATA, f"{steps}m")


def _blip(objective: Objective, rule: AlertingRule) -> Trial:
    """Let everything fail for some minutes: the first alert comes, and goes within its short window of the end."""
    pair = objective.pairs[0]
    pages = _minutes(objective.outage_alerts_after(pair)) + CLEAR
    outage = pages + 5
    over = HOUR + outage + _steps(pair.short) + CLEAR
    good, bad = (
        spans((HOUR, TRAFFIC), (outage, 0), (2 * HOUR, TRAFFIC)),
        spans((HOUR, 0), (outage, TRAFFIC), (2 * HOUR, 0)),
    )
    trial = _trial(objective, "an outage alerts in time and is over when it is over", good, bad)
    trial = trial.silent(BURN, f"{HOUR}m", long_window=pair.long)
    trial = trial.fires(rule, f"{HOUR + pages}m", **_labels(objective))
    return trial.silent(BURN, f"{over}m", long_window=pair.long)


def _restart(objective: Objective) -> Trial:
    """Start the counters again at 0: nothing is lost and nothing gained."""
    calm, ends = _calm(objective), 2 * HOUR
    trial = _trial(objective, "a counter reset is no failure", [TRAFFIC - calm] * HOUR, [calm] * HOUR)
    twice = tuple(replace(each, values=f"{each.values} {each.values}") for each in trial.given)
    trial = Trial(trial.name, twice)
    return trial.silent(BURN, f"{HOUR + 5}m").silent(BURN, f"{ends}m").silent(NO_DATA, f"{ends}m")


def _idle(objective: Objective) -> Trial:
    """Pass hours without an event, which are neither good nor bad; the budget stays a number."""
    steps = 3 * HOUR
    if not objective.sli.countable:
        return _trial(objective, "all is well", [1] * steps, [0] * steps).silent(BURN, f"{steps}m")
    trial = _trial(objective, "an idle night", spans((HOUR, TRAFFIC), (steps, 0)), spans((HOUR + steps, 0)))
    end = f"{HOUR + steps}m"
    own = {"slo": objective.name, **_labels(objective)}
    left = (selector(BUDGET_LEFT, own), 1.0)
    trial = trial.silent(BURN, end).silent(NO_DATA, end)
    for window in filter(objective.windows.is_raw, objective.windows.all):
        bad = rate_series("bad", window)
        trial = trial.expect(selected(objective, bad), end, (selector(bad, own), 0.0))
    return trial.expect(selected(objective, BUDGET_LEFT), end, left)


def _nothing_yet(objective: Objective) -> Trial:
    """Count no event since the period began: nothing divided by nothing is no budget, neither spent nor left."""
    trial = _trial(objective, "nothing has happened yet", [0] * HOUR, [0] * HOUR)
    for series in (ERROR_RATIO, BUDGET_LEFT):
        trial = trial.expect(selected(objective, series), f"{HOUR}m")
    return trial


def _gone(objective: Objective, rule: AlertingRule) -> Trial:
    """End all series, none of which told of a failure: the objective says that it is blind."""
    lead, base = 10, _steps(objective.windows.base)
    trial = _trial(objective, "series that vanish", [TRAFFIC] * lead, [0] * lead, late=objective.sli.countable)
    ended = tuple(replace(each, values=f"{each.values} stale") for each in trial.given)
    hold = lead + base + _steps(NO_DATA_HOLD)
    trial = Trial(trial.name, ended).silent(NO_DATA, f"{lead}m").silent(NO_DATA, f"{hold - 4}m")
    return trial.fires(rule, f"{hold + CLEAR}m", **_labels(objective))


def _late(objective: Objective, rule: AlertingRule) -> Trial:
    """Expose no failures before the first one; until then they are 0, then all of them count."""
    pages = _minutes(objective.outage_alerts_after(objective.pairs[0])) + CLEAR + 1
    good, bad = spans((HOUR, TRAFFIC), (HOUR, 0)), spans((HOUR, 0), (HOUR, TRAFFIC))
    trial = _trial(objective, "a failure counter that comes with the first failure", good, bad, late=True)
    own = {"slo": objective.name, **_labels(objective)}
    trial = trial.expect(selected(objective, BUDGET_LEFT), f"{HOUR - 1}m", (selector(BUDGET_LEFT, own), 1.0))
    for window in filter(objective.windows.is_raw, objective.windows.all):
        series = rate_series("bad", window)
        trial = trial.expect(selected(objective, series), f"{HOUR - 1}m", (selector(series, own), 0.0))
    return trial.silent(BURN, f"{HOUR}m").fires(rule, f"{HOUR + pages}m", **_labels(objective))


def _spelled(objective: Objective, rule: AlertingRule, spelling: int) -> Trial:
    """Write the bound in one way: what is slow is seen, and what is fast isn't taken for slow."""
    pages = _minutes(objective.outage_alerts_after(objective.pairs[0])) + CLEAR
    good, bad = spans((HOUR, TRAFFIC), (HOUR, 0)), spans((HOUR, 0), (HOUR, TRAFFIC))
    name = f"the bucket's bound in spelling {spelling + 1}"
    trial = _trial(objective, name, good, bad, spelling=spelling).silent(BURN, f"{HOUR}m")
    return trial.fires(rule, f"{HOUR + pages}m", **_labels(objective))


def _few(objective: Objective) -> Trial:
    """Count an event in 20 minutes, one of them bad: nothing to get up for."""
    event, nothing = [1, *[0] * 19], [0] * 20
    good, bad = event * 9 + nothing + event * 6, nothing * 9 + event + nothing * 6
    trial = _trial(objective, "one failure among few events", good, bad)
    own = {"slo": objective.name, **_labels(objective)}
    # Not even one event is seen as a whole one by then, and yet it is the ratio of all there was.
    trial = trial.expect(selected(objective, ERROR_RATIO), "6m", (selector(ERROR_RATIO, own), 0.0))
    for at in range(9 * 20 + CLEAR, 11 * 20, CLEAR):
        trial = trial.silent(BURN, f"{at}m", severity="critical")
    return trial


def _trial(
    objective: Objective, name: str, good: Sequence[int], bad: Sequence[int], *, late: bool = False, spelling: int = 0
) -> Trial:
    return Trial(name, events(objective.sli, good, bad, late=late, spelling=spelling, labels=_labels(objective)))


def _labels(objective: Objective) -> dict[str, str]:
    return {label: f"some-{label}" for label in objective.per if label != "job"}


def _bad(objective: Objective, pair: BurnPair, *, above: bool) -> int:
    """Bad events a minute that are 2 % more, or less, than a pair takes."""
    return round(TRAFFIC * objective.threshold(pair) * (102 if above else 98) / 100)


def _calm(objective: Objective) -> int:
    """Bad events a minute that wake nobody."""
    return round(TRAFFIC * min(map(objective.threshold, objective.pairs)) / 2)


def _spellings(objective: Objective) -> int:
    good = objective.sli.sources.get("good")
    matchers = {} if good is None else dict(source(good).matchers)
    return len(matchers["le"].literals) if "le" in matchers else 0


def _steps(duration: str) -> int:
    return int(seconds(duration)) // 60


def _minutes(length: Decimal) -> int:
    """Whole minutes, rounded up."""
    return -(-int(length) // 60)
