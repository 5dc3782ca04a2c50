"""Every example in a rule's documentation does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sync.lint.registry import RULES
from tests.sync.lint.examples import Example, of_rule

EXAMPLES = [example for rule in RULES for example in of_rule(rule)]


def _id(example: Example) -> str:
    words = re.sub(r"[^a-z]+", "-", example.body.lower())[:40]
    return f"{example.rule.name}-{'fail' if example.fails else 'pass'}-{words}"


@pytest.mark.parametrize("example", EXAMPLES, ids=_id)
def test_an_example_does_what_the_documentation_says(example: Example, tmp_path: Path) -> None:
    problems = example.problems(tmp_path)
    assert bool(problems) == example.fails, [problem.message for problem in problems]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_shows_what_passes_and_what_fails(rule: object) -> None:
    kinds = {example.fails for example in of_rule(rule)}  # type: ignore[arg-type]
    assert kinds == {True, False}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_says_in_one_line_what_it_finds(rule: object) -> None:
    assert re.fullmatch(r"[^\n]{10,120}[.:]", rule.summary), rule.summary  # type: ignore[attr-defined]
