"""Exact numbers: what is written as 0.999 stays 0.999, in Python as in PromQL."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import cache

from signals_lib.errors import DefinitionError

Exact = int | float | str | Decimal


def exact(value: Exact) -> Decimal:
    """Return the number as it is written, so that 0.1 is Decimal("0.1").

    Raise DefinitionError for NaN and infinity.
    """
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation as problem:
        raise DefinitionError(f"{value!r} is no number") from problem
    if not number.is_finite():
        raise DefinitionError(f"{value!r} is no finite number")
    return number


def text(value: Exact) -> str:
    """Write the number as PromQL and people read it: plain, without trailing zeros or an exponent."""
    return _plain(exact(value))


@cache
def _plain(number: Decimal) -> str:
    plain = format(number, "f")
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) if number else "0"


def spellings(bound: Exact) -> tuple[str, ...]:
    """Return how clients may write this bound in `le`, the plain way first.

    Go's client writes 1, 0.5, 1e-05, 1.048576e+06 (the shortest %g); Python's, OpenMetrics and Prometheus 3, which
    rewrites what it scrapes, append .0 to a whole number without an exponent; others never use an exponent.
    """
    plain = text(bound)
    written = [plain] if "." in plain else [plain, f"{plain}.0"]
    exponent = exact(bound).adjusted()
    if not -4 <= exponent < 6:
        written.append(f"{text(exact(bound).scaleb(-exponent))}e{exponent:+03d}")
    return tuple(written)
