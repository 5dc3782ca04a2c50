"""Matchers: written so that Prometheus reads back exactly the value."""

from __future__ import annotations

import promql_parser
import pytest

from signals_lib import Matcher
from signals_lib.errors import GrammarError


@pytest.mark.parametrize("value", ["a", 'a"b', "a\\b", "a\nb", "päth/{id}", "", "a'b", "\\", "🌍"])
def test_a_value_is_read_back_as_it_was(value: str) -> None:
    parsed = promql_parser.parse(f"x{{{Matcher.equal(value).render('label')}}}")
    assert [matcher.value for matcher in parsed.matchers.matchers] == [value]


def test_several_values_become_a_plain_alternation_of_literals() -> None:
    assert Matcher.one_of("a.b", "c+d", "/v1/:id").render("x") == 'x=~"a\\\\.b|c\\\\+d|/v1/:id"'
    assert Matcher.none_of("a", "b").render("x") == 'x!~"a|b"'


def test_variables_among_several_values_stay_variables() -> None:
    assert Matcher.one_of("$a", "b.c-${d}").value == "$a|b\\.c-${d}"


def test_one_value_needs_no_regex() -> None:
    assert Matcher.one_of("a.b") == Matcher.equal("a.b")
    assert Matcher.none_of("a.b") == Matcher.not_equal("a.b")


@pytest.mark.parametrize("pattern", ["(a", "a{2,1}", "[z-a]", "*"])
def test_a_broken_regex_is_refused_with_its_text(pattern: str) -> None:
    with pytest.raises(GrammarError, match="is no regular expression of Prometheus"):
        Matcher.regex(pattern)


def test_a_regex_that_only_re2_knows_is_taken_on_trust() -> None:
    assert Matcher.regex("\\pL+").names("anything")


def test_a_regex_of_a_dashboard_variable_is_left_to_the_dashboard() -> None:
    assert Matcher.regex("$instance").is_open
    assert Matcher.regex("${instance:regex}:9090").is_open
    assert not Matcher.regex("a|b$").is_open
