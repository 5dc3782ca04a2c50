"""A world that keeps pace with the clock, for whoever scrapes it."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from stack.simulator.exposition import exposition
from stack.simulator.incidents import Span, find
from stack.simulator.world import World

Told = Callable[[float, float], None]

TICK = 1.0  # seconds that the world moves at a time


class Live:
    """A world behind a lock; every look at it first lets the time pass that has passed.

    `told` hears of each step: the time that it led to, and its seconds.
    """

    def __init__(self, world: World, *, clock: Callable[[], float] = time.time, told: Told | None = None) -> None:
        self._world, self._clock, self._told, self._lock = world, clock, told, threading.Lock()

    def keep_pace(self) -> None:
        """Let the time pass that has passed, though nobody looks."""
        with self._lock:
            self._catch_up()

    def scrape(self, job: str, instance: str, *, accept: str) -> tuple[bytes, str] | None:
        """Return a target's exposition and content type, None when it is down; raise LookupError if there is none."""
        with self._lock:
            self._catch_up()
            for target in self._world.targets():
                if (target.job, target.instance) == (job, instance):
                    return exposition(target, accept=accept) if target.up else None
        raise LookupError(f"there is no target {instance} of job {job}; /sd lists them")

    def targets(self) -> list[dict[str, str]]:
        """Return job and labels of every target."""
        with self._lock:
            return [{"job": target.job, **target.labels} for target in self._world.targets()]

    def running(self) -> list[str]:
        """Return the names of the incidents that strike now."""
        with self._lock:
            now = self._clock()
            return sorted({span.incident.name for span in self._world.spans if span.covers(now)})

    def start(self, name: str, *, lasts: float | None = None) -> None:
        """Start an incident now, for `lasts` seconds or until it's stopped; IncidentError if there is none such."""
        incident = find(name)
        with self._lock:
            self._catch_up()
            now = self._clock()
            self._world.spans.append(Span(incident, now, None if lasts is None else now + lasts))

    def stop(self, name: str) -> None:
        """End every running incident of this name."""
        incident = find(name)
        with self._lock:
            self._catch_up()
            now = self._clock()
            self._world.spans = [
                replace(span, end=now) if span.incident == incident and span.covers(now) else span
                for span in self._world.spans
            ]

    def _catch_up(self) -> None:
        behind = self._clock() - self._world.now
        if behind > 600:  # asleep, or nobody looked: one long step says the same as many short ones
            self._step(behind // TICK * TICK)
        while self._clock() - self._world.now >= TICK:
            self._step(TICK)

    def _step(self, dt: float) -> None:
        self._world.step(dt)
        if self._told:
            self._told(self._world.now, dt)
