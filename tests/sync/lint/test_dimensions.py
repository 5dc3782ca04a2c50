"""The unit of an expression, told by the names of its metrics and by what is done with them."""

from __future__ import annotations

import pytest

from sync.lint.promql.dimensions import dimension
from sync.lint.promql.parsing import parse


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ('opensearch_os_cpu_percent{node="a"}', "percent"),
        ("avg by (job) (broker_memory_usage_ratio)", "a share"),
        ("job:error_ratio:percentage", "percent"),
        ("instance:node_cpu_utilisation:rate5m", "a share"),
        ("sum(rate(bucket_operation_failures_total[5m])) / sum(rate(bucket_operations_total[5m]))", "a share"),
        ("histogram_quantile(0.95, sum by (le) (irate(response_latency_ms_bucket[5m])))", "milliseconds"),
        ("histogram_quantile(0.9, sum by (le) (irate(queue_duration_seconds_bucket[5m]) > 0))", "seconds"),
        ("histogram_quantile(0.9, rate(http_latency_seconds_by_view_method_bucket[5m]))", "seconds"),
        ("sum(job:took_seconds_sum:sum_rate) / sum(job:took_seconds_count:sum_rate)", "seconds"),
        ("proxy_queue_time_average_seconds", "seconds"),
        ("drive_latency_us", "microseconds"),
        ("time() - max(backup_finished > 0)", "seconds"),
        ('jvm_memory_bytes_used{area="heap"}', "bytes"),
        ("jvm_memory_bytes_used / 1024 / 1024", "megabytes"),
        ("rate(s3_traffic_sent_bytes[5m])", "bytes per second"),
        ("rate(node_netstat_IpExt_InOctets[5m]) * 8", "bits per second"),
        (
            "sum(rate(network_receive_bytes_total[5m]) * on (pod) group_left (workload) of:kube_pod_owner:relabel)",
            "bytes per second",
        ),
        ("kube_node_info * 0 + on (node) group_left () kube_node_status_allocatable{resource='memory'}", "bytes"),
        ("(swap_total_bytes > bool 0) * (swap_used_bytes / swap_total_bytes)", "a share"),
        ("rate(tokens_total[5m])", "events per second"),
    ],
)
def test_a_unit_is_told_by_names_and_operations(expression: str, words: str) -> None:
    found = dimension(parse(expression))
    assert found is not None
    assert found.words == words


@pytest.mark.parametrize(
    "expression",
    [
        "db_sent_bytes",  # an amount, or a rate that the exporter has taken
        "rate(zone_bandwidth_total[5m])",
        "rate(query_aggressive_nsec[5m])",  # a record of DNS
        "process_start_time_seconds",
        "node:windows_node_net_utilisation:sum_irate",
        "100 * (apiserver_request:availability30d - 0.99)",
        "rate(transport_rx_bytes_count[5m])",
    ],
)
def test_no_unit_is_told_where_it_may_be_another(expression: str) -> None:
    assert dimension(parse(expression)) is None
