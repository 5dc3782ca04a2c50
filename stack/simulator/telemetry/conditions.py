"""What processes say of the state that they are in: at once when it begins, and each minute while it lasts."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from catalogue.process import memory_utilisation
from stack.simulator.redis import Redis
from stack.simulator.target import Target
from stack.simulator.telemetry import answered, tasks, wording
from stack.simulator.telemetry.limits import warns_from
from stack.simulator.telemetry.voice import Voice
from stack.simulator.telemetry.worker import Worker

AGAIN = 60.0  # seconds until a state that lasts is said again
_FULL = warns_from(memory_utilisation())


@dataclass
class Conditions:
    """The states of one environment; `orchestrators` are its orchestrators' voices and targets."""

    orchestrators: Sequence[tuple[Voice, Target]]
    workers: Sequence[Worker]
    redis: Redis
    _said: dict[tuple[str, str], float] = field(default_factory=dict)

    def tell(self, now: float, *, waiting: int) -> None:
        """Say what is the case at `now`; `waiting` tasks wait for an agent."""
        up = [(voice, target) for voice, target in self.orchestrators if target.up]
        for voice, target in up:
            self._memory(voice, target, now)
            for replica in self.redis.replicas:
                message = wording.REPLICA_GONE.format(server=replica.target.instance)
                if self._due(not replica.up, voice.instance, message, now):
                    voice.log("warn", message, component=answered.PART, at=now)
        if up:
            self._queue(up[0][0], waiting, now)
        for worker in self.workers:
            self._health(worker, now, up[0][0] if up else None)

    def _memory(self, voice: Voice, target: Target, now: float) -> None:
        used, limit = (target.value(f"{name}_bytes") for name in ("process_resident_memory", "memory_limit"))
        if self._due(used > limit * _FULL, voice.instance, "memory", now):
            said = {"used_bytes": round(used), "limit_bytes": round(limit)}
            voice.log("warn", wording.MEMORY_HIGH, component=answered.PART, at=now, more=said)

    def _queue(self, voice: Voice, waiting: int, now: float) -> None:
        if self._due(waiting > 0, "", wording.NO_FREE_AGENT, now):
            voice.log("warn", wording.NO_FREE_AGENT, component=tasks.PART, at=now, more={"waiting": waiting})

    def _health(self, worker: Worker, now: float, orchestrator: Voice | None) -> None:
        up, health = worker.agent.target.up, worker.agent.health
        lost = wording.AGENT_LOST.format(agent=worker.name)
        if orchestrator and self._due(not up, worker.name, lost, now):
            said = {"agent": worker.name, "pool": worker.agent.pool}
            orchestrator.log("error", lost, component=tasks.PART, at=now, more=said)
        if self._due(up and orchestrator is None, worker.name, wording.NO_ORCHESTRATOR, now):
            worker.say("error", wording.NO_ORCHESTRATOR, at=now)
        for state, message in wording.UNWELL.items():
            if self._due(up and health == state, worker.name, message, now):
                worker.say("error" if state == "unhealthy" else "warn", message, at=now, more={"health": health})

    def _due(self, holds: bool, who: str, what: str, now: float) -> bool:
        if not holds:
            self._said.pop((who, what), None)
            return False
        if (said := self._said.get((who, what))) is not None and now - said < AGAIN:
            return False
        self._said[who, what] = now
        return True
