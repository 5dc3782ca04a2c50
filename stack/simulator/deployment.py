"""One environment at work: requests arrive, are balanced, queue tasks that agents run, and everything is measured."""

import math
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from stack.simulator import draws, traffic
from stack.simulator.activity import Activity, Answers
from stack.simulator.agent import Agent
from stack.simulator.demand import Demand
from stack.simulator.effects import NONE, Effects
from stack.simulator.fleet import Environment
from stack.simulator.load_balancer import LoadBalancer
from stack.simulator.monitoring import MonitoringProcess
from stack.simulator.node import Node
from stack.simulator.orchestrator import Orchestrator
from stack.simulator.queue import Queue
from stack.simulator.redis import Redis, RedisServer
from stack.simulator.target import Target

# What `agent-loss` makes of the first agents of the first pool: two are gone, two aren't well.
_LOST = ("gone", "gone", "unhealthy", "degraded")
# Slots are kept for a kind of task in proportion to the time that its tasks take.
_WORK = {kind.name: kind.share * kind.median * math.exp(kind.sigma**2 / 2) for kind in traffic.TASK_TYPES}
_IDLE = Answers(tasks=(0,) * len(traffic.TASK_TYPES))
_MONITORING = ("prometheus", "alertmanager", "loki", "tempo")


class Deployment:
    """The processes of one environment. `step` moves all of them forward."""

    def __init__(self, environment: Environment, seed: str, *, started: float) -> None:
        self.environment, self.seed, self.started = environment, f"{seed}/{environment.name}", started
        self.rng = Random(self.seed)
        self.demand = Demand(self.rng, peak=environment.peak)
        self.queue = Queue(environment.orchestrators)
        self._targets: list[Target] = []
        self.orchestrators = [
            Orchestrator(target, self.seed, started=started)
            for target in self._made("phoenix-orchestrator", "orchestrator", environment.orchestrators)
        ]
        self.agents = [
            Agent(target, self.seed, pool=pool, started=started)
            for pool, size in environment.pools.items()
            for target in self._made("phoenix-agent", pool, size)
        ]
        self.redis = Redis(self._redis_servers())
        servers = tuple(orchestrator.target.instance for orchestrator in self.orchestrators)
        self.load_balancers = [
            LoadBalancer(target, servers, peers=environment.load_balancers, started=started)
            for target in self._made("haproxy", "lb", environment.load_balancers)
        ]
        self.nodes = [
            Node(target, self.seed, leaking=number == 0, started=started)
            for number, target in enumerate(self._made("node", "node", environment.nodes))
        ]
        self.monitoring = [
            MonitoringProcess(target, self.seed, started=started)
            for job in (_MONITORING if environment.monitored else ())
            for target in self._made(job, job, 1)
        ]

    def targets(self) -> Iterator[Target]:
        """Every target, in a fixed order."""
        return iter(self._targets)

    def step(self, now: float, dt: float, effects: Effects) -> None:
        """Live through the `dt` seconds before `now`."""
        effects = effects if self.environment.incidents else NONE
        self._keep_orchestrators(now, dt, effects)
        self._keep_agents(now, dt, effects)
        arrived = self.demand.arrivals(now, dt, factor=effects.demand)
        answers = self._serve(arrived, dt, effects)
        finished = self._run_tasks(answers, dt, effects)
        activity = Activity(arrived, arrived / dt / self.environment.peak, answers, finished, self.queue.waiting)
        self._observe(activity, now, dt, effects)

    def _serve(self, arrived: int, dt: float, effects: Effects) -> tuple[Answers, ...]:
        """Share the requests among the orchestrators that are up."""
        up = [orchestrator.target.up for orchestrator in self.orchestrators]
        shares = draws.split(self.rng, arrived, [each / sum(up) for each in up]) if any(up) else [0] * len(up)
        return tuple(
            orchestrator.answer(self.rng, share, dt, effects if number == 0 else replace(effects, leak=0))
            if orchestrator.target.up
            else _IDLE
            for number, (orchestrator, share) in enumerate(zip(self.orchestrators, shares, strict=True))
        )

    def _run_tasks(self, answers: tuple[Answers, ...], dt: float, effects: Effects) -> int:
        slots, work = sum(agent.slots for agent in self.agents), sum(_WORK.values())
        total = 0
        for index, kind in enumerate(traffic.TASK_TYPES):
            new, mine = [each.tasks[index] for each in answers], slots * _WORK[kind.name] / work
            finished = self.queue.finish(kind, new, dt, slots=mine, slower=effects.task_latency)
            for orchestrator, count in zip(self.orchestrators, finished, strict=True):
                orchestrator.finish(self.rng, kind, count, effects)
            total += sum(finished)
        for agent in self.agents:
            if agent.target.up:
                agent.work(self.rng, total * agent.slots / (slots or 1), dt, effects)
        return total

    def _observe(self, activity: Activity, now: float, dt: float, effects: Effects) -> None:
        up = {orchestrator.target.instance: orchestrator.target.up for orchestrator in self.orchestrators}
        for balancer in self.load_balancers:
            balancer.step(self.rng, activity, up, dt, effects)
        self.redis.step(self.rng, activity, now, dt, effects)
        for node in self.nodes:
            node.step(self.rng, activity, dt, effects)
        series = sum(len(target.row) for target in self._targets if target.up)
        for process in self.monitoring:
            process.step(self.rng, series, activity, dt, effects)

    def _keep_orchestrators(self, now: float, dt: float, effects: Effects) -> None:
        for number, orchestrator in enumerate(self.orchestrators):
            up = not effects.backends_down
            returns = up and not orchestrator.target.up
            killed = number == 0 and orchestrator.leaked and not effects.leak
            orchestrator.target.up = up
            if returns or killed or orchestrator.process.due(now, dt):
                orchestrator.restart(now)
                for kind, unfinished in self.queue.unfinished.items():  # what it had queued, it queues again
                    orchestrator.target.add("tasks_queued_total", unfinished[number], task_type=kind)

    def _keep_agents(self, now: float, dt: float, effects: Effects) -> None:
        for number, agent in enumerate(self.agents):
            fate = _LOST[number] if effects.agents_lost and number < len(_LOST) else "healthy"
            up = fate != "gone"
            returns = up and not agent.target.up
            agent.target.up, agent.health = up, fate if up else agent.health
            if returns or agent.process.due(now, dt):
                agent.process.restart(now)

    def _redis_servers(self) -> list[RedisServer]:
        environment, servers = self.environment, list[RedisServer]()
        for number, target in enumerate(self._made("redis", "redis", 1 + environment.replicas), start=1):
            master = servers[0].address if servers else ""
            server = RedisServer(
                target, self.seed, number=number, master=master, memory=environment.redis_memory, started=self.started
            )
            servers.append(server)
        return servers

    def _made(self, job: str, name: str, count: int) -> list[Target]:
        environment = self.environment
        made = [
            Target(
                job,
                {
                    "cluster": environment.cluster,
                    "environment": environment.name,
                    "instance": f"{environment.prefix}{name}-{number}",
                },
            )
            for number in range(1, count + 1)
        ]
        self._targets += made
        return made
