"""An objective: what share of events must be good over a period, and so how much may go wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from rules_lib.burn import STANDARD, BurnPair, Period, Windows
from rules_lib.durations import seconds
from signals_lib.exact import text

if TYPE_CHECKING:
    from rules_lib.sli import Sli


@dataclass(frozen=True)
class Objective:
    """An objective of a service.

    `target` is a percentage, exact. `per` are labels that get a budget each (the SLI's rates have just these labels).
    `burn_windows` are the long windows of the pairs that alert. `min_bad_events`: fewer in the long window wake nobody,
    whatever share they are. `line` is where objectives.yaml defines it.
    """

    name: str
    title: str
    description: str
    owner: str
    target: Decimal
    period: Period
    sli: Sli
    per: tuple[str, ...] = ()
    min_bad_events: int = 5
    burn_windows: tuple[str, ...] = tuple(pair.long for pair in STANDARD.pairs)
    windows: Windows = field(default=STANDARD, repr=False)
    line: int | None = field(default=None, compare=False)

    @property
    def target_share(self) -> Decimal:
        """The target as a share: 99.9 → 0.999."""
        return self.target / 100

    @property
    def budget(self) -> Decimal:
        """The share of events that may be bad: 99.9 → 0.001."""
        return 1 - self.target_share

    @property
    def pairs(self) -> tuple[BurnPair, ...]:
        """The pairs of windows that alert."""
        return tuple(pair for pair in self.windows.pairs if pair.long in self.burn_windows)

    def threshold(self, pair: BurnPair) -> Decimal:
        """Return the error ratio above which a pair alerts: factor × budget. At 1 or more it can never fire."""
        return pair.factor(self.period) * self.budget

    def outage_alerts_after(self, pair: BurnPair) -> Decimal:
        """Return seconds from the start of a total outage to a pair's alert, scrape and evaluation not counted.

        The long window passes the threshold after factor × budget of itself; a window that is a mean of base windows
        follows up to half a base window later.
        """
        lag = Decimal(0) if self.windows.is_raw(pair.long) else seconds(self.windows.base) / 2
        return self.threshold(pair) * seconds(pair.long) + lag + seconds(pair.hold)

    @property
    def target_text(self) -> str:
        """The target as people write it: "99.9"."""
        return text(self.target)
