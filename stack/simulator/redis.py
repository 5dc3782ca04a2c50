"""A Redis master with replicas, as redis_exporter tells: queue, locks and caches of one environment."""

from collections.abc import Sequence
from random import Random

from stack.simulator import draws
from stack.simulator.activity import Activity
from stack.simulator.effects import Effects
from stack.simulator.process import GIB, MIB, Process
from stack.simulator.target import Target

MASTER_PORT = "6379"
_SECONDS = {"get": 9e-6, "set": 14e-6, "lpush": 11e-6, "brpop": 19e-6, "hset": 13e-6, "ping": 2e-6}
_VERSION = {
    "maxmemory_policy": "allkeys-lru",
    "os": "Linux 6.1.0 x86_64",
    "redis_mode": "standalone",
    "redis_version": "7.0.15",
}


class RedisServer:
    """One server and the exporter beside it; `master` is the address of its master, empty on the master itself."""

    def __init__(self, target: Target, seed: str, *, number: int, master: str, memory: float, started: float) -> None:
        self.target, self.number, self.master, self.memory, self.started = target, number, master, memory, started
        self.exporter = Process(target, seed, memory_limit=64 * MIB, cpu_limit=1, started=started)
        self.since_io = 0.0
        self.offset = 1e9
        self.up = True

    @property
    def address(self) -> str:
        """Where its replicas find it."""
        return f"10.0.1.{self.number}"

    def step(self, rng: Random, activity: Activity, now: float, dt: float, *, up: bool) -> None:
        """Serve its part of the commands, or only say that it is down."""
        target = self.target
        self.exporter.step(rng, dt, load=0.005, memory=0.3, files=11)
        if up and not self.up:
            self.started = now
            self.exporter.restart(now)
        self.up = up
        target.set("redis_up", float(up))
        target.hidden = (
            frozenset()
            if up
            else frozenset(name for name in target.signals if name.startswith("redis_")) - {"redis_up"}
        )
        if up:
            self._commands(rng, activity, dt)
            self._memory(rng, activity)
            self._about()

    def lead(self, replicas: Sequence["RedisServer"]) -> None:
        """Tell, as the master, what it knows of its replicas; one that is gone is no longer listed."""
        target = self.target
        target.set("redis_connected_slaves", sum(replica.up for replica in replicas))
        for replica in replicas:
            labels = {"slave_ip": replica.address, "slave_port": MASTER_PORT, "slave_state": "online"}
            for name, value in (
                ("redis_connected_slave_lag_seconds", 0),
                ("redis_connected_slave_offset_bytes", self.offset),
            ):
                target.set(name, value, **labels)
                if not replica.up:
                    target.hide(name, **labels)

    def follow(self, master: "RedisServer", dt: float) -> None:
        """Tell, as a replica, how well it follows."""
        self.since_io = 0 if master.up else self.since_io + dt
        self.offset = master.offset if master.up else self.offset
        labels = {"master_host": master.address, "master_port": MASTER_PORT}
        self.target.set("redis_master_link_up", float(master.up), **labels)
        self.target.set("redis_master_last_io_seconds_ago", round(self.since_io), **labels)
        self.target.set("redis_connected_slaves", 0)
        self.target.set("redis_master_repl_offset", round(self.offset))

    def _commands(self, rng: Random, activity: Activity, dt: float) -> None:
        writes = activity.lookups - activity.hits + activity.queued * 3
        counts = {
            "get": 0 if self.master else activity.lookups,
            "set": activity.lookups - activity.hits,
            "lpush": activity.queued,
            "brpop": activity.finished,
            "hset": activity.queued + activity.finished,
            "ping": round(dt),
        }
        for cmd, count in counts.items():
            self.target.add("redis_commands_total", count, cmd=cmd)
            self.target.add("redis_commands_duration_seconds_total", count * _SECONDS[cmd], cmd=cmd)
            self.target.add("redis_commands_failed_calls_total", draws.poisson(rng, count * 2e-6), cmd=cmd)
        self.target.add("redis_commands_processed_total", sum(counts.values()))
        self.target.add("redis_keyspace_hits_total", 0 if self.master else activity.hits)
        self.target.add("redis_keyspace_misses_total", 0 if self.master else activity.lookups - activity.hits)
        self.target.add("redis_expired_keys_total", draws.poisson(rng, writes * 0.9))
        self.target.add("redis_net_input_bytes_total", sum(counts.values()) * 140 + writes * 900)
        self.target.add("redis_net_output_bytes_total", counts["get"] * 1_400 + sum(counts.values()) * 30)
        if not self.master:
            self.offset += writes * 900
            self.target.set("redis_master_repl_offset", round(self.offset))

    def _memory(self, rng: Random, activity: Activity) -> None:
        used = 0.62 * GIB * (1 + 0.08 * activity.load) + activity.waiting * 2_000 + rng.uniform(0, 4 * MIB)
        used = min(used, self.memory or used)
        self.target.set("redis_memory_max_bytes", self.memory)
        self.target.set("redis_memory_used_bytes", round(used))
        self.target.set("redis_memory_used_rss_bytes", round(used * 1.11))
        self.target.set("redis_mem_fragmentation_ratio", 1.11)
        self.target.add("redis_evicted_keys_total", 0)
        self.target.set("redis_db_keys", round(180_000 + 9_000 * activity.load + activity.waiting), db="db0")

    def _about(self) -> None:
        target, role = self.target, "slave" if self.master else "master"
        own = {"role": role, "process_id": "1", "redis_build_id": "ae4d7c971a948f0", "run_id": f"{self.number:040x}"}
        target.set("redis_instance_info", 1, **_VERSION, **own, tcp_port=MASTER_PORT)
        target.set("redis_config_maxclients", 10_000)
        target.set("redis_connected_clients", 6 if self.master else 46)
        target.set("redis_blocked_clients", 0 if self.master else 12)
        target.add("redis_rejected_connections_total", 0)
        target.set("redis_rdb_last_bgsave_status", 1)
        target.set("redis_slowlog_last_id", 3)
        target.set("redis_start_time_seconds", round(self.started))


class Redis:
    """The master and its replicas."""

    def __init__(self, servers: Sequence[RedisServer]) -> None:
        self.master, *self.replicas = servers

    @property
    def servers(self) -> list[RedisServer]:
        """All servers, the master first."""
        return [self.master, *self.replicas]

    def step(self, rng: Random, activity: Activity, now: float, dt: float, effects: Effects) -> None:
        """Serve a step's commands; `redis-down` takes the master, `replica-loss` the last replica."""
        self.master.step(rng, activity, now, dt, up=not effects.redis_down)
        for replica in self.replicas:
            lost = effects.replica_lost and replica is self.replicas[-1]
            replica.step(rng, activity, now, dt, up=not lost)
            if replica.up:
                replica.follow(self.master, dt)
        if self.master.up:
            self.master.lead(self.replicas)
