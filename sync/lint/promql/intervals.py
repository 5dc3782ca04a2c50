"""Intervals of numbers: what an expression can be, and what it has to be."""

from __future__ import annotations

import math
from dataclasses import dataclass

INFINITY = math.inf


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both included; empty when low is above high."""

    low: float = -INFINITY
    high: float = INFINITY

    def hull(self, other: Interval) -> Interval:
        """Return the smallest interval around both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))

    def cut(self, other: Interval) -> Interval:
        """Return what is in both."""
        return Interval(max(self.low, other.low), min(self.high, other.high))


ANY = Interval()
POSITIVE = Interval(0, INFINITY)
SHARE = Interval(0, 1)
ABOUT_A_SHARE = Interval(-20, 20)
"""A share that may be more than all, of a limit for instance, but never as many times that as percents are meant."""
NOT_MUCH_MORE = Interval(0, 2)
"""A share of failures, of which there may be more than of what is tried where something is tried again."""
ONE = Interval(1, 1)


def never(operator: str, left: Interval, right: Interval) -> bool:
    """Whether a comparison can't hold for any values of the two intervals."""
    return {
        ">": left.high <= right.low,
        ">=": left.high < right.low,
        "<": left.low >= right.high,
        "<=": left.low > right.high,
        "==": max(left.low, right.low) > min(left.high, right.high),
        "!=": left.low == left.high == right.low == right.high,
    }[operator]


def always(operator: str, left: Interval, right: Interval) -> bool:
    """Whether a comparison holds for all values of the two intervals."""
    opposite = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "==": "!=", "!=": "=="}[operator]
    return never(opposite, left, right)
