# ruff: noqa: E501 (one case a line)
from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sync.preview import ranges, variables
from sync.preview.data import Span

NOW = datetime(2026, 1, 14, 14, 7, 30, tzinfo=UTC)
SPAN = Span(1768377600000, 1768399200000, 120000)


class Known:
    name = "known"
    invents = False

    def ask(self, _queries):
        return []

    def label_values(self, label, _selector):
        return {"instance": ["a.b:1", "c:2"], "env": ["prod", "test"]}.get(label, [])


def scope(*listed, given=None):
    return variables.scope(list(listed), Known(), SPAN, scrape=15, given=given or {})


QUERY = {"type": "query", "query": "label_values(up, instance)"}


@pytest.mark.parametrize(
    ("variable", "written", "sent"),
    [
        ({"name": "x", "type": "custom", "current": {"value": "one"}}, "a=$x", "a=one"),
        ({"name": "x", "type": "custom", "current": {"value": "one"}}, "a=${x} b=[[x]] c=$y", "a=one b=one c=$y"),
        ({"name": "x", "multi": True, "current": {"value": ["a.b", "c"]}, **QUERY}, '{i=~"$x"}', '{i=~"(a\\\\.b|c)"}'),
        ({"name": "x", "includeAll": True, "allValue": ".*", "current": {"value": "$__all"}, **QUERY}, '{i=~"$x"}', '{i=~".*"}'),
        ({"name": "x", "includeAll": True, "current": {"value": ["$__all"]}, **QUERY}, "$x", "(a\\\\.b:1|c:2)"),
        ({"name": "x", "current": {}, **QUERY}, "$x", "a.b:1"),
        ({"name": "x", "regex": "/([^:]+):/", "current": {}, **QUERY}, "$x", "a.b"),
        ({"name": "x", "type": "custom", "query": "p,q", "current": {}}, "$x", "p"),
        ({"name": "x", "type": "custom", "multi": True, "current": {"value": ["a", "b"]}}, "${x:csv} ${x:pipe}", "a,b a|b"),
        ({"name": "x", "type": "constant", "query": "c1"}, "${x:raw}", "c1"),
        ({"name": "x", "type": "textbox", "query": 'say "hi"'}, "$x", 'say \\"hi\\"'),
        ({"name": "x", "type": "interval", "query": "1m,5m", "current": {"value": "5m"}}, "[$x]", "[5m]"),
        ({"name": "x", "type": "datasource", "query": "prometheus", "current": {}}, "$x", "default"),
    ],
)  # fmt: skip
def test_variables_are_put_in_as_grafana_does(variable, written, sent) -> None:
    assert scope(variable).query(written, SPAN) == sent


def test_a_value_may_name_another_variable_and_a_given_one_wins() -> None:
    env = {"name": "env", "type": "custom", "current": {"value": "test"}}
    path = {"name": "path", "type": "constant", "query": "/${env}/x"}
    assert scope(env, path).query("$path", SPAN) == "/test/x"
    assert scope(env, path, given={"env": "prod"}).query("$path", SPAN) == "/prod/x"


def test_macros_follow_the_step_and_the_scrape_interval() -> None:
    text = "$__interval ${__interval_ms} $__rate_interval $__range $__range_s"
    assert scope().query(text, SPAN) == "2m 120000 135s 21600s 21600"
    assert scope().query("$__rate_interval", Span(0, 600000, 5000)) == "1m"


@pytest.mark.parametrize(
    ("text", "up", "moment"),
    [
        ("now", False, "2026-01-14T14:07:30"),
        ("now-6h", False, "2026-01-14T08:07:30"),
        ("now-1d/d", False, "2026-01-13T00:00:00"),
        ("now/d", True, "2026-01-15T00:00:00"),
        ("now/w", False, "2026-01-12T00:00:00"),
        ("now/M", False, "2026-01-01T00:00:00"),
        ("2026-01-02T03:04:05Z", False, "2026-01-02T03:04:05"),
        ("1768377600000", False, "2026-01-14T08:00:00"),
    ],
)
def test_times_are_read_as_dashboards_write_them(text, up, moment) -> None:
    found = ranges.moment(text, now=NOW, up=up)
    assert datetime.fromtimestamp(found / 1000, tz=UTC).isoformat()[:19] == moment


@pytest.mark.parametrize("text", ["yesterday", "now-", "now-99999999d", ""])
def test_a_time_that_is_none_is_refused_with_what_to_write(text) -> None:
    with pytest.raises(ranges.TimeError):
        ranges.moment(text, now=NOW, up=False)


def test_steps_are_those_that_grafana_rounds_to() -> None:
    assert ranges.spaced(0, 6 * 3600 * 1000, points=200).step == 120_000
    assert ranges.spaced(0, 30 * 86400 * 1000, points=200).step == 10_800_000
    assert ranges.spaced(0, 3600 * 1000, points=200, least=60).step == 60_000
