"""What queries answer on a real Prometheus: both spellings of `le`, no NaN, nothing hidden by what isn't there."""

from __future__ import annotations

from pathlib import Path

import pytest

from signals_lib import Query, promql
from tests.signals_lib.promtool import Answer, outcome
from tests.signals_lib.shop import DOOR, ORDERS, PARCEL, REFUSALS, RETURNS, ROOM, ROOM_LIMIT, WAIT

pytestmark = pytest.mark.needs("promtool")

HERE = 'job="shop",environment="test",instance="a"'


def waits(*bounds: str, labels: str = HERE, counts: tuple[str, ...] = ("0+60x10", "0+90x10", "0+120x10")) -> dict:
    """A histogram of two orders a second, written with these spellings of its bounds."""
    rows = {
        f'wait_seconds_bucket{{{labels},le="{bound}"}}': row
        for bound, row in zip((*bounds, "+Inf"), counts, strict=True)
    }
    return {
        **rows,
        f"wait_seconds_count{{{labels}}}": counts[-1],
        f"wait_seconds_sum{{{labels}}}": counts[-1],
    }


IDLE = ("7x10", "7x10", "7x10")
ROUTES = {
    f'orders_total{{{HERE},route="/a",status="200"}}': "0+60x10",
    f'orders_total{{{HERE},route="/b",status="200"}}': "0+180x10",
    f'orders_total{{{HERE},route="/idle",status="200"}}': "5x10",
}


@pytest.mark.parametrize(
    ("series", "query", "answer"),
    [
        pytest.param(waits("0.5", "1"), promql.share_within(WAIT, 1), {"{}": 0.75}, id="le as Go writes it"),
        pytest.param(waits("0.5", "1.0"), promql.share_within(WAIT, 1), {"{}": 0.75}, id="le as Python writes it"),
        pytest.param(
            waits("0.5", "1") | waits("0.5", "1.0", labels=HERE.replace('"a"', '"b"')),
            promql.share_within(WAIT, 1, by="instance"),
            {'{instance="a"}': 0.75, '{instance="b"}': 0.75},
            id="le of both at once",
        ),
        pytest.param(
            {f'parcel_bytes_bucket{{{HERE},le="1.048576e+06"}}': "0+60x10"},
            promql.rate_within(PARCEL, 2**20),
            {"{}": 1},
            id="le with an exponent",
        ),
        pytest.param(
            {f'parcel_bytes_bucket{{{HERE},le="11048576"}}': "0+60x10"},
            promql.rate_within(PARCEL, 2**20),
            {},
            id="another le",
        ),
        pytest.param(waits("0.5", "1", counts=IDLE), promql.share_within(WAIT, 1), {}, id="idle share within"),
        pytest.param(waits("0.5", "1"), promql.quantile(0.5, WAIT), {"{}": 0.5}, id="quantile"),
        pytest.param(waits("0.5", "1", counts=IDLE), promql.quantile(0.5, WAIT), {}, id="idle quantile"),
        pytest.param(
            waits("0.5", "1", counts=IDLE), promql.quantile(0.5, WAIT).below(1), {}, id="idle quantile, compared"
        ),
        pytest.param(waits("0.5", "1"), promql.quantile(0.5, WAIT).above("0.4"), {"{}": 0.5}, id="high quantile"),
        pytest.param(waits("0.5", "1"), promql.mean(WAIT), {"{}": 1}, id="mean"),
        pytest.param(waits("0.5", "1", counts=IDLE), promql.mean(WAIT), {}, id="idle mean"),
        pytest.param(
            ROUTES,
            promql.ratio(promql.rate(REFUSALS, by="route"), promql.rate(ORDERS, by="route")),
            {'{route="/a"}': 0, '{route="/b"}': 0},
            id="no failure counter yet",
        ),
        pytest.param(
            ROUTES | {f'refusals_total{{{HERE},route="/a"}}': "0+30x10"},
            promql.ratio(promql.rate(REFUSALS, by="route"), promql.rate(ORDERS, by="route")),
            {'{route="/a"}': 0.5, '{route="/b"}': 0},
            id="a failure counter of one route only",
        ),
        pytest.param(
            ROUTES,
            promql.rate(ORDERS, by="route").above(0) / promql.rate(ORDERS),
            {'{route="/a"}': 0.25, '{route="/b"}': 0.75},
            id="each route's part of all",
        ),
        pytest.param(
            ROUTES,
            promql.rate(ORDERS) / promql.rate(ORDERS, by="route").above(0),
            {'{route="/a"}': 4, '{route="/b"}': 4 / 3},
            id="all for each route",
        ),
        pytest.param(
            {
                f'refusals_total{{{HERE},route="/a"}}': "0+60x10",
                f'returns_total{{{HERE},route="/a",reason="broken"}}': "0+30x10",
                f'returns_total{{{HERE},route="/a",reason="late"}}': "0+30x10",
                f'returns_total{{{HERE},route="/b",reason="late"}}': "0+30x10",
            },
            promql.union(promql.rate(REFUSALS, aggregation=None), promql.rate(RETURNS, aggregation=None), by="route"),
            {'{route="/a"}': 2, '{route="/b"}': 0.5},
            id="a union of what exists",
        ),
        pytest.param(
            {f"room_used{{{HERE}}}": "5x10", f"room_limit{{{HERE}}}": "0x10"},
            promql.utilisation(promql.latest(ROOM), promql.latest(ROOM_LIMIT)),
            {},
            id="a limit of 0 is none",
        ),
        pytest.param(
            {f"room_used{{{HERE}}}": "5x10"},
            promql.utilisation(promql.latest(ROOM), promql.latest(ROOM_LIMIT)),
            {},
            id="no limit",
        ),
        pytest.param(
            {f"room_limit{{{HERE}}}": "10x10"},
            promql.utilisation(promql.latest(ROOM), promql.latest(ROOM_LIMIT)),
            {},
            id="a use that is gone is not 0",
        ),
        pytest.param(
            {
                f'door{{{HERE},door="front",state="open"}}': "1x10",
                f'door{{{HERE},door="front",state="closed"}}': "0x10",
                f'door{{{HERE},door="back",state="open"}}': "0x10",
                f'door{{{HERE},door="back",state="closed"}}': "1x10",
            },
            promql.in_state(DOOR, "open", by="door").at_least(1),
            {'{door="front"}': 1},
            id="what is in a state",
        ),
        pytest.param(
            {f'door{{{HERE},door="front",state="open"}}': "1 1 1 1 stale"},
            promql.max_over(DOOR, "1h", by="door", aggregation="max").unless(promql.latest(DOOR, by="door")),
            {'{door="front"}': 1},
            id="what has vanished",
        ),
        pytest.param(
            ROUTES | {f"room_used{{{HERE}}}": "5x10"},
            promql.rate(ORDERS, by="route").above(0).when(promql.latest(ROOM).above(4)),
            {'{route="/a"}': 1, '{route="/b"}': 3},
            id="a condition with fewer labels",
        ),
        pytest.param(
            ROUTES | {f"room_used{{{HERE}}}": "3x10"},
            promql.rate(ORDERS, by="route").when(promql.latest(ROOM).above(4)),
            {},
            id="a condition that does not hold",
        ),
    ],
)
def test_prometheus_answers(tmp_path: Path, series: dict[str, str], query: Query, answer: Answer) -> None:
    assert not outcome(tmp_path, series, query, answer)


def test_a_wrong_answer_would_be_noticed(tmp_path: Path) -> None:
    assert outcome(tmp_path, waits("0.5", "1"), promql.share_within(WAIT, 1), {"{}": 0.5})
