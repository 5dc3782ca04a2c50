"""The requests that an orchestrator answered in a step: a line and a span each, with their lookups in Redis."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from opentelemetry.trace import Span, SpanKind
from opentelemetry.util.types import AttributeValue

from catalogue.orchestrator import LATENCY_OBJECTIVE
from catalogue.traces import ENTRY
from stack.simulator.target import Target
from stack.simulator.telemetry import wording
from stack.simulator.telemetry.about import About, Ids
from stack.simulator.telemetry.counted import Counted
from stack.simulator.telemetry.exemplars import exemplify
from stack.simulator.telemetry.log_line import Scalar
from stack.simulator.telemetry.voice import Voice, fail, nanoseconds

COUNTERS = ("requests_total", "request_duration_seconds", "cache_hits_total", "cache_misses_total")
PART = "orchestrator"
_HEARTBEAT = "/v1/agents/:id/heartbeat"


@dataclass(frozen=True, eq=False, slots=True)
class Request:
    """A request that was answered at `end` (Unix seconds) after `duration` seconds."""

    method: str
    route: str
    status: str
    duration: float
    end: float
    about: About
    span: Span

    @property
    def start(self) -> float:
        """When it came."""
        return self.end - self.duration

    @property
    def failed(self) -> bool:
        """Whether the server is to blame."""
        return self.status in wording.BROKEN


@dataclass(frozen=True)
class Answered:
    """Tells an orchestrator's requests; `counted` counts at least COUNTERS."""

    voice: Voice
    target: Target
    counted: Counted
    rng: Random
    ids: Ids

    def tell(self, now: float, dt: float, *, redis: str, redis_up: bool) -> list[Request]:
        """Tell the requests of the `dt` seconds before `now`, and return them; `redis` is the server of the caches."""
        requests = [*self._requests(now, dt)]
        lookups = self._lookups(requests)
        for request in requests:
            caches = lookups[request]
            lost = [cache for cache, found in caches if not (found or redis_up)]
            self._look_up(request, caches, redis, redis_up=redis_up)
            if lost:
                self._say(request, "error", wording.REDIS_REFUSED.format(server=redis), more={"caches": ",".join(lost)})
            elif missed := [cache for cache, found in caches if not found]:
                self._say(request, "debug", wording.CACHE_MISS, more={"caches": ",".join(missed)})
            self._end(request)
        return requests

    def _requests(self, now: float, dt: float) -> Iterator[Request]:
        statuses: dict[tuple[str, str], list[str]] = defaultdict(list)
        for (method, route, status), count in self.counted.of("requests_total"):
            statuses[method, route] += [status] * count
        for (method, route), each in statuses.items():
            durations = self.counted.durations(self.rng, "request_duration_seconds", method, route)
            for status, duration in zip(each, durations, strict=True):
                end = now - dt * self.rng.random()
                about = self.ids.request(method, route)
                asked: dict[str, AttributeValue] = {
                    "http.request.method": method,
                    "http.route": route,
                    "http.response.status_code": int(status),
                }
                span = self.voice.start(ENTRY, SpanKind.SERVER, at=end - duration, about=about, attributes=asked)
                yield Request(method, route, status, duration, end, about, span)

    def _lookups(self, requests: list[Request]) -> dict[Request, list[tuple[str, bool]]]:
        """Deal the lookups of each cache to as many requests: the cache, and whether it had what was asked for."""
        dealt: dict[Request, list[tuple[str, bool]]] = defaultdict(list)
        hits, misses = (dict(self.counted.of(f"cache_{kind}_total")) for kind in ("hits", "misses"))
        for cache in sorted({*hits, *misses}):
            found, lost = hits.get(cache, 0), misses.get(cache, 0)
            asking = self.rng.sample(requests, min(len(requests), found + lost))
            for number, request in enumerate(asking):
                dealt[request].append((cache[0], number < found))
        return dealt

    def _look_up(self, request: Request, caches: list[tuple[str, bool]], redis: str, *, redis_up: bool) -> None:
        took = min(0.001, request.duration / 8)
        for number, (_, found) in enumerate(caches):
            error = "" if found or redis_up else wording.REDIS_REFUSED.format(server=redis)
            at = request.start + took * (1 + number)
            self.voice.look_up(redis, request.span, at=at, took=took, about=request.about, error=error)

    def _end(self, request: Request) -> None:
        status, slow = request.status, request.duration > LATENCY_OBJECTIVE
        if request.failed:
            self._say(request, "error", wording.BROKEN[status])
            fail(request.span, "RequestError", wording.BROKEN[status], at=request.end)
        elif status in wording.REFUSED:
            self._say(request, "warn" if status == "429" else "info", wording.REFUSED[status])
        elif slow:
            self._say(request, "warn", wording.ANSWERED_LATE)
        else:
            self._say(request, "debug" if request.route == _HEARTBEAT else "info", wording.ANSWERED)
        request.span.end(nanoseconds(request.end))
        labels = {"method": request.method, "route": request.route}
        exemplify(self.target, "request_duration_seconds", request.span, request.duration, request.end, **labels)

    def _say(self, request: Request, level: str, message: str, more: Mapping[str, Scalar] | None = None) -> None:
        self.voice.log(
            level,
            message,
            component=PART,
            at=request.end,
            about=request.about,
            span=request.span,
            more={
                "method": request.method,
                "route": request.route,
                "status": int(request.status),
                "duration_ms": round(request.duration * 1000, 3),
                **(more or {}),
            },
        )
