"""The scenarios that dashboards are looked at in: one Prometheus holds all of them, each at its own time.

The times are fixed, so that a run sees the same bytes whenever it runs.
"""

from __future__ import annotations

import subprocess
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stack.simulator.history import write_history
from stack.simulator.incidents import span
from stack.tools import tool
from tests.stack.grafana import SCRAPE_INTERVAL, TimeRange

DAY = 86400
HOUR = 3600
END = datetime(2026, 1, 14, 14, 0, tzinfo=UTC).timestamp()  # a Wednesday, in the busiest hours
SEED = 3


@dataclass(frozen=True)
class Scenario:
    """Hours of history that end at `end`; the incident runs from `since` (before the end) until then."""

    name: str
    end: float
    hours: float = 1.0
    since: str = "-30m"

    @property
    def time(self) -> TimeRange:
        """What the time picker shows: the last hour."""
        return TimeRange(self.end - HOUR, self.end)

    @property
    def incident(self) -> str:
        """The incident as the simulator takes it; none when healthy."""
        return "" if self.name == "healthy" else f"{self.name}@{self.since}"


HEALTHY = Scenario("healthy", END, hours=2)
INCIDENTS = (
    Scenario("latency", END - 40 * DAY),
    Scenario("failures", END - 41 * DAY),
    Scenario("agent-loss", END - 42 * DAY),
    Scenario("memory-leak", END - 43 * DAY, since="-25m"),
)
SCENARIOS = {scenario.name: scenario for scenario in (HEALTHY, *INCIDENTS)}


def make_blocks(folder: Path) -> Path:
    """Write the blocks of all scenarios into `folder`, on every core."""
    with ProcessPoolExecutor() as pool:
        for failure in pool.map(_make, SCENARIOS.values(), [folder] * len(SCENARIOS)):
            assert not failure, failure
    return folder


def _make(scenario: Scenario, folder: Path) -> str:
    text = folder.with_name(f"{scenario.name}.om")
    spans = [span(scenario.incident, now=scenario.end)] if scenario.incident else []
    write_history(text, hours=scenario.hours, step=SCRAPE_INTERVAL, end=scenario.end, seed=SEED, spans=spans)
    command = [tool("promtool"), "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=54h", text, folder]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    text.unlink()
    return made.stderr if made.returncode else ""
