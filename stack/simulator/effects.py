"""What the running incidents do to one environment at one moment, added up."""

from collections.abc import Iterable
from dataclasses import dataclass

from stack.simulator.incidents import Span


@dataclass(frozen=True)
class Effects:
    """Factors are against normal; shares are 0 to 1; `leak` is how full of its leak the leaking process is, 0 to 1."""

    demand: float = 1.0
    latency: float = 1.0
    task_latency: float = 1.0
    request_failures: float = 0.0
    task_failures: float = 0.0
    agents_lost: bool = False
    leak: float = 0.0
    redis_down: bool = False
    replica_lost: bool = False
    backends_down: bool = False


NONE = Effects()
LEAK = 1200.0  # seconds that a leak takes to fill the memory


def effects(spans: Iterable[Span], now: float, *, speed: float = 1.0) -> Effects:
    """Add up the effects of `spans` at `now` (Unix seconds). `speed` makes incidents unfold faster than the clock."""
    demand = latency = task_latency = 1.0
    requests = tasks = leak = 0.0
    broken = set()
    for span in spans:
        if not span.covers(now):
            continue
        incident, strength = span.incident, span.strength(now, speed=speed)
        demand *= 1 + (incident.demand - 1) * strength
        latency *= 1 + (incident.latency - 1) * strength
        task_latency *= 1 + (incident.task_latency - 1) * strength
        requests = max(requests, incident.request_failures * strength)
        tasks = max(tasks, incident.task_failures * strength)
        if incident.memory_leak:
            leak = max(leak, min(1.0, span.age(now, speed=speed) / LEAK))
        broken |= {
            name for name in ("agents_lost", "redis_down", "replica_lost", "backends_down") if getattr(incident, name)
        }
    return Effects(demand, latency, task_latency, requests, tasks, leak=leak, **dict.fromkeys(broken, True))
