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


def _filling(values: Values, volume: float) -> tuple[Given, ...]:
    """Make a file system that loses a tenth of its size an hour while the value is below 0."""
    left = accumulate((-_SIZE / 600 if value < 0 else 0.0 for value in values), initial=float(2 * _SIZE))
    return shapes.gauge(node.FILESYSTEM_AVAILABLE)([*left][1:], volume)


ALERTS = (
    ThresholdAlert(
        "NodeHighCPUUsage",
        located(node.cpu_utilisation),
        owner="platform",
        dashboard=NODES,
        severities=("warning", "critical"),
        hold="15m",
        shape=shapes.together(
            shapes.growing(node.CPU, per_second=-0.5, offset=0.5, mode="idle", cpu="0"),
            shapes.growing(node.CPU, per_second=-1.5, offset=1.5, mode="idle", cpu="1"),
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
        shape=_used(node.FILESYSTEM_AVAILABLE, node.FILESYSTEM_SIZE),
    ),
    ThresholdAlert(
        "NodeDiskFullWithinADay",
        located(node.disk_forecast),
        owner="platform",
        dashboard=NODES,
        hold="1h",
        shape=_filling,
        settles="6h",
    ),
    ThresholdAlert(
        "NodeInodesNearlyUsed",
        located(node.inodes_utilisation),
        owner="platform",
        dashboard=NODES,
        severities=("warning", "critical"),
        hold="10m",
        shape=_used(node.FILESYSTEM_INODES_FREE, node.FILESYSTEM_INODES),
    ),
)
