"""Redis, through redis_exporter: memory, lookups, commands, clients, replication."""

from catalogue.components import REDIS
from catalogue.indicator import indicator
from signals_lib import Label, Query, Thresholds
from signals_lib.promql import age, count, increase, latest, max_over, min_over, rate, share, utilisation

ROLES = ("master", "slave")

_REPLICA = ("slave_ip", "slave_port", "slave_state")
_MASTER = ("master_host", "master_port")

REDIS_UP = REDIS.gauge(
    "redis_up", help="1 if the exporter reaches its Redis; alone when it doesn't.", unit="servers", title="Redis up"
)
INSTANCE_INFO = REDIS.gauge(
    "redis_instance_info",
    help="Always 1; its labels tell the server's version and its role: master or slave.",
    unit="servers",
    labels=(
        Label("role", ROLES),
        "maxmemory_policy",
        "os",
        "process_id",
        "redis_build_id",
        "redis_mode",
        "redis_version",
        "run_id",
        "tcp_port",
    ),
)
MEMORY_MAX = REDIS.gauge(
    "redis_memory_max_bytes", help="maxmemory: what the data may take; 0 when unlimited.", unit="bytes"
)
MEMORY_USED = REDIS.gauge("redis_memory_used_bytes", help="Memory that the data takes.", unit="bytes", limit=MEMORY_MAX)
MEMORY_RSS = REDIS.gauge(
    "redis_memory_used_rss_bytes", help="Memory of the server that is in RAM, fragments included.", unit="bytes"
)
FRAGMENTATION = REDIS.gauge(
    "redis_mem_fragmentation_ratio", help="Memory in RAM for each byte of data; high once data was deleted.", unit=""
)
MAX_CLIENTS = REDIS.gauge("redis_config_maxclients", help="Connections that the server accepts.", unit="clients")
CLIENTS = REDIS.gauge(
    "redis_connected_clients", help="Connections of clients, not of replicas.", unit="clients", limit=MAX_CLIENTS
)
BLOCKED_CLIENTS = REDIS.gauge(
    "redis_blocked_clients", help="Clients that wait in a blocking command; idle workers do.", unit="clients"
)
REJECTED_CONNECTIONS = REDIS.counter(
    "redis_rejected_connections_total", help="Connections refused because of maxclients.", unit="connections"
)
COMMANDS_PROCESSED = REDIS.counter(
    "redis_commands_processed_total", help="Commands that the server ran.", unit="commands"
)
COMMANDS = REDIS.counter("redis_commands_total", help="Calls of each command.", unit="commands", labels=("cmd",))
COMMANDS_DURATION = REDIS.counter(
    "redis_commands_duration_seconds_total", help="Time spent in each command.", unit="s", labels=("cmd",)
)
COMMANDS_FAILED = REDIS.counter(
    "redis_commands_failed_calls_total", help="Calls of each command that failed.", unit="commands", labels=("cmd",)
)
KEYSPACE_HITS = REDIS.counter("redis_keyspace_hits_total", help="Lookups that found their key.", unit="lookups")
KEYSPACE_MISSES = REDIS.counter("redis_keyspace_misses_total", help="Lookups without a key.", unit="lookups")
KEYS = REDIS.gauge("redis_db_keys", help="Keys in each database.", unit="keys", labels=("db",))
EVICTED_KEYS = REDIS.counter(
    "redis_evicted_keys_total", help="Keys thrown out because memory reached maxmemory.", unit="keys"
)
EXPIRED_KEYS = REDIS.counter("redis_expired_keys_total", help="Keys whose time was over.", unit="keys")
NETWORK_IN = REDIS.counter("redis_net_input_bytes_total", help="Bytes received from clients.", unit="bytes")
NETWORK_OUT = REDIS.counter("redis_net_output_bytes_total", help="Bytes sent to clients.", unit="bytes")
REPLICAS = REDIS.gauge(
    "redis_connected_slaves", help="Replicas connected to this server; 0 on a replica.", unit="replicas"
)
REPLICA_LAG = REDIS.gauge(
    "redis_connected_slave_lag_seconds",
    help="On the master: how long ago a replica was last heard. The series goes when the replica does.",
    unit="s",
    labels=_REPLICA,
)
REPLICA_OFFSET = REDIS.gauge(
    "redis_connected_slave_offset_bytes",
    help="On the master: how far a replica has acknowledged the replication stream.",
    unit="bytes",
    labels=_REPLICA,
)
MASTER_OFFSET = REDIS.gauge("redis_master_repl_offset", help="How far the replication stream is.", unit="bytes")
MASTER_LINK = REDIS.gauge(
    "redis_master_link_up", help="On a replica: 1 while it is connected to its master.", unit="replicas", labels=_MASTER
)
MASTER_LAST_IO = REDIS.gauge(
    "redis_master_last_io_seconds_ago",
    help="On a replica: how long ago the master was last heard; -1 when it is gone.",
    unit="s",
    labels=_MASTER,
)
SNAPSHOT_OK = REDIS.gauge(
    "redis_rdb_last_bgsave_status", help="1 if the last snapshot to disk was written.", unit="servers"
)
SLOW_LOG = REDIS.gauge(
    "redis_slowlog_last_id", help="Number of the latest entry in the log of slow commands.", unit="commands"
)
START_TIME = REDIS.gauge("redis_start_time_seconds", help="When the server started.", unit="timestamp")

_EACH = ("instance",)


@indicator("Redis up", by=_EACH, thresholds=Thresholds(critical=1, direction="below"))
def redis_up(by: tuple[str, ...]) -> Query:
    """1 if the exporter reaches its Redis, 0 if not.

    At 0 the queue stands still if it is the master. Look at the server's log and its node first.
    """
    return latest(REDIS_UP, by=by, aggregation="min").named(unit="")


@indicator("Redis servers", by=("instance", "role"))
def servers(by: tuple[str, ...]) -> Query:
    """1 for the role that each server has: master or slave.

    One master an environment is normal. Two after a failover means that the old one came back without being told.
    """
    return latest(INSTANCE_INFO, by=by)


@indicator("Redis uptime", by=_EACH)
def uptime(by: tuple[str, ...]) -> Query:
    """Time since the server started.

    Days to months. A short one that nobody planned is a crash: read the server's log, and look for memory at its limit.
    """
    return age(START_TIME, by=by)


@indicator("Redis memory utilisation", by=_EACH, thresholds=Thresholds(warning=0.85, critical=0.95))
def memory_utilisation(by: tuple[str, ...]) -> Query:
    """Memory of the data as a share of maxmemory; without a maxmemory there is no data.

    Below 85 % is normal; at 100 % keys are evicted or writes refused. Look at which keys grow, and at evictions.
    """
    return utilisation(latest(MEMORY_USED, by=by), latest(MEMORY_MAX, by=by))


@indicator("Redis memory used", by=_EACH)
def memory_used(by: tuple[str, ...]) -> Query:
    """Memory that the data takes.

    It follows the queue. A climb with an empty queue is keys that never expire.
    """
    return latest(MEMORY_USED, by=by)


@indicator("Redis memory in RAM", by=_EACH)
def memory_in_ram(by: tuple[str, ...]) -> Query:
    """Memory of the server that is in RAM, fragments included.

    A little above what the data takes. Far above it after much was deleted: compare with fragmentation.
    """
    return latest(MEMORY_RSS, by=by)


@indicator("Memory fragmentation", by=_EACH)
def fragmentation(by: tuple[str, ...]) -> Query:
    """Memory in RAM for each byte of data.

    Between 1 and 1.5 is normal, more in a nearly empty server. Below 1 the server is swapped out: look at its node.
    """
    return latest(FRAGMENTATION, by=by, aggregation="max")


@indicator("Redis hit ratio", by=_EACH, thresholds=Thresholds(warning=0.8, critical=0.5, direction="below"))
def hit_ratio(by: tuple[str, ...]) -> Query:
    """Share of lookups that found their key.

    Normally above 90 %; it falls after a restart or when keys are evicted. Look at evictions and memory first.
    """
    hits = rate(KEYSPACE_HITS, by=by)
    return share(hits, hits + rate(KEYSPACE_MISSES, by=by))


@indicator("Redis commands", by=_EACH)
def command_rate(by: tuple[str, ...]) -> Query:
    """How many commands the server runs a second.

    It follows the requests. A jump without them is a client in a loop: look at the commands one by one.
    """
    return rate(COMMANDS_PROCESSED, by=by)


@indicator("Commands by kind", by=("cmd",))
def commands_by_kind(by: tuple[str, ...]) -> Query:
    """How often each command runs a second.

    A mix that stays the same is normal. KEYS or a large SMEMBERS that appears blocks all others.
    """
    return rate(COMMANDS, by=by)


@indicator("Command duration", by=("cmd",))
def command_duration(by: tuple[str, ...]) -> Query:
    """Mean time in a command.

    Microseconds are normal, milliseconds a command over too many keys. Read the slow log for its arguments.
    """
    return share(rate(COMMANDS_DURATION, by=by), rate(COMMANDS, by=by)).named(unit="s")


@indicator("Failed commands", by=("cmd",))
def failed_commands(by: tuple[str, ...]) -> Query:
    """How many calls of each command fail a second.

    None is normal. Writes that fail mean a replica taken for the master, or memory at its limit.
    """
    return rate(COMMANDS_FAILED, by=by)


@indicator("Slow commands", by=_EACH)
def slow_commands(by: tuple[str, ...]) -> Query:
    """How many commands were written to the log of slow ones in 15 minutes.

    None or a few are normal. If many are, read it: SLOWLOG GET names the command and its arguments.
    """
    last, first = (over(SLOW_LOG, "15m", by=by, aggregation="max") for over in (max_over, min_over))
    return last - first


@indicator("Redis clients utilisation", by=_EACH, thresholds=Thresholds(warning=0.8, critical=0.95))
def clients_utilisation(by: tuple[str, ...]) -> Query:
    """Share of maxclients that is connected.

    Below 50 % is normal; at 100 % new ones are refused. Find the component whose connections grew.
    """
    return utilisation(latest(CLIENTS, by=by), latest(MAX_CLIENTS, by=by))


@indicator("Redis clients", by=_EACH)
def clients(by: tuple[str, ...]) -> Query:
    """How many clients are connected.

    Constant but for scaling. A climb is a client that doesn't close.
    """
    return latest(CLIENTS, by=by)


@indicator("Blocked clients", by=_EACH)
def blocked_clients(by: tuple[str, ...]) -> Query:
    """Clients that wait in a blocking command.

    Idle agents do, so many at night are normal. Many while the queue grows means that tasks don't reach them.
    """
    return latest(BLOCKED_CLIENTS, by=by)


@indicator("Rejected connections", by=_EACH, thresholds=Thresholds(critical=1))
def rejected_connections(by: tuple[str, ...]) -> Query:
    """How many connections were refused because of maxclients in 15 minutes.

    None is normal. Find the component whose connections grew.
    """
    return increase(REJECTED_CONNECTIONS, by=by, window="15m")


@indicator("Evicted keys", by=_EACH, thresholds=Thresholds(warning=1))
def evicted_keys(by: tuple[str, ...]) -> Query:
    """Keys thrown out a second because memory reached maxmemory.

    None is normal, as tasks are among the keys. Give the server more memory or find what grew.
    """
    return rate(EVICTED_KEYS, by=by)


@indicator("Expired keys", by=_EACH)
def expired_keys(by: tuple[str, ...]) -> Query:
    """Keys a second whose time was over.

    It follows what was written an hour before. None while keys grow means that they are written without an expiry.
    """
    return rate(EXPIRED_KEYS, by=by)


@indicator("Keys", by=_EACH)
def keys(by: tuple[str, ...]) -> Query:
    """How many keys there are.

    It follows the queue. Growth without end is keys that never expire.
    """
    return latest(KEYS, by=by)


@indicator("Connected replicas", by=_EACH, thresholds=Thresholds(critical=1, direction="below"))
def replicas(by: tuple[str, ...]) -> Query:
    """Replicas connected to a master.

    At least one is normal; at 0 the master's loss is the loss of the queue. Look at the replica's log and its node.
    """
    # Replicas answer 0 too, so only masters are asked.
    masters = latest(INSTANCE_INFO, by=by, where={"role": "master"})
    return latest(REPLICAS, by=by).when(masters)


@indicator("Replicas there", by=("environment",), thresholds=Thresholds(warning=1, critical=0.01, direction="below"))
def replicas_there(by: tuple[str, ...]) -> Query:
    """Replicas connected to the masters, as a share of the most that there were in a day.

    100 % is normal; less means that one is gone, 0 % that the master's loss is the loss of the queue, or that there is
    no master. Look at the servers below, then at the log of the one that is missing.
    """
    # One server alone may be a replica that the reader chose: it says nothing of the master.
    connected = replicas(*by).or_zero(count(REDIS_UP, by=by).above(1))
    return connected / max_over(REPLICAS, "1d", by=by, aggregation="max").floor(1)


@indicator("Replica link", by=_EACH, thresholds=Thresholds(critical=1, direction="below"))
def replica_link(by: tuple[str, ...]) -> Query:
    """1 while a replica is connected to its master, 0 when it isn't.

    At 0 it serves old data. Look whether the master is up, then at the network between them.
    """
    return latest(MASTER_LINK, by=by, aggregation="min").named(unit="")


@indicator("Replication lag", by=("instance", "slave_ip", "slave_port"), thresholds=Thresholds(warning=10, critical=30))
def replication_lag(by: tuple[str, ...]) -> Query:
    """How long ago the master last heard of each replica.

    One second is normal. It says nothing once a replica is gone, so read it beside the connected replicas.
    """
    return latest(REPLICA_LAG, by=by, aggregation="max")


@indicator("Replication behind", by=("instance", "slave_ip", "slave_port"))
def replication_behind(by: tuple[str, ...]) -> Query:
    """Bytes of the replication stream that each replica has not acknowledged.

    Kilobytes are normal. A climb means that the replica or the network can't follow: look at its node's CPU and link.
    """
    behind = latest(MASTER_OFFSET, by=("instance",), aggregation="max")
    return (behind - latest(REPLICA_OFFSET, by=by, aggregation="max")).floor(0)


@indicator("Snapshot written", by=_EACH, thresholds=Thresholds(warning=1, direction="below"))
def snapshot_ok(by: tuple[str, ...]) -> Query:
    """1 if the last snapshot to disk was written, 0 if not.

    At 0 a restart loses data and writes may be refused. Look at the disk's free space.
    """
    return latest(SNAPSHOT_OK, by=by, aggregation="min").named(unit="")


@indicator("Redis traffic in", by=_EACH)
def network_in(by: tuple[str, ...]) -> Query:
    """Bytes received from clients a second.

    It follows the commands. More bytes a command means larger values.
    """
    return rate(NETWORK_IN, by=by)


@indicator("Redis traffic out", by=_EACH)
def network_out(by: tuple[str, ...]) -> Query:
    """Bytes sent to clients a second.

    It follows the commands. More bytes a command means larger values.
    """
    return rate(NETWORK_OUT, by=by)
