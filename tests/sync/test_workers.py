"""Requests at once: fewer when the server complains, more again when it is calm, and in any case all of them done."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import threading
import time

import pytest

from sync import errors
from sync.grafana.failures import ATTEMPTS, LONGEST_WAIT, read_retry_after, wait_before
from sync.grafana.workers import CALM, Workers
from tests.sync.project import DASHBOARD


def most_at_once(workers: Workers, number: int) -> int:
    lock, running, most = threading.Lock(), 0, 0

    def call(item: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.002)
        with lock:
            running -= 1
        return item

    assert sorted(item for item, _ in workers.map(call, range(number))) == list(range(number))
    return most


def test_a_complaint_halves_them_down_to_one():
    workers = Workers(8)
    allowed = []
    for _ in range(5):
        workers.slow_down()
        allowed.append(workers.allowed)
    assert allowed == [4, 2, 1, 1, 1]
    assert most_at_once(workers, CALM - 1) == 1


def test_calm_brings_them_back_one_by_one():
    workers = Workers(4)
    workers.slow_down()
    list(workers.map(lambda item: item, range(2 * CALM)))
    assert workers.allowed == 4
    list(workers.map(lambda item: item, range(10 * CALM)))
    assert workers.allowed == 4


def test_never_more_than_asked_for():
    assert most_at_once(Workers(3), 30) <= 3


def test_what_a_call_raises_is_raised_and_the_rest_is_not_begun():
    begun = []

    def call(item: int) -> None:
        begun.append(item)
        time.sleep(0.001)
        raise ValueError(item)

    with pytest.raises(ValueError):  # noqa: PT011 whichever comes first
        list(Workers(1).map(call, range(1000)))
    assert len(begun) < 1000


@pytest.mark.parametrize("fault", ["429", "503"])
def test_a_server_that_is_busy_gets_every_dashboard_once(project, sandbox, fault):
    """503 is what the sandbox says of a locked database."""
    project.connect(sandbox.url, api=sandbox.api)
    for number in range(30):
        project.rendered(f"dashboards/{number}.json", {**DASHBOARD, "uid": f"shop-{number}"})
    sandbox.fault(fault, method="POST", count=ATTEMPTS - 1, seconds=0)
    done = project.invoke("push", "--format", "json")
    assert done.code == 0, done
    assert [len(sandbox.versions(f"shop-{number}")) for number in range(30)] == [1] * 30


def failure(kind: type[errors.ServerError], what: str = "", *, status: int = 0, after: float | None = None):
    error = kind(what, server="https://grafana.example")
    error.status, error.retry_after = status, after
    return error


@pytest.mark.parametrize(
    ("error", "method", "again"),
    [
        (failure(errors.Overloaded), "POST", True),
        (failure(errors.Failing, "503: database is locked", status=503), "PUT", True),
        (failure(errors.Failing, "503: Service Unavailable", status=503), "PUT", False),
        (failure(errors.Failing, "503: Service Unavailable", status=503), "GET", True),
        (failure(errors.Failing, "500: Internal error", status=500), "GET", False),
        (failure(errors.Unreachable), "GET", True),
        (failure(errors.Unreachable), "DELETE", False),
        (failure(errors.BrokenAnswer), "POST", False),
        (failure(errors.Refusing), "GET", False),
        (failure(errors.Conflict), "PUT", False),
        (failure(errors.TimedOut), "GET", False),
    ],
)
def test_only_what_cannot_write_twice_is_sent_again(error, method, again):
    assert (wait_before(error, method, 1) is not None) is again
    assert wait_before(error, method, ATTEMPTS) is None


def test_retry_after_is_obeyed_unless_it_is_too_long():
    assert wait_before(failure(errors.Overloaded, after=7.0), "POST", 1) == 7.0
    assert wait_before(failure(errors.Overloaded, after=LONGEST_WAIT + 1), "POST", 1) is None


def test_without_it_the_waits_grow_and_differ():
    waits = [[wait_before(failure(errors.Overloaded), "POST", attempt) for _ in range(20)] for attempt in (1, 2, 3)]
    assert all(len(set(of_one)) > 1 for of_one in waits)
    assert max(waits[0]) <= 0.2 <= min(waits[2])


@pytest.mark.parametrize(("value", "seconds"), [("3", 3.0), ("-1", 0.0), ("soon", None), (None, None)])
def test_retry_after_in_seconds(value, seconds):
    assert read_retry_after(value) == seconds


def test_retry_after_as_a_date():
    assert read_retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
    assert read_retry_after("Wed, 21 Oct 2099 07:28:00 GMT") > 1e9


def test_on_a_terminal_there_is_a_bar_with_rate_and_time_left(project, sandbox):
    project.connect(sandbox.url, api=sandbox.api)
    for number in range(40):
        project.rendered(f"dashboards/{number}.json", {**DASHBOARD, "uid": f"shop-{number}"})
    sandbox.fault("latency", method="POST", count=None, seconds=0.1)
    terminal, end = pty.openpty()
    process = project.start("push", stderr=end)
    os.close(end)
    shown = b""
    with contextlib.suppress(OSError):  # that is how a terminal ends whose last writer has gone
        while part := os.read(terminal, 65536):
            shown += part
    os.close(terminal)
    assert process.wait(timeout=60) == 0
    assert "40 created" in process.stdout.read()
    text = shown.decode()
    assert "push to local" in text
    assert re.search(r"[1-9]\d*/40\b", text)
    assert re.search(r"\d+/s", text)
    assert re.search(r"0:00:0\d", text)
