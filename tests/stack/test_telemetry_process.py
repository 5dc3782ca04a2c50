"""The simulator as a process: its lines reach a file, its spans a collector, its exemplars a real Prometheus."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from catalogue.traces import ENTRY, SPANS
from stack.servers import free_port, prometheus_config, running, running_prometheus, running_simulator
from stack.simulator.telemetry.log_file import LogFile
from stack.simulator.telemetry.log_line import LogLine
from stack.tools import ROOT
from tests.stack.otlp_receiver import Receiver, otlp_receiver
from tests.stack.prometheus_api import PrometheusApi
from tests.stack.test_log_lines import CONTRACT

SIMULATOR = [sys.executable, "-m", "stack.simulator"]


def eventually(check: Callable[[], Any], *, within: float = 60) -> Any:
    deadline = time.monotonic() + within
    while not (found := check()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a file; one that is just being written is left out."""
    text = path.read_text() if path.exists() else ""
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


class Ran(NamedTuple):
    """What was left when the simulator had ended."""

    lines: list[dict[str, Any]]
    receiver: Receiver
    exemplars: list[dict[str, Any]]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """Run the simulator with everything until Prometheus has exemplars and the collector every kind of span."""
    folder = tmp_path_factory.mktemp("telemetry")
    logs = folder / "phoenix.log"
    with otlp_receiver() as receiver:
        with running_simulator("--logs", str(logs), "--otlp", receiver.url) as simulator:
            config = prometheus_config(folder, simulator=simulator.url, interval="1s")
            with running_prometheus(config, flags=["--enable-feature=exemplar-storage"]) as server:
                asked = PrometheusApi(server.url)
                assert eventually(lambda: {span.name for span in [*receiver.spans]} == set(SPANS.spans))
                assert eventually(lambda: exemplars(asked))
                found = exemplars(asked)
        yield Ran(lines_of(logs), receiver, found)


def exemplars(prometheus: PrometheusApi) -> list[dict[str, Any]]:
    query = 'request_duration_seconds_bucket{job="phoenix-orchestrator"}'
    answer = prometheus.get("query_exemplars", query=query, start=str(time.time() - 600), end=str(time.time() + 60))
    return [
        {**series["seriesLabels"], **exemplar["labels"], "value": float(exemplar["value"])}
        for series in answer
        for exemplar in series["exemplars"]
    ]


@pytest.mark.needs("prometheus")
def test_lines_in_a_file_keep_the_contract(ran: Ran) -> None:
    assert ran.lines
    assert [error.message for line in ran.lines for error in CONTRACT.iter_errors(line)] == []


@pytest.mark.needs("prometheus")
def test_a_collector_takes_every_batch(ran: Ran) -> None:
    assert ran.receiver.wrong == []
    assert {span.resource["service.name"] for span in ran.receiver.spans} == set(SPANS.services)
    assert {span.resource["environment"] for span in ran.receiver.spans} == {"production", "staging"}


@pytest.mark.needs("prometheus")
def test_every_line_with_a_trace_finds_it_when_the_simulator_has_ended(ran: Ran) -> None:
    sent = {span.trace_id for span in ran.receiver.spans}
    asked = {line["trace_id"] for line in ran.lines if "trace_id" in line}
    assert len(asked) > 20
    assert asked <= sent


@pytest.mark.needs("prometheus")
def test_prometheus_shows_exemplars_that_lead_to_traces_that_were_sent(ran: Ran) -> None:
    sent = {span.trace_id: span for span in ran.receiver.spans if span.name == ENTRY}
    assert ran.exemplars
    for exemplar in ran.exemplars:
        entry = sent[exemplar["trace_id"]]
        assert entry.attributes["http.route"] == exemplar["route"]
        assert entry.end - entry.start == pytest.approx(exemplar["value"], abs=1e-5)


def starts(*arguments: str, log: Path) -> Any:
    """Start the simulator with its words in `log`; it isn't ready yet."""
    return running([*SIMULATOR, "serve", *arguments], log)


def seconds_told(path: Path) -> int:
    return len({line["timestamp"][:19] for line in lines_of(path)})


@pytest.mark.parametrize("collector", ["down", "silent", "unable"])
def test_a_collector_that_fails_is_said_once_and_stops_nothing(tmp_path: Path, collector: str) -> None:
    logs, words = tmp_path / "phoenix.log", tmp_path / "words"
    with otlp_receiver(holds=collector == "silent", status=503) as receiver:
        url = f"http://127.0.0.1:{free_port()}" if collector == "down" else receiver.url
        with starts("--logs", str(logs), "--otlp", url, log=words) as process:
            assert eventually(lambda: seconds_told(logs) > 3)
            assert collector == "down" or receiver.asked.is_set()
            assert collector == "silent" or eventually(lambda: "can't send spans" in words.read_text())
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
    said = [line for line in words.read_text().splitlines() if not line.startswith("http://127.0.0.1:")]
    reasons = {"down": "Connection refused", "silent": "timed out", "unable": "it answered 503 Service Unavailable"}
    assert len(said) == 1
    assert said[0].startswith(f"simulator: can't send spans to {url}/v1/traces: ")
    assert reasons[collector] in said[0]


def test_lines_go_to_standard_output_and_nothing_else_does(tmp_path: Path) -> None:
    out, words = tmp_path / "out", tmp_path / "words"
    command = [*SIMULATOR, "serve", "--logs", "-"]
    with (
        out.open("wb") as lines,
        words.open("wb") as said,
        subprocess.Popen(command, stdout=lines, stderr=said, cwd=ROOT) as process,
    ):
        found = eventually(lambda: lines_of(out))
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert found
    assert words.read_text().startswith("http://127.0.0.1:")
    assert out.read_text().endswith("\n")
    assert all(map(CONTRACT.is_valid, lines_of(out)))


def test_the_simulator_ends_when_nobody_reads_its_lines() -> None:
    command = [*SIMULATOR, "serve", "--logs", "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout
        assert process.stderr
        assert CONTRACT.is_valid(json.loads(process.stdout.readline()))
        process.stdout.close()
        said = process.stderr.read().decode().splitlines()
        assert process.wait(60) == 0
    assert [line.partition(":")[0] for line in said] == ["http"]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--logs", "/nowhere/at/all"], 1, "can't write to /nowhere/at/all: No such file or directory"),
        (["--otlp", "localhost:4318"], 2, "'localhost:4318' is no URL: write it as http://127.0.0.1:4318"),
        (["--sampling", "2"], 2, "2.0 is not in the range 0<=x<=1"),
    ],
)
def test_wrong_usage_is_said_in_words(arguments: list[str], status: int, words: str) -> None:
    command = [*SIMULATOR, "agent", *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert ran.returncode == status
    assert words in ran.stderr
    assert "Traceback" not in ran.stderr


def line(number: int) -> LogLine:
    return LogLine(1.0, "info", "agent", f"line {number}", {}, {})


def test_a_log_file_never_grows_beyond_its_bounds_and_keeps_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "phoenix.log"
    file = LogFile(str(path), largest=500)
    for number in range(50):
        file.write([line(number)])
    file.close()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["phoenix.log", "phoenix.log.1"]
    assert all(each.stat().st_size < 700 for each in tmp_path.iterdir())
    assert json.loads(path.read_text().splitlines()[-1])["message"] == "line 49"


def test_a_full_disk_is_said_once_and_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    file = LogFile("/dev/full")
    for number in range(3):
        file.write([line(number)])
    said = capsys.readouterr().err.splitlines()
    assert said == ["simulator: can't write logs to /dev/full: No space left on device; lines are lost"]


def test_lines_are_appended_to_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "phoenix.log"
    for number in range(2):
        file = LogFile(os.fspath(path))
        file.write([line(number)])
        file.close()
    assert [each["message"] for each in lines_of(path)] == ["line 0", "line 1"]
