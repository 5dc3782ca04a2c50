"""What every alert is grouped by, so that it says where it is and notifications of one job come together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalogue.indicator import Indicator
    from signals_lib.query import Query

WHERE = ("job", "environment", "cluster")


def located(indicator: Indicator, *more: str) -> Query:
    """Return an indicator by job, environment, cluster, its own labels and more."""
    return indicator(*dict.fromkeys((*WHERE, *indicator.by, *more)))
