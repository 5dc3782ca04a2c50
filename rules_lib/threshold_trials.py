"""Trials of threshold alerts: each severity fires on its side of the threshold, only there, and in its time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rules_lib.durations import seconds
from rules_lib.shapes import VOLUME
from rules_lib.trial import Trial, after_idling, selector, spans, then_idling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
    yield from _volumes(alert, rules[-1])
    for what, shape in alert.innocent.items():
        yield _innocent(alert, what, shape)
    for what, shape in alert.guilty.items():
        yield _guilty(alert, what, shape, rules[-1])


def _volumes(alert: ThresholdAlert, worst: AlertingRule) -> Iterator[Trial]:
    """Yield what is about how much there is, where, and when."""
    if alert.floor is not None:
        yield _few(alert)
        yield _enough(alert, worst)
        yield _one_of_two(alert, worst)
    if _is_linear(alert):
        yield _blip(alert)
        if _is_relative(alert) and alert.adds_up:
            yield _traffic(alert, rising=True)
            yield _traffic(alert, rising=False)


def _is_linear(alert: ThresholdAlert) -> bool:
    """Whether a range of time has the mean of what was in it, as rates have and quantiles and forecasts haven't."""
    functions = ("rate(", "increase(")
    expr = alert.expr(alert.severities[0])
    return _above(alert) and any(each in expr for each in functions) and "histogram_quantile(" not in expr


def _fires(alert: ThresholdAlert, severity: Severity, rule: AlertingRule) -> Trial:
    """Cross the threshold for long enough: it fires, with the labels of the series, no later than it must."""
    hold, settles = _steps(alert.hold), _settles(alert)
    values = spans((CALM, _good(alert)), (settles + hold + 2 * CLEAR, _beyond(alert, severity)))
    trial = _trial(alert, f"{severity} fires", values).silent(alert.name, f"{CALM}m")
    return trial.fires(rule, f"{CALM + settles + hold + 1}m", **_labels(alert, trial))


def _silent(alert: ThresholdAlert, severity: Severity) -> Trial:
    """Stay just within the threshold, for as long as it likes."""
    steps = CALM + _settles(alert) + _steps(alert.hold) + CLEAR
    trial = _trial(alert, f"{severity} stays silent", spans((steps, _within(alert, severity))))
    return trial.silent(alert.name, f"{steps}m", severity=severity)


def _waits(alert: ThresholdAlert, severity: Severity, rule: AlertingRule) -> Trial:
    """Become as bad as can be: it fires once that has lasted, and not before."""
    hold, crossed = _steps(alert.hold), _crossed(alert, severity)
    values = spans((CALM, _good(alert)), (crossed + hold + CLEAR, _worst(alert)))
    trial = _trial(alert, f"{severity} waits", values).silent(alert.name, f"{CALM + hold}m", severity=severity)
    return trial.fires(rule, f"{CALM + crossed + hold + 1}m", **_labels(alert, trial))


def _crossed(alert: ThresholdAlert, severity: Severity) -> int:
    """Return after how many steps of the worst the threshold is crossed, at the latest."""
    settles = _settles(alert)
    steep = _is_linear(alert) and _worst(alert) >= 3 * float(alert.level(severity))
    return settles // 3 + 1 if settles and steep else settles


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


def _few(alert: ThresholdAlert) -> Trial:
    """Have a few events less than the alert judges by, all of them bad."""
    trial, steps = _with_floor(alert, "too few to judge by", _worst(alert), share=1 - ASIDE)
    return trial.silent(alert.name, f"{steps}m")


def _enough(alert: ThresholdAlert, rule: AlertingRule) -> Trial:
    """Have a few events more than it judges by, most of them bad."""
    value = (float(alert.level(alert.severities[-1])) + _worst(alert)) / 2
    trial, steps = _with_floor(alert, "just enough to judge by", value, share=1 + ASIDE)
    return trial.fires(rule, f"{steps}m", **_labels(alert, trial))


def _with_floor(alert: ThresholdAlert, name: str, value: float, *, share: float) -> tuple[Trial, int]:
    """Begin a trial whose events in the window are this share of the floor; return its last step too."""
    assert alert.floor is not None  # noqa: S101 - for the type checker
    steps = CALM + _settles(alert) + _steps(alert.hold)
    return _trial(alert, name, spans((steps, value)), share * alert.floor.least / _steps(alert.window)), steps


def _one_of_two(alert: ThresholdAlert, rule: AlertingRule) -> Trial:
    """Let one of two instances be as bad as can be and the other as good: together they are bad."""
    steps = CALM + _settles(alert) + _steps(alert.hold)
    good, bad = (_made(alert, [value] * steps) for value in (_good(alert), _worst(alert)))
    trial = _begun(alert, "one of two instances", good, bad)
    return trial.fires(rule, f"{steps}m", **_labels(alert, trial))


def _blip(alert: ThresholdAlert) -> Trial:
    """Be so bad for half of the window that the whole of it stays within the mildest threshold."""
    half, level = _settles(alert) // 2, float(alert.level(_mildest(alert)))
    values = spans((CALM, 0.0), (half, _possible(alert, level * 1.5)), (CALM, 0.0))
    trial = _trial(alert, "half a window says nothing", values)
    return trial.untroubled(alert.name, f"{CALM + half}m")


def _traffic(alert: ThresholdAlert, *, rising: bool) -> Trial:
    """Stay just within while the traffic becomes many times as much, or so much less: all windows must see it alike."""
    values, settles = [_within(alert, _mildest(alert))] * CALM, _settles(alert)
    shift = after_idling if rising else then_idling
    changing = [replace(each, values=shift(each.values, CALM)) for each in _made(alert, values, 9 * VOLUME)]
    trial = _begun(alert, f"traffic that {'rises' if rising else 'falls'}", _made(alert, values * 2), changing)
    for at in (1, settles // 2, settles):
        trial = trial.untroubled(alert.name, f"{CALM + at}m")
    return trial


def _innocent(alert: ThresholdAlert, what: str, shape: Shape) -> Trial:
    """Be as bad as can be, where that isn't what the alert is about."""
    steps = CALM + _settles(alert) + _steps(alert.hold)
    trial = Trial(f"{alert.name}: {what}", shape(spans((steps, _worst(alert))), VOLUME))
    return trial.silent(alert.name, f"{steps}m")


def _guilty(alert: ThresholdAlert, what: str, shape: Shape, rule: AlertingRule) -> Trial:
    """Be as bad as can be in another way."""
    steps = CALM + _settles(alert) + _steps(alert.hold)
    trial = Trial(f"{alert.name}: {what}", shape(spans((steps, _worst(alert))), VOLUME))
    return trial.fires(rule, f"{steps}m", **_labels(alert, trial))


def _trial(alert: ThresholdAlert, name: str, values: list[float], volume: float = VOLUME) -> Trial:
    """Begin a trial with the alert's series; where it adds up over instances, two of them have half of it each."""
    if not alert.adds_up:
        return _begun(alert, name, _made(alert, values, volume))
    # What is relative stays the same when there is less of all.
    halves = values if _is_relative(alert) else [value / 2 for value in values]
    one = _made(alert, halves, volume / 2)
    return _begun(alert, name, one, one)


def _begun(alert: ThresholdAlert, name: str, *instances: Iterable[Given]) -> Trial:
    """Begin a trial with the series of one or more instances."""
    given = [*instances[0]]
    for number, others in enumerate(instances[1:], start=2):
        given += (replace(each, labels={**each.labels, "instance": f"instance-{number}"}) for each in others)
    return Trial(f"{alert.name}: {name}", tuple(given))


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
