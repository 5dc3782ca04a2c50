"""Trials of threshold alerts: each severity fires on its side of the threshold, only there, and in its time."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from rules_lib.durations import seconds
from rules_lib.shapes import VOLUME
from rules_lib.trial import Trial, after_idling, selector, spans, then_idling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rules_lib.links import Links
    from rules_lib.rule import AlertingRule
    from rules_lib.shapes import Shape
    from rules_lib.threshold_alert import Severity, ThresholdAlert
    from rules_lib.trial import Given

CALM = 30
"""Steps before something happens."""
CLEAR = 2
ASIDE = 0.025
"""How far from its floor the number of events is tried, as a share of it."""
MARGIN = 0.02
"""How far from its threshold a value is tried, as a share of it."""


def trials(alert: ThresholdAlert, links: Links) -> Iterator[Trial]:
    """Yield the trials of an alert that has a shape."""
    if alert.shape is None:
        raise ValueError(f"{alert.name} has no shape to try it with")
    rules = alert.rules(links)
    for severity, rule in zip(alert.severities, rules, strict=True):
        yield _fires(alert, severity, rule)
        yield _silent(alert, severity)
        if _steps(alert.hold):
            yield _waits(alert, severity, rule)
        if not alert.whole and not _ranges(alert):
            yield _touches(alert, severity, rule)
    yield _recovers(alert)
    if alert.remembers:
        yield _forgets(alert)
    yield from _volumes(alert, rules)
    yield _elsewhere(alert)
    if _picks(alert):
        yield _one_of_two(alert, rules, told_by="shard")
    yield from _other_shapes(alert, rules)


def _other_shapes(alert: ThresholdAlert, rules: Sequence[AlertingRule]) -> Iterator[Trial]:
    """Yield what is about series of other kinds."""
    for what, shape in alert.innocent.items():
        yield _innocent(alert, what, shape)
    for what, shape in alert.guilty.items():
        yield _guilty(alert, what, shape, rules)
    for what, shape in alert.alike.items():
        for severity, rule in zip(alert.severities, rules, strict=True):
            yield _fires(replace(alert, shape=shape), severity, rule, of=what)
            yield _silent(replace(alert, shape=shape), severity, of=what)
            if _is_linear(alert):
                yield _blip(replace(alert, shape=shape), severity, of=what)


def _volumes(alert: ThresholdAlert, rules: Sequence[AlertingRule]) -> Iterator[Trial]:
    """Yield what is about how much there is, where, and when."""
    if alert.floor is not None:
        yield _few(alert)
        yield _enough(alert, rules)
        yield _one_of_two(alert, rules)
    if _is_linear(alert):
        yield _blip(alert, _mildest(alert))
        if _is_relative(alert) and alert.adds_up:
            for severity in alert.severities:
                yield _traffic(alert, severity, rising=True)
                yield _traffic(alert, severity, rising=False)


def _is_linear(alert: ThresholdAlert) -> bool:
    """Whether a range of time has the mean of what was in it, as rates have and quantiles and forecasts haven't."""
    functions = ("rate(", "increase(")
    expr = alert.expr(alert.severities[0])
    return _above(alert) and any(each in expr for each in functions) and "histogram_quantile(" not in expr


def _fires(alert: ThresholdAlert, severity: Severity, rule: AlertingRule, *, of: str = "") -> Trial:
    """Cross the threshold for long enough: it fires, with the labels of the series, no later than it must."""
    hold, settles = _steps(alert.hold), _settles(alert)
    values = spans((CALM, _good(alert)), (settles + hold + 2 * CLEAR, _beyond(alert, severity)))
    trial = _trial(alert, _about(f"{severity} fires", of), values).silent(alert.name, f"{CALM}m")
    return trial.fires(rule, f"{CALM + settles + hold + 1}m", **_labels(alert, trial))


def _silent(alert: ThresholdAlert, severity: Severity, *, of: str = "") -> Trial:
    """Stay just within the threshold, for as long as it likes."""
    steps = CALM + _settles(alert) + _steps(alert.hold) + CLEAR
    trial = _trial(alert, _about(f"{severity} stays silent", of), spans((steps, _within(alert, severity))))
    return trial.silent(alert.name, f"{steps}m", severity=severity)


def _about(what: str, of: str) -> str:
    return f"{what}: {of}" if of else what


def _waits(alert: ThresholdAlert, severity: Severity, rule: AlertingRule) -> Trial:
    """Become as bad as can be: it fires once that has lasted, and not before."""
    hold, crossed = _steps(alert.hold), _crossed(alert, severity)
    values = spans((CALM, _good(alert)), (crossed + hold + CLEAR, _worst(alert)))
    quiet = CALM + hold + max(0, _crosses(alert, severity) - 1)
    trial = _trial(alert, f"{severity} waits", values).silent(alert.name, f"{quiet}m", severity=severity)
    return trial.fires(rule, f"{CALM + crossed + hold + 1}m", **_labels(alert, trial))


def _crossed(alert: ThresholdAlert, severity: Severity) -> int:
    """Return after how many steps of the worst the threshold is crossed, at the latest."""
    settles = _settles(alert)
    steep = _is_linear(alert) and _worst(alert) >= 3 * float(alert.level(severity))
    return settles // 3 + 1 if settles and steep else settles


def _crosses(alert: ThresholdAlert, severity: Severity) -> int:
    """Return after how many steps of the worst the threshold is crossed, at the earliest."""
    if not _is_linear(alert):
        return 0
    good, level, worst = _good(alert), float(alert.level(severity)), _worst(alert)
    return int(_settles(alert) * (level - good) / (worst - good))


def _touches(alert: ThresholdAlert, severity: Severity, rule: AlertingRule) -> Trial:
    """Stand on the threshold itself, which is beyond it unless the alert is on what is below."""
    hold, level = _steps(alert.hold), float(alert.level(severity))
    trial = _trial(alert, f"{severity} on its threshold", spans((hold + CLEAR, level)))
    if _above(alert):
        return trial.fires(rule, f"{hold + 1}m", **_labels(alert, trial))
    return trial.silent(alert.name, f"{hold + 1}m", severity=severity)


def _recovers(alert: ThresholdAlert) -> Trial:
    """Be as bad as can be, then good again: the alert ends when the bad time has left its window."""
    hold, settles = _steps(alert.hold), _settles(alert)
    lasts = settles + hold + 2 * CLEAR
    values = spans((CALM, _good(alert)), (lasts, _worst(alert)), (settles + CALM, _good(alert)))
    trial = _trial(alert, "ends when it is over", values)
    return trial.silent(alert.name, f"{CALM + lasts + settles + CLEAR}m")


def _forgets(alert: ThresholdAlert) -> Trial:
    """Stay bad: the alert lasts as long as it remembers what was, and no longer."""
    remembers = _steps(alert.remembers)
    trial = _trial(alert, "forgets", spans((CALM, _good(alert)), (remembers + CALM, _worst(alert))))
    own = {"alertname": alert.name, "alertstate": "firing"}
    lasting = f"count({selector('ALERTS', own)})"
    trial = trial.expect(lasting, f"{CALM + remembers - CLEAR}m", ("{}", 1))
    return trial.silent(alert.name, f"{CALM + remembers + CLEAR}m")


def _elsewhere(alert: ThresholdAlert) -> Trial:
    """Be as bad as can be in a job that isn't watched."""
    steps = CALM + _settles(alert) + _steps(alert.hold)
    trial = _trial(
        alert, "what happens in another job is none of it", spans((CALM, _good(alert)), (steps, _worst(alert)))
    )
    moved = tuple(replace(each, labels={**each.labels, "job": "another-job"}) for each in trial.given)
    return Trial(trial.name, moved).untroubled(alert.name, f"{CALM + steps}m")


def _few(alert: ThresholdAlert) -> Trial:
    """Have a few events less than the alert judges by, most of them bad."""
    trial, steps = _with_floor(alert, "too few to judge by", _mostly(alert), share=1 - ASIDE)
    return trial.silent(alert.name, f"{steps}m")


def _enough(alert: ThresholdAlert, rules: Sequence[AlertingRule]) -> Trial:
    """Have a few events more than it judges by, most of them bad."""
    trial, steps = _with_floor(alert, "just enough to judge by", _mostly(alert), share=1 + ASIDE)
    return _all_fire(alert, rules, trial, steps)


def _with_floor(alert: ThresholdAlert, name: str, value: float, *, share: float) -> tuple[Trial, int]:
    """Begin a trial whose events in the window are this share of the floor; return its last step too."""
    assert alert.floor is not None  # noqa: S101 - for the type checker
    steps = CALM + _settles(alert) + _steps(alert.hold)
    return _trial(alert, name, spans((steps, value)), share * alert.floor.least / _steps(alert.window)), steps


def _one_of_two(alert: ThresholdAlert, rules: Sequence[AlertingRule], *, told_by: str = "instance") -> Trial:
    """Let one of two series be as bad as can be and the other as good: together, or by the worse, they are bad."""
    steps = CALM + _settles(alert) + _steps(alert.hold)
    good, bad = (_made(alert, [value] * steps) for value in (_good(alert), _worst(alert)))
    return _all_fire(alert, rules, _begun(alert, f"one of two, by {told_by}", good, bad, told_by=told_by), steps)


def _all_fire(alert: ThresholdAlert, rules: Sequence[AlertingRule], trial: Trial, steps: int) -> Trial:
    for rule in rules:
        trial = trial.fires(rule, f"{steps}m", **_labels(alert, trial))
    return trial


def _blip(alert: ThresholdAlert, severity: Severity, *, of: str = "") -> Trial:
    """Be so bad for half of the window that the whole of it stays within the threshold."""
    half, level = _settles(alert) // 2, float(alert.level(severity))
    values = spans((CALM, 0.0), (half, _possible(alert, level * 1.5)), (CALM, 0.0))
    only = {"severity": severity} if severity != _mildest(alert) else {}
    trial = _trial(alert, _about(" ".join((*only.values(), "half a window says nothing")), of), values)
    return trial.untroubled(alert.name, f"{CALM + half}m", **only)


def _traffic(alert: ThresholdAlert, severity: Severity, *, rising: bool) -> Trial:
    """Stay just within while the traffic becomes many times as much, or so much less: all windows must see it alike."""
    values, settles = [_within(alert, severity)] * CALM, _settles(alert)
    shift = after_idling if rising else then_idling
    changing = [replace(each, values=shift(each.values, CALM)) for each in _made(alert, values, 9 * VOLUME)]
    name = f"{severity} says nothing of traffic that {'rises' if rising else 'falls'}"
    trial = _begun(alert, name, _made(alert, values * 2), changing, told_by="shard")
    for at in (1, settles // 2, settles):
        trial = trial.untroubled(alert.name, f"{CALM + at}m", severity=severity)
    return trial


def _innocent(alert: ThresholdAlert, what: str, shape: Shape) -> Trial:
    """Be as bad as can be, where that isn't what the alert is about."""
    steps = CALM + _settles(alert) + _steps(alert.hold)
    trial = Trial(f"{alert.name}: {what}", shape(spans((steps, _worst(alert))), VOLUME))
    return trial.silent(alert.name, f"{steps}m")


def _guilty(alert: ThresholdAlert, what: str, shape: Shape, rules: Sequence[AlertingRule]) -> Trial:
    """Be as bad as can be in another way."""
    steps = CALM + _settles(alert) + _steps(alert.hold)
    trial = Trial(f"{alert.name}: {what}", shape(spans((steps, _worst(alert))), VOLUME))
    return _all_fire(alert, rules, trial, steps)


def _trial(alert: ThresholdAlert, name: str, values: list[float], volume: float = VOLUME) -> Trial:
    """Begin a trial with the alert's series; where it adds up, two series of each have half of it."""
    if not (alert.adds_up or _sums(alert)):
        return _begun(alert, name, _made(alert, values, volume))
    # What is relative stays the same when there is less of all.
    halves = values if _is_relative(alert) else [value / 2 for value in values]
    one = _made(alert, halves, volume / 2)
    return _begun(alert, name, one, one, told_by="instance" if alert.adds_up else "shard")


def _begun(alert: ThresholdAlert, name: str, *series: Iterable[Given], told_by: str = "instance") -> Trial:
    """Begin a trial with one or more times the same series, told apart by a label that the alert doesn't keep."""
    given = [*series[0]]
    for number, others in enumerate(series[1:], start=2):
        given += (replace(each, labels={**each.labels, told_by: f"{told_by}-{number}"}) for each in others)
    return Trial(f"{alert.name}: {name}", tuple(given))


def _sums(alert: ThresholdAlert) -> bool:
    """Whether it adds up whatever series there are, and half of a value is one."""
    return not alert.whole and {"sum"} == _aggregations(alert)


def _picks(alert: ThresholdAlert) -> bool:
    """Whether it takes the worst of whatever series there are."""
    return {"max" if _above(alert) else "min"} == _aggregations(alert)


def _aggregations(alert: ThresholdAlert) -> set[str]:
    return {*re.findall(r"(\w+) by \(", alert.query.expr)}


def _made(alert: ThresholdAlert, values: list[float], volume: float = VOLUME) -> tuple[Given, ...]:
    assert alert.shape is not None  # noqa: S101 - for the type checker
    return alert.shape(values, volume)


def _is_relative(alert: ThresholdAlert) -> bool:
    return alert.query.unit in {"share", "s"}


def _mildest(alert: ThresholdAlert) -> Severity:
    return "warning" if "warning" in alert.severities else alert.severities[0]


def _above(alert: ThresholdAlert) -> bool:
    return alert.query.thresholds is None or alert.query.thresholds.direction == "above"


def _beyond(alert: ThresholdAlert, severity: Severity) -> float:
    level, sign = float(alert.level(severity)), 1 if _above(alert) else -1
    if alert.whole:
        return level if _above(alert) else level - 1
    return level + sign * MARGIN * abs(level or 1)


def _within(alert: ThresholdAlert, severity: Severity) -> float:
    level, sign = float(alert.level(severity)), 1 if _above(alert) else -1
    if alert.whole:
        return level - 1 if _above(alert) else level
    return _possible(alert, level - sign * MARGIN * abs(level or 1))


def _good(alert: ThresholdAlert) -> float:
    """Return a value that no severity minds."""
    level = float(alert.level(_mildest(alert)))
    if alert.whole:
        return level - 1 if _above(alert) else level
    return level / 2 if _above(alert) else _possible(alert, level + abs(level or 1) * MARGIN)


def _possible(alert: ThresholdAlert, value: float) -> float:
    return min(value, 1.0) if alert.query.unit == "share" else value


def _worst(alert: ThresholdAlert) -> float:
    level = float(alert.level(alert.severities[-1]))
    if alert.query.unit == "share":
        return 1.0 if _above(alert) else 0.0
    return level * 3 if _above(alert) else min(0.0, level - 1)


def _mostly(alert: ThresholdAlert) -> float:
    """Return a value that is bad for every severity, and not as bad as can be."""
    return (float(alert.level(alert.severities[-1])) + _worst(alert)) / 2


def _settles(alert: ThresholdAlert) -> int:
    """Return how many steps after a change nothing before it counts any more."""
    return _steps(alert.settles or (alert.window if _ranges(alert) else "0s"))


def _ranges(alert: ThresholdAlert) -> bool:
    """Whether it looks back over a range of time."""
    return "[" in alert.expr(alert.severities[0])


def _labels(alert: ThresholdAlert, trial: Trial) -> dict[str, str]:
    """Return the labels that the alert has of its series."""
    found = trial.given[0].labels
    return {label: found[label] for label in alert.query.labels}


def _steps(duration: str) -> int:
    return int(seconds(duration)) // 60
