"""Tasks on their way: queued by an orchestrator, taken up by an agent, finished when the counters say so."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random

from opentelemetry.trace import INVALID_SPAN, Span, SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from catalogue.orchestrator import task_duration_p95
from catalogue.traces import QUEUED, RUN
from stack.simulator.telemetry import wording
from stack.simulator.telemetry.limits import warns_from
from stack.simulator.telemetry.log_line import Scalar
from stack.simulator.telemetry.voice import Voice, fail, nanoseconds
from stack.simulator.telemetry.worker import Task, Worker

PART = "queue"
TRACE_CONTEXT = TraceContextTextMapPropagator()
_WAIT = 0.004  # seconds that a task waits on average when an agent is free
_LATE = warns_from(task_duration_p95())


class Tasks:
    """All tasks of an environment that aren't finished. `voices` are those of its orchestrators."""

    def __init__(self, rng: Random, voices: Sequence[Voice], workers: Sequence[Worker]) -> None:
        self._rng, self._voices, self._workers = rng, voices, workers
        self.waiting: deque[Task] = deque()
        self._unfinished: dict[tuple[int, str], int] = defaultdict(int)

    def unfinished(self, owner: int, kind: str) -> int:
        """Return how many tasks of a kind an orchestrator waits for."""
        return self._unfinished[owner, kind]

    def queue(self, task: Task, parent: Span) -> None:
        """Put a new task into the queue; `parent` is the span of the request that asked for it."""
        voice, context = self._voices[task.owner], set_span_in_context(parent)
        task.waits = voice.start(QUEUED, SpanKind.PRODUCER, at=task.queued, about=task.about, parent=context)
        TRACE_CONTEXT.inject(task.message, set_span_in_context(task.waits))
        self._say(task, "info", wording.QUEUED, at=task.queued)
        self.enter(task)

    def enter(self, task: Task) -> None:
        """Count a task among those that wait, without a word: it was queued before anybody listened."""
        self.waiting.append(task)
        self._unfinished[task.owner, task.kind] += 1

    def take_up(self, now: float, dt: float, *, redis: str, redis_up: bool) -> None:
        """Let agents with a free slot take what waits, the oldest first; each first asks `redis` for its input."""
        free = [worker for worker in self._workers for _ in range(worker.slots - len(worker.tasks))]
        self._rng.shuffle(free)
        while self.waiting and free:
            task = self.waiting.popleft()
            fresh = task.queued >= now - dt
            at = task.queued + self._rng.expovariate(1 / _WAIT) if fresh else now - dt * self._rng.random()
            self._start(task, free.pop(), at=min(max(at, task.latest), now))
            assert task.worker is not None  # noqa: S101 - for the type checker
            task.worker.look_up(task, redis, up=redis_up)

    def give_back(self, worker: Worker, now: float) -> None:
        """Queue again what an agent ran that is gone."""
        for task in worker.tasks:
            self._say(task, "warn", wording.RETURNED, at=now)
            task.worker, task.runs, task.latest = None, INVALID_SPAN, now  # a dead process never sends its span
            self.waiting.appendleft(task)
        worker.tasks.clear()

    def finish(
        self, owner: int, kind: str, ends: Iterable[tuple[float, str]], *, now: float, dt: float
    ) -> Iterator[tuple[Task, float, float]]:
        """End a task for each of `ends` (how long it took, why it failed or ""): the one that has run about so long.

        Yields each with the duration that was counted, and the one that it took.
        """
        for duration, reason in ends:
            task = self._fitting(owner, kind, duration, now=now, dt=dt)
            if task is not None and task.worker is not None:
                task.worker.tasks.remove(task)
                self._unfinished[owner, kind] -= 1
                end = min(max(task.started + duration, now - dt, task.latest), now)
                self._end(task, task.worker, reason, end)
                yield task, duration, end - task.started

    def _start(self, task: Task, worker: Worker, *, at: float) -> None:
        task.worker, task.started, task.latest = worker, at, at
        worker.tasks.append(task)
        if task.waits.is_recording():
            task.waits.end(nanoseconds(at))
        context = TRACE_CONTEXT.extract(task.message)
        if task.message:
            task.runs = worker.voice.start(RUN, SpanKind.CONSUMER, at=at, about=task.about, parent=context)
        worker.say("info", wording.TAKEN_UP, at=at, task=task)

    def _fitting(self, owner: int, kind: str, duration: float, *, now: float, dt: float) -> Task | None:
        """Find a task that runs; one that waits is taken up by the least busy agent, and it's None without any."""
        mine = [task for each in self._workers for task in each.tasks if (task.owner, task.kind) == (owner, kind)]
        if mine:
            return min(mine, key=lambda task: abs(now - task.started - duration))
        task = next((task for task in self.waiting if (task.owner, task.kind) == (owner, kind)), None)
        able = [worker for worker in self._workers if worker.slots]
        if task is not None and able:
            self.waiting.remove(task)
            self._start(
                task, min(able, key=lambda worker: len(worker.tasks)), at=max(task.queued, task.latest, now - dt)
            )
        return task

    def _end(self, task: Task, worker: Worker, reason: str, end: float) -> None:
        took = end - task.started
        level, words = ("info", wording.DONE) if took <= _LATE else ("warn", wording.DONE_LATE)
        if reason:
            level, words = "warn", wording.GIVEN_UP
            fail(task.runs, "TaskError", wording.TASK_FAILED[reason], at=end)
            self._say(task, "error", wording.TASK_FAILED[reason], at=end, more={"reason": reason})
        else:
            task.runs.set_status(Status(StatusCode.OK))
        worker.say(level, words, at=end, task=task, more={"duration_ms": round(took * 1000)})
        task.runs.end(nanoseconds(end))

    def _say(
        self, task: Task, level: str, message: str, *, at: float, more: Mapping[str, Scalar] | None = None
    ) -> None:
        said = {"task_type": task.kind, **({"agent": task.worker.name} if task.worker else {}), **(more or {})}
        span = task.runs if task.worker else task.waits
        self._voices[task.owner].log(level, message, component=PART, at=at, about=task.about, span=span, more=said)
