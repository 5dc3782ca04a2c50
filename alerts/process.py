"""Alerts on every process and target, whatever its job."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from alerts.grouping import located
from alerts.links import OVERVIEW
from catalogue import process
from rules_lib import shapes
from rules_lib.threshold_alert import ThresholdAlert
from rules_lib.trial import given

if TYPE_CHECKING:
    from rules_lib.shapes import Shape, Values
    from rules_lib.trial import Given
    from signals_lib import Gauge

_CORES = 2
_BYTES = 1_000_000_000
_FILES = 1000
_TARGET = {"job": "redis", "environment": "some-environment", "cluster": "some-cluster", "instance": "some-instance"}


def _restarting(values: Values, volume: float) -> tuple[Given, ...]:
    """Make a process that starts anew so many times an hour; a little more often, as windows cut at their edges."""
    starts = accumulate((1.05 if value > 1 else 1) * value / 60 for value in values)
    return shapes.gauge(process.START_TIME)([float(int(start)) for start in starts], volume)


def _vanishing(values: Values, _volume: float) -> tuple[Given, ...]:
    """Make a target that Prometheus knows, though it is down, while the value is 0."""
    return (given(process.UP, " ".join("stale" if value else "0" for value in (values[0], *values)), **_TARGET),)


def _unlimited(used: Shape, limit: Gauge) -> dict[str, Shape]:
    return {"no limit": used, "a limit of 0, which is none": shapes.together(used, shapes.constant(limit, 0))}


ALERTS = (
    ThresholdAlert(
        "TargetDown",
        located(process.target_up),
        owner="platform",
        dashboard=OVERVIEW,
        hold="5m",
        shape=shapes.gauge(process.UP),
        whole=True,
    ),
    # What discovery forgets is not down: no alert on a value sees it.
    ThresholdAlert(
        "JobVanished",
        located(process.vanished),
        owner="platform",
        dashboard=OVERVIEW,
        hold="5m",
        shape=_vanishing,
        whole=True,
        remembers="1d",
        settles="0s",
    ),
    ThresholdAlert(
        "HighCPUUsage",
        located(process.cpu_utilisation),
        owner="platform",
        dashboard=OVERVIEW,
        severities=("warning", "critical"),
        hold="10m",
        shape=shapes.together(
            shapes.growing(process.CPU, per_second=_CORES), shapes.constant(process.CPU_LIMIT, _CORES)
        ),
        innocent=_unlimited(shapes.growing(process.CPU, per_second=_CORES), process.CPU_LIMIT),
        alike={
            "half a core": shapes.together(
                shapes.growing(process.CPU, per_second=0.5), shapes.constant(process.CPU_LIMIT, 0.5)
            )
        },
    ),
    ThresholdAlert(
        "HighMemoryUsage",
        located(process.memory_utilisation),
        owner="platform",
        dashboard=OVERVIEW,
        severities=("warning", "critical"),
        hold="5m",
        shape=shapes.together(
            shapes.gauge(process.MEMORY, scale=_BYTES), shapes.constant(process.MEMORY_LIMIT, _BYTES)
        ),
        innocent=_unlimited(shapes.gauge(process.MEMORY, scale=_BYTES), process.MEMORY_LIMIT),
    ),
    ThresholdAlert(
        "OpenFilesNearLimit",
        located(process.fds_utilisation),
        owner="platform",
        dashboard=OVERVIEW,
        severities=("warning", "critical"),
        hold="5m",
        shape=shapes.together(shapes.gauge(process.OPEN_FDS, scale=_FILES), shapes.constant(process.MAX_FDS, _FILES)),
        innocent=_unlimited(shapes.gauge(process.OPEN_FDS, scale=_FILES), process.MAX_FDS),
    ),
    ThresholdAlert(
        "ProcessRestarting",
        located(process.restarts),
        owner="platform",
        dashboard=OVERVIEW,
        severities=("warning", "critical"),
        hold="0s",
        shape=_restarting,
        whole=True,
        settles="1h",
    ),
)
