"""Units of signals as the ids that Grafana formats by."""

import pytest

from panels_lib.units import grafana_unit, is_share, starts_at_zero


@pytest.mark.parametrize(
    ("unit", "identity"),
    [
        (None, "short"),
        ("", "short"),
        ("s", "s"),
        ("bytes", "bytes"),
        ("bytes/s", "Bps"),
        ("requests/s", "reqps"),
        ("share", "percentunit"),
        ("%", "percent"),
        ("tasks", "count:tasks"),
        ("tasks/s", "count:tasks/s"),
        ("/s", "count:/s"),
        ("cores", "count:cores"),
        ("suffix:x", "suffix:x"),
    ],
)
def test_a_unit_has_an_id(unit, identity):
    assert grafana_unit(unit) == identity


def test_only_shares_end_at_one():
    assert [unit for unit in ("share", "%", "s", "") if is_share(unit)] == ["share"]


@pytest.mark.parametrize(("unit", "does"), [("s", True), ("requests/s", True), ("timestamp", False), (None, False)])
def test_amounts_start_at_zero(unit, does):
    assert starts_at_zero(unit) is does
