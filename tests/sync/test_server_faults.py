"""What a network, a proxy or a tired Grafana does: one message with server, request and dashboard, one exit code."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.sync.project import DASHBOARD

RECORDINGS = Path(__file__).parents[1] / "data/grafana-12.4"
UID = "shop-overview"
WRITE = {"method": "POST|PUT", "path": ".*/dashboards(/db|/shop-overview)?"}


@pytest.fixture
def shop(project, sandbox):
    project.connect(sandbox.url, api=sandbox.api)
    project.rendered("dashboards/Shop/overview.json", DASHBOARD)
    return project


def push(project, *arguments, **more):
    return project.invoke("push", "--format", "json", *arguments, **more)


@contextmanager
def listener(answer: bytes) -> Iterator[str]:
    """A server that gives the same bytes to everyone and hangs up; nothing at all when there are none."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held = []

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                if not answer:
                    held.append(connection)
                    continue
                connection.recv(65536)
                connection.sendall(answer)
                connection.close()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def page(text: str, *, status: str = "200 OK", kind: str = "text/html", more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(text)}\r\n{more}Connection: close\r\n"
    return f"{head}\r\n{text}".encode()


@pytest.mark.parametrize(
    ("fault", "code", "message", "remedy"),
    [
        ("401", 3, "(GET /api/org): 401: Unauthorized", "user-env and password-env name"),
        ("403", 3, "(GET /api/org): 403: Access denied", "role Editor"),
        ("500", 1, "(GET /api/org): 500: Internal server error", "Grafana's log"),
        ("413", 1, "(GET /api/org): 413: Request entity too large", "Make the dashboard smaller"),
        ("html", 1, "502 Bad Gateway (an HTML page, so a proxy's answer rather than Grafana's)", "Grafana's log"),
        ("reset", 1, "(GET /api/org): the connection was cut", "Is Grafana running"),
        ("drop", 1, "(GET /api/org): the connection was cut", "Is Grafana running"),
        ("truncated", 1, "(GET /api/org): the answer ended early", "Push again"),
        ("429", 1, "(GET /api/org): 429: Too many requests", "--workers 1"),
        ("503", 1, "(GET /api/org): 503: database is locked", "Grafana's log"),
    ],
)
def test_a_server_that_fails_at_once(shop, sandbox, fault, code, message, remedy):  # noqa: PLR0917 a table's columns
    sandbox.fault(fault, count=None, seconds=0)
    done = push(shop)
    assert done.code == code, done
    assert sandbox.url in done.err
    assert message in done.err
    assert remedy in done.err
    assert len(done.err.splitlines()) == 2
    assert "admin:admin" not in done.err


def test_a_grafana_that_is_down(shop):
    shop.connect("http://127.0.0.1:9")
    done = push(shop)
    assert done.code == 1
    assert "http://127.0.0.1:9 (GET /api/org): the connection is refused: nothing listens there" in done.err


def test_a_host_that_does_not_exist(shop):
    shop.connect("https://nowhere.invalid")
    done = push(shop, environment={"DASH_SYNC_TRUST": "https://nowhere.invalid"})
    assert done.code == 1
    assert "https://nowhere.invalid (GET /api/org): there is no host of that name" in done.err


def test_a_grafana_that_is_slow(shop):
    with listener(b"") as url:
        shop.connect(url)
        done = push(shop, "--timeout", "0.3")
    assert done.code == 1
    assert f"{url} (GET /api/org): no answer within 0.3 seconds" in done.err
    assert "--timeout" in done.err


def test_an_answer_that_trickles(shop, sandbox):
    """Ten pieces, none of them late: it is the whole answer that must come in time."""
    sandbox.fault("slow", path="/api/org", seconds=15)
    done = push(shop, "--timeout", "3")
    assert done.code == 1
    assert "(GET /api/org): no answer within 3 seconds" in done.err


def test_a_server_without_tls_at_an_https_address(shop, sandbox):
    shop.connect(sandbox.url.replace("http:", "https:"))
    done = push(shop)
    assert done.code == 1
    assert "no TLS connection: the server doesn't speak TLS on that port" in done.err
    assert "tls: {ca: FILE}" in done.err


def test_a_ca_that_is_no_file(shop, sandbox):
    shop.connect(sandbox.url, tls={"ca": "certs/none.pem"})
    done = push(shop)
    assert done.code == 1
    assert "context local: tls.ca names" in done.err


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (page("<html>Sign in</html>"), "HTML where JSON was expected"),
        (page("hello", kind="text/plain"), "text/plain where JSON was expected"),
        (page("[1, 2]", kind="application/json"), "JSON that no Grafana sends"),
        (page('{"id": 1', kind="application/json"), "the answer is half a JSON document"),
        (page("", kind="application/json"), "half a JSON document"),
        (b"\x00\x01 this is no HTTP\r\n\r\n", "the connection"),
        (page("", status="302 Found", more="Location: /login\r\n"), "it redirects in a circle"),
    ],
)
def test_something_that_is_no_grafana(shop, answer, message):
    with listener(answer) as url:
        shop.connect(url)
        done = push(shop)
    assert done.code == 1
    assert f"{url} (GET /api/org): " in done.err
    assert message in done.err
    assert "Traceback" not in done.err


def test_a_redirect_to_another_origin_is_not_followed(shop, sandbox):
    elsewhere = page("", status="302 Found", more=f"Location: {sandbox.url}/api/org\r\n")
    with listener(elsewhere) as url:
        shop.connect(url)
        done = push(shop)
    assert done.code == 3
    assert f"it redirects to {sandbox.url}, and credentials don't follow to another origin" in done.err
    assert sandbox.requests() == []


@pytest.mark.parametrize("fault", ["429", "503", "502", "504", "reset", "drop", "truncated"])
def test_a_read_that_fails_once_is_repeated(shop, sandbox, fault):
    sandbox.fault(fault, method="GET", count=2, seconds=0)
    assert push(shop).code == 0
    assert sandbox.title(UID) == "Overview"


@pytest.mark.parametrize("fault", ["429", "503"])
def test_a_write_that_was_not_taken_is_repeated(shop, sandbox, fault):
    sandbox.fault(fault, count=2, seconds=0, **WRITE)
    assert push(shop).code == 0
    assert len(sandbox.versions(UID)) == 1


@pytest.mark.parametrize("fault", ["reset", "drop", "truncated", "html", "500", "502", "504", "409", "412"])
def test_a_write_whose_answer_is_lost_is_found_written_and_made_once(shop, sandbox, fault):
    sandbox.fault(fault, after=True, **WRITE)
    done = push(shop)
    assert done.code == 0, done
    assert done.json["rows"][0]["state"] == "created"
    assert len(sandbox.versions(UID)) == 1
    assert push(shop).json["rows"][0]["state"] == "unchanged"


@pytest.mark.parametrize(
    ("fault", "code", "message"),
    [
        ("401", 3, "401: Unauthorized"),
        ("403", 3, "403: Access denied"),
        ("409", 1, "409: the object has been left in an unexpected state"),
        ("412", 1, "412: the precondition of the request failed\n  Nobody else has written it"),
        ("413", 1, "413: Request entity too large"),
        ("500", 1, "500: Internal server error"),
        ("reset", 1, "the connection was cut"),
    ],
)
def test_a_write_that_fails_names_the_dashboard_and_writes_nothing(shop, sandbox, fault, code, message):
    sandbox.fault(fault, count=None, **WRITE)
    done = push(shop)
    assert done.code == code, done
    assert f": {UID}: {message}" in done.err
    assert done.json["rows"][0]["state"] == "failed"
    assert sandbox.client.get(f"/api/dashboards/uid/{UID}").status == 404


def test_one_dashboard_that_fails_does_not_stop_the_others(shop, sandbox):
    shop.rendered("dashboards/Shop/other.json", {**DASHBOARD, "uid": "shop-other"})
    sandbox.fault("413", **WRITE)
    done = push(shop, "--workers", "1")
    assert done.code == 4
    assert sorted(row["state"] for row in done.json["rows"]) == ["created", "failed"]
    assert "1 failed, the others are written" in done.err
    assert push(shop).code == 0


def test_a_server_that_goes_away_is_not_tried_a_thousand_times(shop, sandbox):
    for number in range(20):
        shop.rendered(f"dashboards/Shop/{number}.json", {**DASHBOARD, "uid": f"shop-{number}"})
    sandbox.fault("reset", count=None, **WRITE)
    sandbox.requests()
    done = push(shop, "--workers", "1")
    assert done.code == 1
    writes = [request for request in sandbox.requests() if request.startswith("POST") and "folders" not in request]
    assert len(writes) == 3
    assert sum(row["state"] == "not tried" for row in done.json["rows"]) == 18


def test_a_dashboard_that_grafana_does_not_take_is_named_with_its_field(shop, sandbox):
    """The recorded answer to an invalid dashboard, given by a server that otherwise is the sandbox's answers."""
    answers = json.loads((RECORDINGS / "app-dashboards.json").read_text())
    refusal = next(step["response"] for step in answers if step["step"] == "invalid")
    text = json.dumps(refusal["body"])
    with listener(page(text, status="422 Unprocessable Entity", kind="application/json")) as url:
        shop.connect(url)
        done = push(shop)
    assert done.code == 1
    assert "422: spec.title: Invalid value: conflicting values 5 and string" in done.err


def with_token(project, sandbox) -> None:
    context = {"url": sandbox.url, "token-env": "SHOP_TOKEN", "api": sandbox.api}
    project.config(json.dumps({"project": "shop", "default-context": "local", "contexts": {"local": context}}))


def test_a_viewer_is_told_what_is_missing(shop, sandbox):
    with_token(shop, sandbox)
    token = sandbox.client.with_role("Viewer").authorization.removeprefix("Bearer ")
    done = push(shop, environment={"SHOP_TOKEN": token})
    assert done.code == 3
    assert "403" in done.err
    assert "role Editor" in done.err
    assert token not in done.err + done.out


def test_a_wrong_token_is_not_shown(shop, sandbox):
    with_token(shop, sandbox)
    done = push(shop, "--verbose", environment={"SHOP_TOKEN": "glsa_secret_of_mine"})
    assert done.code == 3
    assert "401: Invalid API key" in done.err
    assert "Make a token for a service account (Editor)" in done.err
    assert "secret_of_mine" not in done.err + done.out


def test_a_dashboard_written_while_the_push_runs_is_a_conflict_with_its_author(shop, sandbox):
    push(shop)
    shop.rendered("dashboards/Shop/overview.json", {**DASHBOARD, "title": "Changed"})
    sandbox.fault("latency", seconds=0.8, **WRITE)
    timer = threading.Timer(0.4, lambda: sandbox.save_by_hand(UID, "By hand", message="meanwhile"))
    timer.start()
    done = push(shop)
    timer.join()
    assert done.code == 5, done
    assert "saved by admin at " in done.json["rows"][0]["reason"]
    assert "('meanwhile') while this push ran" in done.json["rows"][0]["reason"]
    assert sandbox.title(UID) == "By hand"


def test_a_push_with_nothing_changed_costs_one_listing_and_at_most_four_more_requests(shop, sandbox):
    for number in range(30):
        shop.rendered(f"dashboards/Shop/{number}.json", {**DASHBOARD, "uid": f"shop-{number}"})
    push(shop)
    sandbox.requests()
    assert push(shop).code == 0
    requests = sandbox.requests()
    assert {request.split()[0] for request in requests} == {"GET"}
    if sandbox.api == "app-platform":
        assert len(requests) <= 5


def test_plan_status_history_and_doctor_only_read(shop, sandbox):
    push(shop)
    sandbox.save_by_hand(UID, "By hand")
    shop.rendered("dashboards/New/new.json", {**DASHBOARD, "uid": "shop-new"})
    sandbox.requests()
    for verb in (("plan",), ("status",), ("history",), ("history", UID), ("doctor",)):
        assert shop.invoke(*verb).code == 0
    assert {request.split()[0] for request in sandbox.requests()} == {"GET"}


def test_a_folder_that_fails_after_another_was_renamed_is_partial_and_the_list_says_which(shop, sandbox):
    shop.rendered("dashboards/Elsewhere/page.json", {**DASHBOARD, "uid": "shop-page"})
    for name in ("Elsewhere", "Shop"):
        shop.rendered(f"dashboards/{name}/folder.yaml", f"title: {name}\n")
    shop.invoke("push")
    for name in ("Elsewhere", "Shop"):
        shop.rendered(f"dashboards/{name}/folder.yaml", f"title: New {name}\n")
    sandbox.fault("500", method="PUT", path=".*/folders/shop", count=None)
    done = shop.invoke("push", "--force", "folder/shop", "--force", "folder/elsewhere", "--yes", "--format", "json")
    assert {row["uid"]: row["state"] for row in done.json["rows"] if row["uid"].startswith("folder/")} == {
        "folder/elsewhere": "updated",
        "folder/shop": "failed",
    }
    assert done.code == 4, done
    assert "500" in done.err
