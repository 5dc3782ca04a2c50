"""Trials of threshold alerts: each severity fires on its side of the threshold, only there, and in its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.durations import seconds
from rules_lib.shapes import VOLUME
from rules_lib.trial import Trial, spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules_lib.links import Links
    from rules_lib.rule import AlertingRule
    from rules_lib.shapes import Shape
    from rules_lib.threshold_alert import Severity, ThresholdAlert

CALM = 30
"""Steps before something happens."""
CLEAR = 2
MARGIN = 0.02
"""How far from its threshold a value is tried, as a share of it."""


def trials(alert: ThresholdAlert, links: Links) -> Iterator[Trial]:
    """Yield the trials of an alert that has a shape."""
    if alert.shape is None:
        raise ValueError(f"{alert.name} has no shape to try it with")
    for severity, rule in zip(alert.severities, alert.rules(links), strict=True):
        yield _fires(alert, alert.shape, severity, rule)
        yield _silent(alert, alert.shape, severity)
        if _steps(alert.hold):
            yield _waits(alert, alert.shape, severity)
    yield _recovers(alert, alert.shape)
    if alert.floor is not None:
        yield _few(alert, alert.shape)


def _fires(alert: ThresholdAlert, shape: Shape, severity: Severity, rule: AlertingRule) -> Trial:
    """Cross the threshold for long enough: it fires, with the labels of the series."""
    hold, settles = _steps(alert.hold), _settles(alert)
    values = spans((CALM, _good(alert)), (settles + hold + 2 * CLEAR, _beyond(alert, severity)))
    trial = Trial(f"{alert.name}: {severity} fires", shape(values, VOLUME)).silent(alert.name, f"{CALM}m")
    return trial.fires(rule, f"{CALM + settles + hold + CLEAR}m", **_labels(alert, trial))


def _silent(alert: ThresholdAlert, shape: Shape, severity: Severity) -> Trial:
    """Stay just within the threshold, for as long as it likes."""
    steps = CALM + _settles(alert) + _steps(alert.hold) + CLEAR
    trial = Trial(f"{alert.name}: {severity} stays silent", shape(spans((steps, _within(alert, severity))), VOLUME))
    return trial.silent(alert.name, f"{steps}m", severity=severity)


def _waits(alert: ThresholdAlert, shape: Shape, severity: Severity) -> Trial:
    """Be beyond the threshold from the first sample: nothing fires before it has lasted."""
    hold = _steps(alert.hold)
    trial = Trial(f"{alert.name}: {severity} waits", shape(spans((hold, _beyond(alert, severity))), VOLUME))
    return trial.silent(alert.name, f"{hold - 1}m", severity=severity)


def _recovers(alert: ThresholdAlert, shape: Shape) -> Trial:
    """Be as bad as can be, then good again: the alert ends when the bad time has left its window."""
    hold, settles = _steps(alert.hold), _settles(alert)
    lasts = settles + hold + 2 * CLEAR
    values = spans((CALM, _good(alert)), (lasts, _worst(alert)), (settles + CALM, _good(alert)))
    trial = Trial(f"{alert.name}: ends when it is over", shape(values, VOLUME))
    return trial.silent(alert.name, f"{CALM + lasts + settles + CLEAR}m")


def _few(alert: ThresholdAlert, shape: Shape) -> Trial:
    """Have fewer events than the alert judges by, all of them bad."""
    assert alert.floor is not None  # noqa: S101 - for the type checker
    volume = max(1, (alert.floor.least - 1) // (_steps(alert.window) + 1))
    steps = CALM + _settles(alert) + _steps(alert.hold)
    trial = Trial(f"{alert.name}: too few to judge by", shape(spans((steps, _worst(alert))), volume))
    return trial.silent(alert.name, f"{steps}m")


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
    return level * 3 if _above(alert) else min(0.0, level)


def _settles(alert: ThresholdAlert) -> int:
    return _steps(alert.settles or alert.window)


def _labels(alert: ThresholdAlert, trial: Trial) -> dict[str, str]:
    """Return the labels that the alert has of its series."""
    found = trial.given[0].labels
    return {label: found[label] for label in alert.query.labels}


def _steps(duration: str) -> int:
    return int(seconds(duration)) // 60
