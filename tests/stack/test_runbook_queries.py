"""Every query that a runbook tells people to paste, asked of a real Prometheus: it can be answered."""

from __future__ import annotations

import re

import pytest

import alerts
from tests.stack.prometheus_api import PrometheusApi
from tests.stack.scenarios import SCENARIOS

pytestmark = pytest.mark.needs("prometheus", "promtool")

FENCE = re.compile(r"^ *```promql\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
EMPTY_WHEN_HEALTHY = re.compile(r"^ALERTS|== 0|!=\"UP\"|> 0$|> 0\) / 3600$")
COMES_OR_GOES = re.compile(r"\) unless count by \(")


def queries() -> list[tuple[str, str]]:
    return sorted(
        {
            (path.removeprefix("runbooks/"), query.strip())
            for path, text in alerts.render().items()
            if path.startswith("runbooks/")
            for query in FENCE.findall(text.decode().partition("## Rules")[0])
        }
    )


def test_what_runbooks_ask_has_an_answer_while_all_is_well(prometheus: PrometheusApi) -> None:
    end = SCENARIOS["healthy"].end
    asked = queries()
    assert len(asked) > 100
    silent = {
        (page, query)
        for page, query in asked
        if not prometheus.instant(query, at=end)
        and not EMPTY_WHEN_HEALTHY.search(query)
        and not COMES_OR_GOES.search(query)
    }
    assert silent == set()


def test_what_runbooks_ask_for_the_gone_and_the_new_finds_them(prometheus: PrometheusApi) -> None:
    healthy = SCENARIOS["healthy"]
    asked = [query for _, query in queries() if COMES_OR_GOES.search(query)]
    assert len(asked) == 2
    gone, new = healthy.end + 600, healthy.end - healthy.hours * 3600 + 600
    for query, moment in zip(asked, (gone, new), strict=True):
        assert prometheus.instant(query, at=healthy.end) == []
        assert {series.labels["job"] for series in prometheus.instant(query, at=moment)} >= {"redis", "haproxy"}
