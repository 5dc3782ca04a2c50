"""Kinds of metrics whose exporters say none: what a database or a switch has always called its statistics."""

from __future__ import annotations

import re

_COUNTERS = re.compile(
    r"mysql_global_status_(?:aborted_\w+|access_denied_errors|bytes_(?:received|sent)|connections|queries|questions"
    r"|binlog_(?:stmt_)?cache_(?:disk_)?use|created_tmp_\w+|opened_\w+|threads_created|slow_queries|slow_launch_threads"
    r"|innodb_buffer_pool_(?:reads|read_requests|write_requests|wait_free|read_ahead\w*)|innodb_deadlocks"
    r"|innodb_data_(?:fsyncs|reads?|writes|written)|innodb_pages_(?:created|read|written)|innodb_row_lock_(?:time|waits)"
    r"|innodb_log_(?:waits|write_requests|writes)|innodb_os_log_(?:fsyncs|written)|key_(?:reads|writes|\w+_requests)"
    r"|qcache_(?:hits|inserts|lowmem_prunes|not_cached)|select_\w+|sort_\w+|table_locks_\w+"
    r"|table_open_cache_(?:hits|misses|overflows)|wsrep_(?:received|replicated)(?:_bytes)?)"
    r"|pg_stat_database_(?:xact_\w+|blks_\w+|tup_\w+|conflicts|deadlocks|temp_(?:files|bytes)|blk_\w+_time)"
    r"|pg_stat_user_tables_(?:(?:seq|idx)_(?:scan|tup_\w+)|n_tup_(?:ins|upd|del|hot_upd)|(?:auto)?(?:vacuum|analyze)_count)"
    r"|pg_stat_bgwriter_(?:checkpoints_\w+|buffers_\w+|maxwritten_clean|checkpoint_\w+_time)"
    r"|node_vmstat_(?:oom_kill|pg(?:maj)?fault|pgpg(?:in|out)|pswp(?:in|out))"
    r"|node_netstat_(?:TcpExt|IpExt|Icmp6?|Udp(?:Lite)?6?|Ip6?|Tcp)_(?!CurrEstab|MaxConn|Rto|Forwarding|DefaultTTL)[A-Z]\w+"
    r"|if(?:HC)?(?:In|Out)(?:Octets|\w*Pkts|Errors|Discards)"
    r"|mongodb_(?:ss|mongod|mongos)_(?:opcounters(?:Repl)?|asserts|network_(?:bytesIn|bytesOut|numRequests))"
    r"|nginx_connections_(?:accepted|handled)|phpfpm_(?:accepted_connections|slow_requests|max_children_reached)"
    r"|varnish_main_(?:client_req\w*|cache_(?:hit|miss|hitpass|hitmiss)|sess_(?:conn|dropped|fail)|n_lru_nuked"
    r"|backend_(?:conn|fail|reuse|unhealthy|busy|req|recycle|retry)|threads_(?:created|destroyed|failed))"
    r"|envoy_\w+_(?:rq_xx|rq_timeout|rq_retry|cx_connect_fail)"
    r"|elasticsearch_indices_\w+_time_seconds|gnatsd_varz_(?:in|out)_(?:msgs|bytes)|ClickHouseProfileEvents_\w+"
)
"""Statistics that only grow."""
_GAUGES = re.compile(
    r"mysql_global_variables_\w+|pg_settings_\w+|mongodb_(?:ss_)?connections|kubelet_running_(?:pods|containers)"
    r"|alertmanager_alerts|ClickHouse(?:Async)?Metrics_\w+|aws_\w+_(?:average|maximum|minimum)"
)
"""Settings, and what there is at a moment."""


def untyped_kind(name: str) -> str:
    """Return counter, gauge, or '' for a name that isn't known here."""
    if _COUNTERS.fullmatch(name):
        return "counter"
    return "gauge" if _GAUGES.fullmatch(name) else ""
