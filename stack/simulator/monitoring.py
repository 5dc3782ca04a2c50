"""The monitoring itself: Prometheus and Alertmanager, and the processes of Loki and Tempo."""

from random import Random

from stack.simulator.activity import Activity
from stack.simulator.draws import poisson
from stack.simulator.effects import NONE, Effects
from stack.simulator.process import GIB, Process
from stack.simulator.span_metrics import SpanMetrics
from stack.simulator.target import Target

_GROUPS = {"slo-availability-events": 30, "slo-availability-budget": 120, "targets": 30}
_HANDLERS = {"/api/v1/query": 1.2, "/api/v1/query_range": 2.5, "/api/v1/labels": 0.2, "/-/ready": 0.1}
_INTEGRATIONS = {"slack": 2, "pagerduty": 1, "email": 1}
_ALERTMANAGER = "http://alertmanager-1:9093/api/v2/alerts"


class MonitoringProcess:
    """A process of the monitoring; how it tells what it does depends on its job."""

    def __init__(self, target: Target, seed: str, *, started: float) -> None:
        self.target = target
        self.process = Process(target, seed, memory_limit=4 * GIB, cpu_limit=2, started=started)
        self.spans = SpanMetrics(target, seed)

    def step(self, rng: Random, series: int, activity: Activity, dt: float, effects: Effects) -> None:
        """Live `dt` seconds in which `series` series were scraped each quarter of a minute."""
        self.process.step(rng, dt, load=0.06, memory=0.3, files=90)
        troubled = effects != NONE
        if self.target.job == "prometheus":
            self._storage(series, dt)
            self._rules(dt)
            self._notifications(rng, dt, troubled=troubled)
        elif self.target.job == "alertmanager":
            self._alerts(rng, dt, troubled=troubled)
        elif self.target.job == "tempo":
            self.spans.step(activity, effects)

    def _storage(self, series: int, dt: float) -> None:
        target = self.target
        target.add("prometheus_tsdb_head_samples_appended_total", round(series * dt / 15), type="float")
        target.set("prometheus_tsdb_head_series", series)
        target.set("prometheus_tsdb_storage_blocks_bytes", round(1.9 * series * 4 * 60 * 24 * 30))
        for name in ("compactions_failed", "wal_corruptions"):
            target.add(f"prometheus_tsdb_{name}_total", 0)
        target.add("prometheus_target_scrapes_exceeded_sample_limit_total", 0)
        target.set("prometheus_config_last_reload_successful", 1)
        for handler, rate in _HANDLERS.items():
            target.add("prometheus_http_requests_total", round(rate * dt), code="200", handler=handler)

    def _rules(self, dt: float) -> None:
        for group, interval in _GROUPS.items():
            labels = {"rule_group": f"/etc/prometheus/rules/{group.rsplit('-', 1)[0]}.yaml;{group}"}
            self.target.add("prometheus_rule_evaluations_total", round(14 * dt / interval, 3), **labels)
            self.target.add("prometheus_rule_evaluation_failures_total", 0, **labels)
            self.target.add("prometheus_rule_group_iterations_missed_total", 0, **labels)
            self.target.set("prometheus_rule_group_interval_seconds", interval, **labels)
            self.target.set("prometheus_rule_group_last_duration_seconds", 0.006 * interval / 30, **labels)

    def _notifications(self, rng: Random, dt: float, *, troubled: bool) -> None:
        target = self.target
        sent = poisson(rng, dt / 60 * (4 if troubled else 0.2))
        target.add("prometheus_notifications_sent_total", sent, alertmanager=_ALERTMANAGER)
        target.add("prometheus_notifications_errors_total", 0, alertmanager=_ALERTMANAGER)
        target.add("prometheus_notifications_dropped_total", 0)
        target.set("prometheus_notifications_queue_capacity", 10_000)
        target.set("prometheus_notifications_queue_length", 0)
        target.set("prometheus_notifications_alertmanagers_discovered", 1)

    def _alerts(self, rng: Random, dt: float, *, troubled: bool) -> None:
        target = self.target
        for state, count in {
            "active": 3 if troubled else 0,
            "suppressed": 1 if troubled else 0,
            "unprocessed": 0,
        }.items():
            target.set("alertmanager_alerts", count, state=state)
        for status in ("firing", "resolved"):
            target.add(
                "alertmanager_alerts_received_total",
                poisson(rng, dt / 60 * (2 if troubled else 0.1)),
                status=status,
                version="v2",
            )
        target.add("alertmanager_alerts_invalid_total", 0, version="v2")
        for integration, weight in _INTEGRATIONS.items():
            count = poisson(rng, dt / 300 * weight * (1 if troubled else 0.3))
            target.add("alertmanager_notifications_total", count, integration=integration)
            target.add("alertmanager_notifications_failed_total", 0, integration=integration)
            latency = target.buckets("alertmanager_notification_latency_seconds", integration=integration)
            latency.observe(rng, count, median=0.3, sigma=0.5)
        for state, count in {"active": 0, "pending": 0, "expired": 4}.items():
            target.set("alertmanager_silences", count, state=state)
        target.set("alertmanager_config_last_reload_successful", 1)
