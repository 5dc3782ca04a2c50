"""Units: what becomes of them in rates, sums, products and quotients."""

from __future__ import annotations

import pytest

from signals_lib import units
from signals_lib.errors import UnitError


@pytest.mark.parametrize(
    ("unit", "rate"),
    [("requests", "requests/s"), ("bytes", "bytes/s"), ("core-seconds", "cores"), ("s", "s/s"), ("", "/s")],
)
def test_a_rate_is_a_second(unit: str, rate: str) -> None:
    assert units.per_second(unit) == rate


@pytest.mark.parametrize(
    ("left", "right", "unit"),
    [
        ("bytes", "bytes", "share"),
        ("requests/s", "requests/s", "share"),
        ("", "", ""),
        ("bytes", "", "bytes"),
        ("s", "share", "s"),
        ("bytes/s", "requests/s", "bytes/request"),
        ("bytes", "queries", "bytes/query"),
        ("bytes", "processes", "bytes/process"),
        ("requests", "requests/s", "s"),
        ("requests/s", "requests", "/s"),
        ("cores", "core-seconds", "/s"),
        ("bytes/request", "s", ""),
        ("s/s", "requests/s", "s/request"),
    ],
)
def test_a_quotient(left: str, right: str, unit: str) -> None:
    assert units.checked(units.quotient(left, right)) == unit


@pytest.mark.parametrize(
    ("left", "right", "unit"),
    [
        ("requests", "share", "requests"),
        ("share", "requests", "requests"),
        ("share", "share", "share"),
        ("share", "", "share"),
        ("", "bytes", "bytes"),
        ("requests/s", "s", "requests"),
        ("s", "bytes/s", "bytes"),
        ("bytes", "requests", ""),
    ],
)
def test_a_product(left: str, right: str, unit: str) -> None:
    assert units.product(left, right) == unit


def test_a_sum_needs_one_unit() -> None:
    assert units.total("bytes", "bytes") == "bytes"
    assert units.total("", "bytes") == "bytes"
    with pytest.raises(UnitError, match="bytes and requests can't be added"):
        units.total("bytes", "requests")


@pytest.mark.parametrize("word", ["Requests", "req/S", "a/b/c", "5", "/", " s"])
def test_what_is_no_unit_is_refused(word: str) -> None:
    with pytest.raises(UnitError, match="is no unit"):
        units.checked(word)
