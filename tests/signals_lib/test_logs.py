"""LogQL from log streams: few labels, ids after the selector, nothing that Loki would refuse or that finds nothing."""

from __future__ import annotations

import pytest

from signals_lib import Label, Matcher, logql
from signals_lib.errors import (
    CardinalityError,
    DefinitionError,
    GrammarError,
    LabelError,
    LabelValueError,
    MatchingError,
    UnitError,
)
from signals_lib.log_query import LogQuery
from signals_lib.log_stream import LogStream

SHOP = LogStream(
    "shop",
    services=("till", "bank"),
    help="What tills and banks write.",
    labels=("environment", Label("level", ("info", "error"))),
    ids=("order_id", "trace_id"),
    fields=("message", "order_id"),
)
OURS = '{service_name=~"till|bank"}'
PARSED = 'json message="message" | __error__=""'
ERRORS = '{service_name=~"till|bank", level="error"}'


@pytest.mark.parametrize(
    ("query", "expr"),
    [
        (logql.lines(SHOP), OURS),
        (logql.lines(SHOP, where={"service_name": "till"}), '{service_name="till"}'),
        (logql.lines(SHOP, having={"order_id": "7"}), f'{OURS} | order_id="7"'),
        (
            logql.lines(
                SHOP, where={"level": "error"}, having={"trace_id": Matcher.regex("$trace")}, containing='"no"'
            ),
            f'{ERRORS} |= "\\"no\\"" | trace_id=~"$trace"',
        ),
        (logql.lines(SHOP, matching="(?i)timed out"), f'{OURS} |~ "(?i)timed out"'),
        (logql.volume(SHOP, by=["level"]), f"sum by (level) (count_over_time({OURS} [$__auto]))"),
        (logql.volume(SHOP, window="5m"), f"sum(count_over_time({OURS} [5m]))"),
        (logql.rate(SHOP, having={"order_id": "7"}), f'sum(rate({OURS} | order_id="7" [$__auto]))'),
        (logql.traffic(SHOP, by=["service_name"]), f"sum by (service_name) (bytes_rate({OURS} [$__auto]))"),
        (
            logql.top_messages(5, SHOP, by=["level"]),
            f"topk(5, sum by (level, message) (count_over_time({OURS} | {PARSED} [$__range])))",
        ),
        (
            logql.busiest(3, SHOP, "order_id", where={"level": "error"}),
            f'topk(3, sum by (order_id) (count_over_time({ERRORS} | order_id!="" [$__range])))',
        ),
        (logql.rate(SHOP, by=["level"]).highest(), f"max(sum by (level) (rate({OURS} [$__auto])))"),
    ],
)
def test_a_query_is_this_text(query: LogQuery, expr: str) -> None:
    assert query.expr == expr
    assert query.language == "logql"


def test_a_part_without_lines_is_zero_of_its_whole() -> None:
    share = logql.rate(SHOP, where={"level": "error"}).share_of(logql.rate(SHOP))
    part, whole = f"sum(rate({ERRORS} [$__auto]))", f"sum(rate({OURS} [$__auto]))"
    assert (share.expr, share.unit) == (f"({part} or {whole} * 0) / {whole}", "share")
    with pytest.raises(MatchingError):
        logql.rate(SHOP, by=["level"]).share_of(logql.rate(SHOP))


def test_an_id_is_no_label() -> None:
    with pytest.raises(CardinalityError, match=r"'order_id' is an id, not a label .* Filter lines by it: having="):
        logql.lines(SHOP, where={"order_id": "7"})
    with pytest.raises(CardinalityError):
        logql.volume(SHOP, by=["trace_id"])
    for name in ("plan_id", "uuid", "client_ip", "message"):
        with pytest.raises(CardinalityError, match="Declare it among ids"):
            LogStream("x", services=["x"], help="X.", labels=[name])
    with pytest.raises(CardinalityError):
        LogStream("x", services=["x"], help="X.", labels=["order"], ids=["order"])


def test_what_a_stream_has_not_is_named_with_what_it_has() -> None:
    with pytest.raises(LabelError, match="no label 'levle'; did you mean 'level'"):
        logql.volume(SHOP, by=["levle"])
    with pytest.raises(LabelValueError, match=r"never has the value 'warn'; .*info, error"):
        logql.lines(SHOP, where={"level": "warn"})
    with pytest.raises(LabelError, match="no id 'level'"):
        logql.lines(SHOP, having={"level": "error"})
    with pytest.raises(LabelError, match="no field 'massage'"):
        logql.top_messages(3, SHOP, field="massage")
    with pytest.raises(GrammarError):
        logql.volume(SHOP, window="5 minutes")
    with pytest.raises(DefinitionError):
        logql.busiest(0, SHOP, "order_id")
    with pytest.raises(DefinitionError):
        LogStream("x", services=[], help="X.")
    with pytest.raises(UnitError):
        logql.volume(SHOP).named(unit="Lines!")


def test_scoping_narrows_every_selector_and_only_by_labels_of_the_index() -> None:
    share = logql.rate(SHOP, where={"level": "error"}).share_of(logql.rate(SHOP))
    scoped = share.scoped({"environment": Matcher.regex("$environment"), "instance": "x", "order_id": "7"})
    assert scoped.expr.count('environment=~"$environment"') == 3
    assert "instance" not in scoped.expr
    assert "order_id" not in scoped.expr
    assert scoped.scoped({"environment": Matcher.regex("$environment")}) == scoped


def test_a_service_that_the_page_chooses_leaves_ours_named() -> None:
    # All of a variable may stand for `.*`, and Loki refuses a selector that matches everything.
    chosen = logql.lines(SHOP).scoped({"service_name": Matcher.regex("$service")})
    assert chosen.expr == '{service_name=~"till|bank", service_name=~"$service"}'


def test_a_window_takes_the_place_of_the_default_one_only() -> None:
    assert logql.rate(SHOP).over("5m").expr == f"sum(rate({OURS} [5m]))"
    assert logql.rate(SHOP, window="1h").over("5m").expr == f"sum(rate({OURS} [1h]))"


def test_a_query_knows_its_streams_and_whether_it_shows_lines() -> None:
    share = logql.rate(SHOP, where={"level": "error"}).share_of(logql.rate(SHOP))
    assert share.streams == (SHOP,)
    assert (logql.lines(SHOP).shows_lines, share.shows_lines) == (True, False)
    assert repr(share.named(title="Bad")).startswith("<LogQuery Bad [share]: (sum(")
