"""Alerts on nodes: CPU, memory, disks."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from alerts.grouping import located
from alerts.links import NODES
from catalogue import node
from rules_lib import shapes
from rules_lib.threshold_alert import ThresholdAlert

if TYPE_CHECKING:
    from rules_lib.shapes import Shape, Values
    from rules_lib.trial import Given
    from signals_lib import Gauge

_SIZE = 1_000_000_000


def _used(free: Gauge, size: Gauge) -> Shape:
    return shapes.together(shapes.gauge(free, scale=-_SIZE, offset=_SIZE), shapes.constant(size, _SIZE))


def _full(free: Gauge, size: Gauge) -> Shape:
    """Make a file system that is so full, below one in memory that is much larger and nobody's concern."""
    in_memory = (shapes.constant(each, 9 * _SIZE, fstype="tmpfs") for each in (free, size))
    return shapes.together(_used(free, size), *in_memory)


def _filling(values: Values, volume: float) -> tuple[Given, ...]:
    """Make a file system that loses a tenth of its size an hour while the value is below 0."""
    left = accumulate((-_SIZE / 600 if value < 0 else 0.0 for value in values), initial=float(2 * _SIZE))
    falls = shapes.gauge(node.FILESYSTEM_AVAILABLE)([*left][1:], volume)
    return (*falls, *shapes.constant(node.FILESYSTEM_AVAILABLE, 9 * _SIZE, fstype="tmpfs")(values, volume))


def _steady(*, full_at: float) -> Shape:
    """Make a file system that fills evenly, and is full so many minutes after the first."""

    def made(values: Values, volume: float) -> tuple[Given, ...]:
        free = [_SIZE * (1 - minute / full_at) for minute in range(1, len(values) + 1)]
        return shapes.gauge(node.FILESYSTEM_AVAILABLE)(free, volume)

    return made


def _sudden(values: Values, volume: float) -> tuple[Given, ...]:
    """Make a file system that lost 6 % in each of the last three hours and nothing before."""
    free = [_SIZE * (1 - 0.06 * max(0, minute - len(values) + 180) / 60) for minute in range(len(values))]
    return shapes.gauge(node.FILESYSTEM_AVAILABLE)(free, volume)


_DAY = 24 * 60
_ENDS = 30 + 6 * 60 + 60
"""Minutes after which a trial of the forecast ends: calm, its window, its wait."""

ALERTS = (
    ThresholdAlert(
        "NodeHighCPUUsage",
        located(node.cpu_utilisation),
        owner="platform",
        dashboard=NODES,
        severities=("warning", "critical"),
        hold="15m",
        shape=shapes.together(
            shapes.growing(node.CPU, per_second=-0.2, offset=0.2, mode="idle", cpu="0"),
            shapes.growing(node.CPU, per_second=-1.8, offset=1.8, mode="idle", cpu="1"),
            shapes.growing(node.CPU, per_second=0.5, mode="user", cpu="0"),
        ),
    ),
    ThresholdAlert(
        "NodeHighMemoryUsage",
        located(node.memory_utilisation),
        owner="platform",
        dashboard=NODES,
        severities=("warning", "critical"),
        hold="5m",
        shape=_used(node.MEMORY_AVAILABLE, node.MEMORY_TOTAL),
    ),
    ThresholdAlert(
        "NodeProcessKilledForMemory",
        located(node.oom_kills),
        owner="platform",
        dashboard=NODES,
        severities=("warning",),
        hold="0s",
        shape=shapes.stepping(node.OOM_KILLS, minutes=60),
        settles="1h",
    ),
    ThresholdAlert(
        "NodeDiskNearlyFull",
        located(node.disk_utilisation),
        owner="platform",
        dashboard=NODES,
        severities=("warning", "critical"),
        hold="10m",
        shape=_full(node.FILESYSTEM_AVAILABLE, node.FILESYSTEM_SIZE),
    ),
    ThresholdAlert(
        "NodeDiskFullWithinADay",
        located(node.disk_forecast),
        owner="platform",
        dashboard=NODES,
        hold="1h",
        shape=_filling,
        settles="6h",
        guilty={"full in a day, since an hour": _steady(full_at=_ENDS - 61 + _DAY)},
        innocent={
            "full in a day, but not for an hour yet": _steady(full_at=_ENDS - 57 + _DAY),
            "three hours that don't go on": _sudden,
        },
    ),
    ThresholdAlert(
        "NodeInodesNearlyUsed",
        located(node.inodes_utilisation),
        owner="platform",
        dashboard=NODES,
        severities=("warning", "critical"),
        hold="10m",
        shape=_full(node.FILESYSTEM_INODES_FREE, node.FILESYSTEM_INODES),
    ),
)
