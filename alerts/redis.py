"""Alerts on Redis: the queue and the locks live there."""

from __future__ import annotations

from alerts.grouping import located
from alerts.links import REDIS
from catalogue import redis
from rules_lib import shapes
from rules_lib.threshold_alert import ThresholdAlert

_BYTES = 1_000_000_000

ALERTS = (
    ThresholdAlert(
        "RedisDown",
        located(redis.redis_up),
        owner="platform",
        dashboard=REDIS,
        hold="1m",
        shape=shapes.gauge(redis.REDIS_UP),
        whole=True,
    ),
    # A replica that died takes its lag with it: only the number of replicas shows it.
    ThresholdAlert(
        "RedisReplicaMissing",
        located(redis.replicas),
        owner="platform",
        dashboard=REDIS,
        hold="5m",
        shape=shapes.together(shapes.gauge(redis.REPLICAS), shapes.constant(redis.INSTANCE_INFO, 1, role="master")),
        innocent={
            "a replica needs none of its own": shapes.together(
                shapes.gauge(redis.REPLICAS), shapes.constant(redis.INSTANCE_INFO, 1, role="slave")
            )
        },
        whole=True,
    ),
    ThresholdAlert(
        "RedisReplicationBroken",
        located(redis.replica_link),
        owner="platform",
        dashboard=REDIS,
        hold="2m",
        shape=shapes.gauge(redis.MASTER_LINK),
        whole=True,
    ),
    ThresholdAlert(
        "RedisReplicationLag",
        located(redis.replication_lag),
        owner="platform",
        dashboard=REDIS,
        severities=("warning", "critical"),
        hold="5m",
        shape=shapes.gauge(redis.REPLICA_LAG),
    ),
    ThresholdAlert(
        "RedisMemoryNearLimit",
        located(redis.memory_utilisation),
        owner="platform",
        dashboard=REDIS,
        severities=("warning", "critical"),
        hold="5m",
        shape=shapes.together(shapes.gauge(redis.MEMORY_USED, scale=_BYTES), shapes.constant(redis.MEMORY_MAX, _BYTES)),
        innocent={
            "no maxmemory": shapes.together(
                shapes.gauge(redis.MEMORY_USED, scale=_BYTES), shapes.constant(redis.MEMORY_MAX, 0)
            )
        },
    ),
    ThresholdAlert(
        "RedisEvictsKeys",
        located(redis.evicted_keys),
        owner="platform",
        dashboard=REDIS,
        severities=("warning",),
        hold="5m",
        shape=shapes.growing(redis.EVICTED_KEYS, per_second=1),
    ),
    ThresholdAlert(
        "RedisRejectsConnections",
        located(redis.rejected_connections),
        owner="platform",
        dashboard=REDIS,
        hold="0s",
        shape=shapes.stepping(redis.REJECTED_CONNECTIONS, minutes=15),
        settles="15m",
    ),
    ThresholdAlert(
        "RedisSnapshotFailed",
        located(redis.snapshot_ok),
        owner="platform",
        dashboard=REDIS,
        severities=("warning",),
        hold="5m",
        shape=shapes.gauge(redis.SNAPSHOT_OK),
        whole=True,
    ),
)
