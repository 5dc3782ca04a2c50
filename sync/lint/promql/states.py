"""Which metrics say yes or no, 1 or 0, by the documentation of their exporters."""

from __future__ import annotations

import re
from functools import lru_cache

_BY_CONVENTION = re.compile(
    r"(?:^|_)up$|_readonly$|_device_error$|_last_reload_successful$|_exporter_last_scrape_error$"
)
_OF_KUBERNETES = re.compile(
    r"^kube_(?:"
    r"\w+_status_(?:phase|condition)|node_(?:role|spec_unschedulable|spec_taint)"
    r"|node_status_addresses|deployment_spec_paused|cronjob_spec_suspend|job_(?:complete|failed|status_suspended)"
    r"|pod_status_(?:ready|scheduled|unschedulable|reason|disruption_reason|qos_class)"
    r"|pod_(?:init_)?container_status_(?:ready|running|(?:waiting|terminated|last_terminated)(?:_reason)?)"
    r"|pod_(?:owner|ips|restart_policy|service_account|scheduler|nodeselectors|tolerations)"
    r"|\w+_(?:labels|annotations)|(?:job|replicaset|replicationcontroller|lease)_owner"
    r"|service_(?:spec_type|spec_external_ip|status_load_balancer_ingress)|secret_type|ingress_(?:path|tls)"
    r"|endpoint_(?:address|ports)|endpointslice_(?:endpoints|ports)|persistentvolume_(?:claim_ref|volume_mode)"
    r"|persistentvolume(?:claim)?_access_mode|volumeattachment_(?:spec_source_persistentvolume|status_attached)"
    r"|statefulset_status_(?:current|update)_revision"
    r")$"
)
"""kube-state-metrics; kube_job_status_ready and its like are counts of pods, not states."""
_OF_OTHERS = frozenset(
    [
        "aggregator_unavailable_apiservice",
        "ceph_mon_quorum_status",
        "ceph_osd_in",
        "certmanager_certificate_ready_status",
        "cluster_operator_conditions",
        "consul_health_node_status",
        "consul_health_service_status",
        "elasticsearch_cluster_health_status",
        "elasticsearch_cluster_health_timed_out",
        "etcd_server_has_leader",
        "etcd_server_is_leader",
        "gotk_reconcile_condition",
        "leader_election_master_status",
        "mysql_global_status_slave_running",
        "mysql_slave_status_slave_io_running",
        "mysql_slave_status_slave_sql_running",
        "node_md_state",
        "node_network_carrier",
        "node_scrape_collector_success",
        "node_systemd_system_running",
        "node_systemd_unit_state",
        "node_textfile_scrape_error",
        "node_timex_sync_status",
        "patroni_master",
        "patroni_primary",
        "pg_replication_is_replica",
        "probe_failed_due_to_regex",
        "probe_http_ssl",
        "probe_success",
        "prometheus_tsdb_clean_start",
        "rabbitmq_alarms_file_descriptor_limit",
        "rabbitmq_alarms_free_disk_space_watermark",
        "rabbitmq_alarms_memory_used_watermark",
        "smartctl_device_smart_status",
        "smartmon_device_smart_healthy",
        "thanos_compact_halted",
        "vault_core_unsealed",
        "windows_exporter_collector_success",
        "windows_service_state",
    ]
)


def is_info(name: str) -> bool:
    """Whether a series of the name is 1 by convention, and only brings labels."""
    return name.endswith(("_info", "_metadata", "_meta", ":relabel")) or "_info:" in name


@lru_cache(maxsize=4096)
def is_state(name: str) -> bool:
    """Whether a series of the name is 0 or 1, and nothing else."""
    return name in _OF_OTHERS or bool(_BY_CONVENTION.search(name) or _OF_KUBERNETES.search(name))
