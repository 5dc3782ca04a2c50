"""What the names of two metrics say of them: that one is a part of the other, or what is used of a limit."""

from __future__ import annotations

import re
from functools import lru_cache

from sync.lint.promql.tree import Selector

_OF_MEMORY = dict.fromkeys(
    ["container_memory_working_set_bytes", "container_memory_usage_bytes", "container_memory_rss"],
    frozenset({"container_spec_memory_limit_bytes", "kube_pod_container_resource_limits"}),
)
_LIMITS = _OF_MEMORY | {
    "pg_stat_activity_count": frozenset({"pg_settings_max_connections"}),
    "mysql_global_status_threads_connected": frozenset({"mysql_global_variables_max_connections"}),
    "redis_connected_clients": frozenset({"redis_config_maxclients"}),
    "etcd_mvcc_db_total_size_in_bytes": frozenset({"etcd_server_quota_backend_bytes"}),
    "node_filefd_allocated": frozenset({"node_filefd_maximum"}),
    "kube_horizontalpodautoscaler_status_current_replicas": frozenset(
        {"kube_horizontalpodautoscaler_spec_max_replicas"}
    ),
    "kube_deployment_status_replicas_available": frozenset({"kube_deployment_spec_replicas"}),
    "kube_deployment_status_replicas_ready": frozenset({"kube_deployment_spec_replicas"}),
    "kube_statefulset_status_replicas_ready": frozenset({"kube_statefulset_replicas"}),
    "kubelet_volume_stats_inodes_used": frozenset({"kubelet_volume_stats_inodes"}),
    "container_cpu_cfs_throttled_periods_total": frozenset({"container_cpu_cfs_periods_total"}),
}
"""What is used, by the limit that its exporter names otherwise."""
_PART = frozenset({"used", "usage", "free", "avail", "available", "bad", "good", "failed", "error", "errors"})
_WHOLE = frozenset({"size", "total", "capacity"})
_UNITS = frozenset({"bytes", "gb", "mb", "kb"})
_TAKEN = frozenset({"current", "active", "open", "used", "usage"})
_MOST = frozenset({"max", "maximum", "limit", "hard", "softlimit", "hardlimit", "quota"})
_MEASURE = frozenset(
    {"num", "number", "count", "total", "size", "in", "bytes", "global", "status", "variables", "backend"}
)
_FAILED = frozenset({"err", "errs", "error", "errors", "failed", "failure", "failures", "fails", "timeouts"})
_TRIED = frozenset(
    {
        "attempt",
        "call",
        "command",
        "evaluation",
        "event",
        "execution",
        "job",
        "lookup",
        "message",
        "operation",
        "packet",
    }
    | {"querie", "query", "reconcile", "request", "response", "run", "sync", "task", "transaction"}
)
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+")


@lru_cache(maxsize=4096)
def is_part_by_name(part: str, whole: str) -> bool:
    """Whether names say that one is what is used or free of the other: avail and size, MemAvailable and MemTotal."""
    own, others = ({word.lower() for word in _WORD.findall(name)} for name in (part, whole))
    return bool(own & _PART) and not others & _PART and own - _PART - _WHOLE - _UNITS == others - _WHOLE - _UNITS


def is_known_limit(part: str, whole: str) -> bool:
    """Whether the second is the limit of the first, by the documentation of their exporters."""
    return whole in _LIMITS.get(part, ())


def is_of_most(part: Selector, whole: Selector) -> bool:
    """Whether one metric has what is used and its limit, told apart by a label alone: item="used" of item="max"."""
    other = set(whole.matchers) - set(part.matchers)
    own = set(part.matchers) - set(whole.matchers)
    apart = len(own) == len(other) == 1 and {each.label for each in own} == {each.label for each in other}
    return (
        part.name == whole.name
        and apart
        and all(each.value.lower() in _MOST | _WHOLE for each in other if each.operator == "=")
    )


@lru_cache(maxsize=4096)
def is_of_limit(part: str, whole: str) -> bool:
    """Whether names say that one is what is used of the other: connections_open and connections_max_open."""
    own, others = ({word.lower() for word in _WORD.findall(name)} for name in (part, whole))
    own, others = own - _MEASURE, others - _MEASURE
    same = own - _TAKEN == others - _MOST - _TAKEN and others & _TAKEN <= own
    return bool(others & _MOST) and not own & _MOST and same


@lru_cache(maxsize=4096)
def is_failed_of_tried(part: str, whole: str) -> bool:
    """Whether names say that one counts failures of what the other counts: http_errors and http_requests."""
    own, others = ({word.lower() for word in _WORD.findall(name)} - _MEASURE for name in (part, whole))
    tried = {word for word in others if word.removesuffix("s") in _TRIED}
    rest = {word for word in own - _FAILED if word.removesuffix("s") not in _TRIED}
    return bool(own & _FAILED) and not others & _FAILED and bool(tried) and rest == others - tried


_QUANTILE = re.compile(r"[:_](?:[pq]\d{2,3}|p9+_9+|\d{2}quantile|(?:histogram_)?quantile|median)(?=$|[:_])")


@lru_cache(maxsize=4096)
def is_named_quantile(name: str) -> bool:
    """Whether a recorded series is a quantile by its name: job:latency:p99."""
    return _QUANTILE.search(name) is not None
