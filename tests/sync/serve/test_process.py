"""`dash-sync serve` as a process: what it prints, and how it ends."""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from sync import loopback
from tests.sync.project import DASHBOARD, Project
from tests.sync.sandbox.client import Client


@pytest.fixture
def served(project: Project) -> Project:
    project.rendered("dashboards/Shop/overview.json", DASHBOARD)
    return project


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_its_address_and_ends_at_once_while_a_page_listens(served, number) -> None:
    running = served.start("serve")
    try:
        url = running.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        assert "Overview" in Client(url).get("/").text
        assert Client(url).get("/d/shop-overview/0/dark-wide.svg").status == 200
        listening = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        listening.request("GET", "/events")
        stream = listening.getresponse()
        stream.readline()
        running.send_signal(number)
        rest, said = running.communicate(timeout=60)
        listening.close()
    finally:
        running.kill()
        running.communicate()
    assert running.returncode == 0
    assert rest == ""
    assert "1 dashboard of" in said
    assert "drawn from samples" in said
    assert "Traceback" not in said


def test_a_port_in_use_is_said_with_the_remedy(served) -> None:
    listener = loopback.listen(0, who="the test")
    with listener:
        port = listener.getsockname()[1]
        done = served.invoke("serve", "--port", str(port))
    assert done.code == 1
    assert f"127.0.0.1:{port}: the preview can't listen there: another process listens there" in done.err
    assert "--port 0 takes a free one" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--dir", "nowhere"], 1, "nowhere: there is no such folder"),
        (["--prometheus", "ftp://x"], 1, "'ftp://x' is no address of a Prometheus"),
        (["--from", "yesterday-ish"], 1, "Mend --from and --to"),
        (["--var", "environment"], 1, "is no NAME=VALUE"),
        (["--port", "99999"], 2, "99999"),
        (["--live", "--context", "none"], 1, "'none', which is no context here"),
    ],
)
def test_what_can_not_be_served_is_said_before_anything_starts(served, arguments, code, said) -> None:
    done = served.invoke("serve", *arguments)
    assert done.code == code, done
    assert said in done.err
    assert done.out == ""


def test_help_loads_nothing_that_serves(served) -> None:
    program = (
        "import sys\nfrom sync.cli import cli\n"
        "try:\n    cli(['serve', '--help'])\nfinally:\n"
        "    assert not {'starlette', 'uvicorn', 'jinja2', 'vl_convert'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
