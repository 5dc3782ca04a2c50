from __future__ import annotations

import pytest

from sync.preview.samples.patterns import examples


@pytest.mark.parametrize(
    ("pattern", "values"),
    [
        ("a|b", ["a", "b"]),
        ("(prod|test)", ["prod", "test"]),
        ("(loki|logs)-read.*", ["loki-read1"]),
        ("cilium.*", ["cilium1"]),
        ("5..", ["511"]),
        (r"node-\d+\.local", ["node-1.local"]),
        ("[a-z]+", ["a"]),
        (".*", []),
        (".+", []),
        ("", []),
        ("(", []),
        ("(a+)+b", ["ab"]),
    ],
)
def test_a_pattern_stands_for_values_that_it_matches(pattern, values) -> None:
    assert examples(pattern, regex=True) == values


def test_a_plain_value_stands_for_itself() -> None:
    assert examples("a|b", regex=False) == ["a|b"]
