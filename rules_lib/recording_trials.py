"""Trials of what an objective records: each window sees its own time and nothing else, the budget is the events' own.

What a window of days holds takes days to try, so these trials evaluate seldom, and are in a file of their own.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from rules_lib import recording
from rules_lib.durations import duration, seconds
from rules_lib.recording import SIDES, period_series, rate_series, selected
from rules_lib.sli_series import events, source
from rules_lib.trial import Given, Trial, selector, spans, twice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rules_lib.objective import Objective

SELDOM = "59m"
"""Between evaluations. No window is a multiple of it, so no sample stands on a window's edge: Prometheus 2 counts it, 3
doesn't."""
SCRAPE = "15s"
MINUTE = 4
"""Scrapes of a minute."""
HOUR = 60 * MINUTE
FEW, MANY = 600, 60_000
"""Events a scrape, before and after the change."""
PART = 0.75
"""How much of a window lies after the change: not half, so that a window of half or double the length is told."""
DAY = int(seconds("1d"))


def raw_trial(objective: Objective, labels: Mapping[str, str]) -> Trial:
    """Let events become many, on each of two series and in a job that doesn't count; see it in each raw window."""
    before, after = 2 * HOUR, HOUR
    good, bad = spans((before, FEW), (after, MANY)), spans((before, FEW // 100), (after, MANY // 2))
    mine = twice(once := events(objective.sli, good, bad, labels=labels))
    # Half as much of what doesn't count, so that it can't be taken for what does.
    given = (*mine, *_elsewhere(once), *_other_buckets(once))
    trial = Trial("each short window sees its own time", given, interval=SCRAPE)
    own = {"slo": objective.name, **labels}
    for window in filter(objective.windows.is_raw, objective.windows.all):
        length = int(seconds(window))
        new = -(-int(PART * length) // 60) * 60
        shares = {"before": 1 - new / length, "after": new / length}
        at = duration(seconds("2h") + new)
        for side, value in _seen(objective, shares).items():
            trial = trial.near(selected(objective, rate_series(side, window)), value, at, within=0.1, labels=own)
    return trial


def alone_trials(objective: Objective, labels: Mapping[str, str]) -> Iterator[Trial]:
    """Yield trials in which what one side counts doesn't exist, so that it is 0; then the other side ends too."""
    sides = [*objective.sli.sources]
    if len(sides) == 2:
        for side in sides if "total" not in sides else ["total"]:
            yield _alone(objective, labels, side, sides.index(side))


def _alone(objective: Objective, labels: Mapping[str, str], side: str, place: int) -> Trial:
    own = {"slo": objective.name, **labels}
    given = events(objective.sli, [MANY * (side != "bad")] * HOUR, [MANY * (side != "good")] * HOUR, labels=labels)
    kept = twice(given[place : place + 1])
    ended = tuple(replace(each, values=f"{each.values} stale") for each in kept)
    trial = Trial(f"only {side} events are counted", ended, interval=SCRAPE)
    for window in filter(objective.windows.is_raw, objective.windows.all):
        length = int(seconds(window))
        part, end = -(-int(PART * length) // 60) * 60, int(seconds("1h"))
        for kind, rate in _left(objective, side).items():
            name = rate_series(kind, window)
            series = selected(objective, name)
            # So many samples at the edge of a short window make the second a rough one.
            for at, share, within in ((part, part / length, 0.1), (end + part, 1 - part / length, 0.4)):
                if rate:
                    trial = trial.near(series, rate * share, _clock(at), within=within, labels=own)
                else:
                    trial = trial.expect(series, _clock(at), (selector(name, own), 0))
            trial = trial.expect(series, _clock(end + length + 120))
    return trial


def _left(objective: Objective, side: str) -> dict[str, float]:
    """Return the rates when only one side of the events exists: what is missing is 0."""
    sources = objective.sli.sources
    signals = {source(query).signal.name for query in sources.values()}
    # A signal of its own counts good and bad events; where it is the same signal, what is left of it are the others.
    rate = 2 * MANY * MINUTE / 60 * (2 if side == "total" and len(signals) > 1 else 1)
    return {"total": rate, "bad": 0.0 if side == "good" or (side == "total" and "bad" in sources) else rate}


def _clock(at: int) -> str:
    return duration(Decimal(at))


def elsewhere_trial(objective: Objective, labels: Mapping[str, str]) -> Trial:
    """Let the same series exist in another job only: nothing is recorded."""
    given = events(objective.sli, [FEW] * 10, [FEW] * 10, labels=labels)
    trial = Trial("events of another job are none of it", _elsewhere(given))
    for window in filter(objective.windows.is_raw, objective.windows.all):
        for side in SIDES:
            trial = trial.expect(selected(objective, rate_series(side, window)), "10m")
    return trial


def _elsewhere(series: Iterable[Given]) -> tuple[Given, ...]:
    """Move series to a job that their signal isn't of."""
    return tuple(replace(each, labels={**each.labels, "job": "another-job"}) for each in series)


def _other_buckets(series: Iterable[Given]) -> tuple[Given, ...]:
    """Put beside each bucket the last one, which holds the same and must not be added to it."""
    return tuple(replace(each, labels={**each.labels, "le": "+Inf"}) for each in series if "le" in each.labels)


def _seen(objective: Objective, shares: Mapping[str, float]) -> dict[str, float]:
    """Return the rates of a window that saw so much of the time before and after the change."""
    levels = {"before": (FEW, FEW // 100), "after": (MANY, MANY // 2)}
    total = bad = 0.0
    for when, share in shares.items():
        good, wrong = levels[when]
        if objective.sli.countable:
            total += 2 * share * (good + wrong) * MINUTE / 60
            bad += 2 * share * wrong * MINUTE / 60
        else:
            total += 2 * share
            bad += 2 * share * wrong / (good + wrong)
    return {"total": total, "bad": bad}


def long_trials(objective: Objective, labels: Mapping[str, str]) -> Iterator[Trial]:
    """Yield the trials to be evaluated every `SELDOM`."""
    yield _long_windows(objective, labels)
    yield _period(objective, labels)


def _long_windows(objective: Objective, labels: Mapping[str, str]) -> Trial:
    """Let the recorded base become many times as much, when the longest window has seen more than it can hold."""
    own = {"slo": objective.name, **labels}
    longest = _samples(objective.windows.longest)
    before, windows = 2 * longest, [each for each in objective.windows.all if not objective.windows.is_raw(each)]
    levels = {"total": (10.0, 1000.0), "bad": (1.0, 200.0)}
    values = {side: f"{low!r}x{before - 1} {high!r}x{longest}" for side, (low, high) in levels.items()}
    trial = Trial("each long window sees its own time", _recorded(objective, values, labels), interval=SELDOM)
    for window in windows:
        holds = _samples(window)
        new = max(1, round(PART * holds))
        for side, (low, high) in levels.items():
            value = (new * high + (holds - new) * low) / holds
            trial = trial.near(selected(objective, rate_series(side, window)), value, _at(before + new - 1), labels=own)
    return trial


def _period(objective: Objective, labels: Mapping[str, str]) -> Trial:
    """Begin with a busy bad day that the period must forget, and count the rest of it, event by event."""
    own = {"slo": objective.name, **labels}
    last, steps = _samples(objective.period.reach) + _samples("2d"), float(seconds(objective.windows.events_every))
    busy = _samples("1d")
    rates = {"total": (500.0, 20.0), "bad": (100.0, 0.5 * 20.0 * float(objective.budget))}
    values = {side: f"{early!r}x{busy - 1} {later!r}x{last - busy}" for side, (early, later) in rates.items()}
    other = Given(recording.ERROR_RATIO, {"slo": f"not-{objective.name}", **labels}, f"1x{last}")
    trial = Trial("the period counts its events", (*_recorded(objective, values, labels), other), interval=SELDOM)
    for at in (busy // 2, last):
        seen = [place for place in range(at + 1) if _is_inside(objective, place, at)]
        counted = {
            side: steps * sum(early if place < busy else later for place in seen)
            for side, (early, later) in rates.items()
        }
        ratio = counted["bad"] / counted["total"]
        left = 1 - ratio / float(objective.budget)
        for side in SIDES:
            trial = trial.near(selected(objective, period_series(side)), counted[side], _at(at), labels=own)
        trial = trial.near(selected(objective, recording.ERROR_RATIO), ratio, _at(at), labels=own)
        trial = trial.near(selected(objective, recording.BUDGET_LEFT), left, _at(at), labels=own)
    return trial


def _recorded(objective: Objective, values: Mapping[str, str], labels: Mapping[str, str]) -> tuple[Given, ...]:
    """Put in the recorded base, and the same of another objective, which must count for nothing."""
    base = objective.windows.base
    return tuple(
        Given(rate_series(side, base), {"slo": name, **labels}, text)
        for name in (objective.name, f"not-{objective.name}")
        for side, text in values.items()
    )


def _is_inside(objective: Objective, place: int, at: int) -> bool:
    """Whether a sample counts at a time; promtool begins on 1 January 1970."""
    step = int(seconds(SELDOM))
    if objective.period.calendar:
        january = 31 * DAY
        return (place * step < january) == (at * step < january)
    return (at - place) * step < objective.period.length


def _samples(window: str) -> int:
    """Return how many samples lie in a window that ends on one."""
    return int(seconds(window) // seconds(SELDOM)) + 1


def _at(place: int) -> str:
    return duration(place * seconds(SELDOM)) if place else "0s"


def about_trial(objective: Objective) -> Trial:
    """Expect what is known of an objective without any event."""
    trial = Trial("what the objective is", ())
    own = {"slo": objective.name}
    known = {
        recording.TARGET: float(objective.target_share),
        recording.ALLOWED: float(objective.budget),
        recording.PERIOD_SECONDS: float(objective.period.length),
    }
    for series, value in known.items():
        trial = trial.expect(series, "1m", (selector(series, own), value))
    return trial.expect(recording.INFO, "1m", (selector(recording.INFO, recording.about(objective)), 1))
