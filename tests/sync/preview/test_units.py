from __future__ import annotations

import math

import pytest

from sync.preview import axis, text, units


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "shown"),
    [
        (0.0123, "s", None, "12.3 ms"),
        (1.5, "s", None, "1.50 s"),
        (90, "s", None, "1.50 mins"),
        (3 * 86400, "s", None, "3 days"),
        (86400, "s", None, "1 day"),
        (0, "s", None, "0 s"),
        (250, "ms", None, "250 ms"),
        (0.98765, "percentunit", None, "98.8%"),
        (0.98765, "percentunit", 2, "98.77%"),
        (99.95, "percent", 2, "99.95%"),
        (1234567, "bytes", None, "1.18 MiB"),
        (1024, "bytes", None, "1 KiB"),
        (0, "bytes", None, "0 B"),
        (1e6, "Bps", None, "1 MB/s"),
        (1234567, "short", None, "1.23 Mil"),
        (0, "short", None, "0"),
        (0.25, "reqps", None, "0.250 req/s"),
        (1500, "count:tasks/s", None, "1.50K tasks/s"),
        (-3, "none", None, "-3"),
        (12.345678, "none", 2, "12.35"),
        (3661, "dtdurations", 1, "1 hour, 1 minute"),
        (3661, "dthms", None, "01:01:01"),
        (1.5, "suffix: apples", None, "1.50  apples"),
        (12, "currencyUSD", None, "$12"),
        (1, "bool:up/down", None, "up"),
        (0, "bool:up/down", None, "down"),
        (255, "hex", None, "FF"),
        (1768399200000, "dateTimeAsIso", None, "2026-01-14 14:00:00"),
        (5, "nobody knows", None, "5 nobody knows"),
        (math.nan, "s", None, "NaN"),
        (math.inf, "s", None, "∞"),
        (-8.9e-15, "none", None, "-8.9e-15"),
        (1e30, "bytes", None, "827181 YiB"),
    ],
)
def test_numbers_are_written_as_grafana_writes_them(value, unit, decimals, shown) -> None:
    assert units.shown(value, unit, decimals) == shown


@pytest.mark.parametrize(
    ("low", "high", "unit", "words"),
    [
        (0, 1, "percentunit", ["0%", "20%", "40%", "60%", "80%", "100%"]),
        (0, 0.012, "s", ["0 s", "2 ms", "4 ms", "6 ms", "8 ms", "10 ms", "12 ms"]),
        (0, 3 * 2**30, "bytes", ["0 B", "512 MiB", "1.0 GiB", "1.5 GiB", "2.0 GiB", "2.5 GiB", "3.0 GiB"]),
        (0, 1, "reqps", ["0 req/s", "0.2 req/s", "0.4 req/s", "0.6 req/s", "0.8 req/s", "1.0 req/s"]),
    ],
)
def test_ticks_are_round_in_their_unit_and_have_the_decimals_that_tell_them_apart(low, high, unit, words) -> None:
    assert axis.words(axis.ticks(low, high, room=240, unit=unit), unit, None) == words


def test_ticks_are_no_closer_than_their_decimals_tell_apart() -> None:
    assert axis.words(axis.ticks(0, 1, room=240, unit="count:alerts", decimals=0), "count:alerts", 0) == [
        "0 alerts",
        "1 alerts",
    ]


def test_a_text_is_cut_where_its_room_ends() -> None:
    cut = text.fitted("A panel with a very long title", 80, 12)
    assert cut.endswith("…")
    assert text.width(cut, 12) <= 80
    assert text.fitted("short", 80, 12) == "short"
    assert text.fitted("anything", 0, 12) == ""


def test_wrapped_lines_hold_every_word_in_order() -> None:
    said = "one two three four five six seven eight"
    lines = text.wrapped(said, 60, 12)
    assert len(lines) > 2
    assert " ".join(lines) == said
    assert all(text.width(line, 12) <= 60 for line in lines)


def test_what_xml_cannot_hold_is_replaced() -> None:
    assert text.escaped("a\x00\ud800<b>&\"'") == "a��&lt;b&gt;&amp;&quot;&#x27;"
