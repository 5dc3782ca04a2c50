"""A master orchestrator: answers requests, queues tasks, counts those that finish, looks things up in its caches."""

from random import Random

from stack.simulator import draws, traffic
from stack.simulator.activity import Answers
from stack.simulator.effects import Effects
from stack.simulator.process import GIB, Process
from stack.simulator.target import Target

CAPACITY = 40.0  # requests a second that keep one orchestrator's CPU limit busy
_SHARES = [route.share for route in traffic.ROUTES]
_KINDS = [kind.share for kind in traffic.TASK_TYPES]


class Orchestrator:
    """One orchestrator and its process."""

    def __init__(self, target: Target, seed: str, *, started: float) -> None:
        self.target = target
        self.process = Process(target, seed, memory_limit=4 * GIB, cpu_limit=2, started=started)
        self.filled = 1.0  # how full its caches are
        self.leaked = False

    def answer(self, rng: Random, requests: int, dt: float, effects: Effects) -> Answers:
        """Answer `requests` within `dt` seconds."""
        counts = draws.split(rng, requests, _SHARES)
        routes = [self._route(rng, *each, effects) for each in zip(traffic.ROUTES, counts, strict=True)]
        good, refused, failed, tasks = (sum(each) for each in zip(*routes, strict=True))
        queued = draws.split(rng, tasks, _KINDS)
        for kind, count in zip(traffic.TASK_TYPES, queued, strict=True):
            self.target.add("tasks_queued_total", count, task_type=kind.name)
        lookups, hits = self._look_up(rng, requests, effects)
        self._resources(rng, requests, dt, effects)
        return Answers(good, refused, failed, lookups, hits, tuple(queued))

    def finish(self, rng: Random, kind: traffic.TaskType, count: int, effects: Effects) -> None:
        """Count finished tasks of a kind: each completed or failed, never both."""
        failed = draws.some(rng, count, max(traffic.TASK_FAILURES, effects.task_failures))
        for reason, number in draws.dealt(rng, failed, traffic.TASK_REASONS):
            if number:  # a failure counter is exposed from its first failure on
                self.target.add("tasks_failed_total", number, task_type=kind.name, reason=reason)
        self.target.add("tasks_completed_total", count - failed, task_type=kind.name)
        slower = effects.task_latency
        durations = self.target.buckets("task_duration_seconds", task_type=kind.name)
        durations.observe(rng, count, median=kind.median * slower, sigma=kind.sigma)

    def _route(self, rng: Random, route: traffic.Route, count: int, effects: Effects) -> tuple[int, int, int, int]:
        labels = {"method": route.method, "route": route.route}
        errors = draws.some(rng, count, max(traffic.REQUEST_ERRORS, effects.request_failures))
        refused = draws.some(rng, count - errors, traffic.CLIENT_ERRORS)
        good = count - errors - refused
        self.target.add("requests_total", good, **labels, status=route.success)
        for statuses, total in ((route.refusals, refused), (traffic.SERVER_ERRORS, errors)):
            for status, number in draws.dealt(rng, total, statuses):
                self.target.add("requests_total", number, **labels, status=status)
        durations = self.target.buckets("request_duration_seconds", **labels)
        durations.observe(rng, count, median=route.median * effects.latency, sigma=route.sigma)
        self.target.buckets("request_size_bytes", **labels).observe(rng, count, median=route.request, sigma=0.5)
        self.target.buckets("response_size_bytes", **labels).observe(rng, count, median=route.response, sigma=0.6)
        return good, refused, errors, draws.poisson(rng, good * route.tasks)

    def _look_up(self, rng: Random, requests: int, effects: Effects) -> tuple[int, int]:
        totals = [0, 0]
        self.filled = min(1.0, self.filled + requests / 20_000)
        for cache in traffic.CACHES:
            lookups = round(requests * cache.each_request)
            share = 0.0 if effects.redis_down else cache.hits * (0.5 + 0.5 * self.filled)
            hits = draws.some(rng, lookups, share)
            totals = [totals[0] + lookups, totals[1] + hits]
            self.target.add("cache_hits_total", hits, cache=cache.name)
            self.target.add("cache_misses_total", lookups - hits, cache=cache.name)
            size = 0 if effects.redis_down else cache.size * self.filled * rng.uniform(0.985, 1)
            self.target.set("cache_size_bytes", round(size), cache=cache.name)
        return totals[0], totals[1]

    def _resources(self, rng: Random, requests: int, dt: float, effects: Effects) -> None:
        rate = requests / dt
        in_flight = rate * 0.08 * effects.latency
        self.leaked = effects.leak > 0
        memory = 0.42 + 0.12 * min(1, rate / CAPACITY) + effects.leak * 0.5
        connections = 24 + 3 * in_flight + rng.uniform(0, 4)
        self.process.step(rng, dt, load=0.04 + 0.8 * rate / CAPACITY, memory=min(memory, 0.97), files=40 + connections)
        self.target.set("open_connections", round(connections))
        self.target.set("goroutines_total", round(180 + 6 * connections))

    def restart(self, now: float) -> None:
        """Begin again with nearly empty caches."""
        self.process.restart(now)
        self.leaked = False
        self.filled = 0.3
