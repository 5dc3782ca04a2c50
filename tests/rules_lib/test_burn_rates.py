from __future__ import annotations

from decimal import Decimal

import pytest

from rules_lib.burn import MONTH, PAIRS, STANDARD, Period
from rules_lib.durations import duration, seconds, spoken
from signals_lib.exact import text
from tests.rules_lib import shop

DAY = seconds("1d")


@pytest.mark.parametrize(
    ("period", "factors"),
    [
        (Period(7 * DAY), ["3.36", "1.4", "1", "1"]),
        (Period(28 * DAY), ["13.44", "5.6", "2.8", "1"]),
        (Period(30 * DAY), ["14.4", "6", "3", "1"]),
        (Period(90 * DAY), ["43.2", "18", "9", "3"]),
        (Period(31 * DAY), ["14.88", "6.2", "3.1", "1.03333"]),
        (MONTH, ["14.4", "6", "3", "1"]),
    ],
)
def test_factors_follow_from_period_and_budget_share(period: Period, factors: list[str]) -> None:
    assert [text(pair.factor(period)) for pair in PAIRS] == factors


def test_thresholds_are_exact_decimals() -> None:
    for target, threshold in {"99.9": "0.0144", "99.95": "0.0072", "99.99": "0.00144", "99": "0.144"}.items():
        objective = shop.objective(target=target)
        assert text(objective.threshold(PAIRS[0])) == threshold


def test_windows_are_those_of_the_pairs() -> None:
    assert STANDARD.all == ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
    assert [window for window in STANDARD.all if STANDARD.is_raw(window)] == ["5m", "30m", "1h"]


@pytest.mark.parametrize("written", ["500ms", "90s", "5m", "6h", "30d"])
def test_durations_read_back_as_written(written: str) -> None:
    assert duration(seconds(written)) == written


def test_durations_are_refused_or_put_into_their_largest_unit() -> None:
    assert duration(seconds("48h")) == "2d"
    assert seconds("4w") == 28 * DAY
    for wrong in ("", "5", "5 m", "-5m", "1.5h", "1h30m"):
        with pytest.raises(ValueError, match="whole number"):
            seconds(wrong)
    with pytest.raises(ValueError, match="milliseconds"):
        duration(Decimal("0.0001"))


def test_spoken_lengths_are_rounded_up() -> None:
    lengths = {"51.84": "51.9 s", "171.84": "2.9 min", "638.4": "10.7 min", "7200": "2 h", "172800": "2 d"}
    assert {length: spoken(Decimal(length)) for length in lengths} == lengths
