"""What of a pattern Go reads is no problem, however Python reads it."""

from __future__ import annotations

import pytest

from sync.lint.matching import admits_within, pattern_problem


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("pattern", "is_refused"),
    [(r"[\]+*]x", False), (r"[]+*]x", False), (r"[^\]*+]", False), ("[[]a", False), ("a++", True), (r"\[a++]", True)],
)
def test_a_pattern_is_refused_as_go_refuses_it(pattern: str, is_refused: bool) -> None:
    assert bool(pattern_problem(pattern)) == is_refused


@pytest.mark.filterwarnings("error")
def test_a_bracket_in_a_set_is_itself() -> None:
    assert admits_within("[[]a", "x[a") is True
