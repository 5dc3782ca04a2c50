"""Units as the field's terms, and what becomes of them in a query.

A unit is a word: a measure ("s", "bytes", "cores", "share", "%", "timestamp") or what is counted, in the plural
("requests", "tasks", "agents"); "/s" after it makes it a rate. "" is a bare number. A share is 0 to 1, "%" is 0 to 100,
a "timestamp" is in seconds since 1970.
"""

from __future__ import annotations

import re

from signals_lib.errors import UnitError

SHARE = "share"
NUMBER = ""

_UNIT = re.compile(r"(%|[a-z][a-z -]*)?(/[a-z]+)?")
# A second of work done in each second is a core at work.
_RATES = {"core-seconds": "cores"}


def checked(unit: str) -> str:
    """Return `unit` if it is one; raise UnitError otherwise."""
    if not _UNIT.fullmatch(unit):
        raise UnitError(f"{unit!r} is no unit: write a word in lower case, as 'requests', 's', 'bytes', 'requests/s'")
    return unit


def per_second(unit: str) -> str:
    """Return the unit of a rate: requests → requests/s, core-seconds → cores."""
    return _RATES.get(unit, f"{unit}/s" if unit else "/s")


def quotient(left: str, right: str) -> str:
    """Return the unit of left ÷ right: bytes ÷ bytes → share, bytes/s ÷ requests/s → bytes/request."""
    if left == right:
        return SHARE if left else NUMBER
    if right in {NUMBER, SHARE}:
        return left
    if per_second(left) == right:
        return "/s" if not left else NUMBER
    if left == per_second(right):
        return "/s"
    if right == per_second(left):
        return "s"
    left, right = (left[:-2], right[:-2]) if left.endswith("/s") and right.endswith("/s") else (left, right)
    return NUMBER if "/" in left + right or not left else f"{left}/{right.removesuffix('s') or right}"


def product(left: str, right: str) -> str:
    """Return the unit of left × right: requests × share → requests, requests/s × s → requests."""
    if left in {NUMBER, SHARE} or right in {NUMBER, SHARE}:
        return right if left in {NUMBER, SHARE} and right != NUMBER else left
    for rate, time in ((left, right), (right, left)):
        if time == "s" and rate.endswith("/s"):
            return rate[:-2]
    return NUMBER


def total(left: str, right: str) -> str:
    """Return the unit of left ± right; raise UnitError unless both have the same or one is a bare number."""
    if left and right and left != right:
        raise UnitError(f"{left} and {right} can't be added, subtracted or compared: convert one side first")
    return left or right
