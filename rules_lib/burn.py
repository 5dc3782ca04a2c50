"""Burn rates: how fast an error budget is spent, and the four pairs of windows that watch it.

A burn rate of 1 spends exactly the budget in the period. A pair alerts when its long window has spent a given share of
the period's budget and its short window shows that it still goes on (Google, The Site Reliability Workbook, ch. 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cache

from rules_lib.durations import duration, seconds


@dataclass(frozen=True, slots=True)
class Period:
    """What a budget is for: the last `length` seconds, or the calendar month so far (then `length` is nominal)."""

    length: Decimal
    calendar: bool = False

    @property
    def text(self) -> str:
        """How objectives.yaml writes it: "30d" or "month"."""
        return "month" if self.calendar else duration(self.length)

    @property
    def reach(self) -> str:
        """The range that holds all of it: a month has up to 31 days."""
        return "31d" if self.calendar else duration(self.length)

    @property
    def spoken(self) -> str:
        """The period in a sentence."""
        return "the calendar month (UTC)" if self.calendar else f"the last {self.text.replace('d', ' days')}"


MONTH = Period(30 * seconds("1d"), calendar=True)
"""Factors of a calendar month come from 30 days; its real length changes them by 7 % at most (February)."""


@dataclass(frozen=True, slots=True)
class BurnPair:
    """Two windows, the share of the period's budget that the long one may spend, and what happens then."""

    long: str
    short: str
    share: Decimal
    severity: str
    hold: str

    def factor(self, period: Period) -> Decimal:
        """Return the burn rate above which it alerts: share × period ÷ long window, and never below 1.

        A burn below 1 outlives its period with budget left, so it wakes nobody: in periods under 30 days the slow pairs
        then stand for a larger share. Six digits where the quotient doesn't end.
        """
        return _factor(self.share, period.length, seconds(self.long))


@cache
def _factor(share: Decimal, length: Decimal, window: Decimal) -> Decimal:
    with localcontext(prec=6):
        return max(Decimal(1), share * length / window).normalize()


PAIRS = (
    BurnPair("1h", "5m", Decimal("0.02"), "critical", "2m"),
    BurnPair("6h", "30m", Decimal("0.05"), "critical", "15m"),
    BurnPair("1d", "2h", Decimal("0.10"), "warning", "1h"),
    BurnPair("3d", "6h", Decimal("0.10"), "warning", "3h"),
)


@dataclass(frozen=True, slots=True)
class Windows:
    """How an objective is measured: `base` is recorded from raw events, longer windows too up to `raw_up_to`.

    Still longer ones are means of the base, which costs one series instead of every series of the component. A mean of
    rates weighs events, not time, because both sides are rates. It lags by half a base window, which the pair that
    pages first can't afford: its windows read raw events.
    """

    base: str = "5m"
    raw_up_to: str = "1h"
    pairs: tuple[BurnPair, ...] = PAIRS
    events_every: str = "30s"
    budget_every: str = "2m"

    @property
    def all(self) -> tuple[str, ...]:
        """Every window, the shortest first."""
        return tuple(sorted({self.base, *(w for pair in self.pairs for w in (pair.long, pair.short))}, key=seconds))

    def is_raw(self, window: str) -> bool:
        """Whether the window is recorded from raw events."""
        return seconds(window) <= seconds(self.raw_up_to)

    @property
    def longest(self) -> str:
        """The longest window."""
        return self.all[-1]


STANDARD = Windows()
