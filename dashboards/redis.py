"""Redis: is the queue's store there, is it followed by a replica, is it fast, has it room."""

from catalogue import orchestrator, redis
from dashboards._page import NODES, OVERVIEW, REDIS, UP_OR_DOWN, Json, only, page, row_of, runbook, to, worded, worst
from panels_lib import Column, Panel, cells, mappings, row, series, stat, state_timeline, table, timeseries
from signals_lib.promql import highest

ONLY_SERVER = only(REDIS, "redis")
LINKED_OR_NOT = [mappings.words({0: ("broken", "red"), 1: ("linked", "green")})]
WRITTEN_OR_NOT = [mappings.words({0: ("failed", "orange"), 1: ("written", "green")})]


def dashboard() -> Json:
    """Return the page."""
    return page(
        "Redis",
        uid=REDIS,
        description="Is the store of queue, locks and caches there? Servers and commands first, then who follows "
        "whom, then room and clients.",
        tags=["redis"],
        targets=redis.REDIS_UP,
        instance="redis",
        rows=[
            row(None, *is_it_there()),
            row("Servers and commands", *servers_and_commands()),
            row("Replication", *replication()),
            row("Memory and keys", *memory(), collapsed=True),
            row("Clients and network", *clients(), collapsed=True),
        ],
    )


def is_it_there() -> list[Panel]:
    """Answer in five seconds; a server that is down tells nothing but that."""
    down, replicas, link = (
        worst(redis.redis_up(), "min"),
        worst(redis.replicas_there(), "min"),
        worst(redis.replica_link(), "min"),
    )
    fullest, hits = worst(redis.memory_utilisation(), "max"), worst(redis.hit_ratio("environment"), "min")
    return [
        stat(down, title="Servers", mappings=worded(down, "all up", "down", "down"), links=runbook("RedisDown")),
        stat(
            replicas,
            title="Replicas",
            mappings=worded(replicas, "all there", "one is gone", "alone"),
            links=runbook("RedisReplicaMissing"),
        ),
        stat(
            link,
            title="Replication",
            mappings=worded(link, "linked", "broken", "broken"),
            links=runbook("RedisReplicationBroken"),
        ),
        stat(
            fullest,
            title="Fullest server",
            mappings=worded(fullest, "enough room", "filling", "full"),
            links=runbook("RedisMemoryNearLimit"),
        ),
        stat(hits, title="Lookups", mappings=worded(hits, "hit", "often miss", "mostly miss")),
        stat(redis.command_rate("job"), title="Commands", meaning="traffic", colour="value", decimals=0),
    ]


def servers_and_commands() -> list[Panel]:
    """Who is there in which role, and what is asked of them."""
    return [
        state_timeline(
            redis.redis_up(),
            legend="{{instance}}",
            mappings=UP_OR_DOWN,
            links=[*runbook("RedisDown"), *to(NODES, "Nodes")],
        ),
        table(
            [redis.redis_up(), redis.servers(), redis.memory_used(), redis.clients(), redis.uptime()],
            title="Each server",
            description="Every server that is scraped, those that are down first: one that is down has no role. A "
            "replica that became master shows here. Look at the node of one that is down, then at its log.",
            columns=[
                Column(field="instance", title="Instance", links=row_of(REDIS, "Only this server", "redis")),
                Column(field=0, title="State", cell=cells.coloured_background(), mappings=UP_OR_DOWN, width=90),
                Column(field="role", title="Role", width=90),
                Column(field=2, title="Memory"),
                Column(field=3, title="Clients", decimals=0, width=90),
                Column(field=4, title="Up for"),
                Column(field=1, title="Servers", hidden=True),
            ],
            sort_by="State",
            descending=False,
        ),
        timeseries(redis.command_rate(), title="Commands by server", meaning="traffic", data_links=ONLY_SERVER),
        timeseries(
            highest(10, redis.command_duration()),
            title="Time in a command, ten slowest",
            meaning="latency",
            links=to(OVERVIEW, "System Overview"),
        ),
        timeseries(highest(10, redis.failed_commands()), title="Failed commands, ten most", meaning="errors"),
        timeseries(
            [
                series(redis.hit_ratio(), legend="{{instance}}"),
                series(orchestrator.cache_hit_ratio(), legend="as orchestrators see it", colour="blue"),
            ],
            title="Hit ratio",
            description="Share of lookups that found their key, by server and as the orchestrators count them. "
            "Normally above 90 %; it falls after a restart or when keys are evicted. If only the orchestrators' falls, "
            "they don't reach Redis.",
        ),
    ]


def replication() -> list[Panel]:
    """Who follows whom, and how closely."""
    return [
        timeseries(
            redis.replicas(),
            title="Replicas by master",
            meaning="good",
            decimals=0,
            links=runbook("RedisReplicaMissing"),
            data_links=ONLY_SERVER,
        ),
        state_timeline(
            redis.replica_link(),
            title="Link of each replica to its master",
            legend="{{instance}}",
            mappings=LINKED_OR_NOT,
            links=runbook("RedisReplicationBroken"),
        ),
        timeseries(
            redis.replication_lag(),
            legend="{{slave_ip}}:{{slave_port}}",
            meaning="latency",
            links=runbook("RedisReplicationLag"),
        ),
        timeseries(redis.replication_behind(), legend="{{slave_ip}}:{{slave_port}}", meaning="saturation"),
    ]


def memory() -> list[Panel]:
    """Room for the data, and what is in it."""
    used, in_ram = redis.memory_used(), redis.memory_in_ram()
    return [
        timeseries(
            redis.memory_utilisation(),
            title="Memory against maxmemory",
            meaning="saturation",
            links=runbook("RedisMemoryNearLimit"),
            data_links=ONLY_SERVER,
        ),
        timeseries(
            [series(used, legend="data, {{instance}}"), series(in_ram, legend="in RAM, {{instance}}")],
            title="Memory of data and in RAM",
            description="What the data takes, and what the server takes of RAM for it. The two go together; RAM "
            "that stays high after much was deleted is fragmentation. A climb with an empty queue is keys that never "
            "expire.",
            meaning="saturation",
        ),
        timeseries(
            [
                series(redis.evicted_keys(), legend="evicted, {{instance}}"),
                series(redis.expired_keys(), legend="expired, {{instance}}"),
            ],
            title="Keys that go",
            description="Keys a second that were thrown out for want of memory, and whose time was over. Expired ones "
            "are normal, evicted ones are lost tasks. Give the server more memory or find what grew.",
            meaning="warning",
            links=runbook("RedisEvictsKeys"),
        ),
        timeseries(redis.keys(), meaning="neutral", data_links=ONLY_SERVER),
    ]


def clients() -> list[Panel]:
    """Show connections, bytes, and what is written to disk."""
    return [
        timeseries(
            [
                series(redis.clients(), legend="connected, {{instance}}"),
                series(redis.blocked_clients(), legend="blocked, {{instance}}"),
            ],
            title="Clients",
            description=redis.blocked_clients().description,
            meaning="saturation",
            decimals=0,
        ),
        timeseries(
            redis.rejected_connections(),
            meaning="errors",
            decimals=0,
            links=runbook("RedisRejectsConnections"),
            data_links=ONLY_SERVER,
        ),
        timeseries(
            [
                series(redis.network_in(), legend="in, {{instance}}"),
                series(redis.network_out(), legend="out, {{instance}}"),
            ],
            title="Bytes from and to clients",
            description=redis.network_out().description,
            meaning="traffic",
        ),
        state_timeline(
            redis.snapshot_ok(),
            title="Last snapshot to disk",
            legend="{{instance}}",
            mappings=WRITTEN_OR_NOT,
            links=runbook("RedisSnapshotFailed"),
        ),
        timeseries(
            redis.slow_commands(),
            title="Slow commands in 15 minutes",
            meaning="latency",
            decimals=0,
            data_links=ONLY_SERVER,
        ),
    ]
