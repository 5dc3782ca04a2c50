"""The grammar: Grafana's macros and variables stood in for, errors with the text as it was written."""

from __future__ import annotations

import pytest

from signals_lib import grammar
from signals_lib.errors import GrammarError


@pytest.mark.parametrize(
    "text",
    [
        "rate(x[$__rate_interval])",
        "rate(x[${__rate_interval}])",
        "increase(x[$__range])",
        "max_over_time(rate(x[5m])[$__range:$__interval])",
        "max_over_time(x[1h:])",
        'x{a=~"$a",b="${b:regex}",c="[[c]]"}',
        "sum by ($label) (x)",
        "sum by (a, ${label}) (x)",
        "topk($n, x)",
        "x offset $lag",
        "x > $limit",
        'label_replace(x, "a", "$1", "b", "(.*)")',
    ],
)
def test_what_grafana_would_send_is_parsed(text: str) -> None:
    grammar.check(text)
    grammar.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "rate(x)",
        "sum by (",
        'x{a="b"',
        "x[5m]x",
        "rate(x[5x])",
        "x + ",
        "histogram_quantile(x)",
        "nosuch(x)",
        "x and 1",
    ],
)
def test_what_prometheus_would_not_parse_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(GrammarError) as refused:
        grammar.check(text)
    assert text in str(refused.value)


def test_a_broken_regex_is_found_although_verdicts_are_kept_by_shape() -> None:
    grammar.check('x{a=~"fine"}')
    with pytest.raises(GrammarError, match="no regular expression"):
        grammar.check('x{a=~"(broken"}')


def test_texts_that_differ_in_strings_and_windows_share_a_verdict() -> None:
    grammar.check('rate(shared_verdict{a="1"}[5m])')
    before = grammar._check_shape.cache_info().misses
    for number in range(50):
        grammar.check(f'rate(shared_verdict{{a="{number}"}}[{number + 1}h])')
    assert grammar._check_shape.cache_info().misses == before
