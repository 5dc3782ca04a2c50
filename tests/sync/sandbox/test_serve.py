from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sync.errors import FileProblem, PortUnavailable
from sync.sandbox.serve import running_sandbox, serve
from tests.sync.sandbox.client import DASHBOARDS, FOLDERS, Client, dashboard, folder

PROGRAM = "import sys; from pathlib import Path; from sync.sandbox.serve import serve; "
PROGRAM += "serve(int(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)"


@contextmanager
def process(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a sandbox of its own process; gives it and the URL that it printed."""
    command = [sys.executable, "-c", PROGRAM, *arguments]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        yield running, running.stdout.readline().strip()
    finally:
        running.kill()
        running.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_process_prints_its_url_answers_and_ends_when_told(number: signal.Signals) -> None:
    with process("0") as (running, url):
        assert Client(url).get("/api/health").status == 200
        running.send_signal(number)
        rest, said = running.communicate(timeout=20)
        assert running.returncode == 0
        assert rest == ""
        assert "not Grafana" in said
        assert "Traceback" not in said


def test_process_ends_while_a_request_is_waiting() -> None:
    with process("0") as (running, url):
        Client(url).post("/_sandbox/faults", {"fault": "latency", "seconds": 600})
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as waiting:
            waiting.sendall(b"GET /api/org HTTP/1.1\r\nHost: localhost\r\n\r\n")
            running.send_signal(signal.SIGTERM)
            running.communicate(timeout=20)
        assert running.returncode == 0


def test_port_in_use_is_said_with_the_remedy() -> None:
    with running_sandbox() as url:
        port = int(url.rsplit(":", 1)[1])
        with pytest.raises(PortUnavailable) as caught:
            serve(port, None)
    assert str(port) in str(caught.value)
    assert "--port" in caught.value.remedy
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("content", [b"not a database, but long enough to be read as one" * 50, None])
def test_state_that_is_none_is_said_with_the_file(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "state.db" if content is not None else tmp_path
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileProblem) as caught:
        serve(0, path)
    assert str(path) in str(caught.value)
    assert content is None or path.read_bytes() == content


def test_foreign_database_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE somebody (name TEXT)")
    other.close()
    with pytest.raises(FileProblem):
        serve(0, path)


def test_state_outlives_the_sandbox(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with running_sandbox(path) as url:
        first = Client(url)
        first.post(FOLDERS, folder("team"))
        first.post(DASHBOARDS, dashboard("kept", annotations={"grafana.app/folder": "team"}))
        first.put(f"{DASHBOARDS}/kept", dashboard("kept", title="second", annotations={"grafana.app/folder": "team"}))
        viewer = first.with_role("Viewer")
        before = first.get(f"{DASHBOARDS}/kept").body
    with running_sandbox(path) as url:
        again = Client(url)
        assert again.get(f"{DASHBOARDS}/kept").body == before
        assert [entry["spec"]["title"] for entry in again.history("kept")] == ["second", "kept"]
        assert Client(url, authorization=viewer.authorization).get(f"{DASHBOARDS}/kept").status == 200
        newer = again.post(DASHBOARDS, dashboard("new")).body["metadata"]["resourceVersion"]
        assert int(newer) > int(before["metadata"]["resourceVersion"])


def test_data_file_survives_a_killed_process(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with process("0", str(path)) as (running, url):
        assert Client(url).post(DASHBOARDS, dashboard("kept")).status == 201
        running.kill()
        running.wait()
    with running_sandbox(path) as url:
        assert Client(url).get(f"{DASHBOARDS}/kept").status == 200
