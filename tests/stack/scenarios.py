"""The scenarios that dashboards are looked at in: one Prometheus holds all of them, each at its own time.

The times are fixed, so that a run sees the same bytes whenever it runs.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stack.simulator.blocks import write_blocks
from stack.simulator.history import live_through
from stack.simulator.incidents import seconds, span
from tests.stack.grafana import SCRAPE_INTERVAL, TimeRange

HOUR = 3600
WEEK = 7 * 24 * HOUR
OLD_STEP = 900  # between recorded samples of the distant past
END = datetime(2026, 1, 14, 14, 0, tzinfo=UTC).timestamp()  # a Wednesday, in the busiest hours
SEED = 4


@dataclass(frozen=True)
class Scenario:
    """Hours of history that end at `end`, with objectives recorded for `days`.

    The incident runs from `since` (before the end) until then.
    """

    name: str
    end: float
    hours: float = 1
    days: float = 3
    since: str = "-30m"

    @property
    def time(self) -> TimeRange:
        """What the time picker shows: the last hour."""
        return TimeRange(self.end - HOUR, self.end)

    @property
    def before(self) -> TimeRange:
        """The quarter of an hour before the incident."""
        start = self.end - seconds(self.since.removeprefix("-"))
        return TimeRange(start - HOUR / 4, start - SCRAPE_INTERVAL)

    @property
    def incident(self) -> str:
        """The incident as the simulator takes it; none when healthy."""
        return "" if self.name == "healthy" else f"{self.name}@{self.since}"


HEALTHY = Scenario("healthy", END, hours=1.25, days=30)
# Whole weeks before, and further apart than their days, so that each has its time to itself.
INCIDENTS = (
    Scenario("latency", END - 6 * WEEK),
    Scenario("failures", END - 7 * WEEK),
    Scenario("agent-loss", END - 8 * WEEK),
    Scenario("memory-leak", END - 9 * WEEK, since="-25m"),
    Scenario("slow-agents", END - 10 * WEEK, hours=0.25, since="-5h"),
    Scenario("redis-down", END - 11 * WEEK, hours=0.75, days=0, since="-15m"),
    Scenario("replica-loss", END - 12 * WEEK, hours=0.75, days=0, since="-15m"),
    Scenario("backend-down", END - 13 * WEEK, hours=0.75, days=0, since="-15m"),
    Scenario("overload", END - 14 * WEEK, hours=0.75, days=0, since="-15m"),
)
SCENARIOS = {scenario.name: scenario for scenario in (HEALTHY, *INCIDENTS)}


def make_blocks(folder: Path) -> None:
    """Write the blocks of all scenarios into `folder`, on every core."""
    with ProcessPoolExecutor() as pool:
        for _ in pool.map(_make, SCENARIOS.values(), [folder] * len(SCENARIOS)):
            pass


def _make(scenario: Scenario, folder: Path) -> int:
    spans = [span(scenario.incident, now=scenario.end)] if scenario.incident else []
    history = live_through(
        hours=scenario.hours, step=SCRAPE_INTERVAL, end=scenario.end, seed=SEED, spans=spans, days=scenario.days
    )
    return write_blocks(history, folder, old_step=OLD_STEP)
