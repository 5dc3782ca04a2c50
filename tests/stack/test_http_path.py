"""A trace across two processes: an orchestrator and an agent that know each other by HTTP only."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from catalogue.traces import ENTRY, QUEUED, RUN, SERVICES
from stack.servers import free_port, running, wait_until
from stack.simulator.telemetry import wording
from tests.stack.otlp_receiver import Receiver, otlp_receiver
from tests.stack.test_log_lines import CONTRACT
from tests.stack.test_telemetry_process import eventually, lines_of
from tests.stack.told import TraceSpan

ORCHESTRATOR, AGENT = SERVICES
CALLER = "00f067aa0ba902b7"


@contextmanager
def process(folder: Path, part: str, *arguments: str) -> Iterator[str]:
    """Run one part, its lines in <part>.log, and give its URL."""
    said = folder / f"{part}.said"
    command = [sys.executable, "-m", "stack.simulator", part, "--logs", str(folder / f"{part}.log"), *arguments]
    with running(command, said) as started:
        wait_until(lambda: said.read_text().startswith("http://"), started, said, part)
        yield said.read_text().split("\n", 1)[0]


@dataclass(frozen=True)
class Way:
    orchestrator: str
    receiver: Receiver
    folder: Path

    def plan(self, *tasks: dict[str, str], traceparent: str = "", url: str = "") -> tuple[int, dict[str, Any]]:
        headers = {"traceparent": traceparent} if traceparent else {}
        body = json.dumps({"tasks": tasks}).encode()
        request = urllib.request.Request(f"{url or self.orchestrator}/v1/plans", data=body, headers=headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)

    def spans(self, correlation_id: str, count: int) -> list[TraceSpan]:
        """Wait for the spans of a request."""

        def found() -> list[TraceSpan]:
            here = [*self.receiver.spans]
            return [span for span in here if span.attributes.get("correlation_id") == correlation_id]

        assert eventually(lambda: len(found()) >= count), found()
        return found()

    def lines(self, correlation_id: str) -> list[dict[str, Any]]:
        both = [line for part in ("orchestrator", "agent") for line in lines_of(self.folder / f"{part}.log")]
        return [line for line in both if line.get("correlation_id") == correlation_id]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    folder = tmp_path_factory.mktemp("path")
    with otlp_receiver() as receiver, process(folder, "agent", "--otlp", receiver.url, "--sampling", "0") as agent:
        arguments = ["--agent", agent, "--otlp", receiver.url]
        with process(folder, "orchestrator", *arguments) as orchestrator:
            yield Way(orchestrator, receiver, folder)


def test_one_trace_goes_through_both_processes(path: Way) -> None:
    status, answer = path.plan({"type": "build"}, {"type": "test"})
    assert (status, answer["tasks"]) == (201, ["completed", "completed"])
    spans = path.spans(answer["correlation_id"], 5)
    assert len({span.trace_id for span in spans}) == 1
    by_id = {span.span_id: span for span in spans}
    runs = [span for span in spans if span.name == RUN]
    assert len(runs) == 2
    for run in runs:
        queued = by_id[run.parent]
        entry = by_id[queued.parent]
        assert [span.name for span in (entry, queued, run)] == [ENTRY, QUEUED, RUN]
        services = [span.resource["service.name"] for span in (entry, queued, run)]
        assert services == [ORCHESTRATOR, ORCHESTRATOR, AGENT]
        assert run.attributes["task_id"] == queued.attributes["task_id"]
        assert entry.start <= queued.start <= run.start <= run.end <= queued.end <= entry.end


def test_the_agent_follows_its_parent_not_its_own_ratio(path: Way) -> None:
    """Its ratio is 0, so what it sends it sends because the orchestrator's trace is sampled."""
    _, answer = path.plan({"type": "plan"})
    assert RUN in {span.name for span in path.spans(answer["correlation_id"], 3)}


def test_a_caller_s_trace_is_continued(path: Way) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    _, answer = path.plan({"type": "deploy"}, traceparent=f"00-{trace}-{CALLER}-01")
    spans = path.spans(answer["correlation_id"], 3)
    assert {span.trace_id for span in spans} == {trace}
    assert [span.parent for span in spans if span.name == ENTRY] == [CALLER]


def test_a_caller_that_does_not_sample_is_followed_and_lines_name_no_trace(path: Way) -> None:
    trace = "a" * 32
    _, unsampled = path.plan({"type": "deploy"}, traceparent=f"00-{trace}-{CALLER}-00")
    _, sampled = path.plan({"type": "deploy"})
    path.spans(sampled["correlation_id"], 3)  # sent after it by both, so the other would have come by now
    assert path.receiver.of(trace) == []
    lines = path.lines(unsampled["correlation_id"])
    assert {line["component"] for line in lines} == {"orchestrator", "queue", "agent"}
    assert [line for line in lines if "trace_id" in line] == []


def test_lines_of_both_processes_find_the_trace(path: Way) -> None:
    _, answer = path.plan({"type": "review"})
    spans = {(span.trace_id, span.span_id) for span in path.spans(answer["correlation_id"], 3)}
    lines = path.lines(answer["correlation_id"])
    assert {line["metadata"]["service_name"] for line in lines} == set(SERVICES)
    assert {(line["trace_id"], line["span_id"]) for line in lines} == spans
    assert [error.message for line in lines for error in CONTRACT.iter_errors(line)] == []


def test_a_task_that_fails_on_the_agent_is_told_by_both(path: Way) -> None:
    status, answer = path.plan({"type": "test", "fails": "timeout"})
    assert (status, answer["tasks"]) == (201, ["failed"])
    statuses = {span.name: span.status for span in path.spans(answer["correlation_id"], 3)}
    assert statuses == {ENTRY: "unset", QUEUED: "unset", RUN: "error"}
    said = {(line["component"], line["level"], line["message"]) for line in path.lines(answer["correlation_id"])}
    assert ("queue", "error", wording.TASK_FAILED["timeout"]) in said
    assert ("agent", "warn", wording.GIVEN_UP) in said


@pytest.mark.parametrize("task", [{"type": "dance"}, {"type": "test", "fails": "boredom"}, {}])
def test_a_plan_that_makes_no_sense_is_refused_in_words(path: Way, task: dict[str, str]) -> None:
    status, answer = path.plan(task)
    assert status == 400
    assert answer["error"].startswith("can't read that: ")


def test_an_agent_that_is_gone_fails_the_request(path: Way, tmp_path: Path) -> None:
    agent = f"http://127.0.0.1:{free_port()}"
    with process(tmp_path, "orchestrator", "--agent", agent, "--otlp", path.receiver.url) as orchestrator:
        status, answer = path.plan({"type": "build"}, url=orchestrator)
        assert (status, answer["tasks"]) == (502, ["lost"])
        statuses = {span.name: span.status for span in path.spans(answer["correlation_id"], 2)}
    assert statuses == {ENTRY: "error", QUEUED: "error"}
    errors = [line["message"] for line in lines_of(tmp_path / "orchestrator.log") if line["level"] == "error"]
    assert errors == [wording.AGENT_SILENT.format(agent=agent), wording.BROKEN["502"]]
