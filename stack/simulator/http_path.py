"""A request's way across two real processes: an orchestrator that takes plans, and the agent that it hands tasks to.

The simulated world is one process; here the trace context really travels, in the `traceparent` of HTTP requests.
"""

import json
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

from opentelemetry.trace import Span, SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.util.types import AttributeValue

from catalogue.components import AGENT, ORCHESTRATOR
from catalogue.orchestrator import TASK_TYPES
from catalogue.traces import ENTRY, QUEUED, RUN
from stack.simulator.telemetry import answered, tasks, wording, worker
from stack.simulator.telemetry.about import About, Ids
from stack.simulator.telemetry.log_line import Scalar
from stack.simulator.telemetry.outlets import Outlets, Told
from stack.simulator.telemetry.tasks import TRACE_CONTEXT
from stack.simulator.telemetry.voice import Voice, fail, nanoseconds

_ENVIRONMENT = "local"
PLANS, TASKS = "/v1/plans", "/v1/tasks"
_PATIENCE = 10.0  # seconds that an agent has for a task


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler], voice: Voice, *, port: int, agent: str = "") -> None:
        self.voice, self.agent, self.ids = voice, agent, Ids(Random())
        super().__init__(("127.0.0.1", port), handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    takes = ""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            asked = json.loads(body)
            answer = self.answer(asked) if self.path == self.takes else None
        except (ValueError, TypeError, KeyError) as problem:
            self._send({"error": f"can't read that: {problem}"}, HTTPStatus.BAD_REQUEST)
        else:
            self._send(*(answer or ({"error": f"there is only {self.takes}"}, HTTPStatus.NOT_FOUND)))

    def answer(self, asked: Any) -> tuple[dict[str, Any], HTTPStatus]:
        """Do what was asked, and return the answer."""
        raise NotImplementedError

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing here: the voice does."""

    def _send(self, answer: dict[str, Any], status: HTTPStatus) -> None:
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


class _Agent(_Handler):
    """Runs a task: {correlation_id, plan_id, task_id, task_type, fails: why it shall fail, or ""}."""

    takes = TASKS

    def answer(self, asked: Any) -> tuple[dict[str, Any], HTTPStatus]:
        about = About(asked["correlation_id"], asked["plan_id"], asked["task_id"])
        kind, reason = asked["task_type"], asked.get("fails", "")
        message = wording.TASK_FAILED[reason] if reason else ""
        voice, context = self.server.voice, TRACE_CONTEXT.extract(self.headers)
        span = voice.start(RUN, SpanKind.CONSUMER, at=time.time(), about=about, parent=context)

        def say(level: str, words: str) -> None:
            said: dict[str, Scalar] = {"task_type": kind}
            voice.log(level, words, component=worker.PART, at=time.time(), about=about, span=span, more=said)

        say("info", wording.TAKEN_UP)
        if message:
            fail(span, "TaskError", message, at=time.time())
            say("warn", wording.GIVEN_UP)
        else:
            span.set_status(Status(StatusCode.OK))
            say("info", wording.DONE)
        span.end(nanoseconds(time.time()))
        return {"status": "failed" if message else "completed", "reason": reason}, HTTPStatus.OK


class _Orchestrator(_Handler):
    """Takes a plan: {tasks: [{type, fails}]}; hands each task to the agent and answers what became of it."""

    takes = PLANS

    def answer(self, asked: Any) -> tuple[dict[str, Any], HTTPStatus]:
        wanted = [(str(task["type"]), str(task.get("fails", ""))) for task in asked["tasks"]]
        for kind, reason in wanted:
            if kind not in TASK_TYPES or (reason and reason not in wording.TASK_FAILED):
                raise ValueError(f"no task is {kind!r} or fails by {reason!r}")
        begun, about, voice = time.time(), self.server.ids.request("POST", PLANS), self.server.voice
        route: dict[str, AttributeValue] = {"http.request.method": "POST", "http.route": PLANS}
        caller = TRACE_CONTEXT.extract(self.headers)
        span = voice.start(ENTRY, SpanKind.SERVER, at=begun, about=about, parent=caller, attributes=route)
        done = [self._hand_over(kind, reason, about, span) for kind, reason in wanted]
        status = HTTPStatus.BAD_GATEWAY if "lost" in done else HTTPStatus.CREATED
        self._end(span, about, begun, status)
        answer = {"correlation_id": about.correlation_id, "plan_id": about.plan_id, "tasks": done}
        return answer, status

    def _hand_over(self, kind: str, reason: str, plan: About, parent: Span) -> str:
        about, voice = self.server.ids.task(plan), self.server.voice
        context = set_span_in_context(parent)
        span = voice.start(QUEUED, SpanKind.PRODUCER, at=time.time(), about=about, parent=context)

        def say(level: str, words: str, **more: Scalar) -> None:
            said = {"task_type": kind, **more}
            voice.log(level, words, component=tasks.PART, at=time.time(), about=about, span=span, more=said)

        say("info", wording.QUEUED)
        outcome = "lost"
        try:
            outcome = self._post({**about.ids, "task_type": kind, "fails": reason}, span)
        except (OSError, ValueError) as problem:
            words = wording.AGENT_SILENT.format(agent=self.server.agent)
            fail(span, "ConnectionError", words, at=time.time())
            say("error", words, problem=str(problem))
        if outcome == "failed":
            say("error", wording.TASK_FAILED[reason], reason=reason)
        span.end(nanoseconds(time.time()))
        return outcome

    def _post(self, task: dict[str, str], span: Span) -> str:
        headers = {"Content-Type": "application/json"}
        TRACE_CONTEXT.inject(headers, set_span_in_context(span))
        request = urllib.request.Request(self.server.agent + TASKS, data=json.dumps(task).encode(), headers=headers)
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
            return str(json.load(answer)["status"])

    def _end(self, span: Span, about: About, begun: float, status: HTTPStatus) -> None:
        now, words = time.time(), wording.BROKEN.get(str(int(status)), wording.ANSWERED)
        failed = words != wording.ANSWERED
        if failed:
            fail(span, "RequestError", words, at=now)
        span.set_attribute("http.response.status_code", int(status))
        said: dict[str, Scalar] = {"method": "POST", "route": PLANS, "status": int(status)}
        said["duration_ms"] = round((now - begun) * 1000, 3)
        level = "error" if failed else "info"
        self.server.voice.log(level, words, component=answered.PART, at=now, about=about, span=span, more=said)
        span.end(nanoseconds(now))


def serve_agent(*, port: int, told: Told) -> None:
    """Serve an agent until SIGINT or SIGTERM; print its URL when it's ready. OSError as `serving.serve`."""
    _serve(lambda voice: _Server(_Agent, voice, port=port), str(AGENT.job), "agent-1", told)


def serve_orchestrator(*, port: int, agent: str, told: Told) -> None:
    """Serve an orchestrator that hands its tasks to the agent at a URL, in the same way."""
    agent = agent.rstrip("/")
    _serve(
        lambda voice: _Server(_Orchestrator, voice, port=port, agent=agent),
        str(ORCHESTRATOR.job),
        "orchestrator-1",
        told,
    )


def _serve(make: Callable[[Voice], _Server], service: str, instance: str, told: Told) -> None:
    outlets = Outlets.open(told, seed=f"{service}/{time.time_ns()}")
    tracer = outlets.tracer(service=service, environment=_ENVIRONMENT, instance=instance)
    voice = Voice(service, _ENVIRONMENT, _ENVIRONMENT, instance, lambda line: outlets.write([line]), tracer)
    stop = threading.Event()
    with make(voice) as server:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"http://127.0.0.1:{server.server_port}", flush=True, file=told.other_words)
        stop.wait()
        server.shutdown()
    outlets.close()
