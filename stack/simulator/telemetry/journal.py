"""The journal of one environment: after each step of the model it tells what the targets' counters say happened."""

from itertools import chain, repeat
from random import Random

from catalogue.components import AGENT, ORCHESTRATOR
from stack.simulator import traffic
from stack.simulator.deployment import Deployment
from stack.simulator.target import Target
from stack.simulator.telemetry import answered, wording, worker
from stack.simulator.telemetry.about import Ids
from stack.simulator.telemetry.answered import Answered, Request
from stack.simulator.telemetry.conditions import Conditions
from stack.simulator.telemetry.counted import Counted
from stack.simulator.telemetry.exemplars import exemplify, same_bucket
from stack.simulator.telemetry.log_line import LogLine
from stack.simulator.telemetry.outlets import Outlets
from stack.simulator.telemetry.tasks import Tasks
from stack.simulator.telemetry.voice import Voice
from stack.simulator.telemetry.worker import Task, Worker

_QUEUING = ("POST", "/v1/plans")
_TASKS = ("tasks_queued_total", "tasks_completed_total", "tasks_failed_total", "task_duration_seconds")


class Journal:
    """Tells of a deployment from `now` on. Its draws are its own, so the model goes the same way with and without."""

    def __init__(self, deployment: Deployment, seed: str, now: float, outlets: Outlets) -> None:
        self.deployment, self.lines = deployment, list[LogLine]()
        self._rng = Random(f"{seed}/{deployment.environment.name}/journal")
        self._ids = Ids(self._rng)
        voices = [self._voice(str(ORCHESTRATOR.job), each.target, outlets) for each in deployment.orchestrators]
        self._answered = [
            Answered(voice, each.target, Counted(each.target, *answered.COUNTERS, *_TASKS), self._rng, self._ids)
            for voice, each in zip(voices, deployment.orchestrators, strict=True)
        ]
        self._workers = [
            Worker(
                each,
                self._voice(str(AGENT.job), each.target, outlets),
                Counted(each.target, *worker.COUNTERS),
                self._rng,
            )
            for each in deployment.agents
        ]
        self.tasks = Tasks(self._rng, voices, self._workers)
        self._conditions = Conditions(
            [(each.voice, each.target) for each in self._answered], self._workers, deployment.redis
        )
        for kind, unfinished in deployment.queue.unfinished.items():
            for owner, count in enumerate(unfinished):
                for _ in range(count):
                    self.tasks.enter(Task(self._ids.task(self._ids.request(*_QUEUING)), kind, owner, now))

    def look(self, now: float, dt: float) -> list[LogLine]:
        """Tell the `dt` seconds before `now`; return the lines in the order of their times."""
        self.lines.clear()
        master = self.deployment.redis.master
        redis, redis_up = master.target.instance, master.up
        for owner, each in enumerate(self._answered):
            each.counted.look()
            again = self._requeued(owner, each, now)
            requests = each.tell(now, dt, redis=redis, redis_up=redis_up)
            self._queue(owner, each, requests, again, since=now - dt)
        for each_worker in self._workers:
            self._keep(each_worker, now)
        self.tasks.take_up(now, dt, redis=redis, redis_up=redis_up)
        for each_worker in self._workers:
            each_worker.operate(now, dt)
        for owner, each in enumerate(self._answered):
            self._finish(owner, each, now, dt)
        self._conditions.tell(now, waiting=len(self.tasks.waiting))
        return sorted(self.lines, key=lambda line: line.at)

    def _requeued(self, owner: int, each: Answered, now: float) -> dict[str, int]:
        """Tell of a restart; return what was queued again by it, by kind: the counters count it once more."""
        if not each.counted.restarted:
            return {}
        again = {kind.name: self.tasks.unfinished(owner, kind.name) for kind in traffic.TASK_TYPES}
        each.voice.log(
            "info", wording.STARTED, component=answered.PART, at=now, more={"queued_again": sum(again.values())}
        )
        return again

    def _queue(
        self, owner: int, each: Answered, requests: list[Request], again: dict[str, int], *, since: float
    ) -> None:
        asking = [
            request
            for request in requests
            if (request.method, request.route) == _QUEUING and request.status in wording.ACCEPTED
        ]
        for (kind,), count in each.counted.of("tasks_queued_total"):
            for _ in range(count - again.get(kind, 0)):
                request = self._rng.choice(asking)
                at = self._rng.uniform(max(request.start, since), request.end)
                self.tasks.queue(Task(self._ids.task(request.about), kind, owner, at), request.span)

    def _keep(self, each: Worker, now: float) -> None:
        each.counted.look()
        if each.counted.restarted or not each.agent.target.up:
            self.tasks.give_back(each, now)
        if each.counted.restarted:
            each.say("info", wording.STARTED, at=now)

    def _finish(self, owner: int, each: Answered, now: float, dt: float) -> None:
        kinds = {labels[0] for name in ("completed", "failed") for labels, _ in each.counted.of(f"tasks_{name}_total")}
        for kind in sorted(kinds):
            failed = (
                repeat(reason, count)
                for (task_type, reason), count in each.counted.of("tasks_failed_total")
                if task_type == kind
            )
            durations = each.counted.durations(self._rng, "task_duration_seconds", kind)
            reasons = [*chain.from_iterable(failed)]
            reasons += [""] * (len(durations) - len(reasons))
            for task, counted, took in self.tasks.finish(
                owner, kind, zip(durations, reasons, strict=True), now=now, dt=dt
            ):
                if same_bucket(each.target, "task_duration_seconds", counted, took):
                    exemplify(each.target, "task_duration_seconds", task.runs, took, now, task_type=kind)

    def _voice(self, service: str, target: Target, outlets: Outlets) -> Voice:
        labels = target.labels
        return Voice(
            service,
            labels["environment"],
            labels["cluster"],
            target.instance,
            lambda line: self.lines.append(line) if target.up else None,  # a process that is down says nothing
            outlets.tracer(service=service, environment=labels["environment"], instance=target.instance),
        )
