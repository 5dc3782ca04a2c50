# ruff: noqa: E501 (one case a line)
from __future__ import annotations

import json
from pathlib import Path

import promql_parser
import pytest

from sync.preview.colours import DARK
from sync.preview.data import Query, Span
from sync.preview.filled import ready
from sync.preview.painting import painter
from sync.preview.samples import facts
from sync.preview.samples.source import Samples
from tests.sync.preview.boards import board, document, panel, target

RENDERED = Path(__file__).parents[3] / "rendered"
SPAN = Span(1768377600000, 1768399200000, 120000)


@pytest.fixture(scope="module")
def samples() -> Samples:
    return Samples(facts.read(RENDERED))


def ask(samples: Samples, text: str, **more):
    answer = samples.ask([(Query("A", text, **more), SPAN)])[0]
    assert not answer.problem, answer.problem
    return answer.series


def values(series) -> list[float]:
    return [value for one in series for value in one.values if value is not None]


@pytest.mark.parametrize("file", sorted(RENDERED.glob("dashboards/**/*.json")), ids=lambda file: file.stem)
def test_every_query_of_our_dashboards_is_understood_and_most_have_data(file) -> None:
    found = painter(RENDERED).fill(document(json.loads(file.read_bytes())))
    assert found.problems == []
    answers = [answer for _, listed in found.answers for answer in listed]
    empty = [answer.query.text for answer in answers if not answer.series and not answer.lines]
    assert len(empty) <= len(answers) * 0.15, empty


@pytest.mark.parametrize("file", sorted(RENDERED.glob("dashboards/**/*.json")), ids=lambda file: file.stem)
def test_nothing_on_our_dashboards_is_beyond_what_its_unit_can_be(file) -> None:
    # What grows or falls short may be less than nothing.
    for title, unit, low, high in extremes(painter(RENDERED), json.loads(file.read_bytes())):
        assert low >= 0 or title in {"Queue", "Queue growth"}, title
        assert high <= {"percentunit": 1, "percent": 100}.get(unit, high) + 1e-9, title


def extremes(paint, source):
    for shown in ready(paint.fill(document(source)), DARK):
        for one in shown.fields:
            found = [value for value in one.field.values if isinstance(value, int | float)]
            if one.field.kind == "number" and found:
                yield shown.title, one.look.unit, min(found), max(found)


NODE = "node_memory_MemTotal_bytes - node_memory_MemFree_bytes - node_memory_Cached_bytes - node_memory_Buffers_bytes"


def test_what_is_left_of_a_whole_is_less_than_it_however_much_is_subtracted() -> None:
    found = list(extremes(painter(None), board(panel("timeseries", "P", target(NODE)))))
    assert found
    assert all(low > 0 for _, _, low, _ in found)


@pytest.mark.parametrize("catalogue", [None, RENDERED])
@pytest.mark.parametrize(
    ("unit", "expr"),
    [
        ("percent", "100 * (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)"),
        ("bytes", "node_memory_SwapTotal_bytes - node_memory_SwapFree_bytes"),
        ("percentunit", "1 - node_filesystem_avail_bytes / node_filesystem_size_bytes"),
        ("percent", "100 * sum by (instance, cpu) (rate(node_cpu_seconds_total{mode!='idle'}[5m]))"),
        ("percent", "100 - 100 * avg by (instance) (rate(node_cpu_seconds_total{mode='idle'}[5m]))"),
        ("percentunit", "jvm_memory_used_bytes / jvm_memory_max_bytes"),
        ("percentunit", "pool_connections / pool_connections_max"),
        ("percentunit", "process_open_fds / process_max_fds"),
        ("percentunit", "system_cpu_utilization"),
        ("percent", "disk_usage_percent"),
    ],
)
def test_parts_stay_within_their_whole_also_of_what_no_catalogue_knows(unit, expr, catalogue) -> None:
    one = panel("timeseries", "P", target(expr), fieldConfig={"defaults": {"unit": unit}, "overrides": []})
    (title, _, low, high), *_ = found = list(extremes(painter(catalogue), board(one)))
    assert title == "P"
    assert min(each[2] for each in found) >= 0, (low, high)
    assert max(each[3] for each in found) <= {"percentunit": 1, "percent": 100}.get(unit, 2**31)


def test_a_ratio_of_failed_to_all_is_small_and_a_share(samples) -> None:
    text = 'sum(rate(requests_total{job="phoenix-orchestrator",status=~"5.."}[5m])) / sum(rate(requests_total{job="phoenix-orchestrator"}[5m]))'
    found = values(ask(samples, text))
    assert found
    assert all(0 < value < 0.01 for value in found)


def test_quantiles_are_ordered_and_within_the_buckets(samples) -> None:
    bucket = 'sum by (le) (rate(request_duration_seconds_bucket{job="phoenix-orchestrator"}[5m]))'
    p50, p95, p99 = (values(ask(samples, f"histogram_quantile({share}, {bucket})")) for share in (0.5, 0.95, 0.99))
    assert all(0.005 < low < middle < high <= 10 for low, middle, high in zip(p50, p95, p99, strict=True))


def test_parts_add_up_to_their_whole(samples) -> None:
    parts = ask(samples, 'sum by (route) (rate(requests_total{job="phoenix-orchestrator"}[5m]))')
    whole = ask(samples, 'sum(rate(requests_total{job="phoenix-orchestrator"}[5m]))')
    assert len(parts) > 2
    assert sum(one.values[7] for one in parts) == pytest.approx(whole[0].values[7])


def test_an_agent_is_in_one_state_of_the_set_at_a_time(samples) -> None:
    found = ask(samples, 'agent_health_status{job="phoenix-agent"}')
    assert {one.labels["health"] for one in found} == {"healthy", "degraded", "unhealthy"}
    agents = {one.labels["agent"] for one in found}
    assert len(agents) > 1
    for agent in agents:
        columns = zip(*(one.values for one in found if one.labels["agent"] == agent), strict=True)
        assert all(sum(column) == 1 for column in columns)


def test_rates_follow_a_day(samples) -> None:
    day = Span(1768348800000, 1768435200000 - 1, 600000)
    series = samples.ask([(Query("A", 'sum(rate(requests_total{job="phoenix-orchestrator"}[5m]))'), day)])[0].series[0]
    night = [v for t, v in zip(series.times, series.values, strict=True) if t // 3_600_000 % 24 == 3]
    noon = [v for t, v in zip(series.times, series.values, strict=True) if t // 3_600_000 % 24 == 14]
    assert max(night) < min(noon) * 0.7


def test_a_counter_rises(samples) -> None:
    found = ask(samples, 'requests_total{job="phoenix-orchestrator"}')
    assert all(left <= right for one in found for left, right in zip(one.values, one.values[1:], strict=False))


def test_a_recorded_series_is_its_rule_computed(samples) -> None:
    left = values(ask(samples, 'slo:budget_left:ratio{slo="availability"}'))
    assert left
    assert all(0 < value <= 1 for value in left)
    assert values(ask(samples, 'slo:objective:target{slo="availability"}'))[0] == pytest.approx(0.999)


@pytest.mark.parametrize(
    "text",
    [
        "foo_total", "rate(foo_total[5m]) > bool 1", "topk(2, foo_bytes)", "sum without (a) (foo{a=\"b\"})",
        "label_replace(foo, \"x\", \"$1\", \"y\", \"(.*)\")", "absent(foo)", "vector(1) + time()", "-foo", "2 ^ 10",
        "count_values(\"v\", foo)", "quantile(0.9, foo)", "avg_over_time(rate(foo_total[1m])[1h:5m])",
        "foo offset 1d / bar", "foo and on (instance) bar", "foo unless bar", "foo or vector(0)", "predict_linear(foo[1h], 3600)",
        "histogram_quantile(0.9, foo_seconds_bucket)", "changes(foo[1h])", "clamp(foo, 0, 1)", "scalar(foo)", "{__name__=\"foo\"}",
        "sum by (instance, pod) (foo) * on (instance) group_left (node) bar",
    ],
)  # fmt: skip
def test_expressions_that_no_catalogue_knows_are_computed_all_the_same(text) -> None:
    promql_parser.parse(text)
    ask(Samples(facts.read(None)), text)


def test_what_prometheus_cannot_read_is_said_not_drawn(samples) -> None:
    answer = samples.ask([(Query("A", "sum(rate("), SPAN)])[0]
    assert "can't read" in answer.problem
    assert answer.series == ()


def test_nesting_without_end_is_a_message(samples) -> None:
    answer = samples.ask([(Query("A", "(" * 90 + "up" + ")" * 90), SPAN)])[0]
    assert "nested too deep" in answer.problem


def test_the_same_question_has_the_same_answer_whatever_else_was_asked() -> None:
    text = 'sum by (route) (rate(requests_total{job="phoenix-orchestrator"}[5m]))'
    alone = ask(Samples(facts.read(RENDERED)), text)
    other = Samples(facts.read(RENDERED))
    ask(other, "sum(rate(tasks_failed_total[5m]))")
    assert ask(other, text) == alone
