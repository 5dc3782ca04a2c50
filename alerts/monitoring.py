"""Alerts on what alerts: Prometheus and Alertmanager."""

from __future__ import annotations

from alerts.grouping import located
from alerts.links import MONITORING
from catalogue import alertmanager, prometheus
from rules_lib import shapes
from rules_lib.threshold_alert import ThresholdAlert

ALERTS = (
    ThresholdAlert(
        "PrometheusRuleFailures",
        located(prometheus.rule_failures),
        owner="platform",
        dashboard=MONITORING,
        hold="0s",
        shape=shapes.stepping(prometheus.RULE_FAILURES, minutes=15),
        settles="15m",
    ),
    ThresholdAlert(
        "PrometheusMissesEvaluations",
        located(prometheus.rule_iterations_missed),
        owner="platform",
        dashboard=MONITORING,
        severities=("warning",),
        hold="15m",
        shape=shapes.stepping(prometheus.RULE_ITERATIONS_MISSED, minutes=15),
        settles="15m",
    ),
    ThresholdAlert(
        "PrometheusDropsNotifications",
        located(prometheus.notifications_dropped),
        owner="platform",
        dashboard=MONITORING,
        hold="5m",
        shape=shapes.stepping(prometheus.NOTIFICATIONS_DROPPED, minutes=15),
        settles="15m",
    ),
    ThresholdAlert(
        "PrometheusWithoutAlertmanager",
        located(prometheus.alertmanagers),
        owner="platform",
        dashboard=MONITORING,
        hold="5m",
        shape=shapes.gauge(prometheus.ALERTMANAGERS),
        whole=True,
    ),
    ThresholdAlert(
        "PrometheusConfigurationBroken",
        located(prometheus.config_ok),
        owner="platform",
        dashboard=MONITORING,
        severities=("warning",),
        hold="5m",
        shape=shapes.gauge(prometheus.CONFIG_OK),
        whole=True,
    ),
    ThresholdAlert(
        "PrometheusStorageFaults",
        located(prometheus.storage_faults),
        owner="platform",
        dashboard=MONITORING,
        severities=("warning",),
        hold="0s",
        shape=shapes.together(
            shapes.stepping(prometheus.COMPACTIONS_FAILED, minutes=60),
            shapes.growing(prometheus.WAL_CORRUPTIONS, per_second=0),
        ),
        alike={
            "a broken log": shapes.together(
                shapes.stepping(prometheus.WAL_CORRUPTIONS, minutes=60),
                shapes.growing(prometheus.COMPACTIONS_FAILED, per_second=0),
            )
        },
        settles="1h",
    ),
    ThresholdAlert(
        "AlertmanagerFailsToNotify",
        located(alertmanager.notification_failure_ratio),
        owner="platform",
        dashboard=MONITORING,
        severities=("warning", "critical"),
        hold="5m",
        window="15m",
        shape=shapes.part_of(alertmanager.NOTIFICATIONS_FAILED, alertmanager.NOTIFICATIONS),
        guilty={
            "hardly any is sent, and all fail": shapes.together(
                shapes.growing(alertmanager.NOTIFICATIONS_FAILED, per_second=0.01),
                shapes.growing(alertmanager.NOTIFICATIONS, per_second=0.01),
            )
        },
    ),
    ThresholdAlert(
        "AlertmanagerConfigurationBroken",
        located(alertmanager.config_ok),
        owner="platform",
        dashboard=MONITORING,
        severities=("warning",),
        hold="5m",
        shape=shapes.gauge(alertmanager.CONFIG_OK),
        whole=True,
    ),
)
