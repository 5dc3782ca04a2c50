from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rules_lib.yaml_text import dumps, scalar

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
DATA = st.recursive(
    st.one_of(TEXT, st.integers(-(10**12), 10**12), st.floats(-1e6, 1e6), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=12,
)


def nested_lists(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(nested_lists, value.values()))
    return isinstance(value, list) and any(isinstance(item, list) or nested_lists(item) for item in value)


@given(st.dictionaries(TEXT, DATA, max_size=4))
def test_any_data_reads_back_as_it_was(data: dict[str, Any]) -> None:
    if not nested_lists(data):
        assert yaml.load(dumps(data), Loader=yaml.CSafeLoader) == data


WORDS = ["", "yes", "Null", "1", "1.5", "1e3", "0x1f", "12:30", "2024-01-01", "~", ".inf", "=", "<<", "1 2"]
SIGNS = [
    "- a",
    "a: b",
    "a #b",
    "a:",
    "? a",
    "| a",
    " a",
    "a ",
    "[a",
    "{a",
    "*a",
    "&a",
    "!a",
    "%a",
    "@a",
    "`a",
    "'a",
    '"a',
]
CONTROLS = ["a\nb", "\ta", "\x85", "\ufeff", "\x00"]


@pytest.mark.parametrize("text", [*WORDS, *SIGNS, *CONTROLS])
def test_text_stays_text(text: str) -> None:
    assert yaml.safe_load(f"key: {scalar(text)}") == {"key": text}
    assert yaml.safe_load(dumps({"list": [text, {text: text}]})) == {"list": [text, {text: text}]}


def test_expressions_stand_without_quotes() -> None:
    for expr in ('sum by (a) (rate(x{job="b",c=~"5.."}[5m])) or 0 * y > 0.5', "1 - avg(x) / 0.001", "(a or b) and c"):
        assert scalar(expr) == expr
