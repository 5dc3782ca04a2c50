"""What Ctrl-C, other signals and a second push at the same time leave: a list that is true, and nothing made twice."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.sync.project import DASHBOARD

WRITE = {"method": "POST|PUT", "path": ".*/dashboards(/db|/shop-overview)?"}


@pytest.fixture
def shop(project, sandbox):
    project.connect(sandbox.url, api=sandbox.api)
    project.rendered("dashboards/Shop/overview.json", DASHBOARD)
    return project


def fill(project, number: int) -> None:
    for index in range(number):
        project.rendered(f"dashboards/Shop/{index}.json", {**DASHBOARD, "uid": f"shop-{index}"})


def test_ctrl_c_ends_cleanly_and_the_list_is_true(shop, sandbox):
    fill(shop, 40)
    sandbox.fault("latency", count=None, seconds=0.2, **WRITE)
    process = shop.start("push", "--format", "json", "--workers", "2")
    while not any(request.startswith("POST") and "folders" not in request for request in sandbox.requests()):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "interrupted" in err
    assert "Traceback" not in err
    created = {row["uid"] for row in json.loads(out)["rows"] if row["state"] == "created"}
    there = {hit["uid"] for hit in sandbox.client.get("/api/search?type=dash-db&limit=100").body}
    assert created == there
    assert 0 < len(created) < 41


def wait_for_a_write(sandbox, process) -> None:
    def log() -> list[dict]:
        return json.loads(sandbox.client.get("/_sandbox/requests").text)["requests"]

    while process.poll() is None and not any(entry["method"] in {"POST", "PUT"} for entry in log()):
        time.sleep(0.02)


@contextmanager
def heard(number: signal.Signals) -> Iterator[None]:
    """Let what is started here hear a signal, also where the tests run under nohup, which children inherit."""
    before = signal.signal(number, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(number, before)


def untrue(sandbox, rows, before: int) -> dict[str, str]:
    """Return the rows that say otherwise than Grafana: a state that means no write, and there was one."""
    written = {row["uid"] for row in rows if sandbox.generation(row["uid"]) > before}
    return {row["uid"]: row["state"] for row in rows if row["uid"] in written and row["state"] == "not tried"}


@pytest.mark.parametrize(
    "signals", [(signal.SIGINT,), (signal.SIGTERM,), (signal.SIGHUP,), (signal.SIGINT, signal.SIGINT)]
)
@pytest.mark.parametrize("verb", ["push", "rollback"])
def test_whatever_interrupts_it_nothing_that_is_written_is_said_to_be_not_tried(shop, sandbox, verb, signals):
    fill(shop, 12)
    shop.invoke("push")
    for index in range(12):
        shop.rendered(f"dashboards/Shop/{index}.json", {**DASHBOARD, "uid": f"shop-{index}", "refresh": "1m"})
    arguments: tuple[str, ...] = ("push",)
    if verb == "rollback":
        arguments = ("rollback", "--push", shop.invoke("push", "--format", "json").json["summary"]["push"])
    before = sandbox.generation("shop-0")
    sandbox.requests()
    write = {"method": "POST|PUT", "path": ".*/dashboards/.*"}
    sandbox.fault("latency", count=1, seconds=0.1, **write)
    sandbox.fault("latency", count=None, seconds=1.5, **write)
    with heard(signal.SIGHUP):
        process = shop.start(*arguments, "--format", "json", "--workers", "4")
    wait_for_a_write(sandbox, process)
    for number in signals:
        process.send_signal(number)
        time.sleep(0.3)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "interrupted" in err
    assert "Traceback" not in err
    time.sleep(2)  # requests that were left under way are carried out all the same
    rows = json.loads(out)["rows"]
    assert untrue(sandbox, rows, before) == {}
    assert {row["state"] for row in rows} > {"not tried"}


def test_of_two_that_make_a_library_panel_at_once_the_other_has_a_conflict(shop, sandbox):
    shop.rendered("library/Shop/note.json", {"uid": "shop-note", "name": "Note", "model": {"type": "text"}})
    sandbox.fault("latency", count=None, seconds=0.5, method="POST", path="/api/library-elements")
    processes = [shop.start("push", "--format", "json", "--message", text) for text in ("one", "two")]
    results = [json.loads(process.communicate(timeout=60)[0])["rows"] for process in processes]
    states = [row["state"] for rows in results for row in rows if row["uid"] == "library/shop-note"]
    assert "created" in states
    assert set(states) <= {"created", "refused", "unchanged"}, results


def test_of_two_pushes_at_once_one_wins_each_dashboard_and_none_is_made_twice(shop, sandbox):
    fill(shop, 12)
    sandbox.fault("latency", count=None, seconds=0.1, **WRITE)
    processes = [shop.start("push", "--format", "json", "--message", text) for text in ("one", "two")]
    results = [json.loads(process.communicate(timeout=60)[0])["rows"] for process in processes]
    won = [{row["uid"] for row in rows if row["state"] == "created"} for rows in results]
    assert won[0] | won[1] == {"shop-overview", *(f"shop-{index}" for index in range(12))}
    assert won[0] & won[1] == set()
    assert all(len(sandbox.versions(uid)) == 1 for uid in won[0] | won[1])
