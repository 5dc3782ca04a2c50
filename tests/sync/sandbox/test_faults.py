from __future__ import annotations

import http.client
import time
from typing import Any

import pytest

from tests.sync.sandbox.client import DASHBOARDS, Client, dashboard

SEARCH = "/api/search"


def arm(sandbox: Client, *faults: dict[str, Any]) -> None:
    assert sandbox.post("/_sandbox/faults", list(faults)).status == 200


@pytest.mark.parametrize("status", [401, 403, 409, 412, 413, 429, 500, 502, 503, 504])
def test_status_is_answered_once_and_nothing_is_written(sandbox: Client, status: int) -> None:
    arm(sandbox, {"fault": str(status), "method": "POST"})
    refused = sandbox.post(DASHBOARDS, dashboard("one"))
    assert refused.status == status
    assert "message" in refused.body
    assert sandbox.get(f"{DASHBOARDS}/one").status == 404
    assert sandbox.post(DASHBOARDS, dashboard("one")).status == 201


def test_409_on_demand_is_no_conflict(sandbox: Client) -> None:
    arm(sandbox, {"fault": "409"})
    assert sandbox.get(f"{DASHBOARDS}/one").body.get("reason") not in {"Conflict", "AlreadyExists"}


def test_429_says_when_to_come_again(sandbox: Client) -> None:
    arm(sandbox, {"fault": "429", "seconds": 3})
    assert sandbox.get(SEARCH).headers["retry-after"] == "3"


def test_drop_ends_the_stream_without_an_answer(sandbox: Client) -> None:
    arm(sandbox, {"fault": "drop"})
    with pytest.raises(http.client.RemoteDisconnected):
        sandbox.get(SEARCH)
    assert sandbox.get(SEARCH).status == 200


def test_reset_breaks_the_connection(sandbox: Client) -> None:
    arm(sandbox, {"fault": "reset"})
    with pytest.raises(ConnectionResetError) as caught:
        sandbox.get(SEARCH)
    assert not isinstance(caught.value, http.client.RemoteDisconnected)


def test_truncated_body_is_shorter_than_it_was_announced(sandbox: Client) -> None:
    arm(sandbox, {"fault": "truncated"})
    with pytest.raises(http.client.IncompleteRead) as caught:
        sandbox.get("/api/org")
    assert len(caught.value.partial) > 10


@pytest.mark.parametrize("fault", ["drop", "reset"])
def test_answer_is_lost_after_the_write(sandbox: Client, fault: str) -> None:
    arm(sandbox, {"fault": fault, "after": True})
    with pytest.raises(ConnectionResetError):
        sandbox.post(DASHBOARDS, dashboard("one"))
    assert sandbox.get(f"{DASHBOARDS}/one").status == 200


@pytest.mark.parametrize("fault", ["drop", "reset"])
def test_request_is_lost_before_the_write(sandbox: Client, fault: str) -> None:
    arm(sandbox, {"fault": fault})
    with pytest.raises(ConnectionResetError):
        sandbox.post(DASHBOARDS, dashboard("one"))
    assert sandbox.get(f"{DASHBOARDS}/one").status == 404


def test_html_comes_from_something_that_is_no_grafana(sandbox: Client) -> None:
    arm(sandbox, {"fault": "html"})
    page = sandbox.get(SEARCH)
    assert (page.status, page.headers["content-type"].split(";")[0]) == (502, "text/html")


@pytest.mark.parametrize("fault", ["latency", "slow"])
def test_waiting_takes_as_long_as_told_and_answers_whole(sandbox: Client, fault: str) -> None:
    arm(sandbox, {"fault": fault, "seconds": 0.3})
    begin = time.monotonic()
    assert sandbox.get("/api/org").body["id"] == 1
    assert time.monotonic() - begin >= 0.25


def test_only_what_matches_is_hit_and_only_so_often(sandbox: Client) -> None:
    arm(sandbox, {"fault": "503", "method": "PUT|PATCH", "path": "/apis/.*/dashboards/one", "count": 2})
    statuses = [sandbox.put(f"{DASHBOARDS}/{name}", dashboard(name)).status for name in ("two", "one", "one", "one")]
    assert statuses == [201, 503, 503, 201]
    assert sandbox.get("/_sandbox/faults").body == {"faults": []}


def test_faults_without_count_last_until_they_are_cleared(sandbox: Client) -> None:
    arm(sandbox, {"fault": "500", "count": None})
    assert [sandbox.get(SEARCH).status for _ in range(3)] == [500, 500, 500]
    assert len(sandbox.get("/_sandbox/faults").body["faults"]) == 1
    assert sandbox.delete("/_sandbox/faults").status == 204
    assert sandbox.get(SEARCH).status == 200


@pytest.mark.parametrize(
    "wrong",
    [{"fault": "418"}, {"fault": "500", "path": "("}, {"fault": "500", "count": 0}, {"fault": "500", "when": 1}, {}, 7],
)
def test_fault_that_is_none_is_refused_whole(sandbox: Client, wrong: Any) -> None:
    refused = sandbox.post("/_sandbox/faults", [{"fault": "500"}, wrong])
    assert refused.status == 400
    assert sandbox.get("/_sandbox/faults").body == {"faults": []}
