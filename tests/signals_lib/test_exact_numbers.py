"""Numbers: what was written is what stands in PromQL."""

from __future__ import annotations

from decimal import Decimal

import pytest

from signals_lib import exact
from signals_lib.errors import DefinitionError


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.999, "0.999"),
        (1 - Decimal("0.001"), "0.999"),
        (0.1, "0.1"),
        (14.4, "14.4"),
        (1000000, "1000000"),
        (1e21, "1000000000000000000000"),
        (1e-7, "0.0000001"),
        (Decimal("1E+3"), "1000"),
        ("0.10", "0.1"),
        (5.0, "5"),
        (-2.50, "-2.5"),
        (-0.0, "0"),
        (0, "0"),
        (100, "100"),
    ],
)
def test_a_number_is_written_plainly(number: exact.Exact, text: str) -> None:
    assert exact.text(number) == text


@pytest.mark.parametrize("nonsense", [float("nan"), float("inf"), "x", ""])
def test_what_is_no_finite_number_is_refused(nonsense: exact.Exact) -> None:
    with pytest.raises(DefinitionError, match="is no"):
        exact.exact(nonsense)


@pytest.mark.parametrize(
    ("bound", "spellings"),
    [
        (1, ("1", "1.0")),
        (0.25, ("0.25",)),
        (0.005, ("0.005",)),
        (262144, ("262144", "262144.0")),
        (1048576, ("1048576", "1048576.0", "1.048576e+06")),
        (16777216, ("16777216", "16777216.0", "1.6777216e+07")),
        (5000000, ("5000000", "5000000.0", "5e+06")),
        (0.00001, ("0.00001", "1e-05")),
        (0.000025, ("0.000025", "2.5e-05")),
        (0.0001, ("0.0001",)),
    ],
)
def test_a_bound_has_every_spelling_that_clients_write(bound: exact.Exact, spellings: tuple[str, ...]) -> None:
    assert exact.spellings(bound) == spellings


@pytest.mark.parametrize("bound", [0.00001, 0.005, 0.25, 1, 10, 600, 65536, 262144, 999999, 1048576, 5e6, 16777216])
def test_the_python_clients_own_spelling_is_among_them(bound: float) -> None:
    from prometheus_client.utils import floatToGoString

    assert floatToGoString(bound) in exact.spellings(bound)
