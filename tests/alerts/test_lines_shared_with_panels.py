"""A line that a panel draws is one at which somebody is paged."""

from __future__ import annotations

import alerts
from catalogue import orchestrator


def test_the_error_ratio_turns_where_the_availability_objective_pages() -> None:
    objective = alerts.objective("availability")
    pages = sorted(objective.threshold(pair) for pair in objective.pairs if pair.severity == "critical")
    thresholds = orchestrator.error_ratio().thresholds
    assert thresholds is not None
    assert [thresholds.warning, thresholds.critical] == pages
