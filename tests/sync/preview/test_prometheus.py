from __future__ import annotations

import pytest

from sync.errors import DashSyncError
from sync.preview.data import Query, Span
from sync.preview.prometheus import Prometheus
from tests.sync.preview.boards import prometheus

SPAN = Span(1768377600000, 1768381200000, 60000)


def one(server: Prometheus, text: str = "up", **more):
    return server.ask([(Query("A", text, **more), SPAN)])[0]


def test_a_range_is_asked_on_the_steps_grid_and_answered_with_series() -> None:
    with prometheus() as (url, answers):
        found = one(Prometheus(url))
        path, query, _ = answers.asked[0]
    assert (path, query["start"], query["end"], query["step"]) == (
        "/api/v1/query_range",
        "1768377600.000",
        "1768381200.000",
        "60",
    )
    assert found.series[0].labels == {"route": "/api"}
    assert found.series[0].values == [0.25] * 61


def test_missing_samples_and_nan_are_gaps() -> None:
    with prometheus() as (url, answers):
        values = [[1768377600, "1"], [1768377720, "NaN"], [1768377780, "4"]]
        answers.json(
            {"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {}, "values": values}]}}
        )
        found = one(Prometheus(url)).series[0].values
    assert found[:4] == [1.0, None, None, 4.0]


def test_equal_queries_are_sent_once() -> None:
    with prometheus() as (url, answers):
        found = Prometheus(url).ask([(Query("A", "up"), SPAN), (Query("B", "up"), SPAN)])
    assert len(answers.asked) == 1
    assert [answer.query.ref for answer in found] == ["A", "B"]


def test_an_error_of_prometheus_is_told_in_its_words() -> None:
    with prometheus() as (url, answers):
        answers.json({"status": "error", "errorType": "bad_data", "error": "parse error: unexpected end"}, status=400)
        problem = one(Prometheus(url)).problem
    assert problem == f"{url} answers 400: parse error: unexpected end"


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b"<html>login</html>", "isn't JSON"),
        (200, b"[1]", "no Prometheus answer"),
        (200, b'{"status": "error", "error": "too many samples"}', "too many samples"),
        (503, b"<html>down</html>", "answers 503"),
        (200, b"[" * 100_000, "isn't JSON"),
    ],
)
def test_what_is_no_answer_is_a_problem_not_a_crash(status, body, said) -> None:
    with prometheus() as (url, answers):
        answers.status, answers.body = status, body
        problem = one(Prometheus(url)).problem
    assert said in problem
    assert url in problem


def test_a_server_that_is_down_is_named_and_asked_once() -> None:
    with prometheus() as (url, _):
        pass
    server = Prometheus(url, workers=1)
    found = server.ask([(Query("A", "up"), SPAN), (Query("B", "down"), SPAN)])
    assert [answer.problem for answer in found] == [f"{url} refuses the connection"] * 2


def test_a_server_that_is_slow_is_given_up_after_the_timeout() -> None:
    with prometheus() as (url, answers):
        answers.delay = 1.5
        assert one(Prometheus(url, timeout=0.2)).problem == f"{url} didn't answer within 0.2 s"


def test_credentials_go_to_the_server_and_into_no_message() -> None:
    with prometheus() as (url, answers):
        answers.status = 500
        server = Prometheus(url.replace("http://", "http://reader:s3cret@"))
        problem = one(server).problem
        sent = answers.asked[0][2]["Authorization"]
    assert sent == "Basic cmVhZGVyOnMzY3JldA=="
    assert "s3cret" not in problem + server.name + server.url


def test_a_redirect_is_not_followed() -> None:
    with prometheus() as (elsewhere, other), prometheus() as (url, answers):
        answers.status, answers.headers = 302, {"Location": elsewhere}
        assert "answers 302" in one(Prometheus(url)).problem
    assert other.asked == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "localhost:9090", "ftp://x", "http://"])
def test_an_address_that_is_none_is_refused(url) -> None:
    with pytest.raises(DashSyncError, match="no address of a Prometheus"):
        Prometheus(url)


def test_the_scrape_interval_is_the_servers_own() -> None:
    with prometheus() as (url, answers):
        answers.json({"status": "success", "data": {"yaml": "global:\n  scrape_interval: 30s\n"}})
        assert Prometheus(url).scrape_interval() == 30
        answers.json({"status": "error"}, status=404)
        assert Prometheus(url).scrape_interval() == 15


def test_other_languages_are_not_sent() -> None:
    with prometheus() as (url, _answers):
        found = one(Prometheus(url), '{job="x"}', language="logql")
    assert found.problem == "logql isn't asked of a Prometheus"
