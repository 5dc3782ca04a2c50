"""`dash-sync lint` as a user types it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from sync.lint import discovery, lint
from sync.lint.registry import BY_NAME
from tests.sync.lint.examples import dashboard
from tests.sync.project import Project

ROOT = Path(__file__).resolve().parents[3]
BROKEN = dashboard(
    panels=[{"type": "timeseries", "title": "Up", "description": "a", "targets": [{"expr": "rate(up)", "refId": "A"}]}]
)[1]
FINE = dashboard()[1]


def rendered() -> list[Path]:
    return [path for path in discovery.files([ROOT / "rendered"]) if path.suffix in {".json", ".yaml", ".md"}]


def test_errors_exit_with_10_when_asked(project: Project) -> None:
    project.rendered("dashboards/a.json", BROKEN)
    assert project.run("lint").code == 0
    result = project.run("lint", "--exit-code")
    assert result.code == 10
    assert "rendered/dashboards/a.json" in result.out
    assert "[query-syntax]" in result.out


def test_a_fine_project_exits_with_0(project: Project) -> None:
    project.rendered("dashboards/a.json", FINE)
    result = project.run("lint", "--exit-code")
    assert (result.code, result.out.strip()) == (0, "nothing to say about 1 file")


def test_files_of_no_project_are_linted(tmp_path: Path) -> None:
    other = Project(tmp_path)
    (tmp_path / "dash-sync.yaml").unlink()
    other.write("boards/a.json", BROKEN)
    assert "1 error" in other.run("lint", "boards").out


def test_a_path_that_is_not_there_is_named(project: Project) -> None:
    result = project.run("lint", "none.json")
    assert result.code == 1
    assert "none.json: there is no such file or folder" in result.err


def test_the_catalogue_of_the_project_says_which_metrics_there_are(project: Project) -> None:
    signal = {
        "job": "api",
        "name": "http_requests_total",
        "type": "counter",
        "unit": "requests",
        "labels": [{"name": "job"}],
    }
    project.rendered("catalogue.json", json.dumps({"kind": "Catalogue", "signals": [signal], "indicators": []}))
    panel = {"type": "timeseries", "title": "A", "targets": [{"expr": "rate(http_request_total[5m])", "refId": "A"}]}
    file = project.rendered("dashboards/a.json", dashboard(panels=[panel])[1])
    for arguments in [(), (str(file),)]:
        assert "did you mean http_requests_total?" in project.run("lint", *arguments).out


def test_fix_mends_files_and_says_which(project: Project) -> None:
    panel = {"type": "timeseries", "title": "A", "targets": [{"expr": "rate(a_total[$__interval])", "refId": "A"}]}
    file = project.rendered("dashboards/a.json", dashboard(panels=[panel])[1])
    result = project.run("lint", "--fix")
    assert "mended rendered/dashboards/a.json" in result.err
    assert "rate(a_total[$__rate_interval])" in file.read_text()
    assert "rate-interval" not in result.out


@pytest.mark.parametrize("form", ["json", "sarif", "junit", "github"])
def test_formats_are_printed_on_stdout(project: Project, form: str) -> None:
    project.rendered("dashboards/a.json", BROKEN)
    result = project.run("lint", "--format", form)
    assert "query-syntax" in result.out
    assert not result.err


def test_a_rule_is_explained(project: Project) -> None:
    result = project.run("lint", "--explain", "rate-of-sum")
    assert result.out.startswith("rate-of-sum (error)")
    assert "FAIL promql:" in result.out
    assert all(name in project.run("lint", "--explain", "all").out for name in BY_NAME)


def test_a_rule_that_is_not_there_is_named(project: Project) -> None:
    result = project.run("lint", "--explain", "rate-of-sums")
    assert (result.code, "did you mean rate-of-sum?" in result.err) == (1, True)


def test_wrong_settings_are_named_with_their_line(project: Project) -> None:
    project.write("dash-sync-lint.yaml", "severity: {}\n")
    result = project.run("lint")
    assert result.code == 1
    assert "dash-sync-lint.yaml:1" in result.err


def test_as_many_processes_as_pay_find_the_same() -> None:
    files = rendered()
    alone = lint(files, workers=1)
    assert lint(files, workers=3) == alone


def test_the_rendered_files_of_this_repository_have_no_finding() -> None:
    files = rendered()
    assert len(files) > 10
    assert lint(files) == []


ANSWERS = {
    "/api/v1/label/__name__/values": ["http_requests_total", "up"],
    "/api/v1/metadata": {"http_requests_total": [{"type": "counter"}]},
    "/api/v1/labels": ["__name__", "job", "route"],
}


class _Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        data = ANSWERS[self.path.partition("?")[0]]
        body = json.dumps({"status": "success", "data": data}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def prometheus() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_live_prometheus_says_which_metrics_and_labels_there_are(project: Project, prometheus: str) -> None:
    exprs = ["rate(http_request_total[5m])", 'rate(http_requests_total{rout="a"}[5m])', "sum(http_requests_total)"]
    targets = [{"expr": expr, "refId": chr(65 + number)} for number, expr in enumerate(exprs)]
    project.rendered(
        "dashboards/a.json", dashboard(panels=[{"type": "timeseries", "title": "A", "targets": targets}])[1]
    )
    out = project.run("lint", "--prometheus", prometheus).out
    assert "nothing exposes http_request_total; did you mean http_requests_total?" in out
    assert "http_requests_total has no label rout; did you mean route?" in out
    assert "[counter-without-rate]" in out


def test_a_prometheus_that_is_down_is_one_message(project: Project) -> None:
    project.rendered("dashboards/a.json", FINE)
    result = project.run("lint", "--prometheus", "http://127.0.0.1:9")
    assert result.code == 1
    assert "no connection" in result.err
