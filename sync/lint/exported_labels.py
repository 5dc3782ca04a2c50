"""The labels that well-known exporters give each series of a metric, beside those of its target.

Only what tells the series of one target apart, and only where every version of the exporter agrees.
"""

from __future__ import annotations

import re
from functools import lru_cache

from sync.lint.promql.labels import NOTHING, UNKNOWN, Labels

_OF_MACHINE = frozenset({"cpu", "mode", "device", "mountpoint", "fstype", "chip", "sensor", "collector", "state"})
_OF_OBJECT = frozenset({"phase", "condition", "resource", "unit", "reason", "owner_kind", "created_by_kind", "effect"})
_OF_DATABASE = frozenset({"datname", "state", "usename"})
_FAMILIES: dict[str, frozenset[str]] = {
    "node_": _OF_MACHINE,
    "kube_": _OF_OBJECT,
    "container_": _OF_OBJECT,
    "pg_s": _OF_DATABASE,
    "redis_": frozenset({"db", "cmd"}),
}
"""What no target of a family is told apart by: who lists the labels of a metric knows that it hasn't these."""
_LABELS = {
    r"node_(?:load(?:1|5|15)|boot_time_seconds|time_seconds|memory_(?!numa)\w+_bytes|procs_\w+|context_switches_total"
    r"|intr_total|forks_total|filefd_\w+|nf_conntrack_\w+|vmstat_\w+|timex_\w+|netstat_\w+|sockstat_\w+"
    r"|pressure_\w+)": "",
    r"node_uname_info": "nodename",
    r"node_cpu(?:_guest)?_seconds_total": "cpu mode",
    r"node_filesystem_(?:avail_bytes|free_bytes|size_bytes|files|files_free|readonly|device_error)": (
        "device fstype mountpoint"
    ),
    r"node_network_(?:(?:receive|transmit)_\w+_total|up|mtu_bytes|speed_bytes|carrier)": "device",
    r"node_disk_\w+_total|node_disk_io_now|node_md_disks_required": "device",
    r"node_md_disks": "device state",
    r"node_scrape_collector_(?:success|duration_seconds)": "collector",
    r"kube_pod_(?:info|owner|start_time|created|deletion_timestamp|labels|completion_time)": "namespace pod",
    r"kube_pod_status_phase": "namespace pod phase",
    r"kube_pod_status_(?:ready|scheduled)": "namespace pod condition",
    r"kube_pod_container_status_(?:restarts_total|ready|running|waiting|terminated)": "namespace pod container",
    r"kube_pod_container_status_(?:waiting|terminated|last_terminated)_reason": "namespace pod container reason",
    r"kube_pod_container_resource_(?:requests|limits)": "namespace pod container resource unit",
    r"kube_deployment_(?:spec_replicas|status_replicas\w*|metadata_generation|status_observed_generation|created)": (
        "namespace deployment"
    ),
    r"kube_statefulset_(?:replicas|status_replicas\w*|metadata_generation|status_observed_generation|created)": (
        "namespace statefulset"
    ),
    r"kube_daemonset_(?:status_(?!condition)\w+|metadata_generation|created)": "namespace daemonset",
    r"kube_node_(?:spec_unschedulable|created)": "node",
    r"kube_node_status_condition": "node condition status",
    r"kube_node_status_(?:allocatable|capacity)": "node resource unit",
    r"container_(?:memory_(?:working_set_bytes|usage_bytes|rss|cache)|cpu_usage_seconds_total)": (
        "namespace pod container"
    ),
    r"pg_settings_\w+": "",
    r"pg_stat_activity_count": "datname state",
    r"redis_(?:memory_used_bytes|memory_max_bytes|connected_clients|up)": "",
    r"redis_db_keys(?:_expiring)?": "db",
}
_VALUES: dict[str, dict[str, str]] = {
    r"node_cpu_seconds_total": {"mode": "idle interrupt intr iowait irq nice softirq steal system user"},
    r"windows_cpu_time_total": {"mode": "dpc idle interrupt privileged user"},
    r"kube_pod_status_phase": {"phase": "Failed Pending Running Succeeded Unknown"},
    r"kube_namespace_status_phase": {"phase": "Active Terminating"},
    r"kube_persistentvolume_status_phase": {"phase": "Available Bound Failed Pending Released"},
    r"kube_persistentvolumeclaim_status_phase": {"phase": "Bound Lost Pending"},
    r"kube_pod_status_(?:ready|scheduled)": {"condition": "false true unknown"},
    r"kube_node_status_condition": {"status": "false true unknown"},
    r"node_systemd_unit_state": {"state": "activating active deactivating failed inactive"},
    r"node_md_disks": {"state": "active failed spare sync"},
    r"probe_http_duration_seconds": {"phase": "connect processing resolve tls transfer"},
    r"probe_icmp_duration_seconds": {"phase": "resolve rtt setup"},
    r"certmanager_certificate_ready_status": {"condition": "False True Unknown"},
    r"traces_spanmetrics_\w+": {"status_code": "STATUS_CODE_ERROR STATUS_CODE_OK STATUS_CODE_UNSET"},
    r"coredns_\w+": {
        "rcode": "BADCOOKIE BADVERS FORMERR NOERROR NOTAUTH NOTIMP NOTZONE NXDOMAIN NXRRSET REFUSED SERVFAIL YXDOMAIN"
        " YXRRSET",
    },
    r"ALERTS": {"alertstate": "firing pending"},
    r"haproxy_(?:frontend|backend|server)_http_responses_total": {"code": "1xx 2xx 3xx 4xx 5xx other"},
}
"""The values of a label that every version of an exporter has, and no others."""
EXPORTERS = ("node_", "windows_", "kube_", "ALERTS", "haproxy_", "probe_", "certmanager_", "traces_span", "coredns_")
"""How names begin of which values are known."""
_KNOWN = re.compile("|".join(f"({pattern})" for pattern in _LABELS))
_EACH = [frozenset(labels.split()) for labels in _LABELS.values()]
_PODS = frozenset({"kube_pod_info", "kube_pod_owner", "kube_pod_labels"})


@lru_cache(maxsize=4096)
def exported_values(name: str) -> dict[str, frozenset[str]]:
    """Return the values of those labels of a metric that have a fixed few."""
    for pattern, labels in _VALUES.items():
        if re.fullmatch(pattern, name):
            return {label: frozenset(values.split()) for label, values in labels.items()}
    return {}


def exported_words() -> set[str]:
    """Return the values of all those labels."""
    return {value for labels in _VALUES.values() for values in labels.values() for value in values.split()}


@lru_cache(maxsize=4096)
def exported(name: str) -> Labels:
    """Return the labels that a metric's series have and haven't, by its exporter; unknown for other metrics."""
    found = _KNOWN.fullmatch(name) if name.startswith(tuple(_FAMILIES)) else None
    if found is None or found.lastindex is None:
        return UNKNOWN
    labels = _EACH[found.lastindex - 1]
    absent = next(each for start, each in _FAMILIES.items() if name.startswith(start))
    return Labels(labels, gone=NOTHING if name in _PODS else absent - labels)
