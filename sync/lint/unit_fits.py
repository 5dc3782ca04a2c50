"""Whether the unit of an expression is the one that a panel shows it in."""

from __future__ import annotations

import math
import re

from sync.lint.promql.measures import EVENTS, Dimension


def fits(found: Dimension, expected: Dimension) -> bool:
    """Whether a unit is the one that is shown, or what is counted where only numbers are shown."""
    if (found.bytes, found.seconds) != (expected.bytes, expected.seconds):
        return _of_a_while(found, expected)
    if expected.events == 0 and found.events > 0 and (expected.bytes, expected.seconds) == (0, 0):
        return True
    return math.isclose(found.factor, expected.factor, rel_tol=0.05)


def _of_a_while(found: Dimension, expected: Dimension) -> bool:
    """Whether it is a rate made into what comes in a minute, hour or day, which has the unit of an amount, or such."""
    if (found, expected.seconds, expected.factor) == (EVENTS, -1, 60):
        return True
    return (found.bytes, found.seconds, found.factor) in {(1, -1, 60), (1, -1, 3600), (1, -1, 86400)} and (
        expected.bytes,
        expected.seconds,
    ) == (1, 0)


def is_time_spent(found: Dimension, expected: Dimension, text: str) -> bool:
    """Whether it is seconds spent per second, which some show as a share and some as a time."""
    is_plain = (found.bytes, found.seconds) == (0, 0) and found.events <= 0
    spent = is_plain and expected.seconds == 1 and _TIMED.search(text)
    return bool(spent) and math.isclose(found.factor, expected.factor)


_TIMED = re.compile(r"seconds|_(?:ms|millis|micros)(?:_total)?\b")
