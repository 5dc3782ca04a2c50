"""An agent as its logs and traces show it: the tasks that it runs, the operations that they consist of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from opentelemetry.trace import INVALID_SPAN, Span

from stack.simulator.agent import Agent
from stack.simulator.telemetry import wording
from stack.simulator.telemetry.about import NOTHING, About
from stack.simulator.telemetry.counted import Counted
from stack.simulator.telemetry.exemplars import exemplify
from stack.simulator.telemetry.log_line import Scalar
from stack.simulator.telemetry.voice import Voice, note

COUNTERS = ("operations_total", "operation_duration_seconds", "operation_failures_total")
PART = "agent"


@dataclass(eq=False, slots=True)
class Task:
    """A task; `message` is what travels through the queue beside it: its trace context, as W3C writes it."""

    about: About
    kind: str
    owner: int  # number of the orchestrator that queued it
    queued: float
    waits: Span = INVALID_SPAN
    message: dict[str, str] = field(default_factory=dict)
    worker: Worker | None = None
    started: float = 0.0
    runs: Span = INVALID_SPAN
    latest: float = 0.0  # when something was last told of it


@dataclass(eq=False)
class Worker:
    """One agent; `counted` counts at least COUNTERS of its target."""

    agent: Agent
    voice: Voice
    counted: Counted
    rng: Random
    tasks: list[Task] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its instance."""
        return self.agent.target.instance

    @property
    def slots(self) -> int:
        """How many tasks it can run now."""
        return int(self.agent.slots)

    def say(
        self, level: str, message: str, *, at: float, task: Task | None = None, more: Mapping[str, Scalar] | None = None
    ) -> None:
        """Write a line, about a task if one is given."""
        about, span = (task.about, task.runs) if task else (NOTHING, INVALID_SPAN)
        said = {"pool": self.agent.pool, **({"task_type": task.kind} if task else {}), **(more or {})}
        self.voice.log(level, message, component=PART, at=at, about=about, span=span, more=said)

    def look_up(self, task: Task, redis: str, *, up: bool) -> None:
        """Ask Redis for a task's input when it starts."""
        error = "" if up else wording.REDIS_REFUSED.format(server=redis)
        if task.message:
            self.voice.look_up(redis, task.runs, at=task.started, took=0.001, about=task.about, error=error)
        if error:
            self.say("error", error, at=task.started, task=task)

    def operate(self, now: float, dt: float) -> None:
        """Tell the operations that ended in the `dt` seconds before `now`, each of a task that the agent runs."""
        failures: dict[str, list[str]] = {}
        for (operation, reason), count in self.counted.of("operation_failures_total"):
            failures.setdefault(operation, []).extend([reason] * count)
        for (operation,), _ in self.counted.of("operations_total"):
            reasons = failures.pop(operation, [])
            durations = self.counted.durations(self.rng, "operation_duration_seconds", operation)
            for number, duration in enumerate(durations):
                self._operation(operation, duration, reasons[number] if number < len(reasons) else "", now, dt)

    def _operation(self, operation: str, duration: float, reason: str, now: float, dt: float) -> None:
        task = self.rng.choice(self.tasks) if self.tasks else None
        at = self.rng.uniform(max(now - dt, task.started) if task else now - dt, now)
        said: dict[str, Scalar] = {"operation": operation, "duration_ms": round(duration * 1000, 3)}
        if reason:
            message = wording.OPERATION_FAILED[reason]
            self.say("error", message, at=at, task=task, more={**said, "reason": reason})
            if task:
                note(task.runs, "OperationError", message, at=at)
        else:
            self.say("debug", wording.OPERATED, at=at, task=task, more=said)
        if task:
            task.latest = max(task.latest, at)
            target = self.agent.target
            exemplify(target, "operation_duration_seconds", task.runs, duration, at, operation=operation)
