"""Trials of threshold alerts: each severity fires on its side of the threshold, only there, and in its time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rules_lib.durations import seconds
from rules_lib.shapes import VOLUME
from rules_lib.trial import Trial, selector, spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules_lib.links import Links
    from rules_lib.rule import AlertingRule
    from rules_lib.shapes import Shape
    from rules_lib.threshold_alert import Severity, ThresholdAlert

CALM = 30
"""Steps before something happens."""
CLEAR = 2
TWO = 2
"""Instances that share a volume, and so the least there is to share."""
MARGIN = 0.02
"""How far from its threshold a value is tried, as a share of it."""


def trials(alert: ThresholdAlert, links: Links) -> Iterator[Trial]:
    """Yield the trials of an alert that has a shape."""
    if alert.shape is None:
        raise ValueError(f"{alert.name} has no shape to try it with")
    for severity, rule in zip(alert.severities, alert.rules(links), strict=True):
        yield _fires(alert, severity, rule)
        yield _silent(alert, severity)
        if _steps(alert.hold):
            yield _waits(alert, severity)
        if not alert.whole and not _ranges(alert):
            yield _touches(alert, severity, rule)
    yield _recovers(alert)
    if alert.remembers:
        yield _forgets(alert)
    if alert.floor is not None:
        yield _few(alert)
    for what, shape in alert.innocent.items():
        yield _innocent(alert, what, shape)


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


def _waits(alert: ThresholdAlert, severity: Severity) -> Trial:
    """Become as bad as can be: nothing fires before it has lasted."""
    hold = _steps(alert.hold)
    trial = _trial(alert, f"{severity} waits", spans((CALM, _good(alert)), (hold, _worst(alert))))
    return trial.silent(alert.name, f"{CALM + hold}m", severity=severity)


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
    """Have fewer events than the alert judges by, all of them bad."""
    assert alert.floor is not None  # noqa: S101 - for the type checker
    volume = max(1, (alert.floor.least - 1) // (_steps(alert.window) + 1))
    steps = CALM + _settles(alert) + _steps(alert.hold)
    trial = _trial(alert, "too few to judge by", spans((steps, _worst(alert))), volume)
    return trial.silent(alert.name, f"{steps}m")


def _innocent(alert: ThresholdAlert, what: str, shape: Shape) -> Trial:
    """Be as bad as can be, where that isn't what the alert is about."""
    steps = CALM + _settles(alert) + _steps(alert.hold)
    trial = Trial(f"{alert.name}: {what}", shape(spans((steps, _worst(alert))), VOLUME))
    return trial.silent(alert.name, f"{steps}m")


def _trial(alert: ThresholdAlert, name: str, values: list[float], volume: int = VOLUME) -> Trial:
    """Begin a trial with the alert's series; where it adds up over instances, two of them have half of it each."""
    assert alert.shape is not None  # noqa: S101 - for the type checker
    name = f"{alert.name}: {name}"
    if not alert.adds_up or volume < TWO:
        return Trial(name, alert.shape(values, volume))
    # What is relative stays the same when there is less of all.
    halves = values if alert.query.unit in {"share", "s"} else [value / 2 for value in values]
    one = alert.shape(halves, volume // 2)
    others = (replace(each, labels={**each.labels, "instance": "other-instance"}) for each in one)
    return Trial(name, (*one, *others))


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
    mildest = alert.severities[0] if alert.severities[0] == "warning" else alert.severities[-1]
    level = float(alert.level(mildest))
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
