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

_UNIT = re.compile(r"(%|[a-z][a-z -]*)?(/(%|[a-z][a-z -]*))?")
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
    if right == per_second(left):
        return "s"
    if left == per_second(right):
        return "/s"
    if left.endswith("/s") and right.endswith("/s"):
        left, right = left.removesuffix("/s"), right.removesuffix("/s")
    return NUMBER if not left or "/" in left + right else f"{left}/{_one(right)}"


def product(left: str, right: str) -> str:
    """Return the unit of left × right: requests × share → requests, requests/s × s → requests."""
    for one, other in ((left, right), (right, left)):
        if one == NUMBER or (one == SHARE and other != NUMBER):
            return other
    for rate, time in ((left, right), (right, left)):
        if time == "s" and rate.endswith("/s"):
            return rate.removesuffix("/s")
    return NUMBER


def total(left: str, right: str) -> str:
    """Return the unit of left ± right; raise UnitError unless both have the same or one is a bare number."""
    if left and right and left != right:
        raise UnitError(f"{left} and {right} can't be added, subtracted or compared: convert one side first")
    return left or right


def _one(unit: str) -> str:
    """Return what one of them is called: requests → request."""
    for plural, singular in (("ies", "y"), ("sses", "ss"), ("s", "")):
        if unit.endswith(plural) and unit != plural:
            return unit.removesuffix(plural) + singular
    return unit
